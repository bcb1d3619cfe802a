//! A decoded message for people and for programs: what was read, what was set aside and why. Shows everything and
//! judges nothing.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::decode::Decoded;

/// The JSON form; times are milliseconds since 1970.
#[must_use]
pub fn json(decoded: &Decoded) -> Value {
    let delivery = &decoded.delivery;
    let readings = delivery.readings.iter().map(|reading| {
        json!({
            "device": reading.device.as_str(), "metric": reading.metric.as_str(),
            "at": reading.at.ms(), "value": reading.value,
        })
    });
    let rejected = delivery.rejected.iter().map(|rejected| {
        json!({
            "device": rejected.device.as_ref().map(|id| id.as_str()),
            "metric": rejected.metric.as_ref().map(|id| id.as_str()),
            "reason": rejected.reason.code(), "detail": rejected.detail,
        })
    });
    let presence = delivery.presence.as_ref();
    json!({
        "source": &*delivery.source,
        "theme": delivery.theme.as_ref().map(|id| id.as_str()),
        "readings": readings.collect::<Vec<_>>(),
        "presence": presence.map(|word| json!({ "device": word.device.as_str(), "online": word.online })),
        "rejected": rejected.collect::<Vec<_>>(),
        "skipped": decoded.skipped,
    })
}

/// The form for a terminal, one line for each thing.
#[must_use]
pub fn text(decoded: &Decoded) -> String {
    let delivery = &decoded.delivery;
    let theme = delivery.theme.as_ref().map_or("unknown", |id| id.as_str());
    let mut out = format!("source {:?}, theme {theme}\n{} reading(s)", delivery.source, delivery.readings.len());
    for reading in &delivery.readings {
        let (device, metric, value, at) = (&reading.device, &reading.metric, reading.value, reading.at.to_rfc3339());
        let _ = write!(out, "\n  {device}  {metric} = {value}  at {at}"); // a String takes whatever is written
    }
    if let Some(word) = &delivery.presence {
        let _ = write!(out, "\n  {} says that it is {}", word.device, if word.online { "online" } else { "offline" });
    }
    if decoded.skipped > 0 {
        let _ = write!(out, "\n{} record(s) passed over by skip_when", decoded.skipped);
    }
    let _ = write!(out, "\n{} set aside", delivery.rejected.len());
    for rejected in &delivery.rejected {
        let device = rejected.device.as_ref().map_or("device unknown", |id| id.as_str());
        let metric = rejected.metric.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let _ = write!(out, "\n  {device}{metric}  {}: {}", rejected.reason.code(), rejected.detail);
    }
    out
}
