//! What each kind of object says to the hub.

use chengshu_core::model::{BadName, Birth, Delivery, DeviceId, Event, Reading, Reason, Rejected, Severity, Timestamp};
use serde_json::{Map, Value, json};

use super::moment::{Moment, moment};
use super::states::{State, object_time};
use super::{Read, Reader};
use crate::codec::{Component, Frame, Label, Object, Objects, System, text};
use crate::json::hex;
use crate::memory::Subject;
use crate::names::{self, METRICS};
use crate::words::{
    Analog, COMPONENT_BITS, DEVICE_BITS, DEVICE_OPERATIONS, OPERATIONS, Operation, SYSTEM_BITS, analog,
};

/// What all objects of a frame share.
struct Ground<'a> {
    reader: &'a Reader,
    device: &'a DeviceId,
    address: [u8; 6],
    frame_time: Label,
    first: Timestamp,
}

pub(super) fn all(
    reader: &Reader,
    frame: &Frame<'_>,
    objects: &Objects<'_>,
    address: [u8; 6],
    device: &DeviceId,
    read: &mut Read,
) {
    let ground = Ground { reader, device, address, frame_time: frame.head.time, first: read.first };
    let out = &mut read.delivery;
    let mut states = Vec::new();
    for object in objects.iter() {
        if let Err(error) = ground.one(&object, &mut states, out) {
            let (reason, detail) = (Reason::BadName, error.to_string());
            out.rejected.push(Rejected { device: Some(device.clone()), metric: None, reason, detail });
        }
    }
    if !objects.extra.is_empty() {
        read.count = Some("extra_bytes");
    }
    if states.is_empty() {
        return;
    }
    let told: Vec<_> = states.iter().map(State::told).collect();
    let befores = reader.memory.before(frame.data, &told, read.first);
    for (state, before) in states.iter().zip(befores) {
        let (metrics, hint) = match state.subject {
            Subject::Device(..) => (&METRICS.device, None),
            Subject::System(..) => (&METRICS.system, Some(&METRICS.test_hint)),
            Subject::Component(..) => (&METRICS.component, Some(&METRICS.test_hint)),
        };
        state.readings(metrics, hint, &mut out.readings);
        state.events(before, &mut out.events);
    }
}

impl Ground<'_> {
    fn moment(&self, label: Option<Label>) -> Moment {
        moment(&self.reader.setup, label, self.frame_time, self.first)
    }

    fn one(&self, object: &Object<'_>, states: &mut Vec<State>, out: &mut Delivery) -> Result<(), BadName> {
        match object {
            Object::SystemState { system, state, time } => {
                let device = self.system(*system, out)?;
                let subject = Subject::System(self.address, [system.kind, system.address]);
                states.push(self.state(subject, device, *state, *time, &SYSTEM_BITS, Map::new()));
            }
            Object::ComponentState { component, state, text: bytes, time } => {
                let name = self.text(bytes);
                let device = self.component(component, Some(&name), out)?;
                let [a, b, c, d] = component.address;
                let System { kind, address } = component.system;
                let subject = Subject::Component(self.address, [kind, address, component.kind, a, b, c, d]);
                let mut detail = Map::new();
                if !name.is_empty() {
                    detail.insert("text".into(), name.into());
                }
                states.push(self.state(subject, device, *state, *time, &COMPONENT_BITS, detail));
            }
            Object::DeviceState { state, time } => {
                let subject = Subject::Device(self.address);
                let device = self.device.clone();
                states.push(self.state(subject, device, u16::from(*state), *time, &DEVICE_BITS, Map::new()));
            }
            Object::Analog { component, kind, raw, time } => {
                let device = self.component(component, None, out)?;
                match analog(*kind) {
                    Some(known) => self.analog(device, known, *raw, *time, out),
                    None => self.other(device, "vendor", json!({"analog_type": kind, "raw": raw}), *time, out),
                }
            }
            Object::Operation { system, flags, operator, time } => {
                let device = self.system(*system, out)?;
                self.operations(&device, &OPERATIONS, *flags, *operator, *time, out);
            }
            Object::DeviceOperation { flags, operator, time } => {
                self.operations(self.device, &DEVICE_OPERATIONS, *flags, *operator, *time, out);
            }
            Object::SystemVersion { system, version: [major, minor] } => {
                let device = self.system(*system, out)?;
                self.constant(device, "version", json!({"version": format!("{major}.{minor}")}), out);
            }
            Object::DeviceVersion { version: [major, minor] } => {
                self.constant(self.device.clone(), "version", json!({"version": format!("{major}.{minor}")}), out);
            }
            Object::SystemConfig { system, text } => {
                let device = self.system(*system, out)?;
                self.constant(device, "config", json!({"text": self.text(text)}), out);
            }
            Object::ComponentConfig { component, text } => {
                let name = self.text(text);
                let device = self.component(component, Some(&name), out)?;
                self.constant(device, "config", json!({"text": name}), out);
            }
            Object::DeviceConfig { text } => {
                self.constant(self.device.clone(), "config", json!({"text": self.text(text)}), out);
            }
            Object::SystemTime { system, time } => {
                let device = self.system(*system, out)?;
                out.events.extend(self.clock(device, *time));
            }
            Object::DeviceTime { time } => out.events.extend(self.clock(self.device.clone(), *time)),
            // questions, which a device does not ask
            Object::ReadSystem { .. }
            | Object::ReadComponent { .. }
            | Object::ReadOperations { .. }
            | Object::Reserved { .. }
            | Object::ReadDeviceOperations { .. }
            | Object::SetClock { .. }
            | Object::PostCheck { .. } => {}
        }
        Ok(())
    }

    fn text(&self, bytes: &[u8]) -> String {
        names::clean(&text(bytes, self.reader.setup.text_after_nul))
    }

    fn system(&self, system: System, out: &mut Delivery) -> Result<DeviceId, BadName> {
        let id = names::system(self.device, system)?;
        let kind = Some(self.reader.setup.system_kind.clone());
        let name = Some(names::system_name(system));
        out.births.push((id.clone(), Birth { kind, name, place: None, gateway: Some(self.device.clone()) }));
        Ok(id)
    }

    /// `name`: the text that came with it; none where no text belongs to the object.
    fn component(&self, one: &Component, name: Option<&str>, out: &mut Delivery) -> Result<DeviceId, BadName> {
        let id = names::component(self.device, one)?;
        let kind = Some(self.reader.setup.kind_of(one.kind).clone());
        let name = name.map(|name| if name.is_empty() { names::component_name(one) } else { name.to_owned() });
        out.births.push((id.clone(), Birth { kind, name, place: None, gateway: Some(self.device.clone()) }));
        Ok(id)
    }

    fn state(
        &self,
        subject: Subject,
        device: DeviceId,
        state: u16,
        time: Option<Label>,
        bits: &'static [crate::words::Bit],
        mut detail: Map<String, Value>,
    ) -> State {
        let Moment { at, refused } = self.moment(time);
        object_time(&mut detail, time.filter(|_| refused.is_some()));
        State { subject, device, state, at, bits, detail }
    }

    fn analog(&self, device: DeviceId, known: &Analog, raw: i16, time: Option<Label>, out: &mut Delivery) {
        let metric = METRICS.analog[usize::from(known.kind) - 1].clone();
        let Moment { at, refused } = self.moment(time);
        match refused {
            Some((reason, detail)) if self.reader.setup.reject_absurd_analog => {
                out.rejected.push(Rejected { device: Some(device), metric: Some(metric), reason, detail });
            }
            _ => out.readings.push(Reading::new(device, metric, at, known.value(raw))),
        }
    }

    fn operations(
        &self,
        device: &DeviceId,
        table: &[Operation],
        flags: u8,
        operator: u8,
        time: Option<Label>,
        out: &mut Delivery,
    ) {
        let Moment { at, refused } = self.moment(time);
        for row in table.iter().filter(|row| flags >> row.bit & 1 == 1) {
            let mut detail = Map::new();
            detail.insert("zh".into(), row.zh.into());
            detail.insert("en".into(), row.en.into());
            detail.insert("operator".into(), operator.into());
            object_time(&mut detail, time.filter(|_| refused.is_some()));
            out.events.push(Event {
                device: device.clone(),
                kind: row.event.to_owned(),
                at,
                severity: Some(row.severity),
                key: format!("{}-{operator}@{}", row.event, at.ms()),
                detail: Value::Object(detail).to_string(),
            });
        }
    }

    /// Something that stays the same until it is changed: its key is its content.
    fn constant(&self, device: DeviceId, kind: &str, detail: Value, out: &mut Delivery) {
        let at = self.moment(None).at;
        let detail = detail.to_string();
        let key = format!("{kind}:{detail}");
        out.events.push(event(device, kind, at, key.chars().take(200).collect(), detail));
    }

    fn other(&self, device: DeviceId, kind: &str, mut detail: Value, time: Option<Label>, out: &mut Delivery) {
        let Moment { at, refused } = self.moment(time);
        if let Some(map) = detail.as_object_mut() {
            object_time(map, time.filter(|_| refused.is_some()));
        }
        let key = format!("{kind}:{detail}@{}", at.ms());
        out.events.push(event(device, kind, at, key, detail.to_string()));
    }

    /// An event when a clock that was told is off by more than the setting.
    fn clock(&self, device: DeviceId, time: Option<Label>) -> Option<Event> {
        let label = time?;
        let off = label.timestamp().map(|at| at.since(self.first));
        if off.is_some_and(|off| off.abs() <= self.reader.setup.clock_off_ms) {
            return None;
        }
        Some(clock_off(device, label, self.first))
    }
}

fn event(device: DeviceId, kind: &str, at: Timestamp, key: String, detail: String) -> Event {
    Event { device, kind: kind.to_owned(), at, severity: Some(Severity::General), key, detail }
}

/// A device clock is wrong: both times.
pub(crate) fn clock_off(device: DeviceId, label: Label, received: Timestamp) -> Event {
    let told = label.timestamp();
    let detail = json!({
        "zh": "装置时钟偏差", "en": "Device clock is off",
        "send_time": label.text().unwrap_or_else(|| hex(&label.0)),
        "receive_time": received.to_rfc3339_local(),
        "off_ms": told.map(|at| at.since(received)),
    });
    let key = format!("clock_off@{}", received.ms());
    event(device, "clock_off", received, key, detail.to_string())
}
