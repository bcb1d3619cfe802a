//! Every vector: positive ones decoded field by field, negative ones refused with their reason; none is passed over.

use chengshu_core::model::Timestamp;
use serde_json::Value;

use crate::codec::{Scan, scan};
use crate::{Mode, Setup, encode, explain};

const VECTORS: &str = include_str!("../../vectors/hj212.jsonl");

pub(super) fn all() -> Vec<(String, String, Value)> {
    let vectors: Vec<_> = VECTORS
        .lines()
        .map(|line| {
            let vector: Value = serde_json::from_str(line).unwrap();
            (vector["name"].as_str().unwrap().to_owned(), vector["text"].as_str().unwrap().to_owned(), vector)
        })
        .collect();
    assert_eq!(vectors.len(), 34);
    vectors
}

fn frame_of(text: &str, mode: Mode) -> Value {
    let setup = Setup { mode, ..Setup::default() };
    let mut words = explain(text.as_bytes(), &setup, Timestamp::from_ms(1_795_336_920_000));
    assert_eq!(words.len(), 1, "{text}: {words:?}");
    words.remove(0)
}

#[test]
fn positive_vectors_are_decoded_field_by_field() {
    let mut passed = 0;
    for (name, text, vector) in all().into_iter().filter(|(_, _, vector)| vector.get("expect").is_none()) {
        let mut words = frame_of(&text, Mode::Tolerant);
        assert_eq!(words["ok"], true, "{name}: {words}");
        words["frame"].as_object_mut().unwrap().remove("deviations");
        assert_eq!(words["frame"], vector["decoded"], "{name}");
        // and built again by hand: the same fields but for what is computed
        let again = String::from_utf8(encode(&words["frame"]).unwrap()).unwrap();
        let mut built = frame_of(&again, Mode::Tolerant);
        for field in ["deviations", "crc", "length"] {
            built["frame"].as_object_mut().unwrap().remove(field);
            words["frame"].as_object_mut().unwrap().remove(field);
        }
        assert_eq!(built["frame"], words["frame"], "{name}");
        passed += 1;
    }
    assert_eq!(passed, 27);
}

#[test]
fn negative_vectors_are_refused_with_their_reason() {
    let mut passed = 0;
    for (name, text, vector) in all() {
        let Some(expected) = vector["expect"].as_str() else { continue };
        let expected = expected.strip_prefix("reject:").unwrap().replace("length+crc", "length_crc");
        let words = frame_of(&text, Mode::Strict);
        assert_eq!((&words["ok"], &words["error"]), (&Value::from(false), &Value::from(expected.as_str())), "{name}");
        let computed = &vector["computed"];
        if expected != "length" {
            assert!(words["detail"].as_str().unwrap().contains(computed["crc"].as_str().unwrap()), "{name}: {words}");
            assert_eq!(frame_of(&text, Mode::Tolerant)["ok"], false, "{name}: a wrong check sum is never tolerated");
        }
        if expected != "crc" {
            assert!(words["detail"].as_str().unwrap().contains(&computed["length"].to_string()), "{name}: {words}");
        }
        if expected == "length" {
            let words = frame_of(&text, Mode::Tolerant);
            assert!(words["frame"]["deviations"].as_array().unwrap().contains(&"length_field".into()), "{name}");
        }
        passed += 1;
    }
    assert_eq!(passed, 7);
}

#[test]
fn strict_mode_takes_the_examples_of_the_standard() {
    for name in ["hj212_anx_a", "hj212_c_1000_set_timeout", "hj212_c_9012_done", "hj212_c_1012_set_time", "hj212_ack87"]
    {
        let (_, text, _) = all().into_iter().find(|(known, _, _)| known == name).unwrap();
        assert_eq!(frame_of(&text, Mode::Strict)["ok"], true, "{name}");
    }
}

#[test]
fn all_of_them_behind_one_another_are_the_same_frames() {
    let stream: Vec<u8> = all().into_iter().flat_map(|(_, text, _)| text.into_bytes()).collect();
    let (mut at, mut frames, mut refused) = (0, 0, 0);
    while at < stream.len() {
        at += match scan(&stream[at..], Mode::Tolerant) {
            Scan::Frame { skip: 0, len, .. } => (len, frames += 1).0,
            Scan::Refused { skip: 0, len, .. } => (len, refused += 1).0,
            other => panic!("{other:?}"),
        };
    }
    assert_eq!((frames, refused), (29, 5));
}
