//! The platform's side of a conversation with one peer: frames in, deliveries and confirmations out. Nothing is confirmed
//! before it is durable. Holds no socket and reads no clock; time is handed in.

pub(crate) mod ask;
mod inbound;
mod jobs;
mod orders;
mod reply;
mod stream;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chengshu_core::model::{Delivery, DeviceId, LinkId, Order, Timestamp};
use chengshu_core::seam::{Decoder, NotDurable, Outcome};
use chengshu_line::{Act, Acts, Picture, Protocol, Talk, Token};

use crate::codec::{Direction, End, Form, Frame, Message, Packet, Scan, Stamp, Station, put, scan};
use crate::rain::Rain;
use crate::readings::Reader;
use crate::setup::Setup;
use crate::transfer::{Put, Transfers};
use jobs::Jobs;

/// SL 651-2014 as a protocol of field lines. All talks of one share the memory of rain counters.
#[derive(Debug, Clone)]
pub struct Sl651 {
    reader: Arc<Reader>,
    rain: Arc<Rain>,
}

impl Sl651 {
    /// With `setup`, on `link`.
    #[must_use]
    pub fn new(setup: Setup, link: LinkId) -> Self {
        let rain = Arc::new(Rain::new(setup.counters_max));
        Self { reader: Arc::new(Reader::new(Arc::new(setup), link)), rain }
    }

    /// As [`Protocol::talk`], but with its type.
    #[must_use]
    pub fn begin(&self, source: Arc<str>) -> Sl651Talk {
        Sl651Talk {
            shared: self.clone(),
            source,
            next: 0,
            pending: BTreeMap::new(),
            stations: BTreeMap::new(),
            last: None,
            transfers: Transfers::default(),
            garbage: stream::Garbage::default(),
            unfinished: None,
            keep: None,
            span_ms: 0,
            interval_ms: None,
        }
    }
}

impl Protocol for Sl651 {
    fn talk(&self, _peer: SocketAddr, source: Arc<str>, _now: Timestamp) -> Box<dyn Talk> {
        Box::new(self.begin(source))
    }
}

/// Decodes what was set aside once more: a frame, or all packets of a transfer one after the other.
#[must_use]
pub fn decoder(setup: Setup, link: LinkId) -> Decoder {
    let reader = Reader::new(Arc::new(setup), link);
    Box::new(move |source, raw, received| Some(decode(&reader, source.into(), raw, received)))
}

fn decode(reader: &Reader, source: Arc<str>, raw: Bytes, received: Timestamp) -> Delivery {
    let mut transfers = Transfers::default();
    let mut at = 0;
    let mut why = "no frame begins in it".to_owned();
    while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
        match scan(rest) {
            Scan::Frame { skip, len, frame } if frame.direction == Direction::Up => {
                let Some(packet) = frame.packet else {
                    return reader.read(source, raw.clone(), &Message::of(&frame), received, None).delivery;
                };
                let bytes = rest.get(skip..skip + len).unwrap_or_default();
                if let (Put::Whole(body, _), _) =
                    transfers.put(&frame, packet, bytes, received, reader.setup.transfer_max)
                {
                    return reader.read(source, raw.clone(), &Message::joined(&frame, &body), received, None).delivery;
                }
                why = "packets of the transfer are missing".to_owned();
                at += skip + len;
            }
            Scan::Frame { skip, len, .. } => {
                why = stream::DOWNLINK.to_owned();
                at += skip + len;
            }
            Scan::Refused { skip, len, fault } => {
                why = fault.to_string();
                at += skip + len;
            }
            Scan::Wait { .. } => break,
        }
    }
    reader.refused(source, raw, chengshu_core::model::Reason::Undecodable, why, received)
}

/// One peer; over a concentrator many stations.
#[derive(Debug)]
pub struct Sl651Talk {
    shared: Sl651,
    source: Arc<str>,
    next: Token,
    /// What is confirmed when it is durable.
    pending: BTreeMap<Token, Option<Line>>,
    stations: BTreeMap<Station, Session>,
    last: Option<Station>,
    transfers: Transfers,
    garbage: stream::Garbage,
    /// Since when a frame that has begun waits for its end.
    unfinished: Option<Timestamp>,
    keep: Option<Timestamp>,
    /// Between the last two link keeps, ms.
    span_ms: i64,
    interval_ms: Option<i64>,
}

/// What is known of a station that this peer speaks for.
#[derive(Debug)]
struct Session {
    device: DeviceId,
    line: Line,
    /// Its clock minus the hub's, ms.
    clock_ms: Option<i64>,
    /// The event that told of its clock, while it holds.
    clock_event: Option<Stamp>,
    jobs: Jobs,
}

/// How a station is spoken to, and what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    form: Form,
    center: u8,
    station: Station,
    password: [u8; 2],
    function: u8,
    serial: u16,
    packet: Option<Packet>,
}

impl Line {
    /// A frame to the station.
    fn frame(&self, end: End, tail: &[u8], now: Timestamp) -> Option<Bytes> {
        let mut body = Vec::with_capacity(24 + tail.len());
        put::head(self.form, self.serial, Stamp::from_moment(now, 6), &mut body);
        body.extend_from_slice(tail);
        let frame = Frame {
            form: self.form,
            direction: Direction::Down,
            center: self.center,
            station: self.station,
            password: self.password,
            function: self.function,
            length: 0,
            packet: self.packet,
            body: &body,
            end,
            crc: 0,
        };
        frame.encode().ok().map(Bytes::from)
    }
}

impl Sl651Talk {
    fn setup(&self) -> &Setup {
        &self.shared.reader.setup
    }

    fn deliver(&mut self, delivery: Delivery, pictures: Vec<Picture>, confirm: Option<Line>, acts: &mut Acts) {
        self.next += 1;
        self.pending.insert(self.next, confirm);
        acts.push(Act::Deliver { token: self.next, delivery: Box::new(delivery), pictures });
    }
}

impl Talk for Sl651Talk {
    fn take(&mut self, buffer: &mut BytesMut, now: Timestamp, acts: &mut Acts) {
        self.drain(buffer, now, acts);
    }

    fn settled(&mut self, token: Token, result: Result<Outcome, NotDurable>, now: Timestamp, acts: &mut Acts) {
        let Some(Some(line)) = self.pending.remove(&token) else { return };
        if result.is_ok() {
            let end = if self.setup().stay_online { End::Esc } else { End::Eot };
            acts.extend(line.frame(end, &[], now).map(Act::Send));
        }
    }

    fn tick(&mut self, now: Timestamp, acts: &mut Acts) {
        self.flush_garbage(now, acts);
        self.tend_transfers(now, acts);
        self.tend_jobs(now, acts);
    }

    fn order(&mut self, order: &Order, now: Timestamp, acts: &mut Acts) {
        self.obey(order, now, acts);
    }

    fn ended(&mut self, left: &[u8], now: Timestamp, acts: &mut Acts) {
        self.garbage.add(left);
        self.flush_garbage(now, acts);
    }

    fn silence_ms(&self) -> i64 {
        let setup = self.setup();
        let span = self.interval_ms.map_or(setup.silence_max_ms, |interval| interval.saturating_mul(3));
        span.min(setup.silence_max_ms).max(setup.silence_min_ms)
    }
}
