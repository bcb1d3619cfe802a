//! The messages of the simulated devices: topics and JSON texts as the hub's MQTT contract has them. Bytes only; sending
//! them is `link`'s business.

use std::fmt::Write as _;

use chengshu_core::model::Timestamp;
use serde_json::json;

use crate::plan::SimDevice;
use crate::world::Value;

/// What the last will says: the sender is gone.
pub(crate) const GONE: &str = r#"{"online":false}"#;

/// Where a device's values go.
pub(crate) fn telemetry_topic(device: &SimDevice) -> String {
    format!("city/{}/{}/telemetry", device.kind.theme(), device.id)
}

/// Where a device's presence stands, retained.
pub(crate) fn status_topic(device: &SimDevice) -> String {
    format!("city/{}/{}/status", device.kind.theme(), device.id)
}

/// `{"ts": ms, "values": {…}}`, each value with the decimals that its sensor has.
pub(crate) fn telemetry(at: Timestamp, values: &[Value]) -> String {
    let mut text = String::with_capacity(40 + values.len() * 24);
    let _ = write!(text, r#"{{"ts":{},"values":{{"#, at.ms()); // writing to a String cannot fail
    for (i, (metric, value, decimals)) in values.iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let _ = write!(text, r#"{comma}"{metric}":{value:.decimals$}"#);
    }
    text.push_str("}}");
    text
}

/// Presence with what the device is, what it is called, where it stands and which gateway it speaks through.
pub(crate) fn birth(device: &SimDevice) -> String {
    let degrees = |value: f64| (value * 1e5).round() / 1e5; // about a metre
    let mut birth = json!({
        "online": true,
        "kind": device.kind.id(),
        "name": device.name,
        "place": { "lng": degrees(device.at.lng), "lat": degrees(device.at.lat), "datum": "cgcs2000" },
    });
    if let Some(gateway) = &device.gateway {
        birth["gateway"] = json!(gateway);
    }
    birth.to_string()
}
