//! The device side by hand: a JSON object to the bytes of a frame. Lengths, sums and whatever follows from another field
//! (`bits`, `zone`, `src_le`, …) are computed, not read.

use serde_json::Value;

use super::fields_of::Fields;
use crate::codec::{Component, DATA_MAX, Head, Object};

/// The bytes of a frame.
///
/// # Errors
/// Names the field, what was read and what would be right.
pub(crate) fn build(frame: &Value) -> Result<Vec<u8>, String> {
    let fields = Fields::of(frame, "")?;
    let head = Head {
        serial: fields.word("serial")?,
        version: version_bytes(&fields)?,
        time: fields.time("time")?.unwrap_or_default(),
        source: fields.exactly("src_hex")?,
        destination: fields.exactly("dst_hex")?,
        command: command(&fields)?,
    };
    let data = fields.get("app").map(app).transpose()?.unwrap_or_default();
    if data.len() > DATA_MAX {
        return Err(format!("app makes {} bytes of application data; expected at most {DATA_MAX}", data.len()));
    }
    Ok(head.frame(&data))
}

fn version_bytes(fields: &Fields<'_>) -> Result<[u8; 2], String> {
    const RIGHT: &str = "two numbers 0 to 255, e.g. [1, 1]";
    let list = fields.get("version_bytes").and_then(Value::as_array);
    let bytes = list.map(|list| list.iter().filter_map(|byte| byte.as_u64()?.try_into().ok()).collect::<Vec<u8>>());
    match bytes.as_deref() {
        Some([main, user]) if list.is_some_and(|list| list.len() == 2) => Ok([*main, *user]),
        _ => fields.wrong("version_bytes", RIGHT),
    }
}

fn command(fields: &Fields<'_>) -> Result<u8, String> {
    let read = match fields.get("command") {
        Some(Value::String(text)) => text.split(' ').next().and_then(|number| number.parse().ok()),
        Some(number) => number.as_u64().and_then(|number| number.try_into().ok()),
        None => None,
    };
    read.map_or_else(|| fields.wrong("command", "a number 0 to 255, e.g. \"2 send\""), Ok)
}

fn app(value: &Value) -> Result<Vec<u8>, String> {
    let fields = Fields::of(value, "app.")?;
    let kind = fields.byte("type")?;
    if fields.get("objects").is_none() {
        return Ok(vec![kind]);
    }
    let objects = fields.list("objects")?;
    let count = match fields.maybe_byte("count")? {
        Some(count) => count,
        None => {
            objects.len().try_into().map_err(|_| format!("app.objects has {}; expected at most 255", objects.len()))?
        }
    };
    let mut out = vec![kind, count];
    let mut size = None;
    for (n, value) in objects.iter().enumerate() {
        let before = out.len();
        let path = format!("app.objects[{n}]");
        let fields = Fields::of(value, &format!("{path}."))?;
        if fields.get("vendor_hex").is_some() {
            out.extend_from_slice(&fields.bytes("vendor_hex")?);
            continue;
        }
        object(kind, &fields, &mut out)?;
        let bytes = out.len() - before;
        if !matches!(kind, 6 | 26) && *size.get_or_insert(bytes) != bytes {
            return Err(format!(
                "{path} has {bytes} bytes; expected as many as the first: all with a time, or all without"
            ));
        }
    }
    if objects.len() != usize::from(count) && !objects.iter().any(|object| object.get("vendor_hex").is_some()) {
        return Err(format!("app.count is {count}; expected {}, the number of objects", objects.len()));
    }
    if fields.get("extra_hex").is_some() {
        out.extend_from_slice(&fields.bytes("extra_hex")?);
    }
    Ok(out)
}

fn version(fields: &Fields<'_>) -> Result<[u8; 2], String> {
    let text = fields.text("version")?;
    let parts = text.split_once('.').and_then(|(major, minor)| Some([major.parse().ok()?, minor.parse().ok()?]));
    parts.map_or_else(|| fields.wrong("version", "major.minor, e.g. \"3.4\""), Ok)
}

fn component(fields: &Fields<'_>) -> Result<Component, String> {
    Ok(Component {
        system: fields.system()?,
        kind: fields.byte("comp_type")?,
        address: fields.exactly("comp_addr_hex")?,
    })
}

fn object(kind: u8, f: &Fields<'_>, out: &mut Vec<u8>) -> Result<(), String> {
    let text;
    let object = match kind {
        1 => Object::SystemState { system: f.system()?, state: f.word("state")?, time: f.time("time")? },
        2 => {
            text = f.gb_text(31)?;
            Object::ComponentState {
                component: component(f)?,
                state: f.word("state")?,
                text: &text,
                time: f.time("time")?,
            }
        }
        3 => Object::Analog {
            component: component(f)?,
            kind: f.byte("analog_type")?,
            raw: f.whole("raw", "a whole number -32768 to 32767")?,
            time: f.time("time")?,
        },
        4 => Object::Operation {
            system: f.system()?,
            flags: f.byte("op")?,
            operator: f.byte("operator")?,
            time: f.time("time")?,
        },
        5 => Object::SystemVersion { system: f.system()?, version: version(f)? },
        6 => {
            text = f.gb_text(255)?;
            Object::SystemConfig { system: f.system()?, text: &text }
        }
        7 => {
            text = f.gb_text(31)?;
            Object::ComponentConfig { component: component(f)?, text: &text }
        }
        8 => Object::SystemTime { system: f.system()?, time: f.time("time")? },
        21 => Object::DeviceState { state: f.byte("state")?, time: f.time("time")? },
        24 => Object::DeviceOperation { flags: f.byte("op")?, operator: f.byte("operator")?, time: f.time("time")? },
        25 => Object::DeviceVersion { version: version(f)? },
        26 => {
            text = f.gb_text(255)?;
            Object::DeviceConfig { text: &text }
        }
        28 => Object::DeviceTime { time: f.time("time")? },
        61 | 65 | 66 | 68 => Object::ReadSystem { system: f.system()? },
        62 | 63 | 67 => Object::ReadComponent { system: f.system()?, address: f.exactly("comp_addr_hex")? },
        64 => Object::ReadOperations { system: f.system()?, count: f.byte("op_count")?, time: f.time("since")? },
        81 | 85 | 86 | 88 | 89 => Object::Reserved { reserved: f.byte("reserved")? },
        84 => Object::ReadDeviceOperations { count: f.byte("op_count")?, time: f.time("since")? },
        90 => Object::SetClock { reserved: f.maybe_byte("reserved")?, time: f.time("set_time")? },
        91 => Object::PostCheck { reserved: f.maybe_byte("reserved")?, minutes: f.byte("minutes")? },
        _ => return f.wrong("vendor_hex", "the bytes of the object in hex, since its type is none of the standard's"),
    };
    object.write(out);
    Ok(())
}
