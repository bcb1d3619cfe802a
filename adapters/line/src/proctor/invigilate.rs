//! The examination itself: takes what connections bring, lets the protocol's talk answer, and decides what becomes of each
//! delivery. Pure: whoever holds the sockets does what it says, and tells it the time.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chengshu_core::model::{Delivery, DeviceId, Label, Timestamp};
use chengshu_core::seam::{NotDurable, Outcome};

use super::exam::{Bears, Exam};
use super::label;
use super::likeness;
use super::record::{Arrival, Fate, Line, Record};
use super::report::{Head, Report};
use super::step::Step;
use crate::talk::{Act, Acts, Protocol, Talk};

/// Bytes of one peer that may wait to become a frame.
const UNFINISHED_MAX: usize = 64 * 1024;

/// What shall be done with the sockets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Do {
    /// Send these bytes.
    Send(u32, Bytes),
    /// End the connection at once.
    Cut(u32),
}

/// A connection and its talk.
pub(super) struct Live {
    pub(super) talk: Box<dyn Talk>,
    buffer: BytesMut,
    pub(super) speaks: Vec<DeviceId>,
}

/// An examination under way.
pub struct Proctor {
    pub(super) exam: Exam,
    protocol: Arc<dyn Protocol>,
    pub(super) record: Record,
    pub(super) lives: BTreeMap<u32, Live>,
    next: u32,
    pub(super) step: Step,
    /// Since when this step waits.
    pub(super) since: Timestamp,
    started: Timestamp,
    pub(super) news: Vec<Label>,
    pub(super) clock_set: bool,
    /// A code that was counted and belongs to the delivery that follows.
    codes: Vec<&'static str>,
    /// Since when questions are over: answers may still come.
    pub(super) last_question: Option<Timestamp>,
    pub(super) next_question: usize,
}

impl Proctor {
    /// An examination that waits for its device.
    #[must_use]
    pub fn new(exam: Exam, protocol: Arc<dyn Protocol>, now: Timestamp) -> Self {
        let mut proctor = Self {
            exam,
            protocol,
            record: Record::default(),
            lives: BTreeMap::new(),
            next: 0,
            step: Step::Connect,
            since: now,
            started: now,
            news: Vec::new(),
            clock_set: false,
            codes: Vec::new(),
            last_question: None,
            next_question: 0,
        };
        proctor.record.steps.insert(Step::Connect, (now, None));
        proctor.news.push(Step::Connect.prompt(&proctor.exam));
        proctor
    }

    /// Where it stands.
    #[must_use]
    pub const fn step(&self) -> Step {
        self.step
    }

    /// What the technician has not been told yet.
    pub fn news(&mut self) -> Vec<Label> {
        std::mem::take(&mut self.news)
    }

    /// A peer has connected, or speaks for the first time over UDP. Returns what it is called from now on.
    pub fn connected(&mut self, peer: SocketAddr, now: Timestamp) -> u32 {
        self.next += 1;
        let talk = self.protocol.talk(peer, peer.to_string().into(), now);
        let silence_ms = talk.silence_ms();
        self.lives.insert(self.next, Live { talk, buffer: BytesMut::new(), speaks: Vec::new() });
        let line = Line { peer, from: now, until: None, spoke: None, silence_ms, heard: None, longest_ms: 0 };
        self.record.lines.insert(self.next, line);
        self.news.push(label(format!("  {peer} 已连接"), format!("  {peer} has connected")));
        self.next
    }

    /// Bytes have come.
    pub fn heard(&mut self, conn: u32, bytes: &[u8], now: Timestamp, out: &mut Vec<Do>) {
        let Some(mut live) = self.lives.remove(&conn) else { return };
        if let Some(line) = self.record.lines.get_mut(&conn) {
            let last = line.heard.replace(now).unwrap_or(line.from);
            line.longest_ms = line.longest_ms.max(now.since(last));
        }
        live.buffer.extend_from_slice(bytes);
        let mut acts = Acts::new();
        live.talk.take(&mut live.buffer, now, &mut acts);
        if self.exam.udp && !live.buffer.is_empty() {
            acts.push(Act::Count("datagram_rest"));
            live.buffer.clear();
        } else if live.buffer.len() > UNFINISHED_MAX {
            let words = format!("{} bytes and no end of a frame", live.buffer.len());
            acts.push(Act::Close("unfinished_too_large", words));
        }
        if let Some(line) = self.record.lines.get_mut(&conn) {
            line.silence_ms = live.talk.silence_ms();
        }
        self.go(conn, live, acts, now, out);
    }

    /// The connection has ended by itself.
    pub fn closed(&mut self, conn: u32, why: &str, now: Timestamp) {
        let Some(live) = self.lives.remove(&conn) else { return };
        self.news.push(label(format!("  连接已断开：{why}"), format!("  the connection has ended: {why}")));
        self.end(conn, live, why, now);
    }

    /// A second has passed, or less.
    pub fn tick(&mut self, now: Timestamp, out: &mut Vec<Do>) {
        for conn in self.lives.keys().copied().collect::<Vec<_>>() {
            let Some(mut live) = self.lives.remove(&conn) else { continue };
            let mut acts = Acts::new();
            live.talk.tick(now, &mut acts);
            self.go(conn, live, acts, now, out);
        }
        self.move_on(now);
        self.ask(now, out);
    }

    /// The examination as it stands; `person` and `version` stand in its head.
    #[must_use]
    pub fn report(&self, person: &str, version: &str, now: Timestamp) -> Report {
        let first = self.record.lines.values().find(|line| line.spoke.is_some());
        let device = self.record.devices.iter().next();
        let head = Head {
            protocol: self.exam.protocol.clone(),
            device: device.map(ToString::to_string),
            kind: device.and_then(|device| self.record.kinds.get(device)).map(|kind| self.exam.kinds.name(kind)),
            peer: first.map(|line| format!("{} ({})", line.peer, if self.exam.udp { "UDP" } else { "TCP" })),
            started: self.started,
            ended: now,
            person: person.to_owned(),
            version: version.to_owned(),
            complete: self.step == Step::Over,
        };
        Report { head, findings: super::judge::judge(&self.exam, &self.record, now) }
    }

    /// Does what a talk wants, and puts it back unless its connection has ended.
    pub(super) fn go(&mut self, conn: u32, mut live: Live, acts: Acts, now: Timestamp, out: &mut Vec<Do>) {
        let mut acts: VecDeque<Act> = acts.into();
        let mut cut: Option<String> = None;
        while let Some(act) = acts.pop_front() {
            match act {
                Act::Deliver { token, delivery, pictures } => {
                    let fate = if cut.is_some() { Fate::Cut } else { self.fate(&delivery, now) };
                    let mut more = Acts::new();
                    let stored = u32::try_from(delivery.readings.len()).unwrap_or(u32::MAX);
                    let rejected = u32::try_from(delivery.rejected.len()).unwrap_or(u32::MAX);
                    let reason = delivery.rejected.last().map(|rejected| rejected.reason);
                    let outcome = Outcome { stored, rejected, reason, ..Outcome::default() };
                    let result = if fate == Fate::Kept { Ok(outcome) } else { Err(NotDurable) };
                    live.talk.settled(token, result, now, &mut more);
                    if fate != Fate::Kept {
                        more.retain(|act| !matches!(act, Act::Count(_))); // what was provoked
                    }
                    let answered = more.iter().any(|act| matches!(act, Act::Send(_)));
                    self.arrived(conn, *delivery, pictures.len(), fate, answered, now);
                    if fate == Fate::Cut && cut.is_none() {
                        cut = Some("cut by the examination".to_owned());
                    }
                    more.into_iter().rev().for_each(|act| acts.push_front(act));
                }
                Act::Send(bytes) if cut.is_none() => out.push(Do::Send(conn, bytes)),
                Act::Send(_) => {}
                Act::Speaks(device) => {
                    if self.record.devices.insert(device.clone()) {
                        self.news.push(label(format!("  设备 {device}"), format!("  device {device}")));
                    }
                    live.speaks.push(device);
                    self.spoke(conn, now);
                }
                Act::Progress(command, progress) => self.progress(command, progress, now),
                Act::Count(code) => match self.exam.meaning(code).bears {
                    Bears::ToleratedUnasked if self.is_asked(now) => {}
                    bears => {
                        self.clock_set |= bears == Bears::ClockSet;
                        self.codes.push(code);
                    }
                },
                Act::Close(code, words) => {
                    self.codes.push(code);
                    cut.get_or_insert(words);
                }
            }
        }
        for code in std::mem::take(&mut self.codes) {
            let last = self.record.arrivals.iter().rposition(|arrival| arrival.conn == conn);
            self.record.count(code, last);
        }
        match cut {
            Some(why) => {
                out.push(Do::Cut(conn));
                self.end(conn, live, &why, now);
            }
            None => {
                self.lives.insert(conn, live);
            }
        }
        self.move_on(now);
        self.ask(now, out);
    }

    fn end(&mut self, conn: u32, mut live: Live, why: &str, now: Timestamp) {
        let mut acts = Acts::new();
        live.talk.ended(&live.buffer, now, &mut acts);
        for act in acts {
            match act {
                Act::Deliver { delivery, .. } if !self.cut_now(now) => {
                    self.arrived(conn, *delivery, 0, Fate::Kept, false, now);
                }
                // half a frame that the examination itself cut off says nothing
                Act::Count(code) if !self.cut_now(now) => self.codes.push(code),
                _ => {}
            }
        }
        for code in std::mem::take(&mut self.codes) {
            let last = self.record.arrivals.len().checked_sub(1);
            self.record.count(code, last);
        }
        if let Some(line) = self.record.lines.get_mut(&conn) {
            line.until = Some((now, why.to_owned()));
        }
        self.gone(conn, now);
    }

    fn cut_now(&self, now: Timestamp) -> bool {
        self.record.cut == Some(now)
    }

    fn spoke(&mut self, conn: u32, now: Timestamp) {
        if let Some(line) = self.record.lines.get_mut(&conn) {
            line.spoke.get_or_insert(now);
        }
        if self.record.cut.is_some_and(|cut| self.record.lines.get(&conn).is_some_and(|line| line.from >= cut)) {
            self.record.back.get_or_insert(now);
        }
    }

    fn arrived(&mut self, conn: u32, delivery: Delivery, pictures: usize, fate: Fate, answered: bool, now: Timestamp) {
        let report = likeness::is_report(&delivery) || pictures > 0;
        let readable = report || delivery.presence.is_some();
        let owed = fate == Fate::Cut && report && self.is_proven_sort(&delivery);
        let arrival = Arrival {
            conn,
            at: now,
            step: self.step,
            repeats: report.then(|| self.record.before(&delivery)).flatten(),
            asked: self.is_asked(now),
            clock_set: self.clock_set,
            delivery,
            pictures,
            fate,
            answered,
            report,
        };
        let at = self.record.arrived(arrival);
        for code in std::mem::take(&mut self.codes) {
            self.record.count(code, at);
        }
        if readable {
            self.spoke(conn, now);
        }
        match (fate, at) {
            (Fate::Withheld, Some(at)) => {
                self.record.withheld.push(at);
                self.news.push(label("  收到上报，暂不确认", "  a report has come; not confirmed"));
            }
            (Fate::Cut, Some(at)) => {
                self.record.cut.get_or_insert(now);
                self.record.owed.extend(owed.then_some(at));
            }
            _ => {}
        }
    }
}
