//! D09: a spool of some segments is damaged in some way, and must open quickly, give back each undamaged record byte for
//! byte and in order, and say exactly how many are missing. What is damaged is told by comparing the files themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::damage_kinds::{KINDS, Kind};
use super::world::{Dice, append, assert_sums, drain, folder, open, record, segments, spooled};

pub const SEGMENT_BYTES: u64 = 3_000;
/// The segments: what they contain, and where each record stands.
type Files = BTreeMap<PathBuf, (Vec<u8>, Vec<(u64, Range<usize>)>)>;

const HEAD_BYTES: usize = 256;
const FRAME_BYTES: usize = 48;

/// A closed spool, and where each of its records stands.
pub struct Spoolful {
    pub dir: TempDir,
    pub head: u64,
    pub last: u64,
    /// `meta` at some earlier time.
    pub old_meta: Vec<u8>,
    /// Segments that were released and deleted since then.
    pub deleted: Vec<(PathBuf, Vec<u8>)>,
    files: Files,
}

impl Spoolful {
    fn new(dice: &mut Dice) -> Self {
        let dir = folder();
        let (mut spool, _) = open(dir.path(), SEGMENT_BYTES);
        let mut all = BTreeMap::new();
        let batches = 4 + dice.below(16);
        let old_at = dice.below(batches);
        let mut old_meta = Vec::new();
        for batch in 0..batches {
            append(&mut spool, 1 + dice.below(16));
            if batch == old_at {
                old_meta = std::fs::read(dir.path().join("meta")).unwrap();
            }
            all.extend(segments(dir.path()).into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())));
            match dice.below(8) {
                0 => spool = reopen(spool, dir.path()),
                1 => assert!(!spool.read(spool.head(), 20, 10_000).unwrap().is_empty()),
                2 => {
                    let through = spool.head() + dice.below(20).min(spool.status().records - 1);
                    spool.release(through).unwrap();
                }
                _ => {}
            }
        }
        let (head, last) = (spool.head(), spool.status().last);
        drop(spool);
        let deleted = all.into_iter().filter(|(path, _)| !path.exists()).collect();
        let files = layout(dir.path(), last);
        Self { dir, head, last, old_meta, deleted, files }
    }

    pub fn segments(&self) -> Vec<PathBuf> {
        self.files.keys().cloned().collect()
    }

    /// The records whose bytes are not what they were.
    fn damaged(&self) -> BTreeSet<u64> {
        let mut damaged = BTreeSet::new();
        for (path, (before, records)) in &self.files {
            let now = std::fs::read(path).unwrap_or_default();
            let changed = |at: &Range<usize>| now.get(at.clone()) != before.get(at.clone());
            damaged.extend(records.iter().filter(|(_, at)| changed(at)).map(|(seq, _)| *seq));
        }
        damaged
    }
}

fn reopen(spool: crate::Spool, dir: &Path) -> crate::Spool {
    drop(spool);
    open(dir, SEGMENT_BYTES).0
}

/// Where each record stands, computed from its known length.
fn layout(dir: &Path, last: u64) -> Files {
    let first = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().parse::<u64>().unwrap();
    let paths = segments(dir);
    let firsts: Vec<u64> = paths.iter().map(first).chain([last + 1]).collect();
    let mut files = BTreeMap::new();
    for (path, seqs) in paths.into_iter().zip(firsts.windows(2)) {
        let mut offset = HEAD_BYTES;
        let mut records = Vec::new();
        for seq in seqs[0]..seqs[1] {
            let end = offset + FRAME_BYTES + record(seq).bytes.len();
            records.push((seq, offset..end));
            offset = end;
        }
        files.insert(path.clone(), (std::fs::read(path).unwrap(), records));
    }
    files
}

fn case(seed: u64, kind: Kind) -> usize {
    let mut dice = Dice(seed.wrapping_mul(7_919));
    let world = Spoolful::new(&mut dice);
    let what = format!("seed {seed}, {kind:?}, {}..={}", world.head + 1, world.last);
    kind.strike(&world, &mut dice);
    let missing: BTreeSet<u64> = world.damaged().into_iter().filter(|seq| *seq > world.head).collect();
    let expected: Vec<u64> = (world.head + 1..=world.last).filter(|seq| !missing.contains(seq)).collect();

    let since = Instant::now();
    let (mut spool, damage) = open(world.dir.path(), SEGMENT_BYTES);
    assert!(since.elapsed() < Duration::from_secs(5), "{what}: opening took {:?}", since.elapsed());
    assert!(damage.missing.records <= missing.len() as u64, "{what}: {damage:?}");
    assert!(spool.head() <= world.head, "{what}");
    let read = drain(&mut spool);
    assert!(read.is_sorted_by(|one, next| one.seq < next.seq), "{what}");
    assert!(read.iter().all(|got| *got == spooled(got.seq)), "{what}");
    assert_sums(&spool.status(), &read);
    // an older mark may give released records a second time, never the other way round
    let seqs: Vec<u64> = read.iter().map(|record| record.seq).filter(|seq| *seq > world.head).collect();
    assert_eq!(seqs, expected, "{what}");
    assert!(read.len() == seqs.len() || kind.touches_meta(), "{what}: released records came back");
    let lost = spool.status().lost;
    assert_eq!(lost.records, missing.len() as u64, "{what}: {lost:?}");
    assert_eq!(lost.readings, missing.iter().map(|seq| seq % 7).sum::<u64>(), "{what}");

    assert!(!read.is_empty() || spool.head() == world.last, "{what}: nothing is left, but it is held on to");

    // It goes on as if nothing had happened, and counts nothing twice.
    assert_eq!(spool.status().last, world.last, "{what}");
    append(&mut spool, 5);
    assert_eq!(drain(&mut spool).len(), read.len() + 5, "{what}");
    let mut spool = reopen(spool, world.dir.path());
    let read = drain(&mut spool);
    assert_sums(&spool.status(), &read);
    assert_eq!(spool.status().lost, lost, "{what}");
    assert_eq!(read.iter().map(|got| got.seq).filter(|seq| *seq > world.head).count(), expected.len() + 5, "{what}");
    spool.release(u64::MAX).unwrap();
    let mut spool = reopen(spool, world.dir.path());
    assert_eq!((drain(&mut spool).len(), spool.status().lost), (0, lost), "{what}");
    append(&mut spool, 1);
    assert_eq!(drain(&mut spool), [spooled(world.last + 6)], "{what}");
    missing.len()
}

#[test]
fn damage_loses_only_what_is_damaged_and_counts_it() {
    let (mut cases, mut lost) = (0, 0);
    for kind in KINDS {
        for round in 0..40 {
            lost += case(cases + round, kind);
        }
        cases += 40;
    }
    println!("{cases} cases of damage, {lost} records damaged in them");
}

#[test]
fn whatever_is_damaged_together_it_opens_and_goes_on() {
    for seed in 0..300 {
        let mut dice = Dice(seed ^ 0xD09);
        let world = Spoolful::new(&mut dice);
        for _ in 0..2 + dice.below(4) {
            let exists = |path: &PathBuf| path.exists();
            if world.segments().iter().all(exists)
                && world.dir.path().join("meta").metadata().is_ok_and(|m| m.len() > 0)
            {
                KINDS[dice.below(KINDS.len() as u64) as usize].strike(&world, &mut dice);
            }
        }
        let (mut spool, _) = open(world.dir.path(), SEGMENT_BYTES);
        let read = drain(&mut spool);
        assert!(read.is_sorted_by(|one, next| one.seq < next.seq), "seed {seed}");
        assert!(read.iter().all(|got| *got == spooled(got.seq)), "seed {seed}");
        append(&mut spool, 5);
        spool.release(u64::MAX).unwrap();
        let mut spool = reopen(spool, world.dir.path());
        append(&mut spool, 5);
        assert_eq!(drain(&mut spool).len(), 5, "seed {seed}");
    }
}

#[test]
fn damage_under_an_open_spool_is_counted_too() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut world = Spoolful::new(&mut dice);
        let (mut spool, _) = open(world.dir.path(), SEGMENT_BYTES);
        drain(&mut spool);
        append(&mut spool, 30);
        world.last += 30;
        world.files = layout(world.dir.path(), world.last);
        Kind::ZeroFill.strike(&world, &mut dice);
        let missing = world.damaged().into_iter().filter(|seq| *seq > world.head).count() as u64;
        let read = drain(&mut spool);
        assert_eq!(read.len() as u64 + missing, world.last - world.head, "seed {seed}");
        assert_sums(&spool.status(), &read);
        assert_eq!(spool.status().lost.records, missing, "seed {seed}");
        spool.release(u64::MAX).unwrap();
        assert_eq!(spool.status().lost.records, missing, "seed {seed}");
    }
}
