//! Questions to devices, one at a time: sent, sent again, given up. Knows frames and times; what an answer means is told
//! elsewhere.

use std::collections::VecDeque;

use bytes::Bytes;
use chengshu_core::model::{CommandId, Timestamp};

use crate::Setup;
use crate::codec::{Head, Label};
use crate::commands::Plan;

/// Questions that may wait their turn.
const WAITING_MAX: usize = 32;

/// A question to one device.
#[derive(Debug)]
pub(super) struct Question {
    /// Whose it is; none: the hub's own.
    pub(super) command: Option<CommandId>,
    pub(super) address: [u8; 6],
    pub(super) plan: Plan,
    /// Worthless after this.
    pub(super) expires: Timestamp,
}

/// The question that is on the wire.
#[derive(Debug)]
struct Open {
    question: Question,
    head: Head,
    sent: u8,
    deadline: Timestamp,
}

/// What became of the question that was on the wire, or is to be done for it.
#[derive(Debug)]
pub(super) enum Step {
    /// Send this; `first`: for the first time.
    Send { bytes: Bytes, command: Option<CommandId>, first: bool },
    /// It was not answered.
    TimedOut(Question),
    /// It was worthless before its turn came.
    Expired(Question),
}

/// The questions of one conversation.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    open: Option<Open>,
    waiting: VecDeque<Question>,
    serial: u16,
}

impl Exchange {
    /// Takes a question; gives it back when too many wait.
    pub(super) fn ask(&mut self, question: Question) -> Result<(), Box<Question>> {
        if self.waiting.len() >= WAITING_MAX {
            return Err(Box::new(question));
        }
        self.waiting.push_back(question);
        Ok(())
    }

    /// What is due. `head` gives the head of what is said to an address; none when nobody there is known.
    pub(super) fn step(
        &mut self,
        now: Timestamp,
        setup: &Setup,
        head: impl Fn([u8; 6]) -> Option<Head>,
    ) -> Option<Step> {
        if let Some(open) = &mut self.open {
            if now < open.deadline {
                return None;
            }
            if open.sent > setup.resends {
                return self.open.take().map(|open| Step::TimedOut(open.question));
            }
            return Some(open.send(now, setup));
        }
        let question = self.waiting.pop_front()?;
        if now > question.expires {
            return Some(Step::Expired(question));
        }
        let Some(head) = head(question.address) else { return Some(Step::TimedOut(question)) };
        self.serial = self.serial.wrapping_add(1);
        let head = Head { serial: self.serial, command: question.plan.command, ..head };
        let open = self.open.insert(Open { question, head, sent: 0, deadline: now });
        Some(open.send(now, setup))
    }

    /// The open question, if this is its answer: by its serial, or else by the type that was asked for.
    pub(super) fn answered(&mut self, serial: u16, kind: Option<u8>) -> Option<(Question, bool)> {
        let open = self.open.as_ref()?;
        let by_serial = open.head.serial == serial;
        let by_kind = kind.is_some() && kind == open.question.plan.answer;
        if !by_serial && !by_kind {
            return None;
        }
        self.open.take().map(|open| (open.question, by_serial))
    }

    /// The open question, if it waits for a confirmation (`control`) or at all, and this serial is its own.
    pub(super) fn confirmed(&mut self, serial: u16) -> Option<Question> {
        let open = self.open.as_ref()?;
        let right = open.head.serial == serial && open.question.plan.answer.is_none();
        if right { self.open.take().map(|open| open.question) } else { None }
    }

    /// The open question, refused.
    pub(super) fn denied(&mut self, serial: u16) -> Option<Question> {
        let right = self.open.as_ref().is_some_and(|open| open.head.serial == serial);
        if right { self.open.take().map(|open| open.question) } else { None }
    }

    /// The open question, if it is a post check of this device.
    pub(super) fn post_check(&mut self, address: [u8; 6]) -> Option<Question> {
        let right = |open: &&Open| open.question.address == address && open.question.plan.post_check.is_some();
        let right = self.open.as_ref().filter(right).is_some();
        if right { self.open.take().map(|open| open.question) } else { None }
    }
}

impl Open {
    fn send(&mut self, now: Timestamp, setup: &Setup) -> Step {
        let first = self.sent == 0;
        self.sent = self.sent.saturating_add(1);
        self.deadline = Timestamp::from_ms(now.ms().saturating_add(setup.timeout_ms));
        let head = Head { time: Label::of(now), ..self.head };
        Step::Send { bytes: head.frame(&self.question.plan.data).into(), command: self.question.command, first }
    }
}
