//! One conversation: takes frames from the stream, brings answers to the requests they belong to, and keeps what is owed
//! until the receipt. What becomes of data stands in `deliver`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use chengshu_core::model::{LinkId, Order, Progress, Timestamp};
use chengshu_core::seam::{NotDurable, Outcome};
use chengshu_line::{Act, Acts, Talk, Token};

use super::answer::{Answer, time};
use super::ask::{Ask, Purpose};
use super::deliver::Pending;
use super::gap::Gap;
use super::garbage::Garbage;
use super::memory::Memory;
use super::split::Splits;
use super::station::Station;
use crate::Setup;
use crate::codec::{Frame, Scan, scan};
use crate::commands::{Request, request};
use crate::readings::{Reader, device};

/// How long nothing missing is asked for after something could not be kept.
const HOLD: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Conversation {
    pub(super) setup: Arc<Setup>,
    pub(super) link: LinkId,
    pub(super) memory: Arc<Memory>,
    pub(super) source: Arc<str>,
    pub(super) reader: Reader,
    pub(super) stations: Vec<Station>,
    pub(super) pending: HashMap<Token, Pending>,
    pub(super) next_token: Token,
    pub(super) splits: Splits,
    garbage: Garbage,
    last_qn: Timestamp,
}

impl Conversation {
    pub(crate) fn new(setup: Arc<Setup>, link: LinkId, memory: Arc<Memory>, source: Arc<str>) -> Self {
        Self {
            reader: Reader::new(setup.clone(), link.clone()),
            setup,
            link,
            memory,
            source,
            stations: Vec::new(),
            pending: HashMap::new(),
            next_token: 0,
            splits: Splits::default(),
            garbage: Garbage::default(),
            last_qn: Timestamp::from_ms(0),
        }
    }

    fn frame(&mut self, frame: &Frame<'_>, now: Timestamp, acts: &mut Acts) {
        acts.extend(frame.deviations.iter().map(|deviation| Act::Count(deviation.code())));
        let at = self.station(frame, acts);
        if let Some(station) = at.and_then(|at| self.stations.get_mut(at)) {
            station.learn(frame, now);
        }
        match frame.command() {
            Some(9011..=9013) => self.answered(frame, now, acts),
            Some(9014) => acts.push(Act::Count("unexpected_answer")),
            _ => match self.splits.take(frame, &self.setup, now) {
                Some(ready) => self.ready(ready, now, acts),
                None => self.deliver(std::slice::from_ref(frame), None, now, acts),
            },
        }
    }

    /// Whose frame it is. A peer may speak for several devices; each keeps what is its own.
    fn station(&mut self, frame: &Frame<'_>, acts: &mut Acts) -> Option<usize> {
        let Some(mn) = frame.device_number() else {
            // the only one that speaks here needs no name
            return (self.stations.len() == 1).then_some(0);
        };
        if let Some(at) = self.stations.iter().position(|station| *station.mn == *mn) {
            return Some(at);
        }
        let (device, _) = device(&self.setup, mn).ok()?;
        if !self.stations.is_empty() {
            acts.push(Act::Count("address_changed"));
        }
        if self.stations.len() >= self.setup.stations_max {
            acts.push(Act::Count("too_many_stations"));
            return None;
        }
        acts.push(Act::Speaks(device.clone()));
        self.stations.push(Station::new(device, mn, &self.setup));
        Some(self.stations.len() - 1)
    }

    /// An answer to a request of ours.
    fn answered(&mut self, frame: &Frame<'_>, now: Timestamp, acts: &mut Acts) {
        let owner = self.stations.iter_mut().find(|station| station.asks.front().is_some_and(|ask| ask.owns(frame)));
        let Some(station) = owner else {
            acts.push(Act::Count("unexpected_answer"));
            return;
        };
        if let Some(done) = station.asks.front_mut().and_then(|ask| ask.answer(frame, now)) {
            station.finish(done, &self.memory, acts);
        }
        station.pump(&self.setup, &self.memory, &mut self.last_qn, now, acts);
    }

    /// What stood before a frame has ended as garbage.
    fn garbage_ends(&mut self, now: Timestamp, acts: &mut Acts) {
        if let Some((kept, run)) = self.garbage.end() {
            self.set_aside(
                kept,
                "garbage",
                format!("{run} bytes that begin no frame; expected ## and four digits"),
                now,
                acts,
            );
        }
    }

    /// Not durable: nothing is confirmed, so the device sends it again. One that wants no answer is asked for it, but not
    /// at once: whatever could not be kept now cannot be kept in a second.
    fn lost(&mut self, pending: &Pending, now: Timestamp, acts: &mut Acts) {
        acts.push(Act::Count("not_durable"));
        for station in self.stations.iter_mut().filter(|station| pending.born.contains(&station.mn)) {
            station.clock_told &= !pending.clock_told;
            station.gap_hold = now.after(HOLD);
        }
        if self.setup.gap && pending.answers.is_empty() {
            for (device, cn, at) in &pending.newest {
                let gap = Gap::one(&self.setup, cn.unwrap_or_default(), *at, self.memory.of(device));
                self.memory.missed(device, gap);
            }
        }
    }

    pub(super) fn pump(&mut self, now: Timestamp, acts: &mut Acts) {
        for station in &mut self.stations {
            station.pump(&self.setup, &self.memory, &mut self.last_qn, now, acts);
        }
    }

    fn send(answer: &Answer, setup: &Setup, now: Timestamp, acts: &mut Acts) {
        match answer {
            Answer::Plain(bytes) => acts.push(Act::Send(bytes.clone())),
            Answer::Time { request, before, after } => {
                let Scan::Frame { frame, .. } = scan(request, setup.mode) else { return };
                acts.extend([before.clone(), time(&frame, now), after.clone()].map(Act::Send));
            }
        }
    }
}

impl Talk for Conversation {
    fn take(&mut self, buffer: &mut BytesMut, now: Timestamp, acts: &mut Acts) {
        let mut at = 0;
        loop {
            let rest = &buffer[at..];
            let (skip, len) = match scan(rest, self.setup.mode) {
                Scan::Frame { skip, len, frame } => {
                    self.garbage.push(&rest[..skip], now);
                    self.garbage_ends(now, acts);
                    self.garbage.since_frame = 0;
                    self.frame(&frame, now, acts);
                    (skip, len)
                }
                Scan::Refused { skip, len, fault } => {
                    self.garbage.push(&rest[..skip], now);
                    self.garbage_ends(now, acts);
                    self.garbage.since_frame += len;
                    let raw = bytes::Bytes::copy_from_slice(&rest[skip..skip + len]);
                    self.set_aside(raw, fault.code(), fault.to_string(), now, acts);
                    (skip, len)
                }
                Scan::Wait { skip } => {
                    self.garbage.push(&rest[..skip], now);
                    at += skip;
                    break;
                }
            };
            at += skip + len;
        }
        buffer.advance(at);
        if self.garbage.since_frame > self.setup.garbage_max {
            let words = format!("{} bytes without a frame", self.garbage.since_frame);
            self.garbage_ends(now, acts);
            acts.push(Act::Close("garbage", words));
        }
        self.pump(now, acts);
    }

    fn settled(&mut self, token: Token, result: Result<Outcome, NotDurable>, now: Timestamp, acts: &mut Acts) {
        let Some(pending) = self.pending.remove(&token) else { return };
        if result.is_err() {
            self.lost(&pending, now, acts);
            return;
        }
        // set aside is kept, too: to refuse the answer would only make the device send the same again
        for answer in &pending.answers {
            Self::send(answer, &self.setup, now, acts);
        }
        for (device, cn, newest) in &pending.newest {
            self.memory.heard(device, *cn, *newest);
        }
        for mn in &pending.born {
            if let Some(station) = self.stations.iter_mut().find(|station| station.mn == *mn) {
                station.born = true;
                if pending.wants_clock && !station.asks.iter().any(|ask| ask.purpose == Purpose::Clock) {
                    station.asks.push_back(Ask::new(Purpose::Clock, Request::set_clock()));
                }
            }
        }
        self.pump(now, acts);
    }

    fn tick(&mut self, now: Timestamp, acts: &mut Acts) {
        let ready = self.splits.tick(&self.setup, now);
        self.ready(ready, now, acts);
        if let Some((kept, run)) = self.garbage.quiet(now) {
            self.set_aside(
                kept,
                "garbage",
                format!("{run} bytes that begin no frame; expected ## and four digits"),
                now,
                acts,
            );
        }
        self.pump(now, acts);
    }

    fn order(&mut self, order: &Order, now: Timestamp, acts: &mut Acts) {
        let fail = |code, words| Act::Progress(order.id, Progress::Failed(code, words));
        let Some(station) = self.stations.iter_mut().find(|station| station.device == order.device) else {
            acts.push(fail("not_here", format!("{} does not speak by this connection", order.device)));
            return;
        };
        match request(order) {
            Err((code, words)) => acts.push(fail(code, words)),
            Ok(_) if station.asks.len() >= self.setup.queue_max => {
                let words = format!("{} requests wait for {}", station.asks.len(), order.device);
                acts.push(fail("busy", words));
            }
            Ok(request) => {
                station.asks.push_back(Ask::new(Purpose::Order(order.id, order.expires), request));
                station.pump(&self.setup, &self.memory, &mut self.last_qn, now, acts);
            }
        }
    }

    fn ended(&mut self, left: &[u8], now: Timestamp, acts: &mut Acts) {
        self.garbage.push(left, now);
        self.garbage_ends(now, acts);
    }

    fn silence_ms(&self) -> i64 {
        let intervals = self.stations.iter().filter_map(|station| station.interval_ms);
        let of_interval = intervals.max().map(|ms| ms.saturating_mul(self.setup.silence_intervals));
        let spoken = if self.stations.is_empty() { 0 } else { self.setup.silence_spoken_ms };
        of_interval.unwrap_or(spoken).max(self.setup.silence_min_ms)
    }
}
