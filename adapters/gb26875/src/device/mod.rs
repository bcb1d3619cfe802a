//! A simulated transmission device (模拟用户信息传输装置): the device's side as the standard has it, for the demo, drills and
//! tests. Speaks real frames; knows no socket and no clock but what it is told.

mod answer;
mod setup;
mod values;

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};
use chengshu_core::model::Timestamp;
use chengshu_line::Instrument;

pub use setup::{DeviceComponent, DeviceSetup};

use crate::codec::{Head, Label, Scan, app_data, command, scan};
use answer::{Answer, device_operation};
use values::Values;

/// Unconfirmed reports that are kept; the oldest goes first, as in a device with little memory.
const KEPT: usize = 1000;
/// Operations that can be read back.
const OPERATIONS: usize = 100;

/// A report on its way.
#[derive(Debug)]
struct Report {
    serial: u16,
    bytes: Bytes,
    sent: u8,
    due: Timestamp,
}

/// A simulated device.
#[derive(Debug)]
pub struct Device {
    setup: DeviceSetup,
    values: Values,
    serial: u16,
    clock_off_ms: i64,
    reports: VecDeque<Report>,
    /// When the duty officer answers.
    duty: Option<Timestamp>,
    heartbeat: Timestamp,
    /// By its own clock: when, flags, operator.
    operations: VecDeque<(Timestamp, u8, u8)>,
}

impl Device {
    /// A device that has not connected yet.
    #[must_use]
    pub fn new(setup: DeviceSetup) -> Self {
        Self {
            values: Values::new(&setup),
            clock_off_ms: setup.clock_off_ms,
            setup,
            serial: 0,
            reports: VecDeque::new(),
            duty: None,
            heartbeat: Timestamp::from_ms(0),
            operations: VecDeque::new(),
        }
    }

    /// Somebody works its buttons: flags as in type 24, e.g. 1 reset, 2 mute, 32 answer to a post check.
    pub fn operate(&mut self, flags: u8, operator: u8, now: Timestamp) -> Vec<Bytes> {
        let at = self.clock(now);
        self.operations.push_front((at, flags, operator));
        self.operations.truncate(OPERATIONS);
        let data = app_data(24, [device_operation(flags, operator, Label::of(at))]);
        vec![self.send(&data, now)]
    }

    /// Its own clock's time.
    #[must_use]
    pub fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_ms(now.ms().saturating_add(self.clock_off_ms))
    }

    fn label(&self, now: Timestamp) -> Label {
        Label::of(self.clock(now))
    }

    fn head(&mut self, command: u8, now: Timestamp) -> Head {
        self.serial = self.serial.wrapping_add(1);
        Head {
            serial: self.serial,
            version: self.setup.version,
            time: self.label(now),
            source: self.setup.address,
            destination: self.setup.platform,
            command,
        }
    }

    /// Sends data that is kept until it is confirmed.
    fn send(&mut self, data: &[u8], now: Timestamp) -> Bytes {
        let head = self.head(command::SEND, now);
        let bytes = Bytes::from(head.frame(data));
        if self.reports.len() >= KEPT {
            self.reports.pop_front();
        }
        let due = Timestamp::from_ms(now.ms() + self.setup.timeout_ms);
        self.reports.push_back(Report { serial: head.serial, bytes: bytes.clone(), sent: 1, due });
        bytes
    }

    fn beat(&mut self, now: Timestamp) -> Bytes {
        self.heartbeat = Timestamp::from_ms(now.ms() + self.setup.heartbeat_ms);
        let data = self.values.device(self.label(now));
        self.head(command::SEND, now).frame(&data).into()
    }
}

impl Report {
    /// The same bytes once more. After the resends that the standard advises it pauses for a heartbeat.
    fn again(&mut self, setup: &DeviceSetup, now: Timestamp) -> Bytes {
        let pause = if self.sent > setup.resends { setup.heartbeat_ms } else { setup.timeout_ms };
        self.sent = if self.sent > setup.resends { 1 } else { self.sent + 1 };
        self.due = Timestamp::from_ms(now.ms() + pause);
        self.bytes.clone()
    }
}

impl Instrument for Device {
    fn connected(&mut self, now: Timestamp) -> Vec<Bytes> {
        let mut out = vec![self.beat(now)];
        for report in &mut self.reports {
            report.sent = 0;
            out.push(report.again(&self.setup, now));
        }
        out
    }

    fn report(&mut self, values: &[(&str, f64)], now: Timestamp) -> Vec<Bytes> {
        let changed = self.values.set(values);
        let data = self.values.tell(&self.setup, &changed, self.label(now));
        data.iter().map(|data| self.send(data, now)).collect()
    }

    fn hear(&mut self, buffer: &mut BytesMut, now: Timestamp) -> Vec<Bytes> {
        let mut out = Vec::new();
        loop {
            let taken = match scan(buffer) {
                Scan::Wait { skip } => {
                    buffer.advance(skip);
                    return out;
                }
                Scan::Refused { skip, len, .. } => skip + len,
                Scan::Frame { skip, len, frame } => {
                    let serial = frame.head.serial;
                    match frame.head.command {
                        command::CONFIRM => self.reports.retain(|report| report.serial != serial),
                        command::DENY => {
                            let denied = self.reports.iter_mut().find(|report| report.serial == serial);
                            out.extend(denied.map(|report| report.again(&self.setup, now)));
                        }
                        command::CONTROL | command::REQUEST => {
                            let (command, data) = match self.obey(&frame, now) {
                                Answer::Confirm => (command::CONFIRM, Vec::new()),
                                Answer::Data(data) => (command::ANSWER, data),
                                Answer::Deny => (command::DENY, Vec::new()),
                            };
                            out.push(frame.head.back(command, self.label(now)).frame(&data).into());
                        }
                        _ => {} // a platform does not send data
                    }
                    skip + len
                }
            };
            buffer.advance(taken);
        }
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Bytes> {
        let mut out = Vec::new();
        if now >= self.heartbeat {
            out.push(self.beat(now));
        }
        for report in self.reports.iter_mut().filter(|report| now >= report.due) {
            out.push(report.again(&self.setup, now));
        }
        if self.duty.is_some_and(|due| now >= due) {
            self.duty = None;
            out.extend(self.operate(1 << 5, 1, now));
        }
        out
    }

    fn unconfirmed(&self) -> usize {
        self.reports.len()
    }
}
