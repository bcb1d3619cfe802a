//! Any bytes, in both modes: scan, readings and explain never panic nor hang, and every value that comes out is finite.
#![no_main]

use chengshu_core::model::{LinkId, Timestamp};
use chengshu_hj212::{Mode, Setup, decoder, explain};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let now = Timestamp::from_ms(1_795_336_920_000);
    for mode in [Mode::Strict, Mode::Tolerant] {
        let setup = Setup { mode, ..Setup::default() };
        let words = explain(data, &setup, now);
        assert!(words.len() <= data.len() + 1);
        let Ok(link) = LinkId::parse("hj212:fuzz") else { return };
        if let Some(delivery) = decoder(setup, link)("fuzz", bytes::Bytes::copy_from_slice(data), now) {
            assert!(delivery.readings.iter().all(|reading| reading.value.is_finite()));
        }
    }
});
