//! Round trips and random bytes, by property.

use chengshu_core::model::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::codec::{FRAME_MAX, Scan, scan};
use crate::{Mode, Setup, encode, explain};

const NOW: Timestamp = Timestamp::from_ms(1_795_336_920_000);

fn frame() -> impl Strategy<Value = Value> {
    let pair = ("[a-zA-Z][a-z0-9]{1,6}-(Rtd|Avg|Max|Flag|ZsRtd)", "[-0-9.A-Z中]{1,8}");
    let item = prop::collection::btree_map(pair.0, pair.1, 1..4);
    let head = ("[0-9]{17}", "[0-9]{2}", "[0-9]{4}", "[0-9A-Z]{1,9}", "[0-9A-F]{24}", 0_u8..=255);
    (head, prop::collection::vec(item, 0..8)).prop_map(|((qn, st, cn, pw, mn, flag), items)| {
        let items: Vec<Value> = items
            .into_iter()
            .map(|item| {
                Value::Object(item.into_iter().map(|(name, value)| (name, Value::String(value))).collect::<Map<_, _>>())
            })
            .collect();
        json!({ "QN": qn, "ST": st, "CN": cn, "PW": pw, "MN": mn, "Flag": flag.to_string(), "CP": items })
    })
}

/// A frame's bytes, or why it was refused and its bytes.
type Cut = Result<Vec<u8>, (&'static str, Vec<u8>)>;

/// What a stream is cut into, in order.
fn cut(bytes: &[u8], step: usize, mode: Mode) -> Vec<Cut> {
    let (mut found, mut buffer) = (Vec::new(), Vec::new());
    for slice in bytes.chunks(step) {
        buffer.extend_from_slice(slice);
        loop {
            let used = match scan(&buffer, mode) {
                Scan::Frame { skip, len, frame } => {
                    found.push(Ok(frame.raw.to_vec()));
                    skip + len
                }
                Scan::Refused { skip, len, fault } => {
                    found.push(Err((fault.code(), buffer[skip..skip + len].to_vec())));
                    skip + len
                }
                Scan::Wait { skip } => {
                    buffer.drain(..skip);
                    assert!(buffer.len() <= FRAME_MAX);
                    break;
                }
            };
            assert!(used > 0);
            buffer.drain(..used);
        }
    }
    found
}

proptest! {
    #[test]
    fn decode_gives_back_what_encode_took(frame in frame()) {
        let bytes = encode(&frame).unwrap();
        let words = explain(&bytes, &Setup::default(), NOW);
        prop_assert_eq!(words.len(), 1);
        let mut read = words[0]["frame"].clone();
        for computed in ["length", "crc", "Flag_bits", "deviations"] {
            read.as_object_mut().unwrap().remove(computed);
        }
        prop_assert_eq!(read, frame);
    }

    #[test]
    fn slices_of_any_size_give_the_same_frames(
        frames in prop::collection::vec(frame(), 1..4),
        garbage in prop::collection::vec("[#0-9\r\n&=a-c]{0,12}", 4),
        hit in any::<prop::sample::Index>(), step in 1_usize..40,
    ) {
        let mut stream = Vec::new();
        for (frame, garbage) in frames.iter().zip(&garbage) {
            stream.extend_from_slice(garbage.as_bytes());
            stream.extend(encode(frame).unwrap());
        }
        let hit = hit.index(stream.len());
        stream[hit] ^= 0x15;
        for mode in [Mode::Strict, Mode::Tolerant] {
            let whole = cut(&stream, stream.len(), mode);
            prop_assert_eq!(&cut(&stream, 1, mode), &whole);
            prop_assert_eq!(&cut(&stream, step, mode), &whole);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), text in "[#0-9A-F;,=&\r\n \\-a-z]{0,400}") {
        for bytes in [bytes, text.into_bytes()] {
            for mode in [Mode::Strict, Mode::Tolerant] {
                let _ = explain(&bytes, &Setup { mode, ..Setup::default() }, NOW);
                let data = [b"QN=1;ST=39;CN=2011;MN=".as_slice(), &bytes].concat();
                let framed = format!("##{:04}", data.len()).into_bytes();
                let sum = format!("{:04X}\r\n", crate::codec::crc(&data)).into_bytes();
                let _ = explain(&[framed, data, sum].concat(), &Setup { mode, ..Setup::default() }, NOW);
            }
        }
    }
}

#[test]
fn what_cannot_be_encoded_is_named() {
    let check = |frame: Value, expected: &str| {
        let error = encode(&frame).unwrap_err();
        assert!(error.contains(expected), "{error}");
    };
    check(json!([]), "frame is []");
    check(json!({ "Flag": 300 }), "Flag is \"300\"; expected a number from 0 to 255");
    check(json!({ "CN": "20" }), "CN is \"20\"; expected four digits");
    check(json!({ "CN": "2011", "CP": {} }), "CP is {}; expected a list");
    check(json!({ "CN": "2011", "CP": [{ "a": "1;b=2" }] }), "expected no ;");
    check(json!({ "CN": "2011", "CP": [{ "a": null }] }), "a is null");
    check(json!({ "CP": [{ "a": "x".repeat(1000) }] }), "at most 950");
}

/// D17: garbage costs no more than data. Counts work instead of time: what is left waiting is never more than a frame.
#[test]
fn floods_of_beginnings_make_progress() {
    for flood in ["##0001", "##9999", "#", "##", "##0000&&", "\r", "##000\r\n"] {
        let bytes = flood.repeat(64 * 1024 / flood.len());
        let found = cut(bytes.as_bytes(), bytes.len(), Mode::Tolerant);
        assert!(found.len() <= bytes.len() / 6 + 1, "{flood}");
    }
}

proptest! {
    /// What the fuzz target `talk` does, where no nightly compiler is at hand.
    #[test]
    fn random_slices_into_a_talk_stay_bounded(
        parts in prop::collection::vec(prop_oneof![
            frame().prop_map(|frame| encode(&frame).unwrap_or_default()),
            prop::collection::vec(any::<u8>(), 0..40),
            "[#0-9;&=\r\n]{0,30}".prop_map(String::into_bytes),
        ], 0..12),
        step in 1_usize..300, durable in any::<bool>(),
    ) {
        let mut line = super::line::Line::plain();
        line.durable = durable;
        let stream = parts.concat();
        for slice in stream.chunks(step) {
            line.hears(slice).later(997);
            prop_assert!(line.left() <= FRAME_MAX);
        }
        prop_assert!(line.deliveries.len() <= stream.len() && line.counts.len() <= stream.len() * 4);
        let raw: usize = line.deliveries.iter().map(|delivery| delivery.raw.len()).sum();
        prop_assert!(raw <= stream.len());
    }
}

#[test]
fn the_corpus_of_the_fuzz_target_is_accounted_for() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/decode");
    let mut seen = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert_eq!(explain(&bytes, &Setup::default(), NOW).len(), 1);
        seen += 1;
    }
    assert_eq!(seen, 9);
}
