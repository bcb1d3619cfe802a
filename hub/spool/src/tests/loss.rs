//! When loss is counted: once, whoever reads how often; and not at all when the damaged record was already elsewhere.

use std::path::Path;

use super::world::{append, assert_sums, drain, folder, open, segments, spooled};
use crate::{Loss, Record, Spool};

const SEGMENT_BYTES: u64 = 3_000;

/// Zero-fills the payload of each of these records, found by its content.
fn damage(dir: &Path, seqs: &[u64]) {
    for path in segments(dir) {
        let mut bytes = std::fs::read(&path).unwrap();
        for seq in seqs {
            let payload = spooled(*seq).bytes;
            assert!(payload.len() > 8, "too short to be found");
            if let Some(at) = bytes.windows(payload.len()).position(|window| window == payload) {
                bytes[at..at + payload.len()].fill(0);
            }
        }
        std::fs::write(&path, bytes).unwrap();
    }
}

fn hundred(dir: &Path) -> Spool {
    let (mut spool, _) = open(dir, SEGMENT_BYTES);
    for _ in 0..10 {
        append(&mut spool, 10);
    }
    drop(spool);
    damage(dir, &[33, 71]);
    open(dir, SEGMENT_BYTES).0
}

fn lost(records: u64) -> Loss {
    Loss { records, readings: if records == 2 { 33 % 7 + 71 % 7 } else { 33 % 7 } }
}

#[test]
fn it_is_counted_once_however_often_it_is_read() {
    let dir = folder();
    let mut spool = hundred(dir.path());
    for _ in 0..3 {
        for _ in 0..2 {
            assert_eq!(drain(&mut spool).len(), 98);
            assert_eq!(spool.status().lost, lost(2));
        }
        drop(spool);
        spool = open(dir.path(), SEGMENT_BYTES).0;
    }
    assert_eq!(spool.read(0, 50, 100_000).unwrap().last().unwrap().seq, 51);
    spool.release(51).unwrap();
    drop(spool);
    let (mut spool, _) = open(dir.path(), SEGMENT_BYTES);
    assert_eq!(drain(&mut spool).len(), 48);
    assert_eq!(spool.status().lost, lost(2));
    spool.release(100).unwrap();
    assert_eq!(spool.status().lost, lost(2));
    drop(spool);
    assert_eq!(open(dir.path(), SEGMENT_BYTES).0.status().lost, lost(2));
}

#[test]
fn it_is_counted_when_the_process_that_read_it_is_gone_before_the_release() {
    let dir = folder();
    let mut spool = hundred(dir.path());
    assert_eq!(spool.read(0, 60, 100_000).unwrap().last().unwrap().seq, 61);
    drop(spool);
    let (mut spool, _) = open(dir.path(), SEGMENT_BYTES);
    spool.release(61).unwrap();
    drop(spool);
    let (mut spool, _) = open(dir.path(), SEGMENT_BYTES);
    assert_eq!(drain(&mut spool).len(), 38);
    assert_eq!(spool.status().lost, lost(2));
}

#[test]
fn what_was_read_counts_and_what_was_never_read_does_not() {
    let dir = folder();
    let mut spool = hundred(dir.path());
    spool.read(0, 40, 100_000).unwrap();
    drop(spool);
    let (mut spool, _) = open(dir.path(), SEGMENT_BYTES);
    spool.release(100).unwrap(); // record 71 was in the database before it was damaged
    assert_eq!(spool.status().lost, lost(1));
}

#[test]
fn what_was_elsewhere_before_it_was_damaged_is_not_lost() {
    let dir = folder();
    let mut spool = hundred(dir.path());
    spool.release(50).unwrap();
    assert_eq!(spool.status().lost.records, 0);
    assert_eq!(spool.read(80, 5, 10_000).unwrap()[0], spooled(81), "and so says who reads on from further on");
    spool.release(85).unwrap();
    let read = drain(&mut spool);
    assert!(read.iter().cloned().eq((86..=100).map(spooled)));
    assert_sums(&spool.status(), &read);
    assert_eq!(spool.status().lost, Loss::default());
}

#[test]
fn releasing_less_than_was_read_splits_what_was_found() {
    for reopen in [false, true] {
        let dir = folder();
        let mut spool = hundred(dir.path());
        assert_eq!(drain(&mut spool).len(), 98);
        if reopen {
            drop(spool);
            spool = open(dir.path(), SEGMENT_BYTES).0;
        }
        spool.release(50).unwrap();
        assert_eq!(spool.status().lost, lost(2));
        assert_eq!(drain(&mut spool).len(), 49);
        spool.release(100).unwrap();
        assert_eq!(spool.status().lost, lost(2));
    }
}

#[test]
fn a_folder_that_nothing_identifies_is_begun_anew_and_its_files_stay() {
    let dir = folder();
    drop(hundred(dir.path()));
    let mut before = Vec::new();
    for path in segments(dir.path()) {
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[..256].fill(0xAA);
        std::fs::write(&path, &bytes).unwrap();
        before.push((path, bytes));
    }
    std::fs::write(dir.path().join("meta"), "").unwrap();
    for round in 0..2 {
        let (mut spool, damage) = open(dir.path(), SEGMENT_BYTES);
        assert_eq!(damage.foreign_files as usize, before.len());
        append(&mut spool, 50);
        assert_eq!(drain(&mut spool).len(), 50 * (round + 1));
        assert!(spool.status().lost.is_none());
        assert!(before.iter().all(|(path, bytes)| std::fs::read(path).unwrap() == *bytes));
    }
}

#[test]
fn a_damaged_end_does_not_keep_its_room() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), SEGMENT_BYTES);
    append(&mut spool, 20);
    drop(spool);
    damage(dir.path(), &[20]);
    let (mut spool, found) = open(dir.path(), SEGMENT_BYTES);
    assert_eq!((found.missing.records, found.torn_bytes), (1, 0));
    assert_eq!(drain(&mut spool).len(), 19);
    spool.release(19).unwrap();
    let status = spool.status();
    assert_eq!((status.records, status.head, status.last, status.lost.records), (0, 20, 20, 1));
    assert_eq!(append(&mut spool, 1), 21..22);
    assert_eq!(drain(&mut spool), [spooled(21)]);
}

#[test]
fn files_that_somebody_deletes_under_an_open_spool_are_lost_and_nothing_else() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), 1 << 20);
    append(&mut spool, 20);
    segments(dir.path()).iter().for_each(|path| std::fs::remove_file(path).unwrap());
    append(&mut spool, 10);
    std::fs::remove_file(dir.path().join("meta")).unwrap();
    append(&mut spool, 10);
    for _ in 0..2 {
        assert!(drain(&mut spool).into_iter().eq((21..=40).map(spooled)));
        assert_eq!(spool.status().lost.records, 20);
        drop(spool);
        spool = open(dir.path(), 1 << 20).0;
    }
}

#[test]
fn records_inside_a_payload_are_not_records_of_the_spool() {
    let (other, dir) = (folder(), folder());
    let (mut spool, _) = open(other.path(), 1 << 20);
    append(&mut spool, 50);
    let forged = std::fs::read(segments(other.path()).pop().unwrap()).unwrap();
    let (mut spool, _) = open(dir.path(), 1 << 20);
    let like = |bytes: Vec<u8>| Record { readings: 1, bytes, ..Record::default() };
    spool.append(&[like(vec![1]), like(forged), like(vec![3])]).unwrap();
    drop(spool);
    let path = segments(dir.path()).pop().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[256 + 49 + 4] ^= 1; // the length of the second record
    std::fs::write(&path, bytes).unwrap();
    let (mut spool, _) = open(dir.path(), 1 << 20);
    assert_eq!(drain(&mut spool).iter().map(|read| read.seq).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(spool.status().lost, Loss { records: 1, readings: 1 });
}

#[test]
fn a_record_that_begins_where_a_window_ends_is_found() {
    for short in 0..6 {
        let dir = folder();
        let (mut spool, _) = open(dir.path(), 1 << 20);
        let bytes = vec![7; 256 * 1024 - 48 - short];
        spool.append(&[Record { bytes, ..Record::default() }]).unwrap();
        append(&mut spool, 3);
        drop(spool);
        let path = segments(dir.path()).remove(0);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[256] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let (mut spool, _) = open(dir.path(), 1 << 20);
        assert!(drain(&mut spool).into_iter().eq((2..=4).map(spooled)), "{short} bytes before the end");
    }
}

#[test]
fn searching_takes_linear_time_whatever_the_bytes_are() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), 1 << 20);
    // each looks like the beginning of a record that reaches to the end of the file
    let hostile = [0xC5, 0x9D, b'C', b'S', 0, 0, 0x40, 0].repeat(1 << 20);
    spool.append(&[Record { readings: 1, bytes: hostile, ..Record::default() }]).unwrap();
    append(&mut spool, 5);
    drop(spool);
    let path = segments(dir.path()).remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[256] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let since = std::time::Instant::now();
    let (mut spool, _) = open(dir.path(), 1 << 20);
    assert!(drain(&mut spool).into_iter().eq((2..=6).map(spooled)));
    assert_eq!(spool.status().lost.records, 1);
    println!("8 MiB of false beginnings: {:?}", since.elapsed());
    assert!(since.elapsed().as_secs() < 5);
}
