//! A model: whatever sequence of appending, reading, releasing, reopening and failing, the spool behaves like a list with
//! a head.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::{Config, TestRunner};

use super::fault::{self, Op};
use super::world::{assert_sums, folder};
use crate::{Record, Spool, SpoolError, SpoolOptions, Spooled};

const BYTES_MAX: u64 = 40_000;

#[derive(Debug, Clone)]
enum Action {
    Append { count: usize, bytes: usize },
    AppendFailing { count: usize, ops: Vec<Op> },
    Read { skip: u64, records: usize, bytes: usize },
    Release { count: u64 },
    ReleaseFailing { count: u64, ops: Vec<Op> },
    ReleaseAll,
    Reopen,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    subsequence(vec![Op::Write, Op::Sync, Op::SyncDir, Op::Truncate, Op::Create, Op::Remove], 1..4)
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (0..12_usize, 0..400_usize).prop_map(|(count, bytes)| Action::Append { count, bytes }),
        2 => (1..12_usize, ops()).prop_map(|(count, ops)| Action::AppendFailing { count, ops }),
        4 => (0..30_u64, 0..20_usize, 0..3_000_usize)
            .prop_map(|(skip, records, bytes)| Action::Read { skip, records, bytes }),
        3 => (0..30_u64).prop_map(|count| Action::Release { count }),
        1 => (0..30_u64, ops()).prop_map(|(count, ops)| Action::ReleaseFailing { count, ops }),
        1 => Just(Action::ReleaseAll),
        2 => Just(Action::Reopen),
    ]
}

struct Model {
    /// All that were ever acknowledged, from number 1 on.
    all: Vec<Spooled>,
    head: u64,
    /// The newest release may not have reached the disk.
    head_unsure: u64,
    /// Batches that were refused since the last success: a reopened spool may hold the beginning of one.
    refused: Vec<Vec<Spooled>>,
}

impl Model {
    fn held(&self) -> &[Spooled] {
        &self.all[self.head as usize..]
    }

    fn next(&self, count: usize, bytes: usize) -> Vec<Spooled> {
        let first = self.all.len() as u64 + 1;
        let make = |seq: u64| {
            let bytes = vec![seq as u8; (bytes + seq as usize * 7) % 400];
            Spooled { seq, readings: (seq % 4) as u32, tag: (seq % 3) as u16, at_ms: seq as i64, bytes }
        };
        (first..first + count as u64).map(make).collect()
    }

    fn append(&mut self, spool: &mut Spool, batch: Vec<Spooled>) {
        let make = |s: &Spooled| Record { readings: s.readings, tag: s.tag, at_ms: s.at_ms, bytes: s.bytes.clone() };
        let records: Vec<Record> = batch.iter().map(make).collect();
        let used = spool.status().bytes;
        match spool.append(&records) {
            Ok(seqs) => {
                assert_eq!(seqs.end, self.all.len() as u64 + 1 + batch.len() as u64);
                if !batch.is_empty() {
                    self.refused.clear();
                }
                self.all.extend(batch);
            }
            Err(SpoolError::Full { .. }) => {
                let needed: usize = batch.iter().map(|record| record.bytes.len() + 48).sum();
                assert!(used + needed as u64 + 256 > BYTES_MAX, "not full");
            }
            Err(_) => self.refused.push(batch),
        }
    }

    fn read(&self, spool: &mut Spool, skip: u64, records: usize, bytes: usize) {
        let after = self.head.saturating_sub(5) + skip;
        let mut room = bytes;
        let mut expected = Vec::new();
        for record in self.held().iter().filter(|record| record.seq > after) {
            if expected.len() == records || (record.bytes.len() > room && !expected.is_empty()) {
                break;
            }
            room = room.saturating_sub(record.bytes.len());
            expected.push(record.clone());
        }
        assert_eq!(spool.read(after, records, bytes).unwrap(), expected);
    }

    fn release(&mut self, spool: &mut Spool, through: u64) {
        let before = self.head;
        let result = spool.release(through);
        assert!(spool.head() == through.max(before) || (result.is_err() && spool.head() == before));
        self.head = spool.head();
        self.head_unsure = if result.is_err() { self.head_unsure.min(before) } else { self.head };
    }

    fn reopened(&mut self, spool: &mut Spool) {
        assert!((self.head_unsure..=self.head).contains(&spool.head()), "head {}", spool.head());
        (self.head, self.head_unsure) = (spool.head(), spool.head());
        let extra = spool.read(self.all.len() as u64, usize::MAX, usize::MAX).unwrap();
        assert!(extra.is_empty() || self.refused.iter().any(|batch| batch.starts_with(&extra)));
        if !extra.is_empty() {
            self.refused.clear();
            self.all.extend(extra);
        }
    }
}

fn open(dir: &Path) -> Spool {
    let options = SpoolOptions { dir: dir.to_owned(), bytes_max: BYTES_MAX, segment_bytes: 3_000 };
    let (spool, damage) = Spool::open(options).unwrap();
    assert!(damage.missing.is_none() && damage.segment_heads == 0 && !damage.meta_rebuilt, "{damage:?}");
    spool
}

fn run(actions: Vec<Action>) {
    let dir = folder();
    let mut spool = open(dir.path());
    let mut model = Model { all: Vec::new(), head: 0, head_unsure: 0, refused: Vec::new() };
    for action in actions {
        let through = |count: u64| (model.head + count).min(model.all.len() as u64);
        match action {
            Action::Append { count, bytes } => {
                let batch = model.next(count, bytes);
                model.append(&mut spool, batch);
            }
            Action::AppendFailing { count, ops } => {
                fault::plan(&ops);
                let batch = model.next(count, 100);
                model.append(&mut spool, batch);
            }
            Action::Read { skip, records, bytes } => model.read(&mut spool, skip, records, bytes),
            Action::Release { count } => {
                let through = through(count);
                model.release(&mut spool, through);
            }
            Action::ReleaseFailing { count, ops } => {
                fault::plan(&ops);
                let through = through(count);
                model.release(&mut spool, through);
            }
            Action::ReleaseAll => {
                let through = model.all.len() as u64;
                model.release(&mut spool, through);
            }
            Action::Reopen => {
                drop(spool);
                spool = open(dir.path());
                model.reopened(&mut spool);
            }
        }
        fault::plan(&[]);
        let status = spool.status();
        assert_sums(&status, model.held());
        assert!(status.bytes <= BYTES_MAX);
        assert!(status.lost.is_none());
        assert_eq!(status.last, model.all.len() as u64);
    }
    assert_eq!(spool.read(0, usize::MAX, usize::MAX).unwrap(), model.held());
}

#[test]
fn the_spool_behaves_like_a_list_with_a_head() {
    let actions = AtomicU64::new(0);
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let sequences = proptest::collection::vec(action(), 1..100);
    let result = runner.run(&sequences, |sequence| {
        actions.fetch_add(sequence.len() as u64, Ordering::Relaxed);
        run(sequence);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let actions = actions.into_inner();
    println!("{actions} actions");
    assert!(actions >= 10_000);
}
