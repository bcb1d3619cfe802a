//! The database is away in every way that it can be: what was acknowledged is kept, and the hub says what is wrong.

use std::time::Duration;

use chengshu_tests::scenario::{database_late, database_silent, disk_full};

#[test]
fn d03_d16_a_database_that_falls_silent_stops_nobody() {
    let report = database_silent(500, Duration::from_secs(12)).unwrap();
    println!("D03 {report:?}");
    report.check().unwrap();
    assert!(report.said_after < Duration::from_secs(50) && report.memory_mb < 256, "{report:?}");
}

#[test]
fn d04_a_hub_that_starts_before_its_database_keeps_what_arrives() {
    let report = database_late(500, Duration::from_secs(6)).unwrap();
    println!("D04 {report:?}");
    report.check().unwrap();
}

#[test]
fn d10_a_full_disk_stops_acknowledging_and_nothing_else() {
    let Some(report) = disk_full(300).unwrap() else {
        println!("D10 skipped: a small disk cannot be mounted here");
        return;
    };
    println!("D10 {report:?}");
    report.check().unwrap();
    assert!(report.words.contains("磁盘满"), "{report:?}");
}
