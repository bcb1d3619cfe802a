//! Who shares a connection, and when each device speaks.

use super::district;
use crate::kinds::SimKind;
use crate::links::grouped;
use crate::noise::Noise;
use crate::plan::{Habit, SimDevice};
use crate::schedule::Schedule;

/// What is said before `until` ms by devices that are all calm: by whom and when.
fn said(devices: &[SimDevice], until: u64) -> Vec<(u64, usize)> {
    let mut schedule = Schedule::new(devices, Noise::new(1, 1), 0);
    let mut said = vec![];
    while let Some((due, index)) = schedule.next().filter(|(due, _)| *due < until) {
        if schedule.speaks(false) {
            said.push((due, index));
        }
        schedule.looked(devices, due, false);
    }
    said
}

#[test]
fn two_hundred_devices_say_about_seventeen_things_a_second() {
    let (devices, _) = district(200, 1);
    let said = said(&devices, 1_800_000);
    assert!((16 * 1800..19 * 1800).contains(&said.len()), "{} in half an hour", said.len());
    let (mut last, mut longest) = (vec![0; devices.len()], vec![0; devices.len()]);
    for (due, index) in said {
        longest[index] = longest[index].max(due - last[index]);
        last[index] = due;
    }
    for (device, longest) in devices.iter().zip(longest).filter(|(device, _)| !device.kind.dozes()) {
        let period = device.kind.period_ms();
        let expected = match device.habit {
            Habit::Steady | Habit::Flapping => period * 9 / 10..=period * 7 / 5,
            Habit::Sleepy => period * 8..=period * 9,
            Habit::Lapsing => period * 18..=period * 30,
        };
        assert!(expected.contains(&longest), "{} {:?}: silent for {longest} ms", device.id, device.habit);
    }
}

#[test]
fn whoever_dozes_says_hello_then_sleeps_and_wakes_for_an_alarm() {
    let (devices, _) = district(200, 1);
    let smoke: Vec<SimDevice> =
        devices.into_iter().filter(|device| device.kind == SimKind::SmokeDetector).take(1).collect();
    let hours = said(&smoke, 24 * 3_600_000);
    assert!((6..=8).contains(&hours.len()), "{hours:?}: hello, and every four hours");
    assert!(hours[0].0 < 20_000, "hello at once");

    let mut schedule = Schedule::new(&smoke, Noise::new(1, 1), 0);
    let mut told = vec![];
    while let Some((due, _)) = schedule.next().filter(|(due, _)| *due < 1_000_000) {
        let urgent = (300_000..600_000).contains(&due);
        if schedule.speaks(urgent) {
            told.push((due / 1000, urgent));
        }
        schedule.looked(&smoke, due, urgent);
    }
    assert!(told[1].1 && (300..310).contains(&told[1].0), "within seconds: {told:?}");
    assert!(told.iter().filter(|(_, urgent)| *urgent).count() >= 5, "every minute: {told:?}");
    let last = told.last().unwrap();
    assert!(!last.1 && (600..610).contains(&last.0), "and that it is over: {told:?}");
}

#[test]
fn a_gateway_carries_its_children_and_flapping_ones_are_alone() {
    for count in [200, 2000] {
        let groups = grouped(district(count, 1).0);
        assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), count);
        for group in &groups {
            let first = group.first().unwrap();
            if first.kind == SimKind::Transmitter {
                assert!(group.iter().skip(1).all(|child| child.gateway.as_ref() == Some(&first.id)));
                assert!(group.len() >= 3, "{} has children", first.id);
            } else {
                assert!(group.iter().all(|device| device.gateway.is_none()));
                assert!(group.len() == 1 || group.iter().all(|device| device.habit != Habit::Flapping));
            }
        }
        let most = if count == 200 { 200 } else { 100 };
        assert!(groups.len() <= most, "{} connections for {count}", groups.len());
    }
}
