//! MQTT 3.1.1 and 5. One connection owned by one task: QoS 1, a persistent session, acknowledged by hand only after
//! the receipt, in the order of arrival. Decides nothing about the values that it carries. Topics beside `city/#` are read
//! by whatever was handed in for them.

mod codec;
mod config;
mod error;
mod knock;
mod names;
mod outgoing;
mod rival;
mod session;
#[cfg(test)]
mod tests;
mod wire;

pub use chengshu_core::model::Limits;
pub use codec::Codec;
pub use config::{Foreign, Mapped, MqttConfig, MqttTls, MqttVersion};
pub use error::MqttError;
pub use knock::knock;
pub use session::{decoder, run};
