//! The first byte says how the rest is sliced and what becomes of deliveries. Acts and what is left waiting stay bounded.
#![no_main]

use bytes::BytesMut;
use chengshu_core::model::{LinkId, Timestamp};
use chengshu_core::seam::{NotDurable, Outcome};
use chengshu_hj212::codec::FRAME_MAX;
use chengshu_hj212::{Hj212, Setup};
use chengshu_line::{Act, Protocol};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else { return };
    let Ok(link) = LinkId::parse("hj212:fuzz") else { return };
    let mut now = Timestamp::from_ms(1_795_336_920_000);
    let mut talk = Hj212::new(Setup::default(), link).talk(([127, 0, 0, 1], 1).into(), "fuzz".into(), now);
    let (mut buffer, mut acts) = (BytesMut::new(), Vec::new());
    for slice in data.chunks(usize::from(first >> 1) + 1) {
        buffer.extend_from_slice(slice);
        talk.take(&mut buffer, now, &mut acts);
        assert!(buffer.len() <= FRAME_MAX);
        now = Timestamp::from_ms(now.ms() + 997);
        talk.tick(now, &mut acts);
        // each byte of garbage, each deviation and each answer is one act at most
        assert!(acts.len() <= 64 + slice.len() * 4 + FRAME_MAX);
        for act in std::mem::take(&mut acts) {
            if let Act::Deliver { token, .. } = act {
                let result = if first & 1 == 0 { Ok(Outcome::default()) } else { Err(NotDurable) };
                talk.settled(token, result, now, &mut acts);
            }
        }
        acts.clear();
    }
});
