//! A full spool, a full disk, and a disk that fails: nothing counts as kept, nothing that was kept is lost, and it works
//! again when there is room.

use std::process::Command;

use super::fault::{self, Op};
use super::world::{append, assert_sums, drain, folder, open, record, segments, spooled};
use crate::{Record, Spool, SpoolError, SpoolOptions};

fn batch(spool: &Spool, count: u64) -> Vec<Record> {
    let next = spool.status().last + 1;
    (next..next + count).map(record).collect()
}

#[test]
fn a_full_spool_says_so_and_goes_on_after_release() {
    for (bytes_max, segment_bytes) in [(40_000, 4_000), (40_000, 1 << 20), (9_000, 1 << 20), (4_500, 1 << 20)] {
        let dir = folder();
        let options = SpoolOptions { dir: dir.path().to_owned(), bytes_max, segment_bytes };
        let (mut spool, _) = Spool::open(options).unwrap();
        for _ in 0..30 {
            let before = loop {
                let before = spool.status();
                assert!(before.bytes <= bytes_max);
                let batch = batch(&spool, 10);
                match spool.append(&batch) {
                    Ok(_) => {}
                    Err(SpoolError::Full { used, max }) => {
                        assert!(used <= max && max == bytes_max);
                        break before;
                    }
                    Err(other) => panic!("{other}"),
                }
            };
            let after = crate::Status { bytes: before.bytes, ..spool.status() };
            assert_eq!(after, before, "a refused batch changes nothing, beyond that released segments are gone");
            let held: Vec<_> = (before.head + 1..=before.last).map(spooled).collect();
            assert_eq!(drain(&mut spool), held);
            spool.release(before.last).unwrap();
            append(&mut spool, 10);
        }
        let on_disk: u64 = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
        assert_eq!(spool.status().bytes, on_disk);
    }
}

#[test]
fn room_comes_back_although_the_release_failed_halfway() {
    let dir = folder();
    let options = SpoolOptions { dir: dir.path().to_owned(), bytes_max: 10_000, segment_bytes: 1_024 };
    let (mut spool, _) = Spool::open(options).unwrap();
    while spool.append(&batch(&spool, 5)).is_ok() {}
    let last = spool.status().last;
    fault::plan(&[Op::Sync]);
    spool.release(last).unwrap_err();
    while spool.append(&batch(&spool, 5)).is_ok() {}
    let again = spool.status().last;
    assert!(again > last + last / 2, "only {again} after {last}");
    assert!(drain(&mut spool).into_iter().eq((last + 1..=again).map(spooled)));
    // and a batch that just fits into an empty spool does fit, whatever was there before
    spool.release(u64::MAX).unwrap();
    spool.append(&[Record::default()]).unwrap();
    spool.release(u64::MAX).unwrap();
    let bytes = vec![1; 10_000 - 512 - 48];
    spool.append(&[Record { bytes, ..Record::default() }]).unwrap();
    assert_eq!(spool.status().bytes, 10_000);
}

#[test]
fn what_can_never_fit_is_told_apart() {
    let dir = folder();
    let (mut spool, _) = Spool::open(SpoolOptions::new(dir.path(), 5_000)).unwrap();
    let large = Record { bytes: vec![1; 5_000], ..Record::default() };
    assert!(matches!(spool.append(&[large]), Err(SpoolError::TooLarge { max: 5_000, .. })));
    append(&mut spool, 5);
    drop(spool);
    let (mut spool, _) = Spool::open(SpoolOptions::new(dir.path(), 600)).unwrap();
    assert_eq!(drain(&mut spool).len(), 5, "a limit taken down loses nothing");
    assert!(matches!(spool.append(&[record(6)]), Err(SpoolError::Full { .. } | SpoolError::TooLarge { .. })));
}

struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_and_goes_on_when_there_is_room() {
    let dir = folder();
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(dir.path()).output();
    if !mount.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: mounting a small tmpfs is not permitted here");
        return;
    }
    let _mounted = Mounted(dir.path().to_owned());
    let mut refused = 0;
    let (mut spool, _) = open(dir.path(), 20_000);
    for round in 0..20 {
        let error = loop {
            let batch = batch(&spool, 20);
            if let Err(error) = spool.append(&batch) {
                break error;
            }
        };
        assert!(error.is_disk_full(), "{error:?}");
        refused += 1;
        if round % 3 == 0 {
            drop(spool);
            let (again, damage) = open(dir.path(), 20_000);
            assert!(damage.is_none(), "{damage:?}");
            spool = again;
        }
        let (head, last) = (spool.head(), spool.status().last);
        let held = drain(&mut spool);
        assert!(held.iter().cloned().eq((head + 1..=last).map(spooled)));
        assert_sums(&spool.status(), &held);
        spool.release(if round % 2 == 0 { last } else { head + (last - head) / 2 }).unwrap();
        append(&mut spool, 20);
    }
    println!("the disk was full {refused} times");
    drop(spool);
}

#[test]
fn after_a_failed_fsync_the_batch_is_written_anew_elsewhere() {
    for truncate_too in [false, true] {
        let dir = folder();
        let (mut spool, _) = open(dir.path(), 1 << 20);
        append(&mut spool, 10);
        let before = spool.status();
        fault::plan(if truncate_too { &[Op::Sync, Op::Truncate] } else { &[Op::Sync] });
        let refused = batch(&spool, 5);
        let error = spool.append(&refused).unwrap_err();
        assert!(matches!(&error, SpoolError::Io { action: "fsync", .. }), "{error:?}");
        assert!(error.to_string().contains("00000000000000000001.seg"), "{error}");
        assert_eq!(fault::left(), 0);
        assert_eq!((spool.status().records, spool.status().last), (before.records, before.last));
        assert_eq!(append(&mut spool, 7), 11..18);
        assert_eq!(segments(dir.path()).len(), 2, "the file whose fsync failed is not written to again");
        for _ in 0..2 {
            assert!(drain(&mut spool).into_iter().eq((1..=17).map(spooled)));
            drop(spool);
            let (again, damage) = open(dir.path(), 1 << 20);
            assert!(damage.is_none(), "{damage:?}");
            spool = again;
        }
    }
}

#[test]
fn each_step_of_beginning_a_segment_may_fail() {
    let twice = [Op::Sync, Op::Sync];
    for ops in [&[Op::Create][..], &[Op::Write], &[Op::Sync], &twice, &[Op::SyncDir], &[Op::Sync, Op::Remove]] {
        let dir = folder();
        let (mut spool, _) = open(dir.path(), 1_024);
        fault::plan(ops);
        let refused = batch(&spool, 20);
        assert!(spool.append(&refused).is_err(), "{ops:?}");
        assert_eq!(spool.status().records, 0);
        fault::plan(&[]);
        append(&mut spool, 20);
        fault::plan(ops);
        let refused = batch(&spool, 20);
        let harmless = ops == [Op::Write] || (ops.contains(&Op::Sync) && ops != twice); // only the footer fails
        assert_eq!(spool.append(&refused).is_ok(), harmless, "{ops:?}");
        fault::plan(&[]);
        append(&mut spool, 20);
        let last = spool.status().last;
        drop(spool);
        let (mut spool, damage) = open(dir.path(), 1_024);
        assert!(damage.missing.is_none(), "{damage:?}");
        assert!(drain(&mut spool).into_iter().eq((1..=last).map(spooled)));
    }
}
