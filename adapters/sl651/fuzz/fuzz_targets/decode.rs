//! Any bytes: never panics, never hangs, and every value that comes out is finite. HEX frames come back byte for byte.
#![no_main]

use chengshu_core::model::Timestamp;
use chengshu_sl651::{Setup, encode, explain};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for object in explain(data, &Setup::default(), Timestamp::from_ms(1_730_421_002_000)) {
        for reading in object["readings"].as_array().into_iter().flatten() {
            assert!(reading["value"].as_f64().is_some_and(f64::is_finite));
        }
        if let Some(frame) = object.get("frame").filter(|frame| frame["form"] == "HEX") {
            let at = object["offset"].as_u64().unwrap_or_default() as usize;
            let raw = encode(frame).unwrap_or_else(|words| panic!("{words}: {frame}"));
            assert_eq!(raw[..], data[at..at + raw.len()]);
        }
    }
});
