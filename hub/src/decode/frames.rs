//! Frames of field protocols by hand: bytes to JSON lines and back. What the frames say stands in the adapters.

use std::io::Write as _;

use anyhow::Context as _;
use chengshu_api::{FieldProtocol, from_hex};
use chengshu_core::model::Timestamp;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Answer, received};
use crate::field::{strict, workbench};

/// How the frames come.
#[derive(Args, Debug, Clone)]
#[group(id = "form", required = true, multiple = false, args = ["hex", "text"])]
pub struct Frames {
    /// Hexadecimal; blanks, colons and 0x are skipped. Each line is looked at by itself.
    #[arg(long)]
    hex: bool,
    /// The bytes as they are: one stream.
    #[arg(long)]
    text: bool,
    /// The lines of hexadecimal are one stream: a frame may go on in the next.
    #[arg(long, requires = "hex")]
    joined: bool,
    /// When they came, e.g. 2026-11-22T16:42:00+08:00; without it: now. Times too far from it are set aside.
    #[arg(long)]
    received: Option<String>,
    /// Refuse every departure from the standard (HJ 212) instead of listing it under "deviations".
    #[arg(long)]
    strict: bool,
}

/// A protocol that frames are made of.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    Sl651,
    Gb26875,
    Hj212,
}

/// What shall be encoded: JSON values by standard input, each a frame, or a line that decode has printed.
#[derive(Args, Debug, Clone)]
pub struct Encode {
    /// The protocol.
    protocol: Name,
    /// Write the bytes as they are instead of a line of hexadecimal for each frame.
    #[arg(long)]
    raw: bool,
}

/// One JSON line for each frame. A line that is no hexadecimal is said in its place and harms no other.
pub fn decode(protocol: &str, order: &Frames, input: &[u8]) -> anyhow::Result<Answer> {
    anyhow::ensure!(!order.strict || protocol == "hj212", "--strict is for hj212; {protocol} has one reading only");
    let protocol = if order.strict { strict() } else { known(protocol)? };
    let received = received(order.received.as_deref())?;
    let rows = if order.text || order.joined {
        whole(&protocol, order, input, received)
    } else {
        lines(&protocol, input, received)
    };
    anyhow::ensure!(!rows.is_empty(), "standard input is empty; expected frames");
    let text: Vec<String> = rows.iter().map(Value::to_string).collect();
    Ok(Answer { text: text.join("\n"), understood: true })
}

fn known(name: &str) -> anyhow::Result<FieldProtocol> {
    workbench().into_iter().find(|one| one.name == name).with_context(|| format!("no protocol is called {name:?}"))
}

fn whole(protocol: &FieldProtocol, order: &Frames, input: &[u8], received: Timestamp) -> Vec<Value> {
    if order.text {
        return (protocol.decode)(input, received);
    }
    match from_hex(&String::from_utf8_lossy(input)) {
        Ok(bytes) => (protocol.decode)(&bytes, received),
        Err(wrong) => vec![no_hex(protocol, &wrong)],
    }
}

fn lines(protocol: &FieldProtocol, input: &[u8], received: Timestamp) -> Vec<Value> {
    let text = String::from_utf8_lossy(input);
    let lines: Vec<(usize, &str)> =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(n, line)| (n + 1, line)).collect();
    let several = lines.len() > 1;
    let mut rows = Vec::new();
    for (n, line) in lines {
        let found = match from_hex(line) {
            Ok(bytes) => (protocol.decode)(&bytes, received),
            Err(wrong) => vec![no_hex(protocol, &wrong)],
        };
        rows.extend(found.into_iter().map(|mut row| {
            if several && let Some(row) = row.as_object_mut() {
                row.insert("line".to_owned(), n.into());
            }
            row
        }));
    }
    rows
}

fn no_hex(protocol: &FieldProtocol, wrong: &str) -> Value {
    json!({ "ok": false, "protocol": protocol.name, "error": "hex", "detail": wrong, "offset": 0 })
}

/// The bytes to print. What cannot be encoded ends it with its number and its reason; nothing is printed then.
pub fn encode(order: &Encode, input: &[u8]) -> anyhow::Result<Vec<u8>> {
    let protocol = known(match order.protocol {
        Name::Sl651 => "sl651",
        Name::Gb26875 => "gb26875",
        Name::Hj212 => "hj212",
    })?;
    let mut out = Vec::new();
    for (n, value) in serde_json::Deserializer::from_slice(input).into_iter::<Value>().enumerate() {
        let n = n + 1;
        let value = value.with_context(|| format!("value {n} of standard input is no JSON"))?;
        // a line of decode holds the frame, a frame by itself holds no such key
        let frame = value.get("frame").filter(|frame| frame.is_object()).unwrap_or(&value);
        let bytes =
            (protocol.encode)(frame).map_err(|wrong| anyhow::anyhow!("value {n} of standard input: {wrong}"))?;
        if order.raw {
            out.extend_from_slice(&bytes);
        } else {
            bytes.iter().try_for_each(|byte| write!(out, "{byte:02X}"))?;
            out.push(b'\n');
        }
    }
    anyhow::ensure!(!out.is_empty(), "standard input is empty; expected JSON");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n";

    fn rows(protocol: &str, order: &Frames, input: &[u8]) -> Vec<Value> {
        let answer = decode(protocol, order, input).unwrap();
        answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn frames(hex: bool, joined: bool) -> Frames {
        let received = Some("2016-08-01T09:00:00+08:00".to_owned());
        Frames { hex, text: !hex, joined, received, strict: false }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_line_that_is_wrong_harms_no_other() {
        let good = hex(LOGIN.as_bytes());
        let input = format!("{good}\nxyz\n\n{}\n{good}\n", &good[..40]);
        let rows = rows("hj212", &frames(true, false), input.as_bytes());
        let seen: Vec<(u64, bool)> =
            rows.iter().map(|row| (row["line"].as_u64().unwrap(), row["ok"].as_bool().unwrap())).collect();
        assert_eq!(seen, [(1, true), (2, false), (4, false), (5, true)]);
        assert_eq!(rows[1]["error"], "hex");
    }

    #[test]
    fn a_stream_is_read_over_its_line_ends() {
        let good = hex(LOGIN.as_bytes());
        let rows_joined = rows("hj212", &frames(true, true), format!("{}\n{}", &good[..40], &good[40..]).as_bytes());
        assert_eq!((rows_joined.len(), &rows_joined[0]["ok"]), (1, &Value::Bool(true)));
        let rows = rows("hj212", &frames(false, false), LOGIN.repeat(3).as_bytes());
        assert!(rows.len() == 3 && rows.iter().all(|row| row["ok"] == true), "{rows:?}");
    }

    #[test]
    fn strictly_a_wrong_length_is_refused_and_else_it_is_listed() {
        let wrong = LOGIN.replace("##0101", "##0102");
        let [tolerant] = &rows("hj212", &frames(false, false), wrong.as_bytes())[..] else { panic!() };
        assert_eq!((&tolerant["ok"], &tolerant["frame"]["deviations"]), (&Value::Bool(true), &json!(["length_field"])));
        let order = Frames { strict: true, ..frames(false, false) };
        let [strictly] = &rows("hj212", &order, wrong.as_bytes())[..] else { panic!() };
        assert_eq!((&strictly["ok"], &strictly["error"]), (&Value::Bool(false), &json!("length")));
        assert!(decode("sl651", &order, b"7E").is_err());
    }

    #[test]
    fn what_decode_prints_encode_takes() {
        let line = decode("hj212", &frames(false, false), LOGIN.as_bytes()).unwrap().text;
        let order = Encode { protocol: Name::Hj212, raw: true };
        assert_eq!(encode(&order, line.as_bytes()).unwrap(), LOGIN.as_bytes());
        let frame = serde_json::from_str::<Value>(&line).unwrap()["frame"].to_string();
        let order = Encode { protocol: Name::Hj212, raw: false };
        let twice = encode(&order, format!("{frame} {line}").as_bytes()).unwrap();
        let one = hex(LOGIN.as_bytes()).to_uppercase();
        assert_eq!(String::from_utf8(twice).unwrap(), format!("{one}\n{one}\n"));
    }

    #[test]
    fn what_cannot_be_encoded_is_named() {
        let order = Encode { protocol: Name::Hj212, raw: false };
        for (input, part) in [("{\"CN\":7}", "value 1"), ("nothing", "no JSON"), ("", "is empty")] {
            let error = format!("{:#}", encode(&order, input.as_bytes()).unwrap_err());
            assert!(error.contains(part), "{error}");
        }
    }
}
