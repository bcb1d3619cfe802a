//! Knocks at a broker and goes away again: may the hub log in, and may it read? Leaves no session behind and disturbs the
//! one that a running hub holds in no way.

use crate::config::MqttConfig;
use crate::wire::{Got, Wire};

/// Logs in beside a running hub, asks for what the hub asks for, and says goodbye.
///
/// # Errors
/// The words of whoever said no. Waits as long as the broker lets it wait: the caller has the clock.
pub async fn knock(config: &MqttConfig) -> Result<(), String> {
    let config = MqttConfig { client_id: format!("{}-doctor", config.client_id), group: None, ..config.clone() };
    let mut wire = Wire::new(&config);
    wire.forgettable();
    let filters = config.filters();
    loop {
        match wire.poll().await.map_err(|lost| lost.words)? {
            Got::Connected { .. } => wire.subscribe(filters.clone())?,
            Got::Subscribed { refused: None } => {
                wire.disconnect().await;
                return Ok(());
            }
            Got::Subscribed { refused: Some(place) } => {
                let filter = filters.get(place).map_or("city/#", String::as_str);
                return Err(format!("the broker refuses the subscription to {filter}"));
            }
            Got::Disconnected(lost) => return Err(lost.words),
            Got::Publish(_) | Got::Published(_) | Got::Acknowledged(_) | Got::Other => {}
        }
    }
}
