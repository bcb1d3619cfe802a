//! Every vector of the reference, field by field; a line that no branch takes is a failure.

use chengshu_core::model::Timestamp;
use serde_json::Value;

use crate::{Setup, encode, explain};

pub(super) fn lines() -> Vec<Value> {
    include_str!("../../vectors/gb26875.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(super) fn bytes(vector: &Value) -> Vec<u8> {
    crate::json::unhex(vector["hex"].as_str().unwrap()).unwrap()
}

pub(super) fn shown(bytes: &[u8]) -> Vec<Value> {
    explain(bytes, &Setup::default(), Timestamp::from_ms(1_730_421_000_000))
}

/// Everything that `expected` says, `got` says, too.
fn agrees(path: &str, expected: &Value, got: &Value) {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            for (name, value) in expected {
                agrees(
                    &format!("{path}.{name}"),
                    value,
                    got.get(name).unwrap_or_else(|| panic!("{path}.{name} missing")),
                );
            }
        }
        (Value::Array(expected), Value::Array(list)) => {
            assert_eq!(expected.len(), list.len(), "{path}");
            for (n, (expected, got)) in expected.iter().zip(list).enumerate() {
                agrees(&format!("{path}[{n}]"), expected, got);
            }
        }
        _ => assert_eq!(expected, got, "{path}"),
    }
}

#[test]
fn every_vector_is_decoded_or_refused_as_it_says() {
    let (mut decoded, mut refused, mut streams) = (0, 0, 0);
    for vector in lines() {
        let name = vector["name"].as_str().unwrap();
        let bytes = bytes(&vector);
        let rows = shown(&bytes);
        match vector["expect"].as_str() {
            None => {
                assert_eq!(rows.len(), 1, "{name}: {rows:?}");
                assert_eq!(rows[0]["ok"], true, "{name}: {}", rows[0]);
                agrees(name, &vector["decoded"], &rows[0]["frame"]);
                assert_eq!(encode(&rows[0]["frame"]).unwrap(), bytes, "{name}");
                decoded += 1;
            }
            Some("stream") => {
                let frames: Vec<_> = rows.iter().filter(|row| row["ok"] == true).collect();
                assert_eq!(frames.len(), vector["decoded"]["frames"], "{name}: {rows:?}");
                assert_eq!(frames[0]["frame"]["serial"], vector["decoded"]["serial"], "{name}");
                streams += 1;
            }
            Some(reject) => {
                let reason = reject.strip_prefix("reject:").unwrap();
                assert_eq!((rows[0]["ok"].clone(), &rows[0]["error"]), (false.into(), &reason.into()), "{name}");
                assert!(rows.iter().all(|row| row["ok"] == false), "{name}: {rows:?}");
                refused += 1;
            }
        }
    }
    assert_eq!((decoded, refused, streams), (25, 2, 1));
    assert_eq!(lines().len(), 28);
}

#[test]
fn mistakes_by_hand_are_named() {
    let good = shown(&bytes(&lines()[1]))[0]["frame"].clone();
    for (pointer, value, expected) in [
        ("/serial", Value::from(70_000), "serial is 70000; expected a whole number 0 to 65535"),
        ("/src_hex", "12".into(), "src_hex is \"12\"; expected 12 hex digits"),
        ("/time", "tomorrow".into(), "time is \"tomorrow\"; expected a time such as 2024-11-01 08:30:00"),
        ("/command", Value::Null, "command is null; expected a number 0 to 255, e.g. \"2 send\""),
        ("/version_bytes", Value::from(1), "version_bytes is 1; expected two numbers 0 to 255"),
        ("/app/count", 2.into(), "app.count is 2; expected 1, the number of objects"),
        ("/app/objects/0/state", "x".into(), "app.objects[0].state is \"x\"; expected a whole number 0 to 65535"),
        ("/app/objects/0/comp_addr_hex", "zz".into(), "app.objects[0].comp_addr_hex is \"zz\"; expected 8 hex digits"),
        (
            "/app/objects/0/text",
            "很".repeat(16).into(),
            "app.objects[0].text has 32 bytes in GB 18030; expected at most 31",
        ),
        ("/app/type", 130.into(), "app.objects[0].vendor_hex is missing; expected the bytes"),
    ] {
        let mut frame = good.clone();
        *frame.pointer_mut(pointer).unwrap() = value;
        let error = encode(&frame).unwrap_err();
        assert!(error.starts_with(expected), "{pointer}: {error}");
    }
    assert!(encode(&Value::from(1)).unwrap_err().starts_with("the frame is 1; expected an object"));
}
