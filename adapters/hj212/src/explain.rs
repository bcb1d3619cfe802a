//! Frames in words, for people at a terminal: one JSON object for each. Guesses nothing: what the hub would make of a
//! frame is said by the same code that makes it.

use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, LinkId, Timestamp};
use serde_json::{Map, Value, json};

use crate::codec::{Deviation, Fault, Frame, Item, Scan, scan};
use crate::readings::{Origin, Reader, rule};
use crate::words::codes::CODES;
use crate::{Mode, Setup};

/// Garbage that is shown, bytes.
const SHOWN: usize = 40;

/// What stands in `bytes`, frame by frame, as if it had arrived at `received`. The last frame may lack its end mark.
#[must_use]
pub fn explain(bytes: &[u8], setup: &Setup, received: Timestamp) -> Vec<Value> {
    let Ok(link) = LinkId::parse("explain") else { return Vec::new() };
    let mut reader = Reader::new(Arc::new(setup.clone()), link);
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match scan(&bytes[at..], setup.mode) {
            Scan::Frame { skip, len, frame } => {
                garbage(&bytes[at..at + skip], at, &mut words);
                words.push(one(&mut reader, &frame, setup, at + skip, received));
                at += skip + len;
            }
            Scan::Refused { skip, len, fault } => {
                garbage(&bytes[at..at + skip], at, &mut words);
                words.push(refused(fault.code(), &fault.to_string(), at + skip + fault.offset()));
                at += skip + len;
            }
            Scan::Wait { skip } => {
                garbage(&bytes[at..at + skip], at, &mut words);
                at += skip;
                if at < bytes.len() {
                    words.push(last(&mut reader, &bytes[at..], setup, at, received));
                }
                break;
            }
        }
    }
    words
}

/// What is left at the end: a frame that was pasted without its CR LF, or one that was cut.
fn last(reader: &mut Reader, rest: &[u8], setup: &Setup, at: usize, received: Timestamp) -> Value {
    let mut ended = rest.strip_suffix(b"\r").or_else(|| rest.strip_suffix(b"\n")).unwrap_or(rest).to_vec();
    ended.extend_from_slice(b"\r\n");
    match scan(&ended, setup.mode) {
        Scan::Frame { skip: 0, mut frame, .. } if setup.mode == Mode::Tolerant => {
            frame.deviations.add(Deviation::EndMark);
            one(reader, &frame, setup, at, received)
        }
        Scan::Refused { skip: 0, fault: fault @ Fault::Crc { .. }, .. } => {
            refused(fault.code(), &fault.to_string(), at + fault.offset())
        }
        _ => refused("end_mark_missing", "the frame is unfinished; expected its check sum and CR LF", at + rest.len()),
    }
}

fn garbage(bytes: &[u8], at: usize, words: &mut Vec<Value>) {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return;
    }
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]);
    let detail = format!("{} bytes before a frame: {shown:?}; expected ## and four digits", bytes.len());
    words.push(refused("garbage", &detail, at));
}

fn refused(code: &str, detail: &str, offset: usize) -> Value {
    json!({ "ok": false, "protocol": "hj212", "error": code, "detail": detail, "offset": offset })
}

fn one(reader: &mut Reader, frame: &Frame<'_>, setup: &Setup, offset: usize, received: Timestamp) -> Value {
    let origin = Origin { source: "explain".into(), raw: Bytes::new(), received, device: None, data_time: None };
    let read = reader.read(std::slice::from_ref(frame), origin);
    let mn = frame.device_number().unwrap_or_default();
    let Delivery { readings, events, rejected, births, .. } = read.delivery;
    let readings = readings.iter().map(|reading| {
        json!({
            "device": reading.device, "metric": reading.metric, "at": reading.at, "value": reading.value,
            "unit": unit(setup, mn, reading.metric.as_str()), "quality": reading.quality.words().collect::<Vec<_>>(),
        })
    });
    let readings: Vec<Value> = readings.collect();
    let events = events.iter().map(|event| {
        json!({
            "device": event.device, "kind": event.kind, "at": event.at, "key": event.key,
            "severity": event.severity.map(chengshu_core::model::Severity::word),
            "detail": serde_json::from_str(&event.detail).unwrap_or(Value::Null),
        })
    });
    let events: Vec<Value> = events.collect();
    let mut words = json!({
        "ok": true, "protocol": "hj212", "offset": offset, "frame": fields(frame), "readings": readings, "events": events,
    });
    if let Some((device, birth)) = births.first() {
        words["device"] = json!({ "id": device, "kind": birth.kind });
    }
    if !rejected.is_empty() {
        let aside = |one: &chengshu_core::model::Rejected| json!({ "metric": one.metric, "reason": one.reason.code(), "detail": one.detail });
        words["rejected"] = rejected.iter().map(aside).collect();
    }
    if !read.counts.is_empty() {
        words["counted"] = json!(read.counts);
    }
    words
}

/// The unit of a metric: what stands before its period is the code's own.
fn unit(setup: &Setup, mn: &[u8], metric: &str) -> String {
    let base = |name: &str| metric.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    let own = setup.units.iter().find(|one| base(&one.code.to_ascii_lowercase()));
    // the longest, so that `co` does not speak for `cod`, nor `do` for `do_…` of another
    let known = CODES.iter().filter(|code| base(code.metric)).max_by_key(|code| code.metric.len());
    let codes = CODES.iter().filter(|code| known.is_some_and(|known| known.metric == code.metric));
    let ruled = codes.filter_map(|code| rule(setup, mn, code.code.as_bytes())).next();
    ruled.or(own).map_or_else(|| known.map_or("", |known| known.unit).to_owned(), |rule| rule.unit.clone())
}

/// A frame's fields by their names, as the vectors have them.
pub(crate) fn fields(frame: &Frame<'_>) -> Value {
    let mut map = Map::new();
    map.insert("length".to_owned(), json!(frame.length));
    map.insert("crc".to_owned(), json!(format!("{:04X}", frame.crc)));
    let known = [
        ("QN", frame.qn),
        ("ST", frame.st),
        ("CN", frame.cn),
        ("PW", frame.pw),
        ("MN", frame.mn),
        ("Flag", frame.flag),
        ("PNUM", frame.pnum),
        ("PNO", frame.pno),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            map.insert(name.to_owned(), text(value));
        }
    }
    for pair in frame.extras() {
        map.insert(String::from_utf8_lossy(pair.name).into_owned(), text(pair.value));
    }
    if let Some(flag) = frame.flag_bits() {
        let bits = json!({ "ack_required": frame.wants_answer(), "split": frame.says_split(), "version": flag >> 2 });
        map.insert("Flag_bits".to_owned(), bits);
    }
    if frame.cp.is_some() {
        map.insert("CP".to_owned(), values(frame));
    }
    let deviations: Vec<_> = frame.deviations.iter().map(Deviation::code).collect();
    map.insert("deviations".to_owned(), json!(deviations));
    Value::Object(map)
}

/// What stands in CP: one object for each item.
pub(crate) fn values(frame: &Frame<'_>) -> Value {
    let item = |item: Item<'_>| {
        let pairs = item.pairs().map(|pair| (String::from_utf8_lossy(pair.name).into_owned(), text(pair.value)));
        Value::Object(pairs.collect())
    };
    frame.items().map(item).collect()
}

fn text(bytes: &[u8]) -> Value {
    Value::String(String::from_utf8_lossy(bytes).into_owned())
}
