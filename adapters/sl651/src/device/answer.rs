//! What a station answers to commands, from what it last measured and how it is configured. Obeys what changes it: clock,
//! password, configuration.

use std::collections::BTreeMap;

use bytes::Bytes;
use chengshu_core::model::Timestamp;

use super::{DeviceSetup, Sl651Device, values};
use crate::codec::digits::hex_bytes;
use crate::codec::{Form, Frame, Group, Id, Message, Stamp, put};
use crate::explain::show::known;

type Config = BTreeMap<(bool, u8), (u8, Vec<u8>)>;

/// What a station comes with.
pub(super) fn config(setup: &DeviceSetup) -> Config {
    let item = |run: bool, id: u8, def: u8, data: &[u8]| ((run, id), (def, data.to_vec()));
    [
        item(false, 0x01, 0x20, &[setup.center, 0, 0, 0]),
        item(false, 0x02, 0x28, &setup.station.0),
        item(false, 0x03, 0x10, &setup.password),
        item(false, 0x0C, 0x08, &[0x02]),
        item(false, 0x0D, 0x40, &[0x80, 0x01, 0, 0, 0, 0, 0, 0]),
        item(true, 0x20, 0x08, &[0x01]),
        item(true, 0x21, 0x08, &[0x05]),
        item(true, 0x22, 0x08, &[0x08]),
        item(true, 0x23, 0x10, &[0x03, 0x00]),
        item(true, 0x24, 0x08, &[0x05]),
        item(true, 0x25, 0x09, &[0x10]),
        item(true, 0x26, 0x09, &[0x10]),
        item(true, 0x27, 0x08, &[0x02]),
        item(true, 0x28, 0x23, &[0x00, 0x00, 0x00, 0x00]),
        item(true, 0x30, 0x1B, &[0x00, 0x00, 0x00]),
        item(true, 0x38, 0x12, &[0x05, 0x00]),
        item(true, 0x40, 0x12, &[0x00, 0x03]),
        item(true, 0x41, 0x12, &[0x00, 0x20]),
    ]
    .into()
}

impl Sl651Device {
    pub(super) fn answer(&mut self, frame: &Frame<'_>, now: Timestamp) -> Vec<Bytes> {
        let message = Message::of(frame);
        let groups: Vec<Group<'_>> = message.groups(self.asking).map_while(Result::ok).collect();
        let mut body = Vec::new();
        if matches!(frame.function, 0x37 | 0x38 | 0x3A | 0x44) {
            self.measured(frame.function, &groups, now, &mut body);
        } else {
            put::station(self.setup.form, self.setup.station, None, &mut body);
            self.configured(frame, &groups, now, &mut body);
        }
        if self.reports.iter().any(|report| report.function == frame.function) {
            self.reports.retain(|report| report.function != frame.function); // asked again: the older answer is void
        }
        self.serial = self.serial.checked_add(1).unwrap_or(1);
        let frames = self.frames(frame.function, self.serial, &body, now);
        if frame.function == 0x49 {
            self.change_password(&groups);
        }
        frames
    }

    fn measured(&self, function: u8, groups: &[Group<'_>], now: Timestamp, body: &mut Vec<u8>) {
        let asked: Vec<&str> = groups
            .iter()
            .filter_map(|group| match group {
                Group::Asked(id, _) => known(*id).map(|element| element.metric),
                _ => None,
            })
            .collect();
        let from = groups.iter().find_map(|group| match group {
            Group::Period(from, _) => from.moment(),
            _ => None,
        });
        put::station(self.setup.form, self.setup.station, Some(self.setup.class), body);
        match (function, from) {
            (0x38, Some(from)) => {
                // it stores no history: the last value stands for the beginning of the period
                put::observed(self.setup.form, Stamp::from_moment(from, 5), body);
                let step =
                    groups.iter().find_map(|group| if let Group::Step(step) = group { Some(*step) } else { None });
                step.into_iter().for_each(|step| put::step(self.setup.form, step, body));
            }
            _ => put::observed(self.setup.form, Stamp::from_moment(self.clock(now), 5), body),
        }
        let all = function == 0x37;
        let values = self.values.iter().map(|(metric, value)| (metric.as_str(), *value));
        values::put_values(self.setup.form, values.filter(|(metric, _)| all || asked.contains(metric)), body);
    }

    fn configured(&mut self, frame: &Frame<'_>, groups: &[Group<'_>], now: Timestamp, body: &mut Vec<u8>) {
        let run = matches!(frame.function, 0x42 | 0x43);
        match frame.function {
            0x40 | 0x42 => {
                for group in groups {
                    if let Group::Config { id: Id::Code(code), def, data } = group {
                        self.config.insert((run, *code as u8), (*def, data.to_vec()));
                        put::lead(Id::Code(*code), Some(*def), body);
                        body.extend_from_slice(data);
                    }
                }
            }
            0x41 | 0x43 => {
                for group in groups {
                    if let Group::Asked(id, _) = group {
                        self.put_config(run, *id, body);
                    }
                }
            }
            0x45 => {
                let text: Vec<u8> = self.setup.version.bytes().take(255).collect();
                body.push(text.len() as u8);
                body.extend_from_slice(&text);
            }
            0x46 => {
                let bits = self.values.iter().map(|(metric, value)| (metric.as_str(), *value));
                let bits = bits.filter(|(metric, _)| crate::words::by_metric(metric).is_none());
                values::put_values(self.setup.form, bits.chain([("mains_off", self.mains_off())]), body);
            }
            0x4A => self.set_clock(frame, now),
            0x49 => {
                if let Some(Group::Config { data, .. }) = groups.last() {
                    put::lead(Id::Code(0x03), Some(0x10), body);
                    body.extend_from_slice(data);
                }
            }
            0x4C..=0x4F => {
                if let Some(Group::Rest(data)) = groups.last() {
                    body.extend_from_slice(data);
                }
            }
            0x50 => body.extend_from_slice(&[0; 64]),
            _ => {}
        }
    }

    fn mains_off(&self) -> f64 {
        self.values.get("mains_off").copied().unwrap_or_default()
    }

    fn put_config(&self, run: bool, id: Id<'_>, body: &mut Vec<u8>) {
        let code = match id {
            Id::Code(code) => u8::try_from(code).ok(),
            Id::Name(name) => {
                let mut code = [0];
                hex_bytes(name, &mut code).then_some(code[0])
            }
        };
        let Some((def, data)) = code.and_then(|code| self.config.get(&(run, code))) else { return };
        match self.setup.form {
            Form::Hex => {
                put::lead(id, Some(*def), body);
                body.extend_from_slice(data);
            }
            Form::Ascii => {
                put::lead(id, None, body);
                body.extend_from_slice(crate::codec::digits::hex_text(data).as_bytes());
                body.push(b' ');
            }
        }
    }

    /// The time of sending is the time to set.
    fn set_clock(&mut self, frame: &Frame<'_>, now: Timestamp) {
        if let Some(sent) = frame.head().and_then(|head| head.sent.moment()) {
            self.clock_off_ms = sent.since(now);
        }
    }

    fn change_password(&mut self, groups: &[Group<'_>]) {
        if let [Group::Config { data: old, .. }, Group::Config { data: [a, b], .. }] = groups
            && *old == self.setup.password
        {
            self.setup.password = [*a, *b];
        }
    }
}
