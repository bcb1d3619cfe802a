//! A frame as JSON for people and for `encode`: every field, by the names that the vectors use. Judges nothing.

use serde_json::{Map, Value, json};

use crate::codec::digits::hex_text;
use crate::codec::{Asking, Cell, Direction, Form, Frame, Group, Groups, Id, Message, Station, cell};
use crate::words;

/// The whole frame.
pub(crate) fn frame(frame: &Frame<'_>, asking: Asking) -> Value {
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    put("form", json!(frame.form.word()));
    put("direction", json!(frame.direction.word()));
    put("direction_nibble", json!(frame.direction.nibble()));
    put("center", json!(frame.center));
    put("station", station(frame.station));
    put("password", json!(hex_text(&frame.password)));
    put("function", json!(hex_text(&[frame.function])));
    if let Some(function) = words::function(frame.function) {
        put("function_zh", json!(function.zh));
        put("function_en", json!(function.en));
    }
    put("body_length", json!(frame.length));
    put("start", json!(if frame.packet.is_some() { "SYN" } else { "STX" }));
    put("end", json!(frame.end.word()));
    put("crc", json!(format!("{:04X}", frame.crc)));
    if let Some(packet) = frame.packet {
        put("packets", json!(packet.total));
        put("packet", json!(packet.number));
        put("body_bytes", json!(frame.body.len()));
        put("body", json!(hex_text(frame.body)));
    }
    if let Some(head) = frame.head() {
        put("serial", json!(head.serial));
        put("send_time", json!(head.sent.text()));
    }
    if frame.packet.is_none() {
        let mut groups = Message::of(frame).groups(asking);
        let elements = elements(&mut groups, frame.function, frame.direction);
        if frame.form == Form::Ascii {
            // the reference's ASCII vectors have values by their names; the first of each stands here as well
            for (key, value) in flat(&elements) {
                out.entry(key).or_insert(value);
            }
        }
        out.insert("elements".to_owned(), elements.into());
    }
    out.into()
}

/// The groups of a body. What cannot be read ends the list, as bytes with the reason.
pub(crate) fn elements(groups: &mut Groups<'_>, function: u8, direction: Direction) -> Vec<Value> {
    let mut out = Vec::new();
    let form = groups.form();
    while let Some(group) = groups.next() {
        match group {
            Ok(group) => out.push(element(&group, form, function, direction)),
            Err(fault) => {
                let rest = hex_text(groups.rest());
                out.push(json!({"id": "rest", "hex": rest, "error": fault.code(), "detail": fault.to_string()}));
            }
        }
    }
    out
}

/// A station's address with what it means.
pub(crate) fn station(station: Station) -> Value {
    match (station.code(), station.area()) {
        (Some(code), _) => json!({"raw": station.text(), "kind": "SL502 8-digit", "code": code}),
        (None, Some((adcode, number))) => {
            json!({"raw": station.text(), "kind": "adcode+number", "adcode": adcode, "number": number})
        }
        (None, None) => json!({"raw": station.text()}),
    }
}

fn element(group: &Group<'_>, form: Form, function: u8, direction: Direction) -> Value {
    match *group {
        Group::Station(station, class) => {
            let mut out = json!({"id": if form == Form::Hex { "F1F1" } else { "ST" }, "station": station.text()});
            if let Some(class) = class {
                let word = words::class(class).map_or("?", |class| class.word);
                out["class"] = json!(format!("{} {} {word}", hex_text(&[class]), char::from(class)));
            }
            out
        }
        Group::Observed(at) => {
            json!({"id": if form == Form::Hex { "F0F0" } else { "TT" }, "observe_time": at.text()})
        }
        Group::Manual(text) => with_text(json!({"id": if form == Form::Hex { "F2F2" } else { "RGZS" }}), text),
        Group::Picture(bytes) => json!({
            "id": if form == Form::Hex { "F3F3" } else { "PIC" }, "picture_bytes": bytes.len(), "hex": hex_text(bytes)
        }),
        Group::Step(step) => {
            let mut out =
                json!({"id": "04", "def": "18", "len": 3, "dec": 0, "name": "DRxnn", "hex": hex_text(&step.0)});
            if let Some([days, hours, minutes]) = step.parts() {
                out["days"] = json!(days);
                out["hours"] = json!(hours);
                out["minutes"] = json!(minutes);
            }
            out
        }
        Group::Slots(slots) => {
            let (name, unit) = match slots.lead {
                0xF4 => ("DRP".to_owned(), "0.1mm"),
                lead => (format!("DRZ{}", lead.saturating_sub(0xF4)), "0.01m"),
            };
            let mut out = sized(&hex_text(&[slots.lead]), slots.def);
            out["name"] = json!(name);
            out["unit"] = json!(unit);
            out["values"] = slots.values().collect();
            out["hex"] = json!(raw(form, slots.data));
            out
        }
        Group::Status(word) => {
            let bits: Vec<u32> = (0..32).filter(|bit| word >> bit & 1 == 1).collect();
            let mut out = sized("45", 0x20);
            out["name"] = json!("status");
            out["hex"] = json!(format!("{word:08X}"));
            out["value"] = json!(word);
            out["bits"] = json!(bits);
            out
        }
        Group::Value { id, def, data } => {
            let mut out = named(id, def);
            let cell = cell(id, def, data);
            out["value"] = number(cell);
            if cell == Cell::Odd {
                out["hex"] = json!(hex_text(data));
            }
            out
        }
        Group::Series { id, def, data } => {
            let mut out = named(id, def);
            out["values"] = group.cells().map(number).collect();
            out["hex"] = json!(hex_text(data));
            out
        }
        Group::Config { id, def, data } => {
            let mut out = sized(&id_text(id), def);
            match id {
                Id::Code(_) => out["hex"] = json!(hex_text(data)),
                Id::Name(_) => out = with_text(json!({"id": id_text(id)}), data),
            }
            out
        }
        Group::Period(from, to) => json!({"id": "period", "from": from.text(), "to": to.text()}),
        Group::Asked(id, def) => match def {
            Some(def) => json!({"id": id_text(id), "asked": true, "def": hex_text(&[def])}),
            None => json!({"id": id_text(id), "asked": true}),
        },
        Group::Rest(bytes) => rest(bytes, function, direction),
    }
}

/// The function's own bytes: version text, event counters, or just bytes.
fn rest(bytes: &[u8], function: u8, direction: Direction) -> Value {
    let mut out = json!({"id": "rest", "hex": hex_text(bytes)});
    match (function, direction, bytes) {
        (0x45, Direction::Up, [len, text @ ..]) if usize::from(*len) == text.len() => {
            out["version"] = json!(String::from_utf8_lossy(text));
        }
        (0x50, Direction::Up, counters) if counters.len() == 64 => {
            out["counters"] = counters.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
        }
        _ => {}
    }
    out
}

pub(crate) fn id_text(id: Id<'_>) -> String {
    match id {
        Id::Code(code) if code > 0xFF => format!("{code:04X}"),
        Id::Code(code) => format!("{code:02X}"),
        Id::Name(name) => String::from_utf8_lossy(name).into_owned(),
    }
}

/// The element that an id names.
pub(crate) fn known(id: Id<'_>) -> Option<&'static words::Element> {
    match id {
        Id::Code(code) => words::by_id(code),
        Id::Name(name) => words::by_name(name),
    }
}

pub(crate) fn number(cell: Cell) -> Value {
    match cell {
        Cell::Number(number) => json!(number.to_string()),
        Cell::Missing | Cell::Odd => Value::Null,
    }
}

fn named(id: Id<'_>, def: u8) -> Value {
    let name = known(id).map_or("?", |element| element.name);
    match id {
        Id::Code(_) => {
            let mut out = sized(&id_text(id), def);
            out["name"] = json!(name);
            out
        }
        Id::Name(_) => json!({"id": id_text(id), "name": name}),
    }
}

fn sized(id: &str, def: u8) -> Value {
    json!({"id": id, "def": hex_text(&[def]), "len": def >> 3, "dec": def & 7})
}

fn raw(form: Form, data: &[u8]) -> String {
    if form == Form::Hex { hex_text(data) } else { String::from_utf8_lossy(data).into_owned() }
}

/// Text as text; when it is none, its bytes as well.
fn with_text(mut out: Value, bytes: &[u8]) -> Value {
    out["text"] = json!(String::from_utf8_lossy(bytes));
    if std::str::from_utf8(bytes).is_err() {
        out["hex"] = json!(hex_text(bytes));
    }
    out
}

fn flat(elements: &[Value]) -> Vec<(String, Value)> {
    let pair = |element: &Value| {
        if let Some(class) = element["class"].as_str() {
            return Some(("class".to_owned(), json!(class.get(3..4).unwrap_or(class))));
        }
        let value = element.get("value")?;
        Some((element["id"].as_str()?.to_owned(), value.clone()))
    };
    elements.iter().filter_map(pair).collect()
}
