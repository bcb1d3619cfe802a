//! Lines of the audit as messages of syslog (RFC 5424), one each, and the frames in which they travel (RFC 5425, octet
//! counting; the same over plain TCP, RFC 6587). No sign of a text can end a message or begin another: frames are counted, and
//! what people wrote stands in JSON with every control sign escaped.

use std::fmt::Write as _;

use chengshu_core::model::Timestamp;

use crate::record::{Line, Record, is_control, plain};

/// Facility 13, log audit, times eight.
const FACILITY: u8 = 13 << 3;
const INFORMATIONAL: u8 = 6;
const WARNING: u8 = 4;
/// The name of the structured data; 32473 is the number for those who have none (RFC 5612).
const ID: &str = "chengshu@32473";

/// The messages of a batch, framed, one after the other.
pub(crate) fn frames(record: &Record, host: &str) -> Vec<u8> {
    let mut frames = Vec::new();
    for line in &record.lines {
        let message = message(record, line, host);
        frames.extend(format!("{} ", message.len()).into_bytes());
        frames.extend(message.into_bytes());
    }
    frames
}

fn message(record: &Record, line: &Line, host: &str) -> String {
    let severity = if line.outcome == "done" { INFORMATIONAL } else { WARNING };
    let at = Some(Timestamp::from_ms(line.at).to_rfc3339()).filter(|at| !at.contains(' '));
    let mut message = format!(
        "<{}>1 {} {} chengshu - {} [{ID}",
        FACILITY | severity,
        at.as_deref().unwrap_or("-"),
        word(host, 255),
        word(&line.act, 32),
    );
    let (id, batch, mark) = (line.id.to_string(), record.batch.to_string(), record.mark().to_string());
    let hash = mark.split_once(':').map_or("", |(_, hash)| hash);
    for (name, value) in [
        ("id", Some(id.as_str())),
        ("batch", Some(&batch)),
        ("hash", Some(hash)),
        ("who", Some(&line.who)),
        ("kind", Some(&line.kind)),
        ("from", line.from.as_deref()),
        ("outcome", Some(&line.outcome)),
    ] {
        if let Some(value) = value {
            let _ = write!(message, " {name}=\"{}\"", value_of(value));
        }
    }
    message.push_str("] ");
    // texts and numbers refuse nothing
    message.push_str(&serde_json::to_string(line).map(|json| plain(&json)).unwrap_or_default());
    message
}

/// A part of the header: printable ASCII without blanks, or nothing.
fn word(text: &str, most: usize) -> String {
    let word: String = text.chars().filter(char::is_ascii_graphic).take(most).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}

/// A value of the structured data.
fn value_of(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '"' | '\\' | ']' => value.extend(['\\', sign]),
            sign if is_control(sign) => value.push('\u{fffd}'), // what it was says the JSON
            sign => value.push(sign),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use chengshu_access::Head;

    use super::*;
    use crate::record::tests::{EVIL, after};

    #[test]
    fn a_line_is_one_message_in_one_frame() {
        let mut record = after(Head::START, &["第一", EVIL]);
        record.lines[1].who = "person:]\"\\\n8".to_owned();
        record.lines[1].outcome = "denied".to_owned();
        let frames = String::from_utf8(frames(&record, "hub 1.example")).unwrap();
        assert!(!frames.chars().any(is_control), "{frames}");
        let (length, rest) = frames.split_once(' ').unwrap();
        let (first, second) = rest.split_at(length.parse().unwrap());
        let head = "<110>1 2026-11-22T08:42:00.000Z hub1.example chengshu - correction [chengshu@32473 id=\"1\" batch=\"1\" hash=\"";
        assert!(first.starts_with(head), "{first}");
        let said = " who=\"person:7\" kind=\"person\" from=\"10.0.0.1\" outcome=\"done\"] {\"id\":1,";
        assert!(first.contains(said) && first.ends_with('}'), "{first}");
        let (length, second) = second.split_once(' ').unwrap();
        assert_eq!(second.len(), length.parse::<usize>().unwrap());
        assert!(second.starts_with("<108>1 ") && second.contains(" who=\"person:\\]\\\"\\\\\u{fffd}8\" "), "{second}");
        let json = &second[second.find("] {").unwrap() + 2..];
        let line: Line = serde_json::from_str(json).unwrap();
        assert_eq!(line.reason.as_deref(), Some(EVIL), "nothing is lost by escaping");
    }

    #[test]
    fn what_is_not_known_is_a_dash() {
        let mut record = after(Head::START, &["x"]);
        record.lines[0].at = i64::MAX;
        let frames = String::from_utf8(frames(&record, "\n")).unwrap();
        assert!(frames.contains(">1 - - chengshu - correction ["), "{frames}");
    }
}
