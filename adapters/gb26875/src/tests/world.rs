//! A conversation in a test: what it was told, what it wanted done.

use bytes::{Bytes, BytesMut};
use chengshu_core::model::{CommandId, Delivery, DeviceId, LinkId, Order, Progress, Timestamp};
use chengshu_core::seam::{NotDurable, Outcome};
use chengshu_line::{Act, Protocol, Talk, Token};
use serde_json::Value;

use crate::codec::{Frame, Head, Label, Scan, scan};
use crate::{Gb26875, Setup};

/// 2024-11-01 08:30:00 of China.
pub(super) const NOW: i64 = 1_730_421_000_000;
pub(super) const DEVICE: [u8; 6] = [0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A];
pub(super) const DEVICE_ID: &str = "GB-0F0E0D0C0B0A";
pub(super) const PLATFORM: [u8; 6] = [1, 0, 0, 0, 0, 0];

pub(super) fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(NOW + ms)
}

/// A frame of the device, sent at `ms` after [`NOW`] by its clock.
pub(super) fn frame(serial: u16, command: u8, data: &[u8], ms: i64) -> Vec<u8> {
    let time = Label::of(at(ms));
    Head { serial, version: [1, 7], time, source: DEVICE, destination: PLATFORM, command }.frame(data)
}

pub(super) fn line() -> Gb26875 {
    Gb26875::new(Setup::default(), LinkId::parse("gb26875:test").unwrap())
}

/// A conversation and everything that it wanted done.
pub(super) struct World {
    pub(super) talk: Box<dyn Talk>,
    pub(super) buffer: BytesMut,
    pub(super) now: Timestamp,
    pub(super) deliveries: Vec<(Token, Delivery)>,
    pub(super) sent: Vec<Bytes>,
    pub(super) counts: Vec<&'static str>,
    pub(super) speaks: Vec<DeviceId>,
    pub(super) progress: Vec<(i64, Progress)>,
    settled: usize,
}

impl World {
    pub(super) fn new(line: &Gb26875) -> Self {
        let talk = line.talk("10.0.0.7:5000".parse().unwrap(), "10.0.0.7:5000".into(), at(0));
        Self {
            talk,
            buffer: BytesMut::new(),
            now: at(0),
            deliveries: Vec::new(),
            sent: Vec::new(),
            counts: Vec::new(),
            speaks: Vec::new(),
            progress: Vec::new(),
            settled: 0,
        }
    }

    fn done(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Deliver { token, delivery, pictures } => {
                    assert!(pictures.is_empty());
                    self.deliveries.push((token, *delivery));
                }
                Act::Send(bytes) => self.sent.push(bytes),
                Act::Speaks(device) => self.speaks.push(device),
                Act::Progress(CommandId(id), progress) => self.progress.push((id, progress)),
                Act::Count(code) => self.counts.push(code),
                Act::Close(code, words) => panic!("{code}: {words}"),
            }
        }
    }

    pub(super) fn hear(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        let mut acts = Vec::new();
        self.talk.take(&mut self.buffer, self.now, &mut acts);
        self.done(acts);
    }

    pub(super) fn tick(&mut self, ms: i64) {
        self.now = at(ms);
        let mut acts = Vec::new();
        self.talk.tick(self.now, &mut acts);
        self.done(acts);
    }

    /// Settles all that has not been settled.
    pub(super) fn settle(&mut self, durable: bool) {
        while let Some((token, _)) = self.deliveries.get(self.settled) {
            let (token, result) = (*token, if durable { Ok(Outcome::default()) } else { Err(NotDurable) });
            self.settled += 1;
            let mut acts = Vec::new();
            self.talk.settled(token, result, self.now, &mut acts);
            self.done(acts);
        }
    }

    pub(super) fn order(&mut self, id: i64, name: &str, params: &Value) {
        let order = Order {
            id: CommandId(id),
            theme: chengshu_core::model::ThemeId::parse("water").unwrap(),
            device: DeviceId::parse(DEVICE_ID).unwrap(),
            name: name.to_owned(),
            params: params.as_object().unwrap().clone(),
            expires: at(3_600_000),
        };
        let mut acts = Vec::new();
        self.talk.order(&order, self.now, &mut acts);
        self.done(acts);
    }

    /// What was sent since the last time: serial and command, as `7:3`.
    pub(super) fn said(&mut self) -> Vec<String> {
        let sent = std::mem::take(&mut self.sent);
        sent.iter()
            .map(|bytes| parsed(bytes, |frame| format!("{}:{}", frame.head.serial, frame.head.command)))
            .collect()
    }

    /// Event kinds of all deliveries.
    pub(super) fn events(&self) -> Vec<&str> {
        self.deliveries.iter().flat_map(|(_, delivery)| &delivery.events).map(|event| event.kind.as_str()).collect()
    }
}

pub(super) fn parsed<T>(bytes: &[u8], of: impl Fn(&Frame<'_>) -> T) -> T {
    match scan(bytes) {
        Scan::Frame { skip: 0, len, frame } if len == bytes.len() => of(&frame),
        other => panic!("{other:?}"),
    }
}
