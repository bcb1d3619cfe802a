//! A frame as a JSON object, every field of it. What a name does not say exactly (an impossible time, a text with
//! rubbish behind it) stands beside it as hex, so that the bytes can be made again.

use serde_json::{Map, Value, json};

use super::hex;
use crate::codec::{App, Component, Frame, Label, Object, Objects, System, has_inner_nul, text, text_bytes};
use crate::words::{self, analog, word};

/// A whole frame.
pub(crate) fn frame(frame: &Frame<'_>, content: &App<'_>, after_nul: bool) -> Value {
    let mut map = Map::new();
    let head = &frame.head;
    let command = word(words::COMMANDS, head.command).map(|row| row.en);
    let command = command.unwrap_or(if head.command >= 128 { "user" } else { "unknown" });
    map.insert("serial".into(), head.serial.into());
    map.insert("version_bytes".into(), json!(head.version));
    time(&mut map, "time", head.time);
    for (name, le, address) in [("src_hex", "src_le", head.source), ("dst_hex", "dst_le", head.destination)] {
        map.insert(name.into(), hex(&address).into());
        map.insert(le.into(), little(&address).into());
    }
    map.insert("app_length".into(), frame.data.len().into());
    map.insert("command".into(), format!("{} {command}", head.command).into());
    map.insert("checksum".into(), hex(&[frame.checksum]).into());
    if let Some(app) = app(content, after_nul) {
        map.insert("app".into(), app);
    }
    Value::Object(map)
}

/// Its application data, when it has any.
pub(crate) fn app(content: &App<'_>, after_nul: bool) -> Option<Value> {
    Some(match content {
        App::None => return None,
        App::Bare(kind) => json!({"type": kind, "note": "type byte only, no object count"}),
        App::Vendor { kind, count, bytes } => {
            let ascii = |byte: &u8| if matches!(byte, 0x20..0x7F) { char::from(*byte) } else { '.' };
            let ascii: String = bytes.iter().map(ascii).collect();
            json!({"type": kind, "count": count, "objects": [{"vendor_hex": hex(bytes), "vendor_ascii": ascii}]})
        }
        App::Objects(objects) => list(objects, after_nul),
    })
}

fn list(objects: &Objects<'_>, after_nul: bool) -> Value {
    let rows: Vec<Value> = objects.iter().map(|object| Value::Object(row(&object, after_nul))).collect();
    let mut app = json!({"type": objects.kind, "count": objects.count, "objects": rows});
    if !objects.extra.is_empty() {
        app["extra_hex"] = hex(objects.extra).into();
    }
    app
}

fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn bits(state: u16) -> Vec<u8> {
    (0..16).filter(|bit| state >> bit & 1 == 1).collect()
}

fn time(map: &mut Map<String, Value>, name: &str, label: Label) {
    let read = label.text();
    if read.is_none() && !label.is_zero() {
        map.insert(format!("{name}_hex"), hex(&label.0).into());
    }
    map.insert(name.to_owned(), read.into());
}

fn optional_time(map: &mut Map<String, Value>, name: &str, label: Option<Label>) {
    match label {
        Some(label) => time(map, name, label),
        None => {
            map.insert(name.to_owned(), Value::Null);
            map.insert(format!("{name}_note"), "time label missing".into());
        }
    }
}

/// `padded`: zeros behind the text belong to the field, not to the text.
fn put_text(map: &mut Map<String, Value>, bytes: &[u8], padded: bool, after_nul: bool) {
    let read = text(bytes, after_nul);
    if has_inner_nul(bytes) {
        map.insert("text_note".into(), "NUL bytes inside the text field".into());
    }
    let written = text_bytes(&read);
    let same = bytes.strip_prefix(&*written).is_some_and(|rest| rest.iter().all(|byte| padded && *byte == 0));
    if !same {
        map.insert("text_hex".into(), hex(bytes).into());
    }
    map.insert("text".into(), read.into());
}

fn put_system(map: &mut Map<String, Value>, system: System) {
    map.insert("sys_type".into(), system.kind.into());
    map.insert("sys_addr".into(), system.address.into());
}

fn put_component(map: &mut Map<String, Value>, component: &Component) {
    put_system(map, component.system);
    map.insert("comp_type".into(), component.kind.into());
    map.insert("comp_addr_hex".into(), hex(&component.address).into());
    map.insert("comp_addr_le".into(), little(&component.address).into());
    map.insert("zone".into(), little(&component.address[2..]).into());
    map.insert("position".into(), little(&component.address[..2]).into());
}

fn put_state(map: &mut Map<String, Value>, state: u16) {
    map.insert("state".into(), state.into());
    map.insert("bits".into(), json!(bits(state)));
}

fn put_operation(map: &mut Map<String, Value>, flags: u8, operator: u8) {
    map.insert("op".into(), flags.into());
    map.insert("op_bits".into(), json!(bits(u16::from(flags))));
    map.insert("operator".into(), operator.into());
}

fn row(object: &Object<'_>, after_nul: bool) -> Map<String, Value> {
    let mut map = Map::new();
    let m = &mut map;
    match object {
        Object::SystemState { system, state, .. } => {
            put_system(m, *system);
            put_state(m, *state);
        }
        Object::ComponentState { component, state, text, .. } => {
            put_component(m, component);
            put_state(m, *state);
            put_text(m, text, true, after_nul);
        }
        Object::Analog { component, kind, raw, .. } => {
            put_component(m, component);
            m.insert("analog_type".into(), (*kind).into());
            m.insert("raw".into(), (*raw).into());
            let known = analog(*kind);
            m.insert("quantity".into(), known.map(|row| row.metric).into());
            m.insert("unit".into(), known.map(|row| row.unit).into());
            m.insert("value".into(), known.map(|row| row.text(*raw)).into());
        }
        Object::Operation { system, flags, operator, .. } => {
            put_system(m, *system);
            put_operation(m, *flags, *operator);
        }
        Object::SystemVersion { system, version } => {
            put_system(m, *system);
            m.insert("version".into(), format!("{}.{}", version[0], version[1]).into());
        }
        Object::SystemConfig { system, text } => {
            put_system(m, *system);
            put_text(m, text, false, after_nul);
        }
        Object::ComponentConfig { component, text } => {
            put_component(m, component);
            put_text(m, text, true, after_nul);
        }
        Object::SystemTime { system, .. } | Object::ReadSystem { system } => put_system(m, *system),
        Object::DeviceState { state, .. } => put_state(m, u16::from(*state)),
        Object::DeviceOperation { flags, operator, .. } => put_operation(m, *flags, *operator),
        Object::DeviceVersion { version } => {
            m.insert("version".into(), format!("{}.{}", version[0], version[1]).into());
        }
        Object::DeviceConfig { text } => put_text(m, text, false, after_nul),
        Object::DeviceTime { .. } => {}
        Object::ReadComponent { system, address } => {
            put_system(m, *system);
            m.insert("comp_addr_hex".into(), hex(address).into());
        }
        Object::ReadOperations { system, count, .. } => {
            put_system(m, *system);
            m.insert("op_count".into(), (*count).into());
        }
        Object::Reserved { reserved } => {
            m.insert("reserved".into(), (*reserved).into());
        }
        Object::ReadDeviceOperations { count, .. } => {
            m.insert("op_count".into(), (*count).into());
        }
        Object::SetClock { reserved, .. } => put_reserved(m, *reserved),
        Object::PostCheck { reserved, minutes } => {
            put_reserved(m, *reserved);
            m.insert("minutes".into(), (*minutes).into());
        }
    }
    if let Some(name) = time_name(object) {
        optional_time(m, name, object.time());
    }
    map
}

fn put_reserved(map: &mut Map<String, Value>, reserved: Option<u8>) {
    if let Some(reserved) = reserved {
        map.insert("reserved".into(), reserved.into());
    }
}

/// What the time of an object is called; none where none belongs to it.
fn time_name(object: &Object<'_>) -> Option<&'static str> {
    match object {
        Object::SetClock { .. } => Some("set_time"),
        Object::ReadOperations { .. } | Object::ReadDeviceOperations { .. } => Some("since"),
        Object::SystemState { .. }
        | Object::ComponentState { .. }
        | Object::Analog { .. }
        | Object::Operation { .. }
        | Object::SystemTime { .. }
        | Object::DeviceState { .. }
        | Object::DeviceOperation { .. }
        | Object::DeviceTime { .. } => Some("time"),
        _ => None,
    }
}
