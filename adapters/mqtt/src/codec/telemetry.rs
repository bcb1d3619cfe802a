//! Values: `{"ts": ms or RFC 3339, "values": {"level": 3.21}}`, the same flat, or a list of either. A fault in one
//! value spoils only that value.

use chengshu_core::model::{Delivery, Limits, Reading, Reason, Rejected, Timestamp};

use super::object::{Object, Scalar, read};
use super::whole;
use crate::names::{Address, Names};

pub(super) fn decode(delivery: &mut Delivery, address: &Address, names: &mut Names, limits: Limits, retained: bool) {
    let payload = delivery.raw.clone();
    let objects = match read(&payload) {
        Ok(objects) => objects,
        Err(error) => {
            let detail =
                format!("payload is not the agreed JSON: {error}; expected {{\"ts\":…,\"values\":{{\"level\":3.21}}}}");
            let rejected = Rejected { device: Some(address.device.clone()), ..whole(Reason::Undecodable, detail) };
            return delivery.rejected.push(rejected);
        }
    };
    if objects.iter().all(|object| object.values.is_empty()) {
        let rejected = whole(Reason::NoValues, "the message carries no value".to_owned());
        delivery.rejected.push(Rejected { device: Some(address.device.clone()), ..rejected });
    }
    for object in objects {
        one(delivery, address, names, limits, retained, object);
    }
}

fn one(
    delivery: &mut Delivery,
    address: &Address,
    names: &mut Names,
    limits: Limits,
    retained: bool,
    object: Object<'_>,
) {
    let at = match moment(&object, address, delivery.received, limits, retained) {
        Ok(Some(at)) => at,
        Ok(None) => names.arrival(&address.topic, delivery.received),
        Err((reason, detail)) => {
            // every value of this object shares the fault, and each is one reading in the ledger
            for (key, _) in &object.values {
                let metric = names.metric(key).ok();
                let device = Some(address.device.clone());
                delivery.rejected.push(Rejected { device, metric, reason, detail: detail.clone() });
            }
            return;
        }
    };
    delivery.readings.reserve(object.values.len());
    for (key, scalar) in object.values {
        let (reason, detail, metric) = match (names.metric(&key), scalar) {
            (Ok(metric), Scalar::Number(value)) if value.is_finite() => {
                delivery.readings.push(Reading::new(address.device.clone(), metric, at, value));
                continue;
            }
            (Err(error), _) => (Reason::BadName, error.to_string(), None),
            (Ok(metric), Scalar::Number(value)) => {
                (Reason::NotFinite, format!("{metric} is {value}; expected a finite number"), Some(metric))
            }
            (Ok(metric), Scalar::TooLarge(text)) => (
                Reason::NotFinite,
                format!("{metric} is {text}; expected a number that a 64-bit float holds"),
                Some(metric),
            ),
            (Ok(metric), Scalar::Text(text)) => {
                (Reason::NotANumber, format!("{metric} is the text {text:?}; expected a number"), Some(metric))
            }
            (Ok(metric), Scalar::Other(what)) => {
                (Reason::NotANumber, format!("{metric} is {what}; expected a number"), Some(metric))
            }
        };
        delivery.rejected.push(Rejected { device: Some(address.device.clone()), metric, reason, detail });
    }
}

/// The device time of an object, if the object may be believed at all; none where the time of arrival stands for it.
fn moment(
    object: &Object<'_>,
    address: &Address,
    received: Timestamp,
    limits: Limits,
    retained: bool,
) -> Result<Option<Timestamp>, (Reason, String)> {
    if let Some(id) =
        object.id.as_ref().filter(|id| !matches!(id, Scalar::Text(text) if text == address.device.as_str()))
    {
        let read = match id {
            Scalar::Text(text) => format!("{text:?}"),
            _ => "not a text".to_owned(),
        };
        return Err((
            Reason::IdMismatch,
            format!("payload names device {read}, the topic {:?}", address.device.as_str()),
        ));
    }
    let at = match &object.ts {
        None | Some(Scalar::Other("null")) if retained => {
            return Err((
                Reason::TimeUnreadable,
                "a retained value without ts: nobody knows when it was measured".to_owned(),
            ));
        }
        None | Some(Scalar::Other("null")) => return Ok(None),
        Some(Scalar::Number(ms)) if ms.is_finite() => Timestamp::from_ms(*ms as i64),
        Some(Scalar::Text(text)) => {
            Timestamp::parse(text).map_err(|error| (Reason::TimeUnreadable, error.to_string()))?
        }
        Some(other) => {
            let detail = format!("ts is {other:?}; expected milliseconds since 1970 or RFC 3339");
            return Err((Reason::TimeUnreadable, detail));
        }
    };
    limits.moment("ts", at, received).map(Some)
}
