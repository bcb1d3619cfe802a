//! The simulated district without a broker: what the tests share, and what concerns the whole of it.
#![allow(clippy::unwrap_used, reason = "a test's helpers may")]

mod calm;
mod links;
mod register;
mod scripts;
mod values;

use chengshu_core::model::{Direction, Rule, Signal, Theme};

use crate::map::District;
use crate::plan::{SimDevice, plan};
use crate::script::Script;
use crate::sky::Day;
use crate::world::World;
use crate::{SimConfig, SimError, check};

/// A district that opens on a working morning.
fn district(count: usize, seed: u64) -> (Vec<SimDevice>, World) {
    on(count, seed, Day { starts_s: 9.0 * 3600.0, script: None })
}

fn on(count: usize, seed: u64, day: Day) -> (Vec<SimDevice>, World) {
    let district = District::load().unwrap();
    let devices = plan(&district, count, seed);
    let world = World::new(&devices, seed, day);
    (devices, world)
}

fn drill(count: usize, seed: u64, script: Script) -> (Vec<SimDevice>, World) {
    on(count, seed, Day { starts_s: 9.0 * 3600.0, script: Some(script) })
}

/// The themes that the simulated devices belong to.
fn themes() -> Vec<Theme> {
    let simulated = |theme: &Theme| ["water", "fire", "housing"].contains(&theme.id.as_str());
    chengshu_topics::load(None).into_iter().filter(simulated).collect()
}

fn theme_of<'a>(themes: &'a [Theme], device: &SimDevice) -> &'a Theme {
    themes.iter().find(|theme| theme.id.as_str() == device.kind.theme()).unwrap()
}

/// Which rules are raised on which device, by the themes' raise and clear values.
#[derive(Default)]
struct Alarms(std::collections::BTreeSet<(usize, String)>);

impl Alarms {
    /// Looks at everything that is measured now, rounded as it goes over the wire.
    fn look(&mut self, themes: &[Theme], devices: &[SimDevice], world: &World) {
        for (index, device) in devices.iter().enumerate() {
            let values = world.values(index);
            let rules = &theme_of(themes, device).rules;
            let about = |rule: &&Rule| rule.scope.kinds.iter().any(|kind| kind.as_str() == device.kind.id());
            for rule in rules.iter().filter(about) {
                let Signal::Value { metric } = &rule.signal else { continue };
                let found = values.iter().find(|(id, ..)| *id == metric.as_str());
                let Some((_, value, decimals)) = found else { continue };
                let value: f64 = format!("{value:.decimals$}").parse().unwrap();
                for step in &rule.steps {
                    let (raised, cleared) = match rule.direction {
                        Direction::Above => (value >= step.raise, value <= step.clear),
                        Direction::Below => (value <= step.raise, value >= step.clear),
                    };
                    let key = (index, rule.id.to_string());
                    if raised {
                        self.0.insert(key);
                    } else if cleared {
                        self.0.remove(&key);
                    }
                }
            }
        }
    }

    /// How many devices have this rule raised.
    fn of(&self, rule: &str) -> usize {
        self.0.iter().filter(|(_, raised)| raised == rule).count()
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
    let shown = format!("{:?}", SimConfig { password: "geheim".into(), ..SimConfig::default() });
    assert!(!shown.contains("geheim") && shown.contains("script: none"), "{shown}");
}
