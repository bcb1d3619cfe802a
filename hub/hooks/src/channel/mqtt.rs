//! MQTT: an alarm on `city/{theme}/{device}/alarm`, QoS 1, not retained, at a broker that the hub is connected to. Told when the
//! broker has it; who listens there is not known.

use std::collections::BTreeMap;

use chengshu_core::model::{DeviceId, ThemeId};
use chengshu_core::seam::NoticeSink;
use chengshu_store::DueDelivery;
use serde_json::Value;

use super::{Failure, body};

/// Where a trial message goes, and an alarm that is about no single device.
const NOBODY: &str = "-";
const TRIAL: &str = "city/test/-/alarm";

pub(super) async fn publish(brokers: &BTreeMap<String, NoticeSink>, due: &DueDelivery) -> Result<(), Failure> {
    let name = &due.to.target;
    let known = || brokers.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let none = || Failure::new(format!("the configuration names no broker {name:?}, only {}", known()));
    let broker = brokers.get(name).ok_or_else(none)?;
    let topic = topic(&due.kind, &due.data)
        .ok_or_else(|| Failure { hold: false, ..Failure::new("it has no theme that could stand in a topic") })?;
    broker.publish(topic, body(due).into_bytes()).await.map_err(Failure::new)
}

fn topic(kind: &str, data: &str) -> Option<String> {
    if kind == "test" {
        return Some(TRIAL.to_owned());
    }
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    let theme = ThemeId::parse(data["theme"].as_str()?).ok()?;
    let device = data["device"].as_str().and_then(|device| DeviceId::parse(device).ok());
    let device = device.as_ref().map_or(NOBODY, DeviceId::as_str);
    Some(format!("city/{theme}/{device}/alarm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_made_of_names_that_can_stand_in_one() {
        for (data, expected) in [
            (r#"{"theme":"water","device":"W-1"}"#, Some("city/water/W-1/alarm")),
            (r#"{"theme":"water","device":null}"#, Some("city/water/-/alarm")),
            (r#"{"theme":"water","device":"a/+/#"}"#, Some("city/water/-/alarm")),
            (r##"{"theme":"#","device":"W-1"}"##, None),
            ("{}", None),
        ] {
            assert_eq!(topic("alarm.raised", data).as_deref(), expected, "{data}");
        }
        assert_eq!(topic("test", "{}").as_deref(), Some(TRIAL));
    }
}
