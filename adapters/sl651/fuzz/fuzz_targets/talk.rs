//! First byte: how large the slices are; the rest: what a peer sends. Never panics; acts and buffer stay bounded.
#![no_main]

use bytes::BytesMut;
use chengshu_core::model::{LinkId, Timestamp};
use chengshu_core::seam::Outcome;
use chengshu_line::{Act, Acts, Talk};
use chengshu_sl651::{Setup, Sl651};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((size, data)) = data.split_first() else { return };
    let Ok(link) = LinkId::parse("sl651:fuzz") else { return };
    let mut talk = Sl651::new(Setup::default(), link).begin("fuzz".into());
    let (mut buffer, mut now, mut count) = (BytesMut::new(), 1_730_421_002_000, 0);
    for slice in data.chunks(usize::from(*size) + 1) {
        buffer.extend_from_slice(slice);
        now += i64::from(*size) * 100;
        let mut acts = Acts::new();
        talk.take(&mut buffer, Timestamp::from_ms(now), &mut acts);
        talk.tick(Timestamp::from_ms(now), &mut acts);
        count += acts.len();
        let tokens: Vec<u64> = acts.iter().filter_map(|act| if let Act::Deliver { token, .. } = act { Some(*token) } else { None }).collect();
        for token in tokens {
            talk.settled(token, Ok(Outcome::default()), Timestamp::from_ms(now), &mut Acts::new());
        }
        assert!(buffer.len() < 4096 + 64);
    }
    assert!(count <= 64 + data.len() * 4);
});
