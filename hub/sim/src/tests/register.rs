//! Which devices there are, where they stand and what they say of themselves.

use std::collections::{BTreeMap, BTreeSet};

use chengshu_core::model::{Birth, DeviceId, KindId, Timestamp};
use proptest::prelude::*;

use super::{district, theme_of, themes};
use crate::kinds::SimKind;
use crate::map::{District, Point};
use crate::payload::{GONE, birth, telemetry, telemetry_topic};
use crate::plan::{Habit, plan};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_station_stands_in_the_district(seed in any::<u64>(), count in 1_usize..900) {
        let border = District::load().unwrap();
        let devices = plan(&border, count, seed);
        prop_assert_eq!(devices.iter().map(|device| &device.id).collect::<BTreeSet<_>>().len(), count);
        for device in devices {
            prop_assert!(border.contains(device.at), "{} {:?}", device.name, device.at);
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
fn two_hundred_devices_are_the_mix_that_they_should_be_and_two_thousand_ten_times_that() {
    let expected = [
        ("building_tilt", 4),
        ("deep_pit", 4),
        ("dust_station", 10),
        ("electrical_fire", 16),
        ("elevator", 12),
        ("fire_tank", 4),
        ("gas_detector", 6),
        ("hydrant", 10),
        ("noise_station", 8),
        ("pump_station", 18),
        ("rain_gauge", 16),
        ("reservoir_level", 6),
        ("river_level", 10),
        ("smoke_detector", 34),
        ("tide_level", 4),
        ("tower_crane", 8),
        ("transmitter", 4),
        ("waterlogging", 26),
    ];
    for times in [1, 10] {
        let devices = plan(&District::load().unwrap(), 200 * times, 1);
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        devices.iter().for_each(|device| *kinds.entry(device.kind.id()).or_default() += 1);
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected.map(|(kind, count)| (kind, count * times)));
        let habits = |habit| devices.iter().filter(|device| device.habit == habit).count();
        assert_eq!((habits(Habit::Flapping), habits(Habit::Lapsing)), (3 * times, times));
        assert!((2 * times..=4 * times).contains(&habits(Habit::Sleepy)), "{}", habits(Habit::Sleepy));
        assert!(devices.iter().any(|device| device.name == "双捷站"));
    }
}

#[test]
fn the_kinds_are_those_of_the_themes() {
    let (devices, world) = district(200, 1);
    let mut seen = 0;
    for theme in themes() {
        for kind in theme.kinds {
            let of_it = |device: &&crate::plan::SimDevice| {
                (device.kind.theme(), device.kind.id()) == (theme.id.as_str(), kind.id.as_str())
            };
            // kinds that speak a field protocol come in by it, and are another file's
            let Some(device) = devices.iter().find(of_it) else { continue };
            let told: BTreeSet<&str> = world.values(device.index).into_iter().map(|(metric, ..)| metric).collect();
            let known: BTreeSet<&str> = kind.metrics.iter().map(|metric| metric.id.as_str()).collect();
            let more = kind.id.as_str() == "transmitter"; // GB/T 26875.3 tells more than its MQTT form
            assert!(told == known || (more && told.is_subset(&known)), "{}: {told:?}", kind.id);
            seen += 1;
        }
    }
    assert_eq!(seen, 18, "every kind that is simulated over MQTT");
}

#[test]
fn every_kind_speaks_as_often_as_its_theme_expects() {
    let themes = themes();
    for device in district(200, 1).0 {
        let kind = theme_of(&themes, &device).kind(&KindId::parse(device.kind.id()).unwrap()).unwrap().clone();
        let [expected, stale, offline] =
            [kind.expected_interval_s, kind.stale_after_s, kind.offline_after_s].map(|s| u64::from(s) * 1000);
        let period = device.kind.period_ms();
        // Water stations speak twice as often as they must.
        assert!(period * 11 / 10 < stale && period <= expected && expected <= 2 * period, "{}", kind.id);
        if device.habit == Habit::Sleepy {
            let (soonest, latest) = (period * 8 * 9 / 10, period * 8 * 11 / 10);
            assert!(soonest > stale && latest < offline, "{}: stale most of the time, never offline", kind.id);
        }
    }
}

#[test]
fn what_is_wired_hangs_on_the_gateway_of_its_building() {
    let (devices, _) = district(2000, 1);
    for child in devices.iter().filter(|device| device.kind.is_wired()) {
        let gateway = devices.iter().find(|device| Some(&device.id) == child.gateway.as_ref()).unwrap();
        assert_eq!(gateway.kind, SimKind::Transmitter);
        assert!(gateway.at.distance_km(child.at) < 0.3, "{} is far from {}", child.id, gateway.id);
    }
    assert!(devices.iter().filter(|device| !device.kind.is_wired()).all(|device| device.gateway.is_none()));
    let (few, _) = district(3, 1);
    assert!(few.iter().all(|device| device.gateway.is_none()), "nobody speaks through a gateway that is not there");
}

#[test]
fn payloads_are_what_the_contract_says() {
    let (devices, world) = district(200, 7);
    for (index, device) in devices.iter().enumerate() {
        assert_eq!(telemetry_topic(device).split('/').nth(1), Some(device.kind.theme()));
        let text = telemetry(Timestamp::from_ms(1_795_336_920_000), &world.values(index));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["ts"], 1_795_336_920_000_i64);
        assert!(json["values"].as_object().unwrap().values().all(serde_json::Value::is_number), "{text}");
        let json: serde_json::Value = serde_json::from_str(&birth(device)).unwrap();
        let told = Birth {
            kind: Some(KindId::parse(json["kind"].as_str().unwrap()).unwrap()),
            name: json["name"].as_str().map(str::to_owned),
            place: Some(serde_json::from_value(json["place"].clone()).unwrap()),
            gateway: json["gateway"].as_str().map(|id| DeviceId::parse(id).unwrap()),
        };
        assert_eq!((json["online"].as_bool(), told.name), (Some(true), Some(device.name.clone())));
        assert_eq!(told.gateway.map(|id| id.to_string()), device.gateway);
    }
    assert_eq!(serde_json::from_str::<serde_json::Value>(GONE).unwrap()["online"], false);
}
