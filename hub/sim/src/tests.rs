//! The simulated district without a broker: reproducible, inside its border, inside its instruments' ranges, calm most of
//! the time and never silent about a shower.
#![allow(clippy::unwrap_used, reason = "a test's helpers may")]

use std::collections::{BTreeMap, BTreeSet};

use chengshu_core::model::{Birth, Direction, KindId, MetricId, Theme, Timestamp};
use proptest::prelude::*;

use crate::map::{District, Point};
use crate::noise::Noise;
use crate::payload::{GONE, birth, telemetry};
use crate::plan::{Habit, SimDevice, plan};
use crate::schedule::Schedule;
use crate::world::World;
use crate::{SimConfig, SimError, check};

fn district(count: usize, seed: u64) -> (Vec<SimDevice>, World) {
    let district = District::load().unwrap();
    let devices = plan(&district, count, seed);
    let world = World::new(&devices, seed);
    (devices, world)
}

fn water() -> Theme {
    chengshu_topics::load(None).into_iter().find(|theme| theme.id.as_str() == "water").unwrap()
}

fn everything(world: &World, count: usize) -> String {
    (0..count).map(|index| telemetry(Timestamp::from_ms(0), &world.values(index))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_same_seed_gives_the_same_series(seed in any::<u64>(), steps in prop::collection::vec(0.1_f64..900.0, 1..12)) {
        let series = || {
            let (_, mut world) = district(40, seed);
            steps.iter().map(|dt| { world.step(*dt); everything(&world, 40) }).collect::<Vec<_>>()
        };
        prop_assert_eq!(series(), series());
    }

    #[test]
    fn every_station_stands_in_the_district(seed in any::<u64>(), count in 1_usize..900) {
        let border = District::load().unwrap();
        let devices = plan(&border, count, seed);
        prop_assert_eq!(devices.iter().map(|device| &device.id).collect::<BTreeSet<_>>().len(), count);
        for device in devices {
            prop_assert!(border.contains(device.at), "{} {:?}", device.name, device.at);
        }
    }

    #[test]
    fn values_lie_in_the_ranges_of_the_theme(seed in any::<u64>(), speed in 0.1_f64..3600.0) {
        let water = water();
        let (devices, mut world) = district(200, seed);
        for _ in 0..30 {
            world.step(speed);
            for (index, device) in devices.iter().enumerate() {
                let kind = water.kind(&KindId::parse(device.kind.id()).unwrap()).unwrap();
                for (metric, value, decimals) in world.values(index) {
                    let known = kind.metric(&MetricId::parse(metric).unwrap()).unwrap();
                    prop_assert_eq!(usize::from(known.precision), decimals, "{}", metric);
                    prop_assert!(value >= known.min.unwrap() && value <= known.max.unwrap(), "{} {} {}", device.id, metric, value);
                }
            }
        }
    }
}

#[test]
fn the_border_is_that_of_jiangcheng() {
    let border = District::load().unwrap();
    assert!(border.contains(Point::new(111.955, 21.862)));
    for outside in [(111.6, 21.86), (112.1, 21.8), (111.8, 21.65), (111.95, 21.5), (111.75, 21.8)] {
        assert!(!border.contains(Point::new(outside.0, outside.1)), "{outside:?}");
    }
    for town in &border.towns {
        assert!(border.contains(town.at), "{}", town.name);
    }
}

#[test]
fn two_hundred_devices_are_the_mix_that_they_should_be() {
    let (devices, _) = district(200, 1);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    devices.iter().for_each(|device| *kinds.entry(device.kind.id()).or_default() += 1);
    let expected = [
        ("pump_station", 44),
        ("rain_gauge", 36),
        ("reservoir_level", 16),
        ("river_level", 24),
        ("tide_level", 8),
        ("waterlogging", 72),
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    let habits = |habit| devices.iter().filter(|device| device.habit == habit).count();
    assert_eq!((habits(Habit::Flapping), habits(Habit::Sleepy), habits(Habit::Lapsing)), (2, 3, 1));
    assert!(devices.iter().any(|device| device.name == "双捷站"));
}

#[test]
fn the_kinds_are_those_of_the_theme() {
    let (devices, world) = district(200, 1);
    for kind in water().kinds {
        let index = devices.iter().position(|device| device.kind.id() == kind.id.as_str()).unwrap();
        let told: BTreeSet<&str> = world.values(index).into_iter().map(|(metric, ..)| metric).collect();
        let known: BTreeSet<&str> = kind.metrics.iter().map(|metric| metric.id.as_str()).collect();
        assert_eq!(told, known, "{}", kind.id);
    }
}

#[test]
fn payloads_are_what_the_contract_says() {
    let (devices, world) = district(200, 7);
    for (index, device) in devices.iter().enumerate() {
        let text = telemetry(Timestamp::from_ms(1_795_336_920_000), &world.values(index));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["ts"], 1_795_336_920_000_i64);
        assert!(json["values"].as_object().unwrap().values().all(serde_json::Value::is_number), "{text}");
        let json: serde_json::Value = serde_json::from_str(&birth(device)).unwrap();
        let place = serde_json::from_value(json["place"].clone()).unwrap();
        let kind = KindId::parse(json["kind"].as_str().unwrap()).unwrap();
        let told = Birth {
            kind: Some(kind),
            name: json["name"].as_str().map(str::to_owned),
            place: Some(place),
            gateway: None,
        };
        assert_eq!((json["online"].as_bool(), told.name), (Some(true), Some(device.name.clone())));
    }
    assert_eq!(serde_json::from_str::<serde_json::Value>(GONE).unwrap()["online"], false);
}

/// Active alarms at each minute of `hours`, by the rules of the theme with their raise and clear values.
fn alarms(seed: u64, hours: usize) -> Vec<usize> {
    let rules = water().rules;
    let (devices, mut world) = district(200, seed);
    let mut active: BTreeSet<(usize, String)> = BTreeSet::new();
    let minute = |_| {
        world.step(60.0);
        for (index, device) in devices.iter().enumerate() {
            let values = world.values(index);
            for rule in rules.iter().filter(|rule| rule.kind.as_str() == device.kind.id()) {
                assert_eq!(rule.direction, Direction::Above, "this test knows no other");
                let Some((_, value, _)) = values.iter().find(|(id, ..)| *id == rule.metric.as_str()) else { continue };
                let key = (index, rule.id.to_string());
                if *value >= rule.raise {
                    active.insert(key);
                } else if *value <= rule.clear {
                    active.remove(&key);
                }
            }
        }
        active.len()
    };
    (0..hours * 60).map(minute).collect()
}

#[test]
fn calm_is_normal_and_a_shower_is_felt() {
    for seed in [SimConfig::default().seed, 1, 2, 3, 4, 5, 6, 7] {
        let mut counts = alarms(seed, 72);
        let first_hour = counts.iter().take(60).copied().max().unwrap();
        let worst = counts.iter().copied().max().unwrap();
        let minutes = counts.len();
        let calm = counts.iter().filter(|count| **count <= 5).count() * 100 / minutes;
        let felt = counts.iter().filter(|count| **count > 0).count() * 100 / minutes;
        counts.sort_unstable();
        let median = counts[minutes / 2];
        println!("seed {seed}: first hour {first_hour}, median {median}, worst {worst}, ≤ 5 {calm} %, > 0 {felt} %");
        assert!(calm >= 90, "seed {seed}: at most five alarms for only {calm} % of the time");
        assert!(felt >= 3, "seed {seed}: showers that nobody feels");
        assert!((1..=5).contains(&first_hour), "seed {seed}: {first_hour} in the first hour");
        assert!(worst <= 15, "seed {seed}: {worst} alarms are a flood");
    }
}

#[test]
fn two_hundred_devices_say_about_forty_things_a_second() {
    let (devices, _) = district(200, 1);
    let mut schedule = Schedule::new(&devices, Noise::new(1, 1), 0);
    let (mut said, mut last) = (0, vec![0; devices.len()]);
    let mut longest = vec![0; devices.len()];
    while let Some((due, index)) = schedule.next().filter(|(due, _)| *due < 1_800_000) {
        longest[index] = longest[index].max(due - last[index]);
        last[index] = due;
        schedule.spoken(&devices, due);
        said += 1;
    }
    assert!((36 * 1800..42 * 1800).contains(&said), "{said} in half an hour");
    for (device, longest) in devices.iter().zip(longest) {
        let expected = match device.habit {
            Habit::Steady | Habit::Flapping => 4_500..=7_000,
            Habit::Sleepy => 40_000..=50_000,
            Habit::Lapsing => 90_000..=150_000,
        };
        assert!(expected.contains(&longest), "{} {:?}: silent for {longest} ms", device.id, device.habit);
    }
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    let config = |devices, speed| SimConfig { devices, speed, ..SimConfig::default() };
    assert!(check(&config(200, 1.0)).is_ok());
    assert!(matches!(check(&config(0, 1.0)), Err(SimError::Devices(0))));
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY, 4000.0] {
        assert!(matches!(check(&config(200, speed)), Err(SimError::Speed(_))), "{speed}");
    }
    assert!(!format!("{:?}", SimConfig { password: "geheim".into(), ..SimConfig::default() }).contains("geheim"));
}
