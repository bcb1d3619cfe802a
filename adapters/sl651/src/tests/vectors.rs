//! Every checked vector: what decodes does so field by field and comes back byte for byte, what must be refused is refused
//! with its reason. No line may be passed over.

use bytes::Bytes;
use chengshu_core::model::{LinkId, Timestamp};
use serde_json::{Value, json};

use super::sha256::sha256;
use super::{bytes, vectors};
use crate::codec::{Message, Scan, scan};
use crate::readings::Reader;
use crate::transfer::{Put, Transfers};
use crate::{Setup, encode, explain};

const NOW: Timestamp = Timestamp::from_ms(1_730_421_002_000);

#[test]
fn every_vector_is_decoded_or_refused_as_it_says() {
    let (mut decoded, mut refused, mut streams, mut transfers) = (0, 0, 0, 0);
    for vector in vectors() {
        let expect = vector["expect"].as_str();
        match expect.and_then(|expect| expect.strip_prefix("reject:")) {
            Some(reason) => {
                refuse(&vector, reason);
                refused += 1;
            }
            None if expect == Some("stream") => {
                stream(&vector);
                streams += 1;
            }
            None if vector["frames"].is_array() => {
                transfer(&vector);
                transfers += 1;
            }
            None => {
                decode(&vector);
                decoded += 1;
            }
        }
    }
    assert_eq!((decoded, refused, streams, transfers), (28, 3, 1, 1));
}

fn decode(vector: &Value) {
    let name = &vector["name"];
    let raw = bytes(vector["hex"].as_str().unwrap());
    let objects = explain(&raw, &Setup::default(), NOW);
    assert_eq!(objects.len(), 1, "{name}: {objects:?}");
    let frame = &objects[0]["frame"];
    assert_eq!(objects[0]["ok"], true, "{name}");
    contains(frame, &vector["decoded"], &format!("{name}"));
    assert_eq!(encode(frame).unwrap(), raw, "{name}");
}

/// Each field of `expected` is in `actual` with that value; lists are compared one by one.
fn contains(actual: &Value, expected: &Value, path: &str) {
    match expected {
        Value::Object(fields) => {
            for (key, value) in fields {
                contains(&actual[key], value, &format!("{path}.{key}"));
            }
        }
        Value::Array(items) => {
            let list = actual.as_array().unwrap_or_else(|| panic!("{path}: {actual}"));
            assert_eq!(list.len(), items.len(), "{path}: {actual}");
            for (n, (actual, expected)) in list.iter().zip(items).enumerate() {
                contains(actual, expected, &format!("{path}[{n}]"));
            }
        }
        // the reference's decoder did not know the name of air temperature
        Value::String(unknown) if unknown == "?" => assert_eq!(actual, "AI", "{path}"),
        expected => assert_eq!(actual, expected, "{path}"),
    }
}

fn refuse(vector: &Value, reason: &str) {
    let name = &vector["name"];
    let raw = bytes(vector["hex"].as_str().unwrap());
    let objects = explain(&raw, &Setup::default(), NOW);
    assert_eq!(objects[0]["ok"], false, "{name}");
    assert_eq!(objects[0]["error"], reason, "{name}");
    assert_eq!(vector["decoded"]["error"], reason, "{name}");
    assert!(objects.iter().all(|object| object["ok"] == false), "{name}: {objects:?}");
}

fn stream(vector: &Value) {
    let raw = bytes(vector["hex"].as_str().unwrap());
    let (mut at, mut skipped, mut frames) = (0, 0, 0);
    let kept = loop {
        match scan(&raw[at..]) {
            Scan::Frame { skip, len, .. } => {
                skipped += skip;
                frames += 1;
                at += skip + len;
            }
            Scan::Refused { fault, .. } => panic!("{fault}"),
            Scan::Wait { skip } => break raw.len() - at - skip,
        }
    };
    let found = json!({"frames": frames, "tail_bytes_kept": kept, "skipped_prefix_bytes": skipped});
    assert_eq!(found, vector["decoded"]);
}

fn transfer(vector: &Value) {
    let frames: Vec<_> = vector["frames"].as_array().unwrap().iter().map(|hex| bytes(hex.as_str().unwrap())).collect();
    let expected = &vector["decoded"];
    let received = Timestamp::parse("2059-10-11T16:11:20+08:00").unwrap();
    let objects = explain(&frames.concat(), &Setup::default(), received);
    assert_eq!(objects.len(), 13);
    for (object, raw) in objects.iter().zip(&frames) {
        assert_eq!(&encode(&object["frame"]).unwrap(), raw);
    }
    let last = objects.last().unwrap();
    for key in ["packets", "picture_bytes", "starts", "ends", "serial"] {
        assert_eq!(last["transfer"][key], expected[key], "{key}");
    }
    let at = Timestamp::parse("2059-10-11T16:11:00+08:00").unwrap().ms();
    assert_eq!(last["pictures"], json!([{"device": "SL-0012345678", "at": at, "bytes": 3313}]));

    // the picture itself, from packets in reverse with one of them twice
    let reader = Reader::new(std::sync::Arc::default(), LinkId::register());
    let mut transfers = Transfers::default();
    let mut pictures = Vec::new();
    for raw in frames.iter().rev().chain(frames.first()) {
        let Scan::Frame { frame, .. } = scan(raw) else { panic!() };
        if let (Put::Whole(body, all), _) = transfers.put(&frame, frame.packet.unwrap(), raw, received, 1 << 20) {
            assert_eq!(all, Bytes::from(frames.concat()));
            pictures.extend(reader.read("".into(), all, &Message::joined(&frame, &body), received, None).pictures);
        }
    }
    assert_eq!(pictures.len(), 1);
    assert_eq!(expected["sha256"], sha256(&pictures[0].bytes));
}
