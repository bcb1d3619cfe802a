//! How a simulated device obeys: its clock is set, its questions are answered from what it measured last, what it does
//! not know is denied.

use chengshu_core::model::Timestamp;

use super::Device;
use crate::codec::{App, Frame, Label, Object, Objects, System, app_data, command, text_bytes};

/// What is said back.
pub(super) enum Answer {
    Confirm,
    Data(Vec<u8>),
    Deny,
}

impl Device {
    pub(super) fn obey(&mut self, frame: &Frame<'_>, now: Timestamp) -> Answer {
        let Ok(App::Objects(objects)) = frame.app() else { return Answer::Deny };
        match frame.head.command {
            command::CONTROL => self.control(&objects, now),
            command::REQUEST => self.question(&objects, now).map_or(Answer::Deny, Answer::Data),
            _ => Answer::Deny,
        }
    }

    fn control(&mut self, objects: &Objects<'_>, now: Timestamp) -> Answer {
        match (objects.kind, objects.iter().next()) {
            (90, Some(Object::SetClock { time: Some(time), .. })) => {
                let Some(moment) = time.timestamp() else { return Answer::Deny };
                self.clock_off_ms = moment.since(now);
            }
            (91, Some(Object::PostCheck { .. })) => {
                self.duty = self.setup.duty_officer_ms.map(|ms| Timestamp::from_ms(now.ms() + ms));
            }
            (89, Some(_)) => {
                self.values = super::values::Values::new(&self.setup);
                self.operations.clear();
            }
            _ => return Answer::Deny,
        }
        Answer::Confirm
    }

    fn question(&self, objects: &Objects<'_>, now: Timestamp) -> Option<Vec<u8>> {
        let time = self.label(now);
        let setup = &self.setup;
        let has = |system: &System| setup.components.iter().any(|one| one.component.system == *system);
        let place = |system: System, address: [u8; 4]| {
            setup.components.iter().position(|one| one.component.system == system && one.component.address == address)
        };
        Some(match (objects.kind, objects.iter().next()?) {
            (61, Object::ReadSystem { system }) => self.values.system(setup, system, time)?,
            (62, Object::ReadComponent { system, address }) => {
                self.values.component(setup, place(system, address)?, time)
            }
            (63, Object::ReadComponent { system, address }) => {
                self.values.analogs(setup, place(system, address)?, time)?
            }
            (64, Object::ReadOperations { system, .. }) if has(&system) => app_data(4, []),
            (65, Object::ReadSystem { system }) if has(&system) => {
                app_data(5, [Object::SystemVersion { system, version: setup.software }])
            }
            (66, Object::ReadSystem { system }) if has(&system) => {
                app_data(6, [Object::SystemConfig { system, text: &text_bytes(&setup.config) }])
            }
            (67, Object::ReadComponent { system, address }) => {
                let one = &setup.components[place(system, address)?];
                let text = text_bytes(&one.text);
                app_data(7, [Object::ComponentConfig { component: one.component, text: &text }])
            }
            (68, Object::ReadSystem { system }) if has(&system) => {
                app_data(8, [Object::SystemTime { system, time: Some(time) }])
            }
            (81, _) => self.values.device(time),
            (84, Object::ReadDeviceOperations { count, time: since }) => {
                let since = since.and_then(Label::timestamp).unwrap_or(Timestamp::from_ms(0));
                let rows = self.operations.iter().filter(|(at, ..)| *at >= since).take(usize::from(count));
                app_data(24, rows.map(|(at, flags, operator)| device_operation(*flags, *operator, Label::of(*at))))
            }
            (85, _) => app_data(25, [Object::DeviceVersion { version: setup.software }]),
            (86, _) => app_data(26, [Object::DeviceConfig { text: &text_bytes(&setup.config) }]),
            (88, _) => app_data(28, [Object::DeviceTime { time: Some(time) }]),
            _ => return None,
        })
    }
}

/// One operation at the device (type 24).
pub(super) fn device_operation(flags: u8, operator: u8, time: Label) -> Object<'static> {
    Object::DeviceOperation { flags, operator, time: Some(time) }
}
