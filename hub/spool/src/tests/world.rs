//! What the tests share: folders in memory where there are some, records that tell their own number, and reading all.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Damage, Record, Spool, SpoolOptions, Spooled, Status};

/// A folder of the test's own.
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Opens with plenty of room and small segments.
pub fn open(dir: &Path, segment_bytes: u64) -> (Spool, Damage) {
    Spool::open(SpoolOptions { dir: dir.to_owned(), bytes_max: 1 << 24, segment_bytes }).unwrap()
}

/// The record that has number `seq` in the tests.
pub fn record(seq: u64) -> Record {
    let mut dice = Dice(seq);
    let len = dice.below(200);
    let bytes = (0..len).map(|_| dice.next() as u8).collect();
    Record { readings: (seq % 7) as u32, tag: (seq % 5) as u16, at_ms: 1_000 + seq as i64, bytes }
}

/// What should come out for it.
pub fn spooled(seq: u64) -> Spooled {
    let Record { readings, tag, at_ms, bytes } = record(seq);
    Spooled { seq, readings, tag, at_ms, bytes }
}

/// Appends the next `count` records.
pub fn append(spool: &mut Spool, count: u64) -> Range<u64> {
    let next = spool.status().last + 1;
    let records: Vec<Record> = (next..next + count).map(record).collect();
    let seqs = spool.append(&records).unwrap();
    assert_eq!(seqs, next..next + count);
    seqs
}

/// Reads all that is held, in small steps; fails when that does not end.
pub fn drain(spool: &mut Spool) -> Vec<Spooled> {
    let (mut all, mut after) = (Vec::new(), 0);
    for _ in 0..100_000 {
        let read = spool.read(after, 7, 1_000).unwrap();
        let Some(last) = read.last() else { return all };
        after = last.seq;
        all.extend(read);
    }
    panic!("reading does not end");
}

/// What status should say about these records.
pub fn assert_sums(status: &Status, held: &[Spooled]) {
    let mut by_tag = BTreeMap::new();
    for record in held.iter().filter(|record| record.readings > 0) {
        *by_tag.entry(record.tag).or_default() += u64::from(record.readings);
    }
    assert_eq!(status.records, held.len() as u64);
    assert_eq!(status.readings, held.iter().map(|record| u64::from(record.readings)).sum::<u64>());
    assert_eq!(status.readings_by_tag, by_tag);
    assert_eq!(status.oldest_at_ms, held.first().map(|record| record.at_ms));
}

/// The segments of a folder, in order.
pub fn segments(dir: &Path) -> Vec<PathBuf> {
    let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<PathBuf> = names.filter(|path| path.extension().is_some_and(|ending| ending == "seg")).collect();
    names.sort();
    names
}

/// Copies the files of a folder into another, which is emptied first.
pub fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(to).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// Numbers that look random and are the same each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}
