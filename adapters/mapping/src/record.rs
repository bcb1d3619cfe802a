//! One record of a message: its device, its time, its values and its word on presence. A fault of device or time is a
//! fault of every value of the record, and each of them counts; a fault of a value is its own.

use chengshu_core::model::{
    BadName, Delivery, DeviceId, Limits, MetricId, Presence, Reading, Reason, Rejected, Timestamp,
};

use crate::mapping::{At, Format, Mapping, Missing, Online, Value};
use crate::pointer::Scope;
use crate::tree::Tree;

type Fault = (Reason, String);

const RETAINED: &str = "a retained message without a time: nobody knows when it was measured";

/// A value that was declared and is there, or should be.
struct Item {
    metric: Option<MetricId>,
    value: Result<f64, Fault>,
}

pub(crate) fn read(mapping: &Mapping, scope: &Scope<'_>, retained: bool, delivery: &mut Delivery) {
    let device = mapping
        .device
        .fill(scope, "")
        .and_then(|text| DeviceId::parse(&text).map_err(|error: BadName| (Reason::BadName, error.to_string())));
    let mut items = Vec::new();
    for value in &mapping.values {
        collect(value, scope, &mut items);
    }
    let spoken = mapping.online.as_ref().and_then(|online| presence(online, scope));
    if items.is_empty() && spoken.is_none() {
        let detail = "none of the declared values is in the record".to_owned();
        let fault = (Reason::NoValues, detail);
        items.push(Item { metric: None, value: Err(device.as_ref().err().cloned().unwrap_or(fault)) });
    }
    // what the broker kept may be of any age: its arrival says nothing
    let arrival = if retained { Err((Reason::TimeUnreadable, RETAINED.to_owned())) } else { Ok(delivery.received) };
    let moment = moment(mapping.at.as_ref(), scope, arrival, delivery.received, mapping.limits);
    for Item { metric, value } in items {
        let whole = device.as_ref().map_err(Clone::clone).and_then(|device| {
            let at = moment.as_ref().map_err(Clone::clone)?;
            Ok((device.clone(), *at))
        });
        // its own fault tells more than the one that it shares
        let (reason, detail) = match (value, whole, &metric) {
            (Ok(value), Ok((device, at)), Some(metric)) => {
                delivery.readings.push(Reading::new(device, metric.clone(), at, value));
                continue;
            }
            (Err(fault), ..) | (_, Err(fault), _) => fault,
            (Ok(_), Ok(_), None) => (Reason::BadName, "the value has no name".to_owned()),
        };
        delivery.rejected.push(Rejected { device: device.as_ref().ok().cloned(), metric, reason, detail });
    }
    match (spoken, device) {
        (None, _) => {}
        (Some(Ok(online)), Ok(device)) => speak(delivery, Presence { device, online, birth: None }),
        (Some(Err((reason, detail))), device) => {
            delivery.rejected.push(Rejected { device: device.ok(), metric: None, reason, detail });
        }
        (Some(Ok(_)), Err((reason, detail))) => {
            delivery.rejected.push(Rejected { device: None, metric: None, reason, detail });
        }
    }
}

/// A delivery carries the presence of one device. The last word holds; an earlier one is set aside, not forgotten.
fn speak(delivery: &mut Delivery, presence: Presence) {
    if let Some(earlier) = delivery.presence.replace(presence) {
        let word = if earlier.online { "online" } else { "offline" };
        let detail = format!(
            "{} was {word} earlier in the same message; only its last word on presence is taken",
            earlier.device
        );
        let reason = Reason::Undecodable;
        delivery.rejected.push(Rejected { device: Some(earlier.device), metric: None, reason, detail });
    }
}

fn collect(value: &Value, scope: &Scope<'_>, items: &mut Vec<Item>) {
    if value.when.as_ref().is_some_and(|when| !when.holds(scope)) {
        return;
    }
    let found = value.pointer.find(scope);
    match (found, value.missing) {
        (Ok(Tree::Null) | Err(_), Missing::Skip) => {}
        (Ok(Tree::Object(map)), _) if value.members => {
            let said = map.iter().filter(|(_, tree)| value.missing != Missing::Skip || **tree != Tree::Null);
            items.extend(said.map(|(key, tree)| item(value, scope, key, tree)));
        }
        (Ok(Tree::Null), Missing::Is(number)) => items.push(absent(value, scope, number)),
        (Ok(tree), _) if value.members => {
            let detail = format!("{} is {}; expected an object of values", value.pointer.as_str(), tree.show());
            items.push(Item { metric: None, value: Err((Reason::Undecodable, detail)) });
        }
        (Ok(tree), _) => items.push(item(value, scope, "", tree)),
        (Err(nothing), Missing::Is(number)) if nothing.only_last => items.push(absent(value, scope, number)),
        (Err(nothing), _) => {
            let metric = (!value.members).then(|| name(value, scope, "").ok()).flatten();
            items.push(Item { metric, value: Err((Reason::Undecodable, nothing.detail)) });
        }
    }
}

/// The number that an absent member stands for, scaled like one that is there.
fn absent(value: &Value, scope: &Scope<'_>, number: f64) -> Item {
    let number = serde_json::Number::from_f64(number).map_or(Tree::Null, Tree::Number);
    item(value, scope, "", &number)
}

fn item(value: &Value, scope: &Scope<'_>, key: &str, tree: &Tree) -> Item {
    match name(value, scope, key) {
        Err(fault) => Item { metric: None, value: Err(fault) },
        Ok(metric) => {
            let number = value.convert.number(tree);
            let number = number.map_err(|(reason, detail)| (reason, format!("{metric} {detail}")));
            Item { metric: Some(metric), value: number }
        }
    }
}

fn name(value: &Value, scope: &Scope<'_>, key: &str) -> Result<MetricId, Fault> {
    let text = value.metric.fill(scope, key)?;
    MetricId::parse(&text).map_err(|error| (Reason::BadName, error.to_string()))
}

/// None when the record says nothing of presence and need not.
fn presence(online: &Online, scope: &Scope<'_>) -> Option<Result<bool, Fault>> {
    if online.when.as_ref().is_some_and(|when| !when.holds(scope)) {
        return None;
    }
    match online.pointer.find(scope) {
        Ok(Tree::Null) | Err(_) if online.skip_missing => None,
        Err(nothing) => Some(Err((Reason::Undecodable, nothing.detail))),
        Ok(tree) => Some(tree.word().and_then(|word| online.words.get(&word).copied()).ok_or_else(|| {
            let known = online.words.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            (Reason::Undecodable, format!("{} is {}; expected one of {known}", online.pointer.as_str(), tree.show()))
        })),
    }
}

/// The time of the record, if it may be believed; `arrival` stands for one that is not there.
fn moment(
    at: Option<&At>,
    scope: &Scope<'_>,
    arrival: Result<Timestamp, Fault>,
    received: Timestamp,
    limits: Limits,
) -> Result<Timestamp, Fault> {
    let Some(at) = at else { return arrival };
    let name = at.pointer.as_str();
    let found = match at.pointer.find(scope) {
        Ok(Tree::Null) | Err(_) if at.or_arrival => return arrival,
        Ok(found) => found,
        Err(nothing) => return Err((Reason::TimeUnreadable, nothing.detail)),
    };
    let read = time(at.format, found)
        .map_err(|expected| (Reason::TimeUnreadable, format!("{name} is {}; expected {expected}", found.show())))?;
    limits.moment(name, read, received).map_err(|(reason, detail)| {
        let hint =
            at.format == Format::S && limits.times.refuse(Timestamp::from_ms(read.ms() / 1000), received).is_none();
        (reason, if hint { format!("{detail} (milliseconds? say format = \"ms\")") } else { detail })
    })
}

fn time(format: Format, found: &Tree) -> Result<Timestamp, &'static str> {
    let expected = match format {
        Format::Ms => "milliseconds since 1970",
        Format::S => "seconds since 1970",
        Format::Rfc3339 => "RFC 3339 such as 2026-11-22T16:42:00+08:00",
    };
    let number = match found {
        Tree::Text(text) if format == Format::Rfc3339 => return Timestamp::parse(text).map_err(|_| expected),
        _ if format == Format::Rfc3339 => return Err(expected),
        Tree::Number(number) => number.as_f64(),
        Tree::Text(text) => text.trim().parse().ok(), // platforms send their milliseconds in quotes
        _ => None,
    };
    let number = number.filter(|number: &f64| number.is_finite()).ok_or(expected)?;
    let ms = if format == Format::S { number * 1000.0 } else { number };
    Ok(Timestamp::from_ms(ms.round() as i64)) // saturates: too far in either direction is refused as such
}
