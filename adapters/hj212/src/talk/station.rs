//! One device that a peer speaks for: how it is addressed, what it is asked, how often it speaks. One request is on the
//! wire at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use chengshu_core::model::{DeviceId, Progress, Timestamp};
use chengshu_line::{Act, Acts};

use super::ask::{Ask, Done, Due, Purpose};
use super::memory::Memory;
use crate::Setup;
use crate::codec::{Edition, Frame, Head, write_qn};
use crate::commands::Then;

/// The longest real-time interval of the standard, ms.
const REALTIME_MS: std::ops::RangeInclusive<i64> = 1_000..=3_600_000;

#[derive(Debug)]
pub(crate) struct Station {
    pub(crate) device: DeviceId,
    pub(crate) mn: Box<[u8]>,
    address: String,
    st: String,
    pw: String,
    edition: Edition,
    /// Its birth is durable.
    pub(crate) born: bool,
    /// That its clock is off has been told.
    pub(crate) clock_told: bool,
    pub(crate) gap_seen: bool,
    last_realtime: Option<Timestamp>,
    pub(crate) interval_ms: Option<i64>,
    pub(crate) asks: VecDeque<Ask>,
    /// Nothing missing is asked for before then: what was told could not be kept.
    pub(crate) gap_hold: Timestamp,
}

impl Station {
    pub(crate) fn new(device: DeviceId, mn: &[u8], setup: &Setup) -> Self {
        Self {
            device,
            mn: mn.into(),
            address: String::from_utf8_lossy(mn).into_owned(),
            st: String::new(),
            pw: setup.password.clone(),
            edition: Edition::Y2017,
            born: false,
            clock_told: false,
            gap_seen: false,
            last_realtime: None,
            interval_ms: None,
            asks: VecDeque::new(),
            gap_hold: Timestamp::from_ms(0),
        }
    }

    /// Learns from a frame how the device is addressed, and how often it speaks.
    pub(crate) fn learn(&mut self, frame: &Frame<'_>, now: Timestamp) {
        let plain = |bytes: &&[u8]| (1..=32).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_alphanumeric);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        // 91 is the exchange itself, not the device
        if let Some(st) = frame.st.filter(plain).filter(|st| *st != b"91" && self.st.as_bytes() != *st) {
            self.st = text(st);
        }
        if let Some(pw) = frame.pw.filter(plain).filter(|pw| self.pw.as_bytes() != *pw) {
            self.pw = text(pw);
        }
        self.edition = frame.edition();
        if frame.command() == Some(2011) && frame.cp.is_some_and(|cp| !cp.is_empty()) {
            let step = self.last_realtime.map_or(0, |last| now.since(last));
            if REALTIME_MS.contains(&step) {
                self.interval_ms = Some(step);
            }
            self.last_realtime = Some(now);
        }
    }

    /// What is due: a request to be sent, again or for the first time, or given up.
    pub(crate) fn pump(
        &mut self,
        setup: &Arc<Setup>,
        memory: &Memory,
        last_qn: &mut Timestamp,
        now: Timestamp,
        acts: &mut Acts,
    ) {
        // each round ends a request or stops: the queue is bounded
        for _ in 0..=setup.queue_max {
            if self.asks.is_empty()
                && now >= self.gap_hold
                && let Some(request) = memory.piece(&self.device)
            {
                acts.push(Act::Count("gap_asked"));
                self.asks.push_back(Ask::new(Purpose::Gap, request));
            }
            let Some(ask) = self.asks.front_mut() else { return };
            match ask.due(setup, now) {
                Due::Wait => return,
                Due::Send { first } => {
                    if first {
                        // a number that was given is never given again
                        *last_qn = Timestamp::from_ms((last_qn.ms() + 1).max(now.ms()));
                        ask.qn = write_qn(*last_qn);
                    }
                    let st = if self.st.is_empty() { "39" } else { &self.st };
                    let flag = if self.edition == Edition::Y2005 { 1 } else { 5 };
                    let head =
                        Head { st, pw: Some(&self.pw), mn: Some(&self.address), flag: Some(flag), ..Head::default() };
                    acts.push(Act::Send(ask.send(&head, now)));
                    match ask.purpose {
                        Purpose::Order(id, _) if first => acts.push(Act::Progress(id, Progress::Sent)),
                        _ if !first => acts.push(Act::Count("request_resent")),
                        _ => {}
                    }
                    return;
                }
                Due::Done(done) => self.finish(done, memory, acts),
            }
        }
    }

    /// The request on the wire has ended.
    pub(crate) fn finish(&mut self, done: Done, memory: &Memory, acts: &mut Acts) {
        let Some(ask) = self.asks.pop_front() else { return };
        match (ask.purpose, done) {
            (Purpose::Order(id, _), Ok(value)) => {
                match ask.then() {
                    Then::Nothing => {}
                    Then::Password(password) => self.pw.clone_from(password),
                    Then::RealtimeMs(ms) => self.interval_ms = Some(*ms),
                    Then::MinuteMs(ms) => memory.minute_interval(&self.device, *ms),
                }
                acts.push(Act::Progress(id, Progress::Confirmed(value)));
            }
            (Purpose::Order(id, _), Err((code, words))) => acts.push(Act::Progress(id, Progress::Failed(code, words))),
            // the device has nothing for this piece; it may have something for the next
            (Purpose::Gap, Ok(_) | Err(("no_data", _))) => memory.piece_done(&self.device),
            (Purpose::Gap, Err((code, _))) => {
                memory.give_up(&self.device);
                acts.push(Act::Count(if code == "timeout" { "gap_unanswered" } else { "gap_refused" }));
            }
            (Purpose::Clock, Ok(_)) => {}
            (Purpose::Clock, Err(_)) => acts.push(Act::Count("clock_not_set")),
        }
    }
}
