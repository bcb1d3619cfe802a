//! Shows bytes to people: every frame, what it says and what the hub would make of it, as JSON; and the way back, for the
//! device side by hand. Keeps nothing.

use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, LinkId, Timestamp};
use chengshu_core::seam::Decoder;
use serde_json::{Value, json};

use crate::Setup;
use crate::codec::{App, Frame, Scan, command, scan_last};
use crate::json;
use crate::readings::Reader;
use crate::setup::constant;
use crate::words::{COMMANDS, TYPES, word};

/// One object for each frame, each refused frame and each run of garbage. `received` is when it all arrived.
#[must_use]
pub fn explain(bytes: &[u8], setup: &Setup, received: Timestamp) -> Vec<Value> {
    let reader = Reader::new(setup.clone(), constant(LinkId::parse("gb26875:explain")));
    let mut rows = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (skip, len, row) = match scan_last(&bytes[at..]) {
            Scan::Frame { skip, len, frame } => (skip, len, shown(&reader, &frame, at + skip, received)),
            Scan::Refused { skip, len, fault } => (skip, len, refused(fault.code(), fault.to_string(), at + skip)),
            Scan::Wait { skip } => {
                let left = bytes.len() - at - skip;
                let words = format!("{left} bytes of a frame whose rest is missing; expected more");
                (skip, left, refused("unfinished", words, at + skip))
            }
        };
        if skip > 0 {
            let words = format!("{skip} bytes that belong to no frame; expected the start mark 4040");
            rows.push(refused("garbage", words, at));
        }
        if len > 0 {
            rows.push(row);
        }
        at += skip + len;
    }
    rows
}

/// The bytes of a frame, from an object as [`explain`] gives it under `frame`.
///
/// # Errors
/// Names the field, what was read and what would be right.
pub fn encode(frame: &Value) -> Result<Vec<u8>, String> {
    json::build(frame)
}

/// Decodes once more what was set aside.
#[must_use]
pub fn decoder(setup: Setup, link: LinkId) -> Decoder {
    Box::new(move |source: &str, raw: Bytes, received: Timestamp| {
        let reader = Reader::new(setup.clone(), link.clone()); // remembers nothing of other frames
        Some(again(&reader, &Arc::from(source), raw, received))
    })
}

fn again(reader: &Reader, source: &Arc<str>, raw: Bytes, received: Timestamp) -> Delivery {
    match scan_last(&raw) {
        Scan::Frame { frame, .. } => reader.read(&frame, raw.clone(), source, received).delivery,
        Scan::Refused { fault, .. } => reader.refused(fault.to_string(), source, raw, received),
        Scan::Wait { .. } => reader.refused("no whole frame; expected 4040 … 2323".to_owned(), source, raw, received),
    }
}

fn refused(code: &str, detail: String, offset: usize) -> Value {
    json!({"ok": false, "protocol": "gb26875", "error": code, "detail": detail, "offset": offset})
}

fn shown(reader: &Reader, frame: &Frame<'_>, offset: usize, received: Timestamp) -> Value {
    let content = match frame.app() {
        Ok(content) => content,
        Err(fault) => return refused(fault.code(), fault.to_string(), offset),
    };
    let after_nul = reader.setup.text_after_nul;
    let mut row = json!({
        "ok": true, "protocol": "gb26875", "offset": offset,
        "title": title(frame.head.command, &content),
        "frame": json::frame(frame, &content, after_nul),
        "readings": [], "events": [],
    });
    if !matches!(frame.head.command, command::SEND | command::ANSWER | 128..) {
        return row; // the platform's own words, or only a yes or no
    }
    let delivery = reader.read(frame, Bytes::copy_from_slice(frame.raw), &Arc::from("explain"), received).delivery;
    row["readings"] = delivery.readings.iter().map(reading).collect();
    row["events"] = delivery.events.iter().map(event).collect();
    if !delivery.rejected.is_empty() {
        let set_aside = |r: &chengshu_core::model::Rejected| json!({"reason": r.reason.code(), "detail": r.detail});
        row["rejected"] = delivery.rejected.iter().map(set_aside).collect();
    }
    row
}

/// What it is, in both languages.
fn title(command: u8, content: &App<'_>) -> Value {
    let kind = match content {
        App::None => None,
        App::Bare(kind) | App::Vendor { kind, .. } => Some(*kind),
        App::Objects(objects) => Some(objects.kind),
    };
    let (kind_zh, kind_en) = match kind.map(|kind| word(TYPES, kind)) {
        None => (String::new(), String::new()),
        Some(Some(row)) => (format!("：{}", row.zh), format!(": {}", row.en)),
        Some(None) => ("：厂家自定义".to_owned(), ": vendor type".to_owned()),
    };
    let (zh, en) = word(COMMANDS, command).map_or(("自定义命令", "user command"), |row| (row.zh, row.en));
    json!({"zh": format!("{zh}{kind_zh}"), "en": format!("{en}{kind_en}")})
}

fn reading(reading: &chengshu_core::model::Reading) -> Value {
    let unit =
        crate::words::ANALOGS.iter().find(|row| row.metric == reading.metric.as_str()).map_or("", |row| row.unit);
    json!({
        "device": reading.device.as_str(), "metric": reading.metric.as_str(), "at": reading.at.ms(),
        "value": reading.value, "unit": unit, "quality": reading.quality.words().collect::<Vec<_>>(),
    })
}

fn event(event: &chengshu_core::model::Event) -> Value {
    json!({
        "device": event.device.as_str(), "kind": event.kind, "at": event.at.ms(), "key": event.key,
        "severity": event.severity.map(|severity| severity.word()),
        "detail": serde_json::from_str::<Value>(&event.detail).unwrap_or_default(),
    })
}
