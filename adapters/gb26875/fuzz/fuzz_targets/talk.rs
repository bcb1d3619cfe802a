//! First byte: how the rest is cut. The slices go into a conversation, and what it wants done is settled at once. Never a
//! panic, never more than one unfinished frame kept, acts bounded by bytes.
#![no_main]

use bytes::BytesMut;
use chengshu_core::model::{LinkId, Timestamp};
use chengshu_gb26875::{Gb26875, Setup};
use chengshu_line::{Act, Protocol};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((cut, rest)) = data.split_first() else { return };
    let Ok(link) = LinkId::parse("gb26875:fuzz") else { return };
    let line = Gb26875::new(Setup::default(), link);
    let at = |n: usize| Timestamp::from_ms(1_795_336_920_000 + n as i64 * 700);
    let mut talk = line.talk(([127, 0, 0, 1], 1).into(), "fuzz".into(), at(0));
    let mut buffer = BytesMut::new();
    let mut all = 0;
    let size = usize::from(*cut).max(1);
    let pieces = rest.chunks(size).count();
    for (n, piece) in rest.chunks(size).enumerate() {
        let mut acts = Vec::new();
        buffer.extend_from_slice(piece);
        talk.take(&mut buffer, at(n), &mut acts);
        assert!(buffer.len() < 1054);
        talk.tick(at(n), &mut acts);
        let tokens: Vec<_> =
            acts.iter().filter_map(|act| if let Act::Deliver { token, .. } = act { Some(*token) } else { None }).collect();
        for token in tokens {
            talk.settled(token, Ok(Default::default()), at(n), &mut acts);
        }
        all += acts.len();
    }
    assert!(all <= 8 * rest.len() + 8 * pieces + 64);
});
