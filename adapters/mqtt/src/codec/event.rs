//! Happenings: `{"kind": "pump_started", "ts": …, "severity": "important", "key": …, …}`. The whole object is kept as
//! the detail.

use chengshu_core::model::{Delivery, Event, Limits, Reason, Rejected, Severity, Timestamp};
use serde::Deserialize;

use super::whole;
use crate::names::Address;

#[derive(Deserialize)]
#[serde(untagged)]
enum Moment {
    Ms(i64),
    Text(String),
}

#[derive(Deserialize)]
struct Wire {
    kind: String,
    ts: Option<Moment>,
    severity: Option<Severity>,
    key: Option<String>,
}

pub(super) fn decode(delivery: &mut Delivery, address: &Address, limits: Limits) {
    let raw = delivery.raw.clone();
    match read(&raw, address, delivery.received, limits) {
        Ok(event) => delivery.events.push(event),
        Err((reason, detail)) => {
            delivery.rejected.push(Rejected { device: Some(address.device.clone()), ..whole(reason, detail) });
        }
    }
}

/// What a device answers to a command, kept as a happening; whether anybody had asked is not this file's business.
pub(super) fn reply(delivery: &mut Delivery, address: &Address) {
    #[derive(Deserialize)]
    struct Reply {
        id: i64,
    }
    let raw = delivery.raw.clone();
    match serde_json::from_slice::<Reply>(&raw) {
        Ok(Reply { id }) => delivery.events.push(Event {
            device: address.device.clone(),
            kind: "command_reply".to_owned(),
            at: delivery.received,
            severity: None,
            key: format!("command-{id}"),
            detail: String::from_utf8_lossy(&raw).into_owned(),
        }),
        Err(error) => {
            let detail = format!("not an answer: {error}; expected {{\"id\":17,\"ok\":true,\"result\":…}}");
            let rejected = whole(Reason::Undecodable, detail);
            delivery.rejected.push(Rejected { device: Some(address.device.clone()), ..rejected });
        }
    }
}

fn read(raw: &[u8], address: &Address, received: Timestamp, limits: Limits) -> Result<Event, (Reason, String)> {
    let wire: Wire = serde_json::from_slice(raw).map_err(|error| {
        (Reason::Undecodable, format!("not an event: {error}; expected {{\"kind\":\"…\",\"ts\":…}}"))
    })?;
    let at = match wire.ts {
        None => received,
        Some(Moment::Ms(ms)) => Timestamp::from_ms(ms),
        Some(Moment::Text(text)) => {
            Timestamp::parse(&text).map_err(|error| (Reason::TimeUnreadable, error.to_string()))?
        }
    };
    let at = limits.moment("ts", at, received)?;
    let clean = |text: String| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    let kind = clean(wire.kind);
    if kind.is_empty() {
        return Err((Reason::Undecodable, "kind is empty; expected what happened, e.g. \"pump_started\"".to_owned()));
    }
    let key = wire.key.map_or_else(|| format!("{kind}@{}", at.ms()), clean);
    let detail = String::from_utf8_lossy(raw).into_owned();
    Ok(Event { device: address.device.clone(), kind, at, severity: wire.severity, key, detail })
}
