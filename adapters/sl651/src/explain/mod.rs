//! What `chengshu decode` and `encode` print and take: JSON for people and programs. Stands beside the pipeline and hands
//! nothing over.

mod encode;
pub(crate) mod show;

use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, LinkId, Timestamp};
use serde_json::{Value, json};

use crate::codec::digits::hex_text;
use crate::codec::{Frame, Group, Message, Scan, scan};
use crate::readings::{Read, Reader};
use crate::setup::Setup;
use crate::transfer::{Put, Transfers};
use crate::words;

pub use encode::encode;

/// The whole of `bytes`, one object for each frame, refused frame, run of garbage and unfinished rest. Of a multi-packet
/// transfer the object that completes it carries its readings, and `transfer`.
#[must_use]
pub fn explain(bytes: &[u8], setup: &Setup, received: Timestamp) -> Vec<Value> {
    let reader = Reader::new(Arc::new(setup.clone()), LinkId::register());
    let mut transfers = Transfers::default();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let (skip, len) = match scan(rest) {
            Scan::Frame { skip, len, frame } => {
                garbage(skip, at, &mut out);
                let raw = rest.get(skip..skip + len).unwrap_or_default();
                out.push(explain_frame(&frame, raw, at + skip, &reader, &mut transfers, received));
                (skip, len)
            }
            Scan::Refused { skip, len, fault } => {
                garbage(skip, at, &mut out);
                out.push(refused(fault.code(), &fault.to_string(), at + skip));
                (skip, len)
            }
            Scan::Wait { skip } => {
                garbage(skip, at, &mut out);
                if skip < rest.len() {
                    let left = rest.len() - skip;
                    out.push(refused("unfinished", &format!("a frame begins and ends after {left} bytes"), at + skip));
                }
                break;
            }
        };
        at += skip + len;
    }
    out
}

fn garbage(skip: usize, offset: usize, out: &mut Vec<Value>) {
    if skip > 0 {
        out.push(refused("garbage", &format!("{skip} bytes that begin no frame"), offset));
    }
}

fn refused(code: &str, detail: &str, offset: usize) -> Value {
    json!({"ok": false, "protocol": "sl651", "error": code, "detail": detail, "offset": offset})
}

fn explain_frame(
    frame: &Frame<'_>,
    raw: &[u8],
    offset: usize,
    reader: &Reader,
    transfers: &mut Transfers,
    received: Timestamp,
) -> Value {
    let asking = reader.setup.asking;
    let mut out = json!({
        "ok": true, "protocol": "sl651", "offset": offset, "frame": show::frame(frame, asking), "readings": [], "events": []
    });
    if frame.direction == crate::codec::Direction::Down {
        return out;
    }
    let Some(packet) = frame.packet else {
        let read = reader.read("".into(), Bytes::copy_from_slice(raw), &Message::of(frame), received, None);
        put_read(&mut out, &read);
        return out;
    };
    if let (Put::Whole(body, raw), _) = transfers.put(frame, packet, raw, received, reader.setup.transfer_max) {
        let message = Message::joined(frame, &body);
        out["transfer"] = transfer(&message, reader);
        put_read(&mut out, &reader.read("".into(), raw, &message, received, None));
    }
    out
}

fn transfer(message: &Message<'_>, reader: &Reader) -> Value {
    let mut out = json!({"packets": message.packets, "body_bytes": message.body.len()});
    if let Some(head) = message.head() {
        out["serial"] = json!(head.serial);
        out["send_time"] = json!(head.sent.text());
    }
    let mut groups = message.groups(reader.setup.asking);
    for group in groups.clone() {
        if let Ok(Group::Picture(bytes)) = group {
            out["picture_bytes"] = json!(bytes.len());
            out["starts"] = json!(hex_text(bytes.get(..4).unwrap_or(bytes)));
            out["ends"] = json!(hex_text(&bytes[bytes.len().saturating_sub(2)..]));
            return out;
        }
    }
    out["elements"] = show::elements(&mut groups, message.function, message.direction).into();
    out
}

fn put_read(out: &mut Value, read: &Read) {
    out["readings"] = readings(&read.delivery);
    out["events"] = read
        .delivery
        .events
        .iter()
        .map(|e| {
            let detail = serde_json::from_str(&e.detail).unwrap_or_else(|_| json!(e.detail));
            json!({"device": e.device.as_str(), "kind": e.kind, "at": e.at.ms(), "key": e.key, "detail": detail})
        })
        .collect();
    if !read.delivery.rejected.is_empty() {
        let rejected = read.delivery.rejected.iter().map(|r| {
            let (device, metric) = (r.device.as_ref().map(|d| d.as_str()), r.metric.as_ref().map(|m| m.as_str()));
            json!({"device": device, "metric": metric, "reason": r.reason.code(), "detail": r.detail})
        });
        out["rejected"] = rejected.collect();
    }
    if !read.pictures.is_empty() {
        let pictures = read.pictures.iter();
        out["pictures"] =
            pictures.map(|p| json!({"device": p.device.as_str(), "at": p.at.ms(), "bytes": p.bytes.len()})).collect();
    }
}

fn readings(delivery: &Delivery) -> Value {
    let readings = delivery.readings.iter().map(|r| {
        json!({
            "device": r.device.as_str(), "metric": r.metric.as_str(), "at": r.at.ms(), "value": r.value,
            "unit": words::unit(r.metric.as_str()), "quality": r.quality.words().collect::<Vec<_>>()
        })
    });
    readings.collect()
}
