//! An ordinary day: calm most of the time, never silent about a shower, and always a little for somebody to do.

use super::{Alarms, district, themes};
use crate::SimConfig;

/// Active alarms at each minute of `hours`: all of them, and those of water.
fn alarms(count: usize, seed: u64, hours: usize) -> Vec<(usize, usize)> {
    let themes = themes();
    let (devices, mut world) = district(count, seed);
    let mut active = Alarms::default();
    let minute = |_| {
        world.step(60.0);
        active.look(&themes, &devices, &world);
        (active.0.len(), active.0.iter().filter(|(_, rule)| rule.starts_with("water.")).count())
    };
    (0..hours * 60).map(minute).collect()
}

#[test]
fn calm_is_normal_and_a_shower_is_felt() {
    for seed in [SimConfig::default().seed, 1, 2, 3, 4, 5, 6, 7] {
        let counts = alarms(200, seed, 72);
        let minutes = counts.len();
        let first_hour = counts.iter().take(60).map(|(all, _)| *all).max().unwrap();
        let calm = counts.iter().filter(|(all, _)| *all <= 7).count() * 100 / minutes;
        let felt = counts.iter().filter(|(_, water)| *water > 0).count() * 100 / minutes;
        let mut all: Vec<usize> = counts.into_iter().map(|(all, _)| all).collect();
        all.sort_unstable();
        let (median, worst) = (all[minutes / 2], all[minutes - 1]);
        println!("seed {seed}: first hour {first_hour}, median {median}, worst {worst}, ≤ 7 {calm} %, water {felt} %");
        assert!(calm >= 90, "seed {seed}: at most seven alarms for only {calm} % of the time");
        assert!(felt >= 1, "seed {seed}: showers that nobody feels");
        assert!((1..=7).contains(&first_hour), "seed {seed}: {first_hour} in the first hour");
        assert!(worst <= 15, "seed {seed}: {worst} alarms are a flood");
    }
}

#[test]
fn two_thousand_devices_are_no_flood() {
    let mut counts: Vec<usize> = alarms(2000, 1, 24).into_iter().map(|(all, _)| all).collect();
    counts.sort_unstable();
    let (median, worst) = (counts[counts.len() / 2], counts[counts.len() - 1]);
    println!("2000 devices: median {median}, worst {worst}");
    assert!((1..=25).contains(&median), "median {median}");
    assert!(worst <= 80, "worst {worst}");
}
