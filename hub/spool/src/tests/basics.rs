//! What a caller relies upon when nothing is damaged: numbers, identity, sums, the lock, and the refused downgrade.

use super::world::{append, assert_sums, drain, folder, open, record, segments, spooled};
use crate::{Damage, Spool, SpoolError, SpoolOptions};

#[test]
fn what_goes_in_comes_out_in_order_over_reopenings() {
    let dir = folder();
    let (mut spool, damage) = open(dir.path(), 2_000);
    assert_eq!(damage, Damage::default());
    let id = spool.id();
    assert_eq!(append(&mut spool, 30), 1..31);
    drop(spool);
    for round in 1..=40 {
        let (mut spool, damage) = open(dir.path(), 2_000);
        assert_eq!((damage, spool.id()), (Damage::default(), id));
        append(&mut spool, 5);
        let held: Vec<_> = (spool.head() + 1..=30 + 5 * round).map(spooled).collect();
        assert_eq!(drain(&mut spool), held);
        assert_sums(&spool.status(), &held);
        match round % 8 {
            0 => spool.release(u64::MAX).unwrap(), // numbers go on although nothing is left
            1 | 5 => spool.release((spool.head() + 13).min(spool.status().last)).unwrap(),
            _ => {}
        }
        let held: Vec<_> = (spool.head() + 1..=30 + 5 * round).map(spooled).collect();
        assert_sums(&spool.status(), &held);
    }
}

#[test]
fn segments_are_deleted_when_released_and_the_numbers_survive() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), 2_000);
    for _ in 0..20 {
        append(&mut spool, 10);
    }
    let before = segments(dir.path()).len();
    assert!(before > 5, "only {before} segments");
    spool.release(150).unwrap();
    assert!(segments(dir.path()).len() < before);
    spool.release(u64::MAX).unwrap();
    assert_eq!(segments(dir.path()).len(), 1, "the newest keeps a copy of the mark");
    assert_eq!((spool.head(), spool.status().records), (200, 0));
    drop(spool);
    std::fs::remove_file(dir.path().join("meta")).unwrap();
    let (mut spool, damage) = open(dir.path(), 2_000);
    assert!(damage.meta_rebuilt && damage.missing.is_none());
    assert_eq!(append(&mut spool, 1), 201..202);
}

#[test]
fn a_wiped_folder_gets_a_new_identity_and_a_lost_meta_does_not() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), 2_000);
    append(&mut spool, 100);
    let id = spool.id();
    drop(spool);
    std::fs::remove_file(dir.path().join("meta")).unwrap();
    let (mut spool, damage) = open(dir.path(), 2_000);
    assert_eq!((spool.id(), damage.meta_rebuilt), (id, true));
    assert_eq!(append(&mut spool, 1), 101..102);
    drop(spool);
    std::fs::remove_dir_all(dir.path()).unwrap();
    let (mut spool, _) = open(dir.path(), 2_000);
    assert_ne!(spool.id(), id);
    assert_eq!(append(&mut spool, 1), 1..2);
}

#[test]
fn a_folder_is_made_with_its_parents_and_its_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = folder();
    let deep = dir.path().join("a/b/c");
    let (mut spool, _) = open(&deep, 2_000);
    append(&mut spool, 1);
    for name in ["meta", "00000000000000000001.seg"] {
        assert_eq!(deep.join(name).metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let error = Spool::open(SpoolOptions::new(deep.join("meta/d"), 1 << 20)).unwrap_err();
    assert!(error.to_string().contains("c/meta"), "{error}");
}

#[test]
fn one_process_at_a_time() {
    let dir = folder();
    let (spool, _) = open(dir.path(), 2_000);
    let second = Spool::open(SpoolOptions::new(dir.path(), 1 << 20));
    assert!(matches!(second, Err(SpoolError::Locked { .. })));
    drop(spool);
    open(dir.path(), 2_000);
}

#[test]
fn a_newer_version_is_refused_and_nothing_is_touched() {
    for file in ["meta", "00000000000000000001.seg"] {
        let dir = folder();
        append(&mut open(dir.path(), 2_000).0, 10);
        let path = dir.path().join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[8] = 2;
        let crc = crc32fast::hash(&bytes[..36]);
        bytes[36..40].copy_from_slice(&crc.to_le_bytes());
        bytes.extend_from_slice(b"a torn tail that would be cut off");
        std::fs::write(&path, &bytes).unwrap();
        let error = Spool::open(SpoolOptions::new(dir.path(), 1 << 20)).unwrap_err();
        assert!(matches!(error, SpoolError::Version { found: 2, known: 1, .. }), "{error:?}");
        assert!(error.to_string().contains("start the newer hub"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn the_database_may_know_of_more_than_the_spool() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), 2_000);
    append(&mut spool, 10);
    spool.release(500).unwrap();
    assert_eq!((spool.head(), spool.status().records), (500, 0));
    assert_eq!(spool.append(&[record(501)]).unwrap(), 501..502);
    drop(spool);
    let (mut spool, damage) = open(dir.path(), 2_000);
    assert_eq!(damage, Damage::default());
    assert_eq!(drain(&mut spool), [spooled(501)]);
    assert!(spool.status().lost.is_none());
}

#[test]
fn reading_keeps_to_its_limits_and_reads_ahead_of_release() {
    let dir = folder();
    let (mut spool, _) = open(dir.path(), 2_000);
    append(&mut spool, 100);
    assert_eq!(spool.read(0, 0, 1_000).unwrap(), []);
    assert_eq!(spool.read(0, 1, 0).unwrap(), [spooled(1)], "one comes however large it is");
    let read = spool.read(40, 1_000, 500).unwrap();
    assert!(!read.is_empty() && read.iter().map(|record| record.bytes.len()).sum::<usize>() <= 500);
    assert_eq!(read[0].seq, 41);
    assert_eq!(spool.read(100, 10, 1_000).unwrap(), []);
    append(&mut spool, 1);
    assert_eq!(spool.read(100, 10, 1_000).unwrap(), [spooled(101)]);
    assert_eq!(drain(&mut spool).len(), 101, "reading releases nothing");
}
