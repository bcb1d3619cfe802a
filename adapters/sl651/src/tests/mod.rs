//! Larger tests: the vectors, streams in pieces, whole conversations. Each gets all it needs as an argument; none waits.

mod commands;
mod properties;
mod readings;
mod sha256;
mod stream;
mod talk;
mod transfers;
mod vectors;

use bytes::{Bytes, BytesMut};
use chengshu_core::model::{Delivery, LinkId, Progress, Timestamp};
use chengshu_core::seam::{NotDurable, Outcome};
use chengshu_line::{Act, Acts, Instrument, Talk};
use serde_json::Value;

use crate::{DeviceSetup, Setup, Sl651, Sl651Device, Sl651Talk};

/// 2024-11-01 08:30:02 +08:00.
pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_730_421_002_000);

/// The lines of the vectors.
pub(crate) fn vectors() -> Vec<Value> {
    let text = include_str!("../../vectors/sl651.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The bytes of a vector of one frame.
pub(crate) fn vector(name: &str) -> Vec<u8> {
    let found = vectors().into_iter().find(|vector| vector["name"] == name).unwrap();
    bytes(found["hex"].as_str().unwrap())
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let mut out = vec![0; hex.len() / 2];
    assert!(crate::codec::digits::hex_bytes(hex.as_bytes(), &mut out), "{hex}");
    out
}

pub(crate) fn after(ms: i64) -> Timestamp {
    Timestamp::from_ms(NOW.ms() + ms)
}

pub(crate) fn link() -> LinkId {
    LinkId::parse("sl651:test").unwrap()
}

pub(crate) fn protocol() -> Sl651 {
    Sl651::new(Setup::default(), link())
}

pub(crate) fn take(talk: &mut Sl651Talk, bytes: &[u8], now: Timestamp) -> Acts {
    let (mut buffer, mut acts) = (BytesMut::from(bytes), Acts::new());
    talk.take(&mut buffer, now, &mut acts);
    acts
}

/// Makes all deliveries durable; what is sent then comes back with what was sent at once.
pub(crate) fn settle(talk: &mut Sl651Talk, acts: Acts, now: Timestamp) -> Seen {
    let mut seen = Seen::default();
    seen.add(acts);
    for token in std::mem::take(&mut seen.tokens) {
        let mut acts = Acts::new();
        talk.settled(token, Ok(Outcome::default()), now, &mut acts);
        seen.add(acts);
    }
    seen
}

pub(crate) fn fail(talk: &mut Sl651Talk, acts: Acts, now: Timestamp) -> Seen {
    let mut seen = Seen::default();
    seen.add(acts);
    for token in std::mem::take(&mut seen.tokens) {
        let mut acts = Acts::new();
        talk.settled(token, Err(NotDurable), now, &mut acts);
        seen.add(acts);
    }
    seen
}

/// Acts, sorted by kind.
#[derive(Default)]
pub(crate) struct Seen {
    tokens: Vec<u64>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) pictures: Vec<Bytes>,
    pub(crate) sent: Vec<Bytes>,
    pub(crate) speaks: Vec<String>,
    pub(crate) counts: Vec<&'static str>,
    pub(crate) progress: Vec<Progress>,
}

impl Seen {
    pub(crate) fn add(&mut self, acts: Acts) {
        for act in acts {
            match act {
                Act::Deliver { token, delivery, pictures } => {
                    self.tokens.push(token);
                    self.deliveries.push(*delivery);
                    self.pictures.extend(pictures.into_iter().map(|picture| picture.bytes));
                }
                Act::Send(bytes) => self.sent.push(bytes),
                Act::Speaks(device) => self.speaks.push(device.to_string()),
                Act::Count(code) => self.counts.push(code),
                Act::Progress(_, progress) => self.progress.push(progress),
                Act::Close(code, words) => panic!("{code}: {words}"),
            }
        }
    }
}

/// A station and the platform, wired together.
pub(crate) struct Pair {
    pub(crate) device: Sl651Device,
    pub(crate) talk: Sl651Talk,
}

impl Pair {
    pub(crate) fn new(setup: DeviceSetup) -> Self {
        Self { device: Sl651Device::new(setup), talk: protocol().begin("pair".into()) }
    }

    /// Carries everything to and fro until both are silent.
    pub(crate) fn exchange(&mut self, up: Vec<Bytes>, now: Timestamp) -> Seen {
        let mut all = Seen::default();
        let mut up = up;
        while !up.is_empty() {
            let acts = take(&mut self.talk, &up.concat(), now);
            let mut seen = settle(&mut self.talk, acts, now);
            let mut down = BytesMut::new();
            seen.sent.iter().for_each(|bytes| down.extend_from_slice(bytes));
            up = self.device.hear(&mut down, now);
            all.deliveries.append(&mut seen.deliveries);
            all.pictures.append(&mut seen.pictures);
            all.sent.append(&mut seen.sent);
            all.speaks.append(&mut seen.speaks);
            all.counts.append(&mut seen.counts);
            all.progress.append(&mut seen.progress);
        }
        all
    }
}
