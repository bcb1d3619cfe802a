//! First line: topic; the rest: payload. Must never panic, and every value that comes out is finite.
#![no_main]

use chengshu_core::model::{LinkId, TimeLimits, Timestamp};
use chengshu_mqtt::{Codec, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (topic, payload) = data.split_at(data.iter().position(|b| *b == b'\n').unwrap_or(0));
    let Ok(link) = LinkId::parse("mqtt:fuzz") else { return };
    let mut codec = Codec::new(link, Limits { payload_max: 1 << 20, times: TimeLimits::default() });
    let topic = String::from_utf8_lossy(topic);
    let now = Timestamp::from_ms(1_795_336_920_000);
    if let Some(delivery) = codec.decode(&topic, bytes::Bytes::copy_from_slice(payload), false, now) {
        assert!(delivery.readings.iter().all(|reading| reading.value.is_finite()));
    }
});
