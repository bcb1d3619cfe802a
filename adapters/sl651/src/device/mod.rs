//! A simulated telemetry station (模拟遥测站) for demo, drills and tests. It speaks as the standard says: serials, resends
//! with the same serial, packets, answers to commands from what it last measured. Random in nothing.

mod answer;
mod values;

use std::collections::{BTreeMap, VecDeque};

use bytes::{Buf, Bytes, BytesMut};
use chengshu_core::model::Timestamp;
use chengshu_line::Instrument;

use crate::codec::{Asking, Direction, End, Form, Frame, Packet, Scan, Stamp, Station, put, scan};

/// How a simulated station is set up.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceSetup {
    /// Its address.
    pub station: Station,
    /// Its class byte, e.g. `b'H'`.
    pub class: u8,
    /// The centre that it reports to.
    pub center: u8,
    /// Its password.
    pub password: [u8; 2],
    /// How it writes.
    pub form: Form,
    /// Interval of link keeps, s; 0: none. The standard: 1–255, 40 advised.
    pub keep_s: u32,
    /// A report without confirmation is sent again after so long, ms. `[M]` 10 s.
    pub resend_ms: i64,
    /// How often on one connection. The standard: at most 2.
    pub resends: u32,
    /// Unconfirmed reports that it keeps; the oldest gives way, as in a station's ring store.
    pub store_max: usize,
    /// Bytes of a body's part in a multi-packet transfer.
    pub packet_bytes: usize,
    /// Its clock minus the right one, ms.
    pub clock_off_ms: i64,
    /// Answered to 45.
    pub version: String,
}

impl Default for DeviceSetup {
    fn default() -> Self {
        Self {
            station: Station([0x44, 0x17, 0x02, 0x00, 0x01]),
            class: b'H',
            center: 5,
            password: [0x03, 0xE8],
            form: Form::Hex,
            keep_s: 40,
            resend_ms: 10_000,
            resends: 2,
            store_max: 1000,
            packet_bytes: 1024,
            clock_off_ms: 0,
            version: "Chengshu-RTU 1.0".to_owned(),
        }
    }
}

/// A report that waits for its confirmation.
#[derive(Debug, Clone)]
struct Report {
    function: u8,
    serial: u16,
    frames: Vec<Bytes>,
    sent: Option<Timestamp>,
    tries: u32,
}

/// A simulated station.
#[derive(Debug)]
pub struct Sl651Device {
    setup: DeviceSetup,
    serial: u16,
    reports: VecDeque<Report>,
    /// What it last measured, by metric.
    values: BTreeMap<String, f64>,
    /// Configuration by table (run or not) and identifier: definition byte and data.
    config: BTreeMap<(bool, u8), (u8, Vec<u8>)>,
    clock_off_ms: i64,
    kept: Option<Timestamp>,
    asking: Asking,
}

impl Sl651Device {
    /// A station that has measured nothing yet.
    #[must_use]
    pub fn new(setup: DeviceSetup) -> Self {
        let clock_off_ms = setup.clock_off_ms;
        let config = answer::config(&setup);
        Self {
            setup,
            serial: 0,
            reports: VecDeque::new(),
            values: BTreeMap::new(),
            config,
            clock_off_ms,
            kept: None,
            asking: Asking::default(),
        }
    }

    /// Its clock at `now`.
    #[must_use]
    pub fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_ms(now.ms().saturating_add(self.clock_off_ms))
    }

    /// Reports with a function of the caller's choice: 30 test, 32 timed, 33 added.
    pub fn report_as(&mut self, function: u8, values: &[(&str, f64)], now: Timestamp) -> Vec<Bytes> {
        for (metric, value) in values {
            self.values.insert((*metric).to_owned(), *value);
        }
        let mut body = Vec::with_capacity(96);
        self.begin(now, &mut body);
        values::put_values(self.setup.form, values.iter().copied(), &mut body);
        self.send_report(function, body, now)
    }

    /// Reports one hour (34): five-minute rain in mm, none where nothing was measured. `hour` is its beginning.
    pub fn report_hour(&mut self, hour: Timestamp, rain_mm: &[Option<f64>; 12], now: Timestamp) -> Vec<Bytes> {
        let mut body = Vec::with_capacity(64);
        put::station(self.setup.form, self.setup.station, Some(self.setup.class), &mut body);
        let first = Timestamp::from_ms(hour.ms().saturating_add(300_000));
        put::observed(self.setup.form, Stamp::from_moment(first, 5), &mut body);
        values::put_rain(self.setup.form, rain_mm, &mut body);
        self.send_report(0x34, body, now)
    }

    /// Sends a picture (36) in packets.
    pub fn picture(&mut self, jpeg: &[u8], now: Timestamp) -> Vec<Bytes> {
        let mut body = Vec::with_capacity(jpeg.len() + 24);
        self.begin(now, &mut body);
        match self.setup.form {
            Form::Hex => body.extend_from_slice(&[0xF3, 0xF3]),
            Form::Ascii => body.extend_from_slice(b"PIC "),
        }
        body.extend_from_slice(jpeg);
        self.send_report(0x36, body, now)
    }

    fn begin(&self, now: Timestamp, body: &mut Vec<u8>) {
        put::station(self.setup.form, self.setup.station, Some(self.setup.class), body);
        put::observed(self.setup.form, Stamp::from_moment(self.clock(now), 5), body);
    }

    /// Queues a report under a new serial. One at a time is under way: the next goes out when it is confirmed.
    fn send_report(&mut self, function: u8, groups: Vec<u8>, now: Timestamp) -> Vec<Bytes> {
        self.serial = self.serial.checked_add(1).unwrap_or(1);
        let frames = self.frames(function, self.serial, &groups, now);
        if self.reports.len() >= self.setup.store_max.max(1) {
            self.reports.pop_front();
        }
        self.reports.push_back(Report { function, serial: self.serial, frames, sent: None, tries: 0 });
        self.next_report(now)
    }

    fn next_report(&mut self, now: Timestamp) -> Vec<Bytes> {
        let due = self.setup.resend_ms;
        let busy = self.reports.iter().any(|r| r.sent.is_some_and(|at| now.since(at) < due));
        if busy {
            return Vec::new();
        }
        let report = self.reports.iter_mut().find(|report| report.tries <= self.setup.resends);
        let Some(report) = report else { return Vec::new() };
        report.sent = Some(now);
        report.tries += 1;
        report.frames.clone()
    }

    /// The frames of a body: one, or packets when it is long.
    fn frames(&self, function: u8, serial: u16, groups: &[u8], now: Timestamp) -> Vec<Bytes> {
        let mut body = Vec::with_capacity(groups.len() + 16);
        put::head(self.setup.form, serial, Stamp::from_moment(self.clock(now), 6), &mut body);
        body.extend_from_slice(groups);
        let size = self.setup.packet_bytes.clamp(64, 4000);
        let total = body.len().div_ceil(size).min(4095) as u16;
        if total <= 1 {
            return self.frame(function, None, &body, End::Etx).into_iter().collect();
        }
        let parts = body.chunks(size).zip(1..=total);
        parts
            .filter_map(|(part, number)| {
                let end = if number == total { End::Etx } else { End::Etb };
                self.frame(function, Some(Packet { total, number }), part, end)
            })
            .collect()
    }

    fn frame(&self, function: u8, packet: Option<Packet>, body: &[u8], end: End) -> Option<Bytes> {
        let frame = Frame {
            form: self.setup.form,
            direction: Direction::Up,
            center: self.setup.center,
            station: self.setup.station,
            password: self.setup.password,
            function,
            length: 0,
            packet,
            body,
            end,
            crc: 0,
        };
        frame.encode().ok().map(Bytes::from)
    }

    fn link_keep(&mut self, now: Timestamp) -> Option<Bytes> {
        self.kept = Some(now);
        let mut body = Vec::with_capacity(16);
        put::head(self.setup.form, self.serial.max(1), Stamp::from_moment(self.clock(now), 6), &mut body);
        self.frame(0x2F, None, &body, End::Etx)
    }

    fn heard(&mut self, frame: &Frame<'_>, now: Timestamp) -> Vec<Bytes> {
        if frame.direction == Direction::Up || frame.station != self.setup.station {
            return Vec::new();
        }
        match (frame.end, frame.packet, frame.head()) {
            (End::Eot | End::Esc, _, Some(head)) => {
                self.reports.retain(|r| r.function != frame.function || r.serial != head.serial);
                self.next_report(now)
            }
            (End::Nak, Some(packet), _) => self.again(frame.function, packet),
            (End::Enq, ..) if frame.password == self.setup.password => self.answer(frame, now),
            _ => Vec::new(),
        }
    }

    /// One packet again, ended by ETX.
    fn again(&self, function: u8, packet: Packet) -> Vec<Bytes> {
        let report =
            self.reports.iter().find(|r| r.function == function && r.frames.len() == usize::from(packet.total));
        let raw = report.and_then(|report| report.frames.get(usize::from(packet.number).checked_sub(1)?));
        let Some(Scan::Frame { frame, .. }) = raw.map(|raw| scan(raw)) else { return Vec::new() };
        Frame { end: End::Etx, ..frame }.encode().ok().map(Bytes::from).into_iter().collect()
    }
}

impl Instrument for Sl651Device {
    fn connected(&mut self, now: Timestamp) -> Vec<Bytes> {
        for report in &mut self.reports {
            report.sent = None;
            report.tries = 0;
        }
        let mut out: Vec<Bytes> = Vec::new();
        if self.setup.keep_s > 0 {
            out.extend(self.link_keep(now));
        }
        out.extend(self.next_report(now));
        out
    }

    fn report(&mut self, values: &[(&str, f64)], now: Timestamp) -> Vec<Bytes> {
        self.report_as(0x32, values, now)
    }

    fn hear(&mut self, buffer: &mut BytesMut, now: Timestamp) -> Vec<Bytes> {
        let mut out = Vec::new();
        loop {
            let eaten = match scan(buffer) {
                Scan::Frame { skip, len, frame } => {
                    out.extend(self.heard(&frame, now));
                    skip + len
                }
                Scan::Refused { skip, len, .. } => skip + len, // not answered: the centre asks again
                Scan::Wait { skip } => {
                    buffer.advance(skip);
                    return out;
                }
            };
            buffer.advance(eaten);
        }
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Bytes> {
        let mut out = self.next_report(now);
        let due = i64::from(self.setup.keep_s) * 1000;
        if due > 0 && self.kept.is_some_and(|kept| now.since(kept) >= due) {
            out.extend(self.link_keep(now));
        }
        out
    }

    fn unconfirmed(&self) -> usize {
        self.reports.len()
    }
}
