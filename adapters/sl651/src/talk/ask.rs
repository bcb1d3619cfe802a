//! From an operator's command to what stands in the body after serial and time. Layouts of 38 and 3A to 4F come from open
//! tools, see the README; the station's answer is judged elsewhere.

use chengshu_core::model::{Order, Timestamp};
use serde_json::Value;

use crate::codec::digits::{hex_bytes, hex_number, pack};
use crate::codec::{Asking, Form, Id, Number, Stamp, Step, put};
use crate::words;

/// A stable code, and words for whoever asked.
pub(crate) type Refusal = (&'static str, String);

/// What goes to the station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) function: u8,
    pub(crate) tail: Vec<u8>,
}

/// Builds the question. `password` is the one that the station has now.
pub(crate) fn ask(order: &Order, form: Form, asking: Asking, password: [u8; 2]) -> Result<Ask, Refusal> {
    let mut tail = Vec::new();
    let hex_only = |function: u8| match form {
        Form::Hex => Ok(function),
        Form::Ascii => Err((
            "form_unknown",
            format!("the station speaks the ASCII form, in which the layout of function {function:02X} is not known"),
        )),
    };
    let function = match order.name.as_str() {
        "read_now" => 0x37,
        "read_period" => {
            let function = hex_only(0x38)?;
            period(order, asking, &mut tail)?;
            function
        }
        "read_elements" => {
            let read = text(order, "elements")?;
            for name in list(&read) {
                let (id, def) = element(name)
                    .ok_or_else(|| bad("elements", &read, "names or identifiers such as Z,VT or 39,38"))?;
                put_asked(form, id, name, asking.elements_defined.then_some(def), &mut tail);
            }
            0x3A
        }
        "read_basic" | "read_run" => {
            let run = order.name == "read_run";
            read_items(order, run, form, asking, &mut tail)?;
            if run { 0x43 } else { 0x41 }
        }
        "write_basic" | "write_run" => {
            let run = order.name == "write_run";
            let function = hex_only(if run { 0x42 } else { 0x40 })?;
            write_items(order, run, &mut tail)?;
            function
        }
        "read_clock" => 0x51,
        "set_clock" => 0x4A,
        "read_version" => 0x45,
        "read_status" => 0x46,
        "read_events" => 0x50,
        "clear_storage" => {
            tail.extend_from_slice(&[0x97, 0x00]);
            hex_only(0x47)?
        }
        "factory_reset" => {
            tail.extend_from_slice(&[0x98, 0x00]);
            hex_only(0x48)?
        }
        "set_password" => {
            let read = text(order, "password")?;
            let mut new = [0; 2];
            if !hex_bytes(read.as_bytes(), &mut new) {
                return Err(bad("password", &read, "four hexadecimal digits"));
            }
            for password in [password, new] {
                tail.extend_from_slice(&[0x03, 0x10]);
                tail.extend_from_slice(&password);
            }
            hex_only(0x49)?
        }
        "pump" | "valve" => {
            let states = states(order)?;
            let bits = bits(&states);
            tail.push(bits.len() as u8);
            tail.extend_from_slice(&bits);
            hex_only(if order.name == "pump" { 0x4C } else { 0x4D })?
        }
        "gate" => {
            gate(order, &mut tail)?;
            hex_only(0x4E)?
        }
        "quota" => {
            tail.push(if whole(order, "on", 0, 1)? == 1 { 0xFF } else { 0x00 });
            hex_only(0x4F)?
        }
        other => {
            let known: Vec<&str> = crate::COMMANDS.iter().map(|command| command.name).collect();
            return Err(("unknown_command", format!("command is {other:?}; expected one of {}", known.join(" "))));
        }
    };
    Ok(Ask { function, tail })
}

fn period(order: &Order, asking: Asking, tail: &mut Vec<u8>) -> Result<(), Refusal> {
    let (from, to) = (time(order, "from")?, time(order, "to")?);
    if to < from {
        return Err(bad("to", &to.to_rfc3339_local(), "a time after from"));
    }
    let read = text(order, "element")?;
    let (id, def) =
        element(read.trim()).ok_or_else(|| bad("element", &read, "a name or identifier such as Z or 39"))?;
    let step = match order.params.get("step") {
        None | Some(Value::Null) => 60,
        Some(_) => whole(order, "step", 0, 43_200)?,
    };
    let parts = [step / 1440, step / 60 % 24, step % 60];
    tail.extend_from_slice(Stamp::from_moment(from, 4).bytes());
    tail.extend_from_slice(Stamp::from_moment(to, 4).bytes());
    put::step(Form::Hex, Step(parts.map(|part| pack(part as u8))), tail);
    put_asked(Form::Hex, id, "", asking.elements_defined.then_some(def), tail);
    Ok(())
}

fn put_asked(form: Form, id: u16, name: &str, def: Option<u8>, tail: &mut Vec<u8>) {
    match form {
        Form::Hex => put::lead(Id::Code(id), def, tail),
        Form::Ascii => {
            let known = words::by_id(id).map_or(name, |element| element.name);
            put::lead(Id::Name(known.as_bytes()), None, tail);
        }
    }
}

/// By name or identifier, with its definition byte.
fn element(name: &str) -> Option<(u16, u8)> {
    if let Some(element) = words::by_name(name.as_bytes()) {
        return Some((u16::from(element.id), element.def()));
    }
    match name.to_ascii_uppercase().as_str() {
        "DRP" => return Some((0xF4, 0x60)),
        "ZT" => return Some((0x45, 0x20)),
        drz if drz.len() == 4 && drz.starts_with("DRZ") => {
            let n = drz.as_bytes().get(3).copied().filter(|c| (b'1'..=b'8').contains(c))?;
            return Some((0xF5 + u16::from(n - b'1'), 0xC0));
        }
        _ => {}
    }
    if name.len() != 2 {
        return None;
    }
    let id = hex_number(name.as_bytes())? as u16;
    let def = match id {
        0xF4 => 0x60,
        0xF5..=0xFC => 0xC0,
        0x45 => 0x20,
        _ => words::by_id(id)?.def(),
    };
    Some((id, def))
}

fn read_items(order: &Order, run: bool, form: Form, asking: Asking, tail: &mut Vec<u8>) -> Result<(), Refusal> {
    let mut ids = Vec::new();
    match order.params.get("items") {
        None | Some(Value::Null) => {
            let known = words::CONFIG.iter().filter(|item| item.run == run && (run || item.def.is_some()));
            ids.extend(known.map(|item| item.id));
        }
        Some(_) => {
            let read = text(order, "items")?;
            for item in list(&read) {
                let id = hex_number(item.as_bytes()).filter(|_| item.len() == 2);
                ids.push(id.ok_or_else(|| bad("items", &read, "identifiers such as 20,28"))? as u8);
            }
        }
    }
    for id in ids {
        match form {
            Form::Hex => {
                let def = words::config_item(run, id).and_then(|item| item.def).unwrap_or_default();
                put::lead(Id::Code(u16::from(id)), asking.config_defined.then_some(def), tail);
            }
            Form::Ascii => put::lead(Id::Name(format!("{id:02X}").as_bytes()), None, tail),
        }
    }
    Ok(())
}

fn write_items(order: &Order, run: bool, tail: &mut Vec<u8>) -> Result<(), Refusal> {
    const EXPECTED: &str = "identifier=value, e.g. 0C=02 or 28=10.000; of items without a known length identifier:definition=digits, e.g. 04:50=02218094153172009708";
    let read = text(order, "items")?;
    for item in list(&read) {
        let wrong = || bad("items", item, EXPECTED);
        let (left, value) = item.split_once('=').ok_or_else(wrong)?;
        let (id, def) = left.split_once(':').map_or((left, None), |(id, def)| (id, Some(def)));
        let code = hex_number(id.trim().as_bytes()).filter(|code| *code < 0xF0).ok_or_else(wrong)? as u8;
        let known = words::config_item(run, code).and_then(|item| item.def);
        let def = match def {
            Some(def) => Some(hex_number(def.as_bytes()).filter(|def| *def <= 0xFF).ok_or_else(wrong)? as u8),
            None => known,
        };
        let value = value.trim();
        if run {
            let number = Number::parse(value.as_bytes()).ok_or_else(wrong)?;
            let def = def.ok_or_else(wrong)?;
            let number = put::rounded(number.value(), def & 7).filter(|exact| exact.value() == number.value());
            let number =
                number.ok_or_else(|| bad("items", item, "a number with no more decimals than the item has"))?;
            put::lead(Id::Code(u16::from(code)), Some(def), tail);
            put::number(Form::Hex, Some(number), def, tail)
                .map_err(|words| ("bad_param", format!("items: {words}")))?;
        } else {
            let mut data = vec![0; value.len() / 2];
            if value.is_empty() || !hex_bytes(value.as_bytes(), &mut data) {
                return Err(wrong());
            }
            let def = def.unwrap_or((data.len() as u8) << 3);
            if usize::from(def >> 3) != data.len() {
                return Err(bad("items", item, &format!("{} hexadecimal digits", (def >> 3) * 2)));
            }
            put::lead(Id::Code(u16::from(code)), Some(def), tail);
            tail.extend_from_slice(&data);
        }
    }
    Ok(())
}

fn gate(order: &Order, tail: &mut Vec<u8>) -> Result<(), Refusal> {
    let states = states(order)?;
    let read = text(order, "openings_cm")?;
    let openings: Option<Vec<u16>> = list(&read).map(|part| part.parse().ok().filter(|cm| *cm <= 9999)).collect();
    let openings = openings.filter(|openings| openings.len() == states.len());
    let openings = openings.ok_or_else(|| bad("openings_cm", &read, "0 to 9999 for each of the states"))?;
    tail.push(states.len() as u8);
    tail.extend_from_slice(&bits(&states));
    for cm in openings {
        tail.extend_from_slice(&[pack((cm / 100) as u8), pack((cm % 100) as u8)]);
    }
    Ok(())
}

fn states(order: &Order) -> Result<Vec<bool>, Refusal> {
    let read = text(order, "states")?;
    let states: Option<Vec<bool>> = list(&read).map(|part| matches!(part, "0" | "1").then_some(part == "1")).collect();
    states
        .filter(|states| (1..=64).contains(&states.len()))
        .ok_or_else(|| bad("states", &read, "1 to 64 of 0 and 1, e.g. 1,0"))
}

/// Number 1 is the lowest bit of the first byte.
fn bits(states: &[bool]) -> Vec<u8> {
    states.chunks(8).map(|eight| eight.iter().rev().fold(0, |byte, on| byte << 1 | u8::from(*on))).collect()
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

fn bad(name: &str, read: &str, expected: &str) -> Refusal {
    let read: String = read.chars().take(80).collect();
    ("bad_param", format!("{name} is {read:?}; expected {expected}"))
}

fn text(order: &Order, name: &str) -> Result<String, Refusal> {
    match order.params.get(name) {
        Some(Value::String(text)) if !text.trim().is_empty() && text.len() <= 2000 => Ok(text.trim().to_owned()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        None => Err(bad(name, "", "a text")),
        Some(other) => Err(bad(name, &other.to_string(), "a text of up to 2000 characters")),
    }
}

fn whole(order: &Order, name: &str, from: i64, to: i64) -> Result<i64, Refusal> {
    let read = order.params.get(name).unwrap_or(&Value::Null);
    let number = read.as_i64().or_else(|| read.as_str().and_then(|text| text.trim().parse().ok()));
    number.filter(|n| (from..=to).contains(n)).ok_or_else(|| bad(name, &read.to_string(), &format!("{from} to {to}")))
}

fn time(order: &Order, name: &str) -> Result<Timestamp, Refusal> {
    let read = order.params.get(name).unwrap_or(&Value::Null);
    let time = match read {
        Value::String(text) => Timestamp::parse(text).ok(),
        Value::Number(ms) => ms.as_i64().map(Timestamp::from_ms),
        _ => None,
    };
    // the protocol's years have two digits
    time.filter(|at| (946_656_000_000..4_102_415_999_000).contains(&at.ms()))
        .ok_or_else(|| bad(name, &read.to_string(), "a time such as 2024-11-01T08:00:00+08:00"))
}
