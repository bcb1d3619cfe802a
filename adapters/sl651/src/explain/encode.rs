//! From the JSON of a frame back to its bytes: the device's side by hand. Computes length and check field itself.

use serde_json::Value;

use crate::codec::digits::{hex_bytes, hex_number, nibble};
use crate::codec::{Direction, End, Form, Frame, Id, Number, Packet, Stamp, Station, Step, put};

/// The bytes of the frame that `frame` describes: an object as `frame` is in the answer of `explain`. `body_length`, `crc`,
/// names and meanings are not read.
///
/// # Errors
/// Names the field, what was read and what would be right.
pub fn encode(frame: &Value) -> Result<Vec<u8>, String> {
    let form = match text(frame, "form").unwrap_or("HEX") {
        "HEX" => Form::Hex,
        "ASCII" => Form::Ascii,
        other => return Err(format!("form is {other:?}; expected \"HEX\" or \"ASCII\"")),
    };
    let direction = match text(frame, "direction").unwrap_or("up") {
        "up" => Direction::Up,
        "down" => Direction::Down,
        other => return Err(format!("direction is {other:?}; expected \"up\" or \"down\"")),
    };
    let default_end = if direction == Direction::Up { "ETX" } else { "ENQ" };
    let word = text(frame, "end").unwrap_or(default_end);
    let end = End::from_word(word).filter(|end| end.is_of(direction)).ok_or_else(|| {
        let expected = if direction == Direction::Up { "ETX ETB" } else { "ENQ ACK NAK EOT ESC" };
        format!("end is {word:?}; expected one of {expected}")
    })?;
    let mut station = [0; 5];
    let field = frame.get("station").unwrap_or(&Value::Null);
    digits(field.get("raw").unwrap_or(field), "station", &mut station)?;
    let (mut password, mut function) = ([0; 2], [0; 1]);
    digits(frame.get("password").unwrap_or(&Value::from("0000")), "password", &mut password)?;
    digits(frame.get("function").unwrap_or(&Value::Null), "function", &mut function)?;
    let packet = match frame.get("packets") {
        None | Some(Value::Null) => None,
        Some(_) => {
            Some(Packet { total: whole(frame, "packets", 4095)? as u16, number: whole(frame, "packet", 4095)? as u16 })
        }
    };
    let body = match frame.get("body") {
        Some(body) if packet.is_some() => bytes(body, "body")?,
        _ => body(frame, form)?,
    };
    let frame = Frame {
        form,
        direction,
        center: whole(frame, "center", 255)? as u8,
        station: Station(station),
        password,
        function: function[0],
        length: 0,
        packet,
        body: &body,
        end,
        crc: 0,
    };
    frame.encode().map_err(|fault| format!("elements: {fault}"))
}

fn body(frame: &Value, form: Form) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let sent = stamp(frame, "send_time", 6)?;
    put::head(form, whole(frame, "serial", 65535)? as u16, sent, &mut out);
    let elements = match frame.get("elements") {
        None | Some(Value::Null) => &Vec::new(),
        Some(Value::Array(elements)) => elements,
        Some(other) => return Err(format!("elements is {other}; expected a list of objects")),
    };
    for (n, element) in elements.iter().enumerate() {
        put_element(element, form, &mut out).map_err(|error| format!("elements[{n}].{error}"))?;
    }
    Ok(out)
}

fn put_element(element: &Value, form: Form, out: &mut Vec<u8>) -> Result<(), String> {
    let id = text(element, "id").ok_or_else(|| format!("id is {}; expected a text", element["id"]))?;
    match id {
        "F1F1" | "ST" => {
            let mut address = [0; 5];
            digits(&element["station"], "station", &mut address)?;
            put::station(form, Station(address), class(element)?, out);
        }
        "F0F0" | "TT" => put::observed(form, stamp(element, "observe_time", 5)?, out),
        "F2F2" | "RGZS" | "F3F3" | "PIC" => {
            match form {
                Form::Hex => out.extend_from_slice(if matches!(id, "F2F2" | "RGZS") { &[0xF2; 2] } else { &[0xF3; 2] }),
                Form::Ascii => put::lead(Id::Name(id.as_bytes()), None, out),
            }
            out.extend_from_slice(&data(element)?);
        }
        "04" if element["name"] == "DRxnn" => put::step(form, step(element)?, out),
        "45" if element["name"] == "status" => put::status(form, status(element)?, out),
        "period" => {
            out.extend_from_slice(stamp(element, "from", 4)?.bytes());
            out.extend_from_slice(stamp(element, "to", 4)?.bytes());
        }
        "rest" => out.extend_from_slice(&bytes(&element["hex"], "hex")?),
        id => put_value(element, id, form, out)?,
    }
    Ok(())
}

fn put_value(element: &Value, id: &str, form: Form, out: &mut Vec<u8>) -> Result<(), String> {
    let slots = text(element, "name").is_some_and(|name| name == "DRP" || name.starts_with("DRZ"));
    if form == Form::Ascii {
        let name = if slots { text(element, "name").unwrap_or(id) } else { id };
        put::lead(Id::Name(name.as_bytes()), None, out);
        if element.get("asked").is_some() {
            return Ok(());
        }
        let data = match (element.get("value"), element.get("hex"), element.get("text")) {
            (_, Some(Value::String(text)), _) if slots => text.clone().into_bytes(),
            (_, Some(hex), _) => bytes(hex, "hex")?,
            (_, None, Some(Value::String(text))) => text.clone().into_bytes(),
            (Some(_), ..) => return put::number(form, number(element)?, 0, out),
            _ => return Err("value is not there; expected \"value\", \"text\" or \"hex\"".to_owned()),
        };
        out.extend_from_slice(&data);
        out.push(b' ');
        return Ok(());
    }
    let code = hex_number(id.as_bytes()).filter(|code| *code <= 0xFF || code >> 8 == 0xFF);
    let code = code.ok_or_else(|| format!("id is {id:?}; expected two hexadecimal digits, or FF and two"))? as u16;
    let mut def = [0; 1];
    let has_def = element.get("def").is_some();
    if has_def || element.get("asked").is_none() {
        digits(&element["def"], "def", &mut def)?;
    }
    put::lead(Id::Code(code), has_def.then_some(def[0]), out);
    if element.get("asked").is_some() {
        return Ok(());
    }
    match element.get("hex") {
        Some(hex) => {
            let data = bytes(hex, "hex")?;
            let len = usize::from(def[0] >> 3);
            if data.len() != len && element.get("values").is_none() {
                return Err(format!("hex has {} bytes; expected {len}, as def says", data.len()));
            }
            out.extend_from_slice(&data);
            Ok(())
        }
        None if slots => put_slots(element, code, out),
        None => put::number(form, number(element)?, def[0], out).map_err(|error| format!("value: {error}")),
    }
}

fn put_slots(element: &Value, code: u16, out: &mut Vec<u8>) -> Result<(), String> {
    let values = element["values"].as_array().ok_or("values is no list; expected numbers and nulls")?;
    let max = if code == 0xF4 { 0xFF } else { 0xFFFF };
    for value in values {
        let value = match value {
            Value::Null => max,
            value => value
                .as_u64()
                .filter(|value| *value < max)
                .ok_or_else(|| format!("values has {value}; expected 0 to {}, or null", max - 1))?,
        };
        if code != 0xF4 {
            out.push((value >> 8) as u8);
        }
        out.push(value as u8);
    }
    Ok(())
}

fn number(element: &Value) -> Result<Option<Number>, String> {
    match &element["value"] {
        Value::Null => Ok(None),
        Value::String(text) => Number::parse(text.as_bytes())
            .map(Some)
            .ok_or_else(|| format!("value is {text:?}; expected a number, e.g. \"10.490\"")),
        other => Err(format!("value is {other}; expected a number as text, e.g. \"10.490\", or null")),
    }
}

fn class(element: &Value) -> Result<Option<u8>, String> {
    match element.get("class") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(class)) => hex_number(class.get(..2).unwrap_or_default().as_bytes())
            .map(|class| Some(class as u8))
            .ok_or_else(|| format!("class is {class:?}; expected e.g. \"48 H river\"")),
        Some(other) => Err(format!("class is {other}; expected e.g. \"48 H river\"")),
    }
}

fn step(element: &Value) -> Result<Step, String> {
    if let Some(hex) = element.get("hex") {
        let mut bytes = [0; 3];
        digits(hex, "hex", &mut bytes)?;
        return Ok(Step(bytes));
    }
    let part = |key| whole(element, key, 99).map(|value| crate::codec::digits::pack(value as u8));
    Ok(Step([part("days")?, part("hours")?, part("minutes")?]))
}

fn status(element: &Value) -> Result<u32, String> {
    match text(element, "hex") {
        Some(hex) => {
            hex_number(hex.as_bytes()).ok_or_else(|| format!("hex is {hex:?}; expected eight hexadecimal digits"))
        }
        None => whole(element, "value", u64::from(u32::MAX)).map(|value| value as u32),
    }
}

fn data(element: &Value) -> Result<Vec<u8>, String> {
    match (element.get("hex"), text(element, "text")) {
        (Some(hex), _) => bytes(hex, "hex"),
        (None, Some(text)) => Ok(text.as_bytes().to_vec()),
        (None, None) => Err("text is not there; expected \"text\" or \"hex\"".to_owned()),
    }
}

fn stamp(object: &Value, key: &str, len: usize) -> Result<Stamp, String> {
    let read = &object[key];
    let parsed = read.as_str().and_then(|text| Stamp::parse(text, len));
    parsed.ok_or_else(|| {
        format!("{key} is {read}; expected {:?} or {} digits", &"2017-07-18 11:00:16"[..1 + len * 3], len * 2)
    })
}

fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

fn whole(object: &Value, key: &str, max: u64) -> Result<u64, String> {
    let read = &object[key];
    read.as_u64().filter(|value| *value <= max).ok_or_else(|| format!("{key} is {read}; expected 0 to {max}"))
}

fn digits(value: &Value, key: &str, out: &mut [u8]) -> Result<(), String> {
    let expected = out.len() * 2;
    match value.as_str() {
        Some(text) if hex_bytes(text.as_bytes(), out) => Ok(()),
        _ => Err(format!("{key} is {value}; expected {expected} hexadecimal digits")),
    }
}

fn bytes(value: &Value, key: &str) -> Result<Vec<u8>, String> {
    let text = value.as_str().filter(|text| text.len() % 2 == 0 && text.bytes().all(|c| nibble(c).is_some()));
    let text = text.ok_or_else(|| format!("{key} is {value}; expected hexadecimal digits, two for each byte"))?;
    let mut out = vec![0; text.len() / 2];
    hex_bytes(text.as_bytes(), &mut out);
    Ok(out)
}
