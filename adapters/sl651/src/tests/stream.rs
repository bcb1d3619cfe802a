//! TCP's hazards: any cut of the stream gives the same frames, every byte is accounted for, garbage costs bounded work.

use bytes::BytesMut;
use chengshu_core::model::Reason;
use chengshu_line::{Acts, Talk};

use super::{NOW, Seen, after, protocol, vector, vectors};
use crate::codec::{Scan, scan};

/// All vectors of one frame, broken ones among them, with garbage between.
fn river() -> Vec<u8> {
    let mut out = Vec::new();
    for (n, vector) in vectors().iter().enumerate() {
        if let Some(hex) = vector["hex"].as_str() {
            out.extend(super::bytes(hex));
            out.extend(std::iter::repeat_n([0x00, 0x7E, 0x55, 0x01][n % 4], n % 5));
        }
    }
    out
}

fn in_pieces(bytes: &[u8], mut size: impl FnMut() -> usize) -> Seen {
    let mut talk = protocol().begin("stream".into());
    let (mut buffer, mut acts, mut at) = (BytesMut::new(), Acts::new(), 0);
    while at < bytes.len() {
        let end = (at + size().max(1)).min(bytes.len());
        buffer.extend_from_slice(&bytes[at..end]);
        talk.take(&mut buffer, NOW, &mut acts);
        assert!(buffer.len() <= 4200, "{} bytes left", buffer.len());
        at = end;
    }
    talk.tick(NOW, &mut acts);
    let mut seen = Seen::default();
    seen.add(acts);
    seen
}

#[test]
fn any_cut_gives_the_same_deliveries() {
    let bytes = river();
    let whole = in_pieces(&bytes, || usize::MAX);
    assert!(whole.deliveries.len() > 40);
    let mut seed = 1u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) as usize % 97
    };
    for seen in [
        in_pieces(&bytes, || 1),
        in_pieces(&bytes, || 7),
        in_pieces(&bytes, || 64 * 1024),
        in_pieces(&bytes, &mut random),
    ] {
        assert_eq!(seen.deliveries, whole.deliveries);
        assert_eq!(seen.counts, whole.counts);
    }
}

#[test]
fn every_byte_is_in_one_delivery() {
    let bytes = river();
    let seen = in_pieces(&bytes, || 13);
    // packets of unfinished transfers wait; of the river only the NAK is multi-packet, and it is refused as a downlink
    let raw: usize = seen.deliveries.iter().map(|delivery| delivery.raw.len()).sum();
    let Scan::Wait { skip } = scan(&bytes[bytes.len() - 3..]) else { panic!() };
    assert!(bytes.len() - raw <= 3 - skip, "{} of {}", raw, bytes.len());
}

#[test]
fn a_frame_inside_of_a_broken_one_is_found() {
    let good = vector("sl651_fn32_4");
    let mut stream = good[..30].to_vec(); // cut by a lost connection of a serial gateway
    stream.extend(&good);
    stream.extend(&good);
    let seen = in_pieces(&stream, || 11);
    let kinds: Vec<_> = seen.deliveries.iter().map(|d| (d.raw.len(), d.rejected.first().map(|r| r.reason))).collect();
    let refused = Some(Reason::TimeTooOld); // the vector is of 2017
    assert_eq!(kinds, [(30, Some(Reason::Undecodable)), (good.len(), refused), (good.len(), refused)]);
    assert_eq!(seen.counts, ["length", "clock_off"]);
}

#[test]
fn a_frame_that_never_ends_gives_way_after_its_time() {
    let good = vector("sl651_fn2F_1");
    let mut talk = protocol().begin("stream".into());
    let (mut buffer, mut acts) = (BytesMut::from(&vector("sl651_fn41_1")[..20]), Acts::new());
    talk.take(&mut buffer, NOW, &mut acts);
    assert!(acts.is_empty() && buffer.len() == 20);
    buffer.extend_from_slice(&good);
    talk.take(&mut buffer, after(61_000), &mut acts);
    let mut seen = Seen::default();
    seen.add(acts);
    assert!(buffer.is_empty());
    assert_eq!(seen.counts, ["unfinished", "clock_off"]);
    assert_eq!(seen.deliveries[0].raw.len() + seen.deliveries[1].raw.len(), 20 + good.len());
    assert!(seen.deliveries[1].presence.is_some());
}

#[test]
fn long_garbage_is_one_delivery_of_a_kibibyte() {
    let mut stream = vec![0x55; 100_000];
    stream.extend(vector("sl651_fn2F_1"));
    let seen = in_pieces(&stream, || 1000);
    assert_eq!(seen.deliveries.len(), 2);
    assert_eq!(seen.deliveries[0].raw.len(), 1024);
    assert!(seen.deliveries[0].rejected[0].detail.contains("100000 bytes"), "{:?}", seen.deliveries[0].rejected);
    assert_eq!(seen.counts, ["garbage", "clock_off"]);
}

#[test]
fn false_starts_cost_bounded_work() {
    // headers that promise 4,095 bytes each, as close to each other as they can be
    let header = [0x7E, 0x7E, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0F, 0xFF, 0x02];
    let bytes: Vec<u8> = header.iter().copied().cycle().take(64 * 1024).collect();
    let seen = in_pieces(&bytes, || 64 * 1024);
    assert!(seen.deliveries.len() < 5000);
}

/// Prints nothing and judges no time: `time cargo test --release -p chengshu-sl651 speed -- --ignored` decodes 5,000,000.
#[test]
#[ignore = "for measuring by hand"]
fn speed() {
    let raw = vector("sl651_fn32_4");
    let bytes: Vec<u8> = raw.iter().copied().cycle().take(raw.len() * 1000).collect();
    let mut sum = 0.0;
    for _ in 0..5000 {
        let mut at = 0;
        while let Scan::Frame { skip, len, frame } = scan(&bytes[at..]) {
            let message = crate::codec::Message::of(&frame);
            for group in message.groups(crate::codec::Asking::default()).flatten() {
                for cell in group.cells() {
                    if let crate::codec::Cell::Number(number) = cell {
                        sum += number.value();
                    }
                }
            }
            at += skip + len;
        }
    }
    assert!(sum > 0.0);
}
