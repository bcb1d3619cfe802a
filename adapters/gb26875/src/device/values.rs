//! What a simulated device measures: states and analog values by the hub's metric names, and the application data that
//! tells them.

use std::collections::{BTreeMap, BTreeSet};

use super::DeviceSetup;
use crate::codec::{Component, Label, Object, System, app_data, text_bytes};
use crate::words::{ANALOGS, Bit, COMPONENT_BITS, DEVICE_BITS, SYSTEM_BITS};

/// Objects that go into one frame of component states, and of analog values.
const COMPONENTS_EACH: usize = 20;
const ANALOGS_EACH: usize = 60;
const NORMAL: u16 = 1;

/// What it measured last.
#[derive(Debug)]
pub(super) struct Values {
    device: u8,
    /// System bits that are of no component: power, bus, mode.
    systems: BTreeMap<(u8, u8), u16>,
    components: Vec<u16>,
    analogs: BTreeMap<(usize, u8), i16>,
}

/// What a report changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    device: bool,
    systems: BTreeSet<(u8, u8)>,
    components: BTreeSet<usize>,
    analogs: BTreeSet<(usize, u8)>,
}

/// Bit 0 says normal operation; a device with anything to tell clears it, as the real ones do.
fn with_normal(bits: u16) -> u16 {
    if bits & !NORMAL == 0 { bits | NORMAL } else { bits & !NORMAL }
}

fn with_bit(state: u16, bit: u8, set: bool) -> u16 {
    let mask = 1 << bit;
    with_normal(if set { state | mask } else { state & !mask })
}

fn bit_of(table: &[Bit], metric: &str) -> Option<u8> {
    table.iter().find(|row| row.metric == metric).map(|row| row.bit)
}

impl Values {
    pub(super) fn new(setup: &DeviceSetup) -> Self {
        let systems = setup.components.iter().map(|one| one.component.system);
        Self {
            device: NORMAL as u8,
            systems: systems.map(|system| ((system.kind, system.address), NORMAL)).collect(),
            components: vec![NORMAL; setup.components.len()],
            analogs: BTreeMap::new(),
        }
    }

    /// Takes values by name; `fire@2` is that of the third component, `fire` that of the first. Names that nothing here
    /// measures are passed over.
    pub(super) fn set(&mut self, values: &[(&str, f64)]) -> Changed {
        let mut changed = Changed::default();
        for (name, value) in values {
            let (metric, at) = name.split_once('@').unwrap_or((name, "0"));
            let Ok(at) = at.parse::<usize>() else { continue };
            self.set_one(metric, at, *value, &mut changed);
        }
        changed
    }

    fn set_one(&mut self, metric: &str, at: usize, value: f64, changed: &mut Changed) {
        let set = value >= 0.5;
        if let (Some(state), Some(bit)) = (self.components.get_mut(at), bit_of(&COMPONENT_BITS, metric)) {
            *state = with_bit(*state, bit, set);
            changed.components.insert(at);
        } else if let (Some(state), "test_hint") = (self.components.get_mut(at), metric) {
            *state = if set { 0 } else { with_normal(*state) };
            changed.components.insert(at);
        } else if let Some(bit) = bit_of(&DEVICE_BITS, metric) {
            self.device = with_bit(u16::from(self.device), bit, set) as u8;
            changed.device = true;
        } else if let (Some((key, state)), Some(bit)) = (self.systems.iter_mut().next(), bit_of(&SYSTEM_BITS, metric)) {
            *state = with_bit(*state, bit, set);
            changed.systems.insert(*key);
        } else if let Some(known) = ANALOGS.iter().find(|row| row.metric == metric)
            && at < self.components.len()
            && let Some(raw) = known.raw(value)
        {
            self.analogs.insert((at, known.kind), raw);
            changed.analogs.insert((at, known.kind));
        }
    }

    /// The application data that tells what changed, by the device's clock.
    pub(super) fn tell(&self, setup: &DeviceSetup, changed: &Changed, time: Label) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if changed.device {
            out.push(self.device(time));
        }
        if !changed.systems.is_empty() {
            let systems = changed.systems.iter().map(|(kind, address)| System { kind: *kind, address: *address });
            out.push(app_data(1, systems.filter_map(|system| self.system_object(setup, system, time))));
        }
        let components: Vec<_> = changed.components.iter().copied().collect();
        for some in components.chunks(COMPONENTS_EACH) {
            out.push(self.component_states(setup, some, time));
        }
        let analogs: Vec<_> = changed.analogs.iter().copied().collect();
        for some in analogs.chunks(ANALOGS_EACH) {
            let objects = some.iter().filter_map(|key| self.analog_object(setup, *key, time));
            out.push(app_data(3, objects));
        }
        out
    }

    /// Its own state (type 21).
    pub(super) fn device(&self, time: Label) -> Vec<u8> {
        app_data(21, [Object::DeviceState { state: self.device, time: Some(time) }])
    }

    /// The state of a system: its own bits and those of its components.
    pub(super) fn system(&self, setup: &DeviceSetup, system: System, time: Label) -> Option<Vec<u8>> {
        self.system_object(setup, system, time).map(|object| app_data(1, [object]))
    }

    fn system_object(&self, setup: &DeviceSetup, system: System, time: Label) -> Option<Object<'static>> {
        let own = *self.systems.get(&(system.kind, system.address))?;
        let theirs = setup.components.iter().zip(&self.components).filter(|(one, _)| one.component.system == system);
        // bits 1 to 7 mean the same in both; above them a component has its own
        let state = theirs.fold(own, |sum, (_, state)| sum | state & 0xFE);
        Some(Object::SystemState { system, state: with_normal(state), time: Some(time) })
    }

    pub(super) fn component(&self, setup: &DeviceSetup, at: usize, time: Label) -> Vec<u8> {
        self.component_states(setup, &[at], time)
    }

    fn component_states(&self, setup: &DeviceSetup, some: &[usize], time: Label) -> Vec<u8> {
        let known = some.iter().filter_map(|at| Some((setup.components.get(*at)?, *self.components.get(*at)?)));
        let rows: Vec<_> = known.map(|(one, state)| (one.component, state, text_bytes(&one.text))).collect();
        app_data(
            2,
            rows.iter().map(|(component, state, text)| Object::ComponentState {
                component: *component,
                state: *state,
                text,
                time: Some(time),
            }),
        )
    }

    /// All analog values of a component; none where it has none.
    pub(super) fn analogs(&self, setup: &DeviceSetup, at: usize, time: Label) -> Option<Vec<u8>> {
        let keys = self.analogs.keys().filter(|(component, _)| *component == at);
        let objects: Vec<_> = keys.filter_map(|key| self.analog_object(setup, *key, time)).collect();
        (!objects.is_empty()).then(|| app_data(3, objects))
    }

    fn analog_object(&self, setup: &DeviceSetup, key: (usize, u8), time: Label) -> Option<Object<'static>> {
        let component: Component = setup.components.get(key.0)?.component;
        Some(Object::Analog { component, kind: key.1, raw: *self.analogs.get(&key)?, time: Some(time) })
    }
}
