//! What was acknowledged is never lost. Short forms; `make soak` runs the long ones.

use std::time::Duration;

use chengshu_tests::scenario::{broker_outages, database_outages, hub_kills, hub_stops};

#[test]
fn d01_kill_9_under_load_loses_nothing() {
    let report = hub_kills(4, 1_000).unwrap();
    println!("D01 {report:?}");
    report.check().unwrap();
    assert!(report.slowest_fresh < Duration::from_secs(50), "{report:?}");
}

#[test]
fn d02_a_database_that_goes_away_loses_nothing() {
    let report = database_outages(2, 500, Duration::from_secs(4)).unwrap();
    println!("D02 {report:?}");
    report.kills.check().unwrap();
    assert!(report.slowest_degraded < Duration::from_secs(25), "{report:?}");
    assert!(report.slowest_recovered < Duration::from_secs(50), "{report:?}");
}

#[test]
fn d05_a_broker_that_restarts_is_subscribed_again() {
    let kept = broker_outages(1, true).unwrap();
    let lost = broker_outages(1, false).unwrap();
    println!("D05 session kept {kept:?}, session lost {lost:?}");
}

#[test]
fn d07_sigterm_under_load_loses_nothing() {
    let report = hub_stops(3, 2_000).unwrap();
    println!("D07 {report:?}");
    report.check().unwrap();
    assert!(report.slowest_stop < Duration::from_secs(10), "{report:?}");
}
