//! Multi-packet transfers through a talk: order, loss, NAK, one confirmation, limits of time and memory.

use bytes::Bytes;
use chengshu_line::{Acts, Talk};

use super::{NOW, Pair, Seen, after, protocol, settle, take};
use crate::codec::{End, Scan, scan};
use crate::{DeviceSetup, Setup, Sl651, Sl651Device};

fn jpeg() -> Vec<u8> {
    (0..10_000u32).map(|n| (n * 31 % 251) as u8).collect()
}

fn packets() -> Vec<Bytes> {
    let frames = Sl651Device::new(DeviceSetup::default()).picture(&jpeg(), NOW);
    assert_eq!(frames.len(), 10);
    frames
}

fn nak(bytes: &Bytes) -> (u16, u16, End) {
    let Scan::Frame { frame, .. } = scan(bytes) else { panic!() };
    (frame.head().unwrap().serial, frame.packet.unwrap().number, frame.end)
}

#[test]
fn a_picture_comes_whole_with_one_confirmation() {
    let mut pair = Pair::new(DeviceSetup::default());
    let up = pair.device.picture(&jpeg(), NOW);
    let seen = pair.exchange(up.clone(), NOW);
    assert_eq!(seen.pictures, [Bytes::from(jpeg())]);
    assert_eq!(seen.deliveries.len(), 1);
    assert_eq!(seen.deliveries[0].raw, up.concat());
    assert_eq!(seen.sent.iter().map(nak).collect::<Vec<_>>(), [(1, 10, End::Eot)]);
}

#[test]
fn packets_out_of_order_and_twice_are_fine() {
    let frames = packets();
    let mut talk = protocol().begin("peer".into());
    let mut seen = Seen::default();
    for n in [1, 0, 1, 9, 3, 2, 4, 5, 8, 7, 7, 6] {
        let acts = take(&mut talk, &frames[n], NOW);
        let part = settle(&mut talk, acts, NOW);
        seen.pictures.extend(part.pictures);
        seen.sent.extend(part.sent);
        seen.counts.extend(part.counts);
    }
    assert_eq!(seen.pictures, [Bytes::from(jpeg())]);
    assert_eq!(seen.counts.iter().filter(|code| **code == "repeated_packet").count(), 2);
    // the end came before the third packet: that one was asked for, then all were there
    assert_eq!(seen.sent.iter().map(nak).collect::<Vec<_>>(), [(1, 3, End::Nak), (1, 10, End::Eot)]);
}

#[test]
fn a_broken_packet_is_asked_for_and_sent_again() {
    let mut pair = Pair::new(DeviceSetup::default());
    let mut up = pair.device.picture(&jpeg(), NOW);
    let mut broken = up[4].to_vec();
    broken[100] ^= 0x20;
    up[4] = broken.into();
    let seen = pair.exchange(up, NOW);
    assert_eq!(seen.pictures, [Bytes::from(jpeg())]);
    assert_eq!(seen.counts, ["crc", "packet_asked"]);
    assert_eq!(seen.sent.iter().map(nak).collect::<Vec<_>>(), [(1, 5, End::Nak), (1, 10, End::Eot)]);
}

#[test]
fn what_stays_unfinished_is_asked_for_and_then_given_up_with_its_bytes() {
    let frames = packets();
    let mut talk = protocol().begin("peer".into());
    let some = [&frames[0][..], &frames[1][..]].concat();
    assert!(settle_len(take(&mut talk, &some, NOW)) == 0);
    let mut seen = Seen::default();
    for second in 1..=70 {
        let mut acts = Acts::new();
        talk.tick(after(second * 1000), &mut acts);
        seen.add(acts);
    }
    assert_eq!(seen.sent.iter().map(nak).collect::<Vec<_>>(), [(1, 3, End::Nak); 3]);
    assert_eq!(seen.deliveries.len(), 1);
    assert_eq!(seen.deliveries[0].raw, some);
    assert_eq!(seen.deliveries[0].rejected[0].detail, "2 of 10 packets came before the transfer was given up");
}

fn settle_len(acts: Acts) -> usize {
    let mut seen = Seen::default();
    seen.add(acts);
    seen.deliveries.len()
}

#[test]
fn memory_is_bounded() {
    let setup = Setup { transfer_max: 3000, ..Setup::default() };
    let mut talk = Sl651::new(setup, super::link()).begin("peer".into());
    let frames = packets();
    let acts = take(&mut talk, &frames.concat(), NOW);
    let mut seen = Seen::default();
    seen.add(acts);
    assert!(seen.pictures.is_empty());
    assert!(seen.deliveries.len() >= 3 && seen.deliveries.iter().all(|d| d.raw.len() <= 3000));
}
