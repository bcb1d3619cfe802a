//! What changed between two entries of a device, as the history keeps it.

use chengshu_core::model::{Details, Device, DeviceId, KindId};
use serde_json::{Value, json};

/// `[{"field", "old", "new"}]`, only fields that differ.
pub(crate) fn json(before: &Device, after: &Device) -> String {
    let (old, new) = (fields(before), fields(after));
    let changed = old.into_iter().zip(new).filter(|((_, old), (_, new))| old != new);
    let changed: Vec<Value> =
        changed.map(|((field, old), (_, new))| json!({"field": field, "old": old, "new": new})).collect();
    Value::Array(changed).to_string()
}

fn fields(device: &Device) -> Vec<(&'static str, Value)> {
    let none = Details::default();
    let details = device.details.as_deref().unwrap_or(&none);
    vec![
        ("registration", json!(device.registration.word())),
        ("name", json!(device.name)),
        ("kind", json!(device.kind.as_ref().map(KindId::as_str))),
        ("place", json!(device.place.map(|place| [place.lng, place.lat]))),
        ("gateway", json!(device.gateway.as_ref().map(DeviceId::as_str))),
        ("department", json!(details.department)),
        ("area", json!(details.area)),
        ("groups", json!(details.groups)),
        ("vendor", json!(details.vendor)),
        ("model", json!(details.model)),
        ("serial", json!(details.serial)),
        ("installed", json!(details.installed.as_ref().map(chengshu_core::model::Day::as_str))),
        ("warranty_until", json!(details.warranty_until.as_ref().map(chengshu_core::model::Day::as_str))),
        ("contact", json!(details.contact)),
        ("tags", json!(details.tags)),
    ]
}
