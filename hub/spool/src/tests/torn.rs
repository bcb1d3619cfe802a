//! D08: a kill between write and fsync leaves any part of the unsynced bytes behind. Whatever it leaves, each acknowledged
//! record is there, and the torn rest is neither served half nor counted as lost.

use std::path::Path;

use super::fault::{self, Op};
use super::world::{append, copy, drain, folder, open, record, segments, spooled};

/// Opens what a kill left and checks it: `acked` records were acknowledged, `written` were begun.
fn check(dir: &Path, segment_bytes: u64, acked: u64, written: u64, what: &str) {
    let (mut spool, damage) = open(dir, segment_bytes);
    assert!(damage.is_none(), "{what}: {damage:?}");
    let held = drain(&mut spool);
    let there = held.len() as u64;
    assert!((acked..=written).contains(&there), "{what}: {there} records, {acked} were acknowledged");
    assert!(held.into_iter().eq((1..=there).map(spooled)), "{what}");
    append(&mut spool, 3);
    let on_disk: u64 = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert_eq!(spool.status().bytes, on_disk, "{what}");
    drop(spool);
    let (mut spool, damage) = open(dir, segment_bytes);
    assert!(damage.is_none(), "{what}: {damage:?}");
    assert!(drain(&mut spool).into_iter().eq((1..=there + 3).map(spooled)), "{what}");
    assert!(spool.status().lost.is_none(), "{what}");
}

fn every_cut(segment_bytes: u64, zeros: bool) -> usize {
    let (dir, before, cut) = (folder(), folder(), folder());
    let (mut spool, _) = open(dir.path(), segment_bytes);
    append(&mut spool, 9);
    append(&mut spool, 4);
    copy(dir.path(), before.path());
    append(&mut spool, 5);
    drop(spool);
    let newest = segments(dir.path()).pop().unwrap();
    let name = newest.file_name().unwrap();
    let whole = std::fs::read(&newest).unwrap();
    let synced = std::fs::metadata(before.path().join(name)).map_or(0, |about| about.len() as usize);
    for kept in synced..=whole.len() {
        copy(before.path(), cut.path());
        let mut bytes = whole[..kept].to_vec();
        if zeros {
            bytes.resize(whole.len(), 0); // the size came to the disk before the content
        }
        std::fs::write(cut.path().join(name), bytes).unwrap();
        check(cut.path(), segment_bytes, 13, 18, &format!("{kept} of {} bytes", whole.len()));
    }
    whole.len() - synced + 1
}

#[test]
fn acknowledged_records_survive_each_cut() {
    let mut cuts = 0;
    for segment_bytes in [1 << 20, 1_024] {
        for zeros in [false, true] {
            cuts += every_cut(segment_bytes, zeros);
        }
    }
    println!("{cuts} cuts");
}

#[test]
fn a_kill_between_the_end_of_the_mark_and_the_deletion_of_segments() {
    let (dir, before) = (folder(), folder());
    let (mut spool, _) = open(dir.path(), 1_500);
    for _ in 0..8 {
        append(&mut spool, 10);
    }
    copy(dir.path(), before.path());
    assert_eq!(drain(&mut spool).len(), 80);
    spool.release(55).unwrap();
    drop(spool);
    for path in segments(before.path()) {
        let there = dir.path().join(path.file_name().unwrap());
        if !there.exists() {
            std::fs::copy(&path, there).unwrap();
        }
    }
    let (mut spool, damage) = open(dir.path(), 1_500);
    assert!(damage.is_none(), "{damage:?}");
    assert!(drain(&mut spool).into_iter().eq((56..=80).map(spooled)));
    assert!(spool.status().lost.is_none());
}

#[test]
fn a_segment_that_was_only_begun_is_not_mistaken_for_one() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), 1_024);
    append(&mut spool, 10);
    append(&mut spool, 10);
    drop(spool);
    let begun = dir.path().join("00000000000000000021.seg");
    let mut head = std::fs::read(dir.path().join("00000000000000000011.seg")).unwrap();
    head.truncate(256);
    head[20..28].copy_from_slice(&20_u64.to_le_bytes());
    let crc = crc32fast::hash(&head[..36]);
    head[36..40].copy_from_slice(&crc.to_le_bytes());
    std::fs::write(&begun, head).unwrap();
    let (mut spool, damage) = open(dir.path(), 1_024);
    assert!(damage.is_none() && damage.torn_bytes == 256, "{damage:?}");
    fault::plan(&[Op::Sync]);
    spool.append(&[record(21)]).unwrap_err();
    append(&mut spool, 10);
    spool.release(20).unwrap();
    drop(spool);
    assert!(drain(&mut open(dir.path(), 1_024).0).into_iter().eq((21..=30).map(spooled)));
}

#[test]
fn what_a_lost_truncation_leaves_behind_is_not_served_again() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), 1 << 20);
    append(&mut spool, 30);
    let path = segments(dir.path()).remove(0);
    let before = std::fs::read(&path).unwrap();
    spool.release(30).unwrap();
    drop(spool);
    std::fs::File::options().write(true).open(&path).unwrap().set_len(256).unwrap();
    let (mut spool, _) = open(dir.path(), 1 << 20);
    append(&mut spool, 5);
    drop(spool);
    let mut after = std::fs::read(&path).unwrap();
    after.extend_from_slice(&before[after.len()..]);
    std::fs::write(&path, after).unwrap();
    let (mut spool, damage) = open(dir.path(), 1 << 20);
    assert!(damage.is_none(), "{damage:?}");
    assert!(drain(&mut spool).into_iter().eq((31..=35).map(spooled)));
}
