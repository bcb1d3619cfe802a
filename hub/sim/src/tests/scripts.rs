//! Scripted days: each raises what it is about, begins after the first value, and ends.

use super::{Alarms, drill, themes};
use crate::script::Script;
use crate::world::World;

/// Raised alarms of a drill: the most of each rule within `hours`, then what is left two hours after its end.
fn course(script: Script) -> (impl Fn(&str) -> usize, Alarms) {
    let themes = themes();
    let (devices, mut world) = drill(200, 1, script);
    let mut active = Alarms::default();
    let mut most = std::collections::BTreeMap::<String, usize>::new();
    let mut pass = |world: &mut World, minutes: usize| {
        for _ in 0..minutes {
            world.step(60.0);
            active.look(&themes, &devices, world);
            for (_, rule) in &active.0 {
                let now = active.of(rule);
                let seen = most.entry(rule.clone()).or_default();
                *seen = (*seen).max(now);
            }
        }
    };
    pass(&mut world, 8 * 60);
    (move |rule: &str| most.get(rule).copied().unwrap_or_default(), active)
}

#[test]
fn a_storm_floods_streets_and_stops_the_cranes() {
    let (most, _) = course(Script::Storm);
    assert!(most("water.rain_3h_red") >= 10, "{}", most("water.rain_3h_red"));
    assert!(most("water.waterlogging_40") >= 3, "{}", most("water.waterlogging_40"));
    assert!(most("water.river_guarantee") >= 1);
    assert!(most("housing.crane_wind") == 8, "all of them: {}", most("housing.crane_wind"));
    assert!(most("housing.pit_wall_21") >= 1 && most("fire.main_power") >= 1);
    assert_eq!(most("housing.pm10_250"), 0);
}

#[test]
fn a_fire_is_one_building_and_not_the_town() {
    let (most, after) = course(Script::Fire);
    let smoke = most("fire.smoke_alarm");
    assert!((3..=12).contains(&smoke), "{smoke} smoke detectors");
    assert!(most("fire.residual_current_500") >= 1 && most("fire.cable_70") >= 1, "the cable knows first");
    assert!(most("fire.smoke_temperature") >= 1 && most("fire.gas_low") >= 1);
    assert!(after.of("fire.residual_current_500") == 0 && after.of("fire.smoke_temperature") == 0, "it burns out");
    assert_eq!(most("housing.crane_wind"), 0);
}

#[test]
fn a_dusty_day_is_dusty_everywhere_and_ends() {
    let (most, after) = course(Script::Dust);
    assert!(most("housing.pm10_150") >= 9, "{}", most("housing.pm10_150"));
    assert!(most("housing.pm10_250") >= 3, "{}", most("housing.pm10_250"));
    assert_eq!(most("housing.crane_wind"), 0);
    assert!(after.of("housing.pm10_250") == 0);
}

#[test]
fn a_sleeping_detector_wakes_when_it_burns() {
    let (devices, mut world) = drill(200, 1, Script::Fire);
    let awake = |world: &World| {
        let smoke = devices.iter().filter(|device| device.kind.id() == "smoke_detector");
        smoke.filter(|device| world.is_urgent(device.index)).count()
    };
    assert!(awake(&world) <= 1, "at most a smoker");
    world.step(1200.0);
    assert!(awake(&world) >= 3);
}

#[test]
fn a_script_is_a_word() {
    for script in [Script::Storm, Script::Fire, Script::Dust] {
        assert_eq!(script.to_string().parse::<Script>().unwrap(), script);
        assert!(script.strength(0.0) == 0.0 && script.strength(1e6) == 0.0, "{script} begins and ends");
        assert!(script.strength(2400.0) == 1.0);
    }
    let error = "strom".parse::<Script>().unwrap_err().to_string();
    assert_eq!(error, "the script is \"strom\"; expected storm, fire or dust");
}
