//! A line in a test: a talk of the platform, whose acts are done at once or as the test says. The clock is a number.

use bytes::{Bytes, BytesMut};
use chengshu_core::model::{CommandId, Delivery, DeviceId, LinkId, Order, Progress, Timestamp};
use chengshu_core::seam::{NotDurable, Outcome};
use chengshu_line::{Act, Instrument, Protocol, Talk, Token};
use serde_json::Value;

use crate::codec::{Head, build};
use crate::{DataLogger, Hj212, Setup};

pub(super) const NOW: Timestamp = Timestamp::from_ms(1_795_336_920_000); // 2026-11-22T16:42:00+08:00
pub(super) const MN: &str = "010000A8900016F000169DC0";

pub(super) struct Line {
    pub(super) talk: Box<dyn Talk>,
    buffer: BytesMut,
    pub(super) now: Timestamp,
    /// Whether what is handed over becomes durable by itself.
    pub(super) durable: bool,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) tokens: Vec<Token>,
    pub(super) sent: Vec<Bytes>,
    pub(super) counts: Vec<&'static str>,
    pub(super) speaks: Vec<String>,
    pub(super) progress: Vec<Progress>,
    pub(super) closed: Option<&'static str>,
}

pub(super) fn hj212(setup: Setup) -> Hj212 {
    Hj212::new(setup, LinkId::parse("hj212:test").unwrap())
}

impl Line {
    pub(super) fn new(protocol: &Hj212) -> Self {
        let talk = protocol.talk(([10, 0, 0, 7], 4000).into(), "10.0.0.7:4000".into(), NOW);
        Self {
            talk,
            buffer: BytesMut::new(),
            now: NOW,
            durable: true,
            deliveries: Vec::new(),
            tokens: Vec::new(),
            sent: Vec::new(),
            counts: Vec::new(),
            speaks: Vec::new(),
            progress: Vec::new(),
            closed: None,
        }
    }

    pub(super) fn plain() -> Self {
        Self::new(&hj212(Setup::default()))
    }

    pub(super) fn hears(&mut self, bytes: &[u8]) -> &mut Self {
        self.buffer.extend_from_slice(bytes);
        let mut acts = Vec::new();
        self.talk.take(&mut self.buffer, self.now, &mut acts);
        self.acts(acts);
        self
    }

    pub(super) fn left(&self) -> usize {
        self.buffer.len()
    }

    pub(super) fn settle(&mut self, token: Token, result: Result<Outcome, NotDurable>) {
        let mut acts = Vec::new();
        self.talk.settled(token, result, self.now, &mut acts);
        self.acts(acts);
    }

    pub(super) fn later(&mut self, ms: i64) -> &mut Self {
        self.now = Timestamp::from_ms(self.now.ms() + ms);
        let mut acts = Vec::new();
        self.talk.tick(self.now, &mut acts);
        self.acts(acts);
        self
    }

    pub(super) fn order(&mut self, name: &str, params: Value) {
        let device = DeviceId::parse(&format!("HJ-{MN}")).unwrap();
        let (id, params) = (CommandId(1), params.as_object().unwrap().clone());
        let expires = Timestamp::from_ms(self.now.ms() + 300_000);
        let mut acts = Vec::new();
        self.talk.order(
            &Order {
                id,
                theme: chengshu_core::model::ThemeId::parse("water").unwrap(),
                device,
                name: name.to_owned(),
                params,
                expires,
            },
            self.now,
            &mut acts,
        );
        self.acts(acts);
    }

    fn acts(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Deliver { token, delivery, .. } => {
                    self.deliveries.push(*delivery);
                    if self.durable {
                        self.settle(token, Ok(Outcome::default()));
                    } else {
                        self.tokens.push(token);
                    }
                }
                Act::Send(bytes) => self.sent.push(bytes),
                Act::Speaks(device) => self.speaks.push(device.to_string()),
                Act::Progress(_, progress) => self.progress.push(progress),
                Act::Count(code) => self.counts.push(code),
                Act::Close(code, _) => self.closed = Some(code),
            }
        }
    }

    /// What has been sent since the last time, as (CN, CP).
    pub(super) fn take_sent(&mut self) -> Vec<(String, String)> {
        self.sent.drain(..).map(|bytes| told(&bytes)).collect()
    }

    /// Both sides speak until neither has more to say.
    pub(super) fn exchange(&mut self, logger: &mut DataLogger, first: Vec<Bytes>) {
        let mut up = first;
        for _ in 0..1000 {
            for bytes in up.drain(..) {
                self.hears(&bytes);
            }
            let mut down: BytesMut = self.sent.drain(..).flatten().collect();
            if down.is_empty() {
                return;
            }
            up = logger.hear(&mut down, self.now);
            assert!(down.is_empty());
        }
        panic!("they never stop");
    }

    pub(super) fn values(&self) -> Vec<(String, f64)> {
        let readings = self.deliveries.iter().flat_map(|delivery| &delivery.readings);
        readings.map(|reading| (reading.metric.to_string(), reading.value)).collect()
    }
}

/// CN and CP of a frame.
pub(super) fn told(bytes: &[u8]) -> (String, String) {
    let crate::codec::Scan::Frame { skip: 0, len, frame } = crate::codec::scan(bytes, crate::Mode::Tolerant) else {
        panic!("{bytes:?}")
    };
    assert_eq!(len, bytes.len());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(frame.cn.unwrap()), text(frame.cp.unwrap()))
}

pub(super) fn frame(cn: &str, flag: u8, cp: &str) -> Bytes {
    of(MN, "20261122164200000", cn, flag, cp)
}

pub(super) fn of(mn: &str, qn: &str, cn: &str, flag: u8, cp: &str) -> Bytes {
    let head = Head { qn: Some(qn), st: "39", cn, pw: Some("123456"), mn: Some(mn), flag: Some(flag), packet: None };
    build(&head, cp)
}
