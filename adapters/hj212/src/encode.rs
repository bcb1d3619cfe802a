//! A frame by hand: the object that `explain` calls `frame` becomes bytes again. What can be computed (length, check sum,
//! bits of the flag, deviations) is computed and not read.

use serde_json::{Map, Value};

use crate::codec::{CP_MAX, DATA_MAX};

/// Fields that are computed.
const COMPUTED: [&str; 4] = ["length", "crc", "Flag_bits", "deviations"];

/// Fields before CP in the order of the standard.
const KNOWN: [&str; 8] = ["QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO"];

/// Builds the bytes of a frame.
///
/// # Errors
/// Names the field, what was read, and what would be right.
pub fn encode(frame: &Value) -> Result<Vec<u8>, String> {
    let map = frame.as_object().ok_or_else(|| format!("frame is {}; expected an object", shown(frame)))?;
    let mut data = String::with_capacity(256);
    for name in KNOWN {
        if let Some(value) = map.get(name) {
            field(name, value, &mut data)?;
        }
    }
    for (name, value) in map {
        if !KNOWN.contains(&name.as_str()) && !COMPUTED.contains(&name.as_str()) && name != "CP" {
            field(name, value, &mut data)?;
        }
    }
    match map.get("CP") {
        Some(cp) => {
            let cp = items(cp)?;
            if cp.len() > CP_MAX {
                return Err(format!(
                    "CP has {} bytes; expected at most {CP_MAX}: split it with PNUM and PNO",
                    cp.len()
                ));
            }
            data.push_str("CP=&&");
            data.push_str(&cp);
        }
        None => {
            data.pop();
        }
    }
    data.push_str("&&");
    if data.len() > DATA_MAX {
        return Err(format!("frame has {} bytes between ## and check sum; expected at most {DATA_MAX}", data.len()));
    }
    Ok(crate::codec::close(&data).to_vec())
}

fn field(name: &str, value: &Value, data: &mut String) -> Result<(), String> {
    let text = plain(name, value)?;
    let digits = |len: usize| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    let wrong = |expected: &str| Err(format!("{name} is {text:?}; expected {expected}"));
    match name {
        "Flag" if text.parse::<u8>().is_err() => return wrong("a number from 0 to 255"),
        "PNUM" | "PNO" if text.parse::<u32>().is_err() => return wrong("a number"),
        "CN" if !digits(4) => return wrong("four digits"),
        _ => {}
    }
    data.push_str(name);
    data.push('=');
    data.push_str(&text);
    data.push(';');
    Ok(())
}

fn items(cp: &Value) -> Result<String, String> {
    let list = cp.as_array().ok_or_else(|| format!("CP is {}; expected a list of objects", shown(cp)))?;
    let mut texts = Vec::with_capacity(list.len());
    for item in list {
        let map = item.as_object().ok_or_else(|| format!("an item of CP is {}; expected an object", shown(item)))?;
        let pairs: Result<Vec<_>, String> =
            ordered(map).into_iter().map(|(name, value)| Ok(format!("{name}={}", plain(name, value)?))).collect();
        texts.push(pairs?.join(","));
    }
    Ok(texts.join(";"))
}

/// As devices write them: values first, the mark last. A JSON object has no order of its own.
fn ordered(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let rank = |name: &str| match name.rsplit('-').next() {
        Some("SampleTime") => 0,
        Some("Cou") => 1,
        Some("Rtd") => 2,
        Some("Min") => 3,
        Some("Avg") => 4,
        Some("Max") => 5,
        Some("Flag") => 8,
        Some("EFlag") => 9,
        _ => 6,
    };
    let mut pairs: Vec<_> = map.iter().collect();
    pairs.sort_by_key(|(name, _)| rank(name));
    pairs
}

/// A text or a number, without anything that would end it.
fn plain(name: &str, value: &Value) -> Result<String, String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => return Err(format!("{name} is {}; expected a text or a number", shown(other))),
    };
    let stops = |c: char| matches!(c, ';' | ',' | '&' | '#') || c.is_control();
    if text.contains(stops) || name.is_empty() || name.contains(stops) || name.contains('=') {
        return Err(format!("{name:?} is {text:?}; expected no ; , & # and no control characters"));
    }
    Ok(text)
}

fn shown(value: &Value) -> String {
    value.to_string().chars().take(40).collect()
}
