//! Durations, holds and repeats: decided by readings where there are some, by time where there are none, never early, and the
//! same whichever came first.

use super::*;

#[test]
fn a_condition_must_hold_for_its_time() {
    let rule = above(level(), 5.5, 5.3, json!({ "for_s": 60 }));
    check(&rule, &[(0, 6.0), (30, 6.0), (59, 6.0)], "");
    check(&rule, &[(0, 6.0), (30, 6.0), (60, 6.0)], "+60i");
    check(&rule, &[(0, 6.0), (30, 6.0), (61, 6.0)], "+60i");
    check(&rule, &[(0, 6.0), (30, 5.4), (60, 6.0), (119, 6.0)], "");
    check(&rule, &[(0, 6.0), (50, 6.0), (60, 5.0)], "");
    check(&rule, &[(0, 6.0), (50, 6.0), (61, 5.0)], "+60i -61i");
}

#[test]
fn a_timer_decides_what_no_reading_does_and_never_early() {
    let rule = above(level(), 5.5, 5.3, json!({ "for_s": 60 }));
    let mut bench = Bench::new(&rule);
    bench.reading(0, 6.0, Quality::empty());
    let due = bench.due().unwrap();
    assert!((60_000..=62_000).contains(&due), "{due}");
    bench.time(59_999);
    assert_eq!(bench.said(), "");
    bench.time(due - 1);
    assert_eq!(bench.said(), "", "not before it is due");
    bench.time(due);
    assert_eq!(bench.said(), "+60i");
    assert_eq!(bench.due(), None);
    bench.reading(60, 4.0, Quality::empty());
    assert_eq!(bench.said(), "+60i -60i");
}

#[test]
fn a_timer_and_a_late_message_say_the_same() {
    let rule = above(level(), 5.5, 5.3, json!({ "for_s": 60 }));
    let mut by_time = Bench::new(&rule);
    by_time.reading(0, 6.0, Quality::empty());
    by_time.time(70_000);
    let mut by_reading = Bench::new(&rule);
    by_reading.reading(0, 6.0, Quality::empty());
    by_reading.reading(70, 6.0, Quality::empty());
    assert_eq!(by_time.out[0].id, by_reading.out[0].id);
    assert_eq!(by_time.out[0].since, at(0));
}

#[test]
fn the_clock_of_the_device_does_not_make_a_timer_early() {
    let rule = above(level(), 5.5, 5.3, json!({ "for_s": 60 }));
    for ahead in [-20, 0, 20] {
        let id = device();
        let subject = Subject { device: &id, gap_ms: GAP_S * 1000, others: None };
        let (mut state, mut out) = (RuleState::default(), Vec::new());
        let sample = Sample { at: at(1000 + ahead), received: at(1000), value: 6.0, quality: Quality::empty() };
        observe(&rule, &subject, &mut state, &sample, &mut out);
        let due = due(&rule, &state, subject.gap_ms).unwrap();
        assert!((1_060_000..=1_062_000).contains(&due.ms()), "{ahead}: {due:?}");
        tick(&rule, &subject, &mut state, Timestamp::from_ms(1_060_000), &mut out);
        assert_eq!(out.len(), 0, "{ahead}");
        tick(&rule, &subject, &mut state, due, &mut out);
        assert_eq!(out.len(), 1, "{ahead}");
    }
}

#[test]
fn nothing_is_raised_or_cleared_by_a_value_that_nobody_would_believe_any_more() {
    let rule = above(level(), 5.5, 5.3, json!({ "for_s": 600, "hold_s": 600 }));
    let mut bench = Bench::new(&rule);
    bench.reading(0, 6.0, Quality::empty());
    assert_eq!(bench.due(), None, "it ends later than the value is believed");
    bench.time(3_600_000);
    assert_eq!(bench.said(), "");
    // it begins anew after the gap
    for second in [700, 900, 1_100, 1_299] {
        bench.reading(second, 6.0, Quality::empty());
    }
    assert_eq!(bench.said(), "");
    bench.reading(1_301, 6.0, Quality::empty());
    assert_eq!(bench.said(), "+1300i");
    bench.reading(1_400, 5.0, Quality::empty());
    bench.reading(1_650, 5.0, Quality::empty());
    bench.time(3_600_000);
    assert_eq!(bench.said(), "+1300i", "silent: no false return");
}

#[test]
fn it_falls_after_a_hold_and_rises_at_once() {
    let steps = json!([
        { "severity": "general", "raise": 10, "clear": 9 },
        { "severity": "critical", "raise": 20, "clear": 19 }
    ]);
    let rule = compiled(rule_of(Direction::Above, level(), steps, json!({ "hold_s": 60 })));
    check(&rule, &[(0, 25.0), (10, 15.0), (50, 22.0), (60, 15.0), (119, 15.0)], "+0c");
    check(&rule, &[(0, 25.0), (10, 15.0), (40, 5.0), (71, 5.0), (130, 5.0), (131, 5.0)], "+0c v70g -131g");
    check(&rule, &[(0, 25.0), (10, 5.0), (69, 5.0), (70, 5.0)], "+0c -70c");
    check(&rule, &[(0, 15.0), (10, 5.0), (20, 15.0), (75, 15.0), (80, 25.0)], "+0g ^80c");
    let mut bench = Bench::new(&rule);
    bench.reading(0, 25.0, Quality::empty());
    bench.reading(10, 5.0, Quality::empty());
    bench.time(bench.due().unwrap());
    assert_eq!(bench.said(), "+0c -70c", "time alone ends it");
}

#[test]
fn a_flapping_value_within_the_hold_is_one_alarm() {
    let rule = above(level(), 5.5, 5.3, json!({ "hold_s": 30 }));
    let readings: Vec<(i64, f64)> = (0..600).map(|second| (second, if second % 2 == 0 { 6.0 } else { 5.0 })).collect();
    check(&rule, &readings, "+0i");
}

#[test]
fn it_must_repeat() {
    let rule = above(level(), 5.5, 5.3, json!({ "repeat": { "times": 3, "of": 5 } }));
    check(&rule, &[(1, 6.0), (2, 6.0), (3, 5.0), (4, 5.0), (5, 6.0)], "+5i");
    check(&rule, &[(1, 6.0), (2, 6.0), (3, 5.0), (4, 5.0), (5, 5.0), (6, 6.0), (7, 6.0)], "");
    check(&rule, &[(1, 6.0), (2, 6.0), (3, 6.0), (4, 5.0), (5, 6.0), (6, 6.0), (7, 6.0)], "+3i -4i +7i");
    let all = above(level(), 5.5, 5.3, json!({ "repeat": { "times": 64, "of": 64 } }));
    let readings: Vec<(i64, f64)> = (0..64).map(|second| (second, 6.0)).collect();
    check(&all, &readings, "+63i");
}
