//! What is measured: reproducible, and inside the ranges of the instruments, whatever the day.

use chengshu_core::model::{KindId, MetricId, Timestamp};
use proptest::prelude::*;

use super::{on, theme_of, themes};
use crate::payload::telemetry;
use crate::script::Script;
use crate::sky::Day;
use crate::world::World;

fn any_day() -> impl Strategy<Value = Day> {
    let script = prop::sample::select(vec![None, Some(Script::Storm), Some(Script::Fire), Some(Script::Dust)]);
    (0.0_f64..4e9, script).prop_map(|(starts_s, script)| Day { starts_s, script })
}

fn everything(world: &World, count: usize) -> String {
    (0..count).map(|index| telemetry(Timestamp::from_ms(0), &world.values(index))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_same_seed_gives_the_same_series(
        seed in any::<u64>(), day in any_day(), steps in prop::collection::vec(0.1_f64..900.0, 1..12),
    ) {
        let series = || {
            let (_, mut world) = on(200, seed, day);
            steps.iter().map(|dt| { world.step(*dt); everything(&world, 200) }).collect::<Vec<_>>()
        };
        prop_assert_eq!(series(), series());
    }

    #[test]
    fn values_lie_in_the_ranges_of_the_themes(seed in any::<u64>(), day in any_day(), speed in 0.1_f64..3600.0) {
        let themes = themes();
        let (devices, mut world) = on(200, seed, day);
        for _ in 0..30 {
            world.step(speed);
            for (index, device) in devices.iter().enumerate() {
                let kind = theme_of(&themes, device).kind(&KindId::parse(device.kind.id()).unwrap()).unwrap();
                for (metric, value, decimals) in world.values(index) {
                    let known = kind.metric(&MetricId::parse(metric).unwrap()).unwrap();
                    prop_assert_eq!(usize::from(known.precision), decimals, "{}", metric);
                    let range = known.min.unwrap()..=known.max.unwrap();
                    prop_assert!(range.contains(&value), "{} {} {}", device.id, metric, value);
                }
            }
        }
    }
}

#[test]
fn another_seed_is_another_district() {
    let day = Day::default();
    assert_ne!(everything(&on(40, 1, day).1, 40), everything(&on(40, 2, day).1, 40));
}

#[test]
fn sites_work_by_day_and_are_judged_by_the_hour() {
    let at = |hour: f64| on(2000, 1, Day { starts_s: hour * 3600.0, script: None });
    let mean = |hour: f64, kind: &str, metric: &str| {
        let (devices, world) = at(hour);
        let of_it = devices.iter().filter(|device| device.kind.id() == kind);
        let values: Vec<f64> = of_it
            .map(|device| world.values(device.index).into_iter().find(|(id, ..)| *id == metric).unwrap().1)
            .collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    assert!(mean(11.0, "dust_station", "pm10") > mean(5.0, "dust_station", "pm10") + 20.0);
    assert!(mean(11.0, "noise_station", "laeq") > mean(5.0, "noise_station", "laeq") + 12.0);
    // Almost the same sound at both, but another limit.
    let (before, after) = (mean(21.9, "noise_station", "over_limit"), mean(22.1, "noise_station", "over_limit"));
    assert!(after > before + 8.0, "{before} → {after}");
}
