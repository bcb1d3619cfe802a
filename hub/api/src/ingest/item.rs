//! A message that names its device itself: `{"theme": "water", "device": "MY-1", "type": "telemetry", …}`. Without those
//! three it is the payload of MQTT, to the letter, and is read as such; what is kept of it are the bytes as they came.

use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, DeviceId, LinkId, Reason, Rejected, ThemeId, Timestamp};
use chengshu_core::seam::Decoder;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What a message may be.
pub(super) const TYPES: [&str; 3] = ["telemetry", "event", "status"];

/// Reads one; whatever is wrong with it becomes a rejection.
pub(super) fn decode(city: &Decoder, link: &LinkId, source: &Arc<str>, raw: Bytes, received: Timestamp) -> Delivery {
    let decoded = read(&raw).and_then(|item| {
        let unread = (Reason::TopicMalformed, "nobody reads messages of this type".to_owned());
        city(&item.topic, item.payload, received).ok_or(unread)
    });
    match decoded {
        Ok(delivery) => Delivery { source: source.clone(), raw, ..delivery },
        Err((reason, detail)) => Delivery {
            link: link.clone(),
            theme: None,
            received,
            source: source.clone(),
            raw,
            readings: Vec::new(),
            events: Vec::new(),
            presence: None,
            births: Vec::new(),
            rejected: vec![Rejected { device: None, metric: None, reason, detail }],
        },
    }
}

#[derive(Debug)]
struct Item {
    topic: String,
    payload: Bytes,
}

/// The topic of a message, if its parts are names.
pub(super) fn topic(theme: &str, device: &str, kind: &str) -> Result<String, (Reason, String)> {
    let theme = ThemeId::parse(theme).map_err(|error| (Reason::BadName, error.to_string()))?;
    let device = DeviceId::parse(device).map_err(|error| (Reason::BadName, error.to_string()))?;
    if !TYPES.contains(&kind) {
        let kind: String = kind.chars().take(40).collect();
        return Err((Reason::TopicMalformed, format!("type is {kind:?}; expected one of {}", TYPES.join(", "))));
    }
    Ok(format!("city/{theme}/{device}/{kind}"))
}

fn read(raw: &[u8]) -> Result<Item, (Reason, String)> {
    const EXAMPLE: &str = "expected {\"theme\":\"water\",\"device\":\"MY-1\",\"values\":{\"level\":3.21}}";
    let members: Members<'_> = serde_json::from_slice(raw)
        .map_err(|error| (Reason::Undecodable, format!("not an object: {error}; {EXAMPLE}")))?;
    let (mut theme, mut device, mut kind) = (None, None, None);
    let mut payload = String::with_capacity(raw.len());
    for (key, value) in members.0 {
        let slot = match key.as_str() {
            "theme" => &mut theme,
            "device" => &mut device,
            "type" => &mut kind,
            _ => {
                payload.push(if payload.is_empty() { '{' } else { ',' });
                payload.push_str(&serde_json::Value::from(key).to_string());
                payload.push(':');
                payload.push_str(value.get());
                continue;
            }
        };
        let text: String = serde_json::from_str(value.get())
            .map_err(|_| (Reason::TopicMalformed, format!("{key} is no text; {EXAMPLE}")))?;
        *slot = Some(text);
    }
    payload.push_str(if payload.is_empty() { "{}" } else { "}" });
    let missing = |name: &str| (Reason::TopicMalformed, format!("the message names no {name}; {EXAMPLE}"));
    let theme = theme.ok_or_else(|| missing("theme"))?;
    let device = device.ok_or_else(|| missing("device"))?;
    let topic = topic(&theme, &device, kind.as_deref().unwrap_or("telemetry"))?;
    Ok(Item { topic, payload: payload.into() })
}

/// The members of an object, in their order, their values as they were written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Outer;
        impl<'de> Visitor<'de> for Outer {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Outer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(raw: &str) -> (String, String) {
        let item = read(raw.as_bytes()).unwrap_or_else(|error| panic!("{raw}: {error:?}"));
        (item.topic, String::from_utf8(item.payload.to_vec()).unwrap())
    }

    #[test]
    fn the_address_is_taken_out_and_the_rest_stays_to_the_letter() {
        let (topic, payload) = both(r#"{"theme":"water","device":"MY-1","ts":1,"values":{"a": 1e400, "水":0.10}}"#);
        assert_eq!(
            (topic.as_str(), payload.as_str()),
            ("city/water/MY-1/telemetry", r#"{"ts":1,"values":{"a": 1e400, "水":0.10}}"#)
        );
        let (topic, payload) = both(r#"{"kind":"k","type":"event","device":"MY-1","theme":"water","x\"y":[1]}"#);
        assert_eq!((topic.as_str(), payload.as_str()), ("city/water/MY-1/event", r#"{"kind":"k","x\"y":[1]}"#));
        assert_eq!(both(r#"{"theme":"water","device":"MY-1"}"#).1, "{}");
    }

    #[test]
    fn a_message_without_an_address_says_what_is_missing() {
        for (raw, part) in [
            ("{", "not an object"),
            ("7", "not an object"),
            ("{}", "names no theme"),
            (r#"{"theme":"water"}"#, "names no device"),
            (r#"{"theme":"water","device":7}"#, "device is no text"),
            (r#"{"theme":"water","device":"a b"}"#, "a b"),
            (r#"{"theme":"water","device":"a/b"}"#, "a/b"),
            (r#"{"theme":"water","device":"MY-1","type":"alarm"}"#, "expected one of telemetry"),
        ] {
            let (_, detail) = read(raw.as_bytes()).unwrap_err();
            assert!(detail.contains(part), "{raw}: {detail}");
        }
    }
}
