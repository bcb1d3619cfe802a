//! What a station answered, for whoever asked: its elements with names, metrics, values and units. Stores nothing.

use serde_json::{Value, json};

use crate::codec::digits::{hex_text, packed};
use crate::codec::{Asking, Cell, Group, Id, Message};
use crate::explain::show;
use crate::words;

/// The whole answer.
pub(super) fn reply(message: &Message<'_>, asking: Asking) -> Value {
    let mut groups = message.groups(asking);
    let list = show::elements(&mut groups, message.function, message.direction);
    let (mut elements, mut out) = (Vec::new(), json!({"function": hex_text(&[message.function])}));
    if let Some(head) = message.head() {
        out["serial"] = json!(head.serial);
        out["send_time"] = json!(head.sent.text());
    }
    for (group, shown) in message.groups(asking).zip(list) {
        match group {
            Ok(Group::Value { id, .. } | Group::Series { id, .. }) => {
                let element = show::known(id);
                let value = shown.get("values").or_else(|| shown.get("value")).cloned().unwrap_or_default();
                elements.push(json!({
                    "id": show::id_text(id),
                    "name": element.map(|element| element.zh),
                    "metric": element.map(|element| element.metric),
                    "value": value,
                    "unit": element.map_or("", |element| element.unit),
                }));
            }
            Ok(Group::Config { id, def, data }) => elements.push(config(message.function, id, def, data)),
            Ok(Group::Status(word)) => {
                for bit in words::BITS {
                    let on = (word >> bit.bit & 1 == 1) != bit.inverted;
                    let value = u8::from(on);
                    elements
                        .push(json!({"id": "45", "name": bit.zh, "metric": bit.metric, "value": value, "unit": ""}));
                }
            }
            Ok(Group::Picture(bytes)) => out["picture_bytes"] = json!(bytes.len()),
            _ => elements.push(shown),
        }
    }
    out["elements"] = elements.into();
    out
}

fn config(function: u8, id: Id<'_>, def: u8, data: &[u8]) -> Value {
    let run = matches!(function, 0x42 | 0x43);
    let item = match id {
        Id::Code(code) => u8::try_from(code).ok(),
        Id::Name(name) => crate::codec::digits::hex_number(name).and_then(|id| u8::try_from(id).ok()),
    };
    let item = item.and_then(|id| words::config_item(run, id));
    let value = match (run, id, packed(data, def & 7)) {
        (true, Id::Code(_), Cell::Number(number)) => number.to_string(),
        (_, Id::Name(_), _) => String::from_utf8_lossy(data).into_owned(),
        _ => hex_text(data),
    };
    json!({"id": show::id_text(id), "name": item.map(|item| item.zh), "metric": null, "value": value, "unit": ""})
}
