//! The commands that wait for one station: one at a time, with time-outs and resends. Makes the frames; sends nothing.

use std::collections::VecDeque;

use bytes::Bytes;
use chengshu_core::model::{CommandId, Timestamp};

/// Commands that wait; more are refused.
const WAITING_MAX: usize = 16;

/// A command and how far it is.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) id: CommandId,
    pub(super) function: u8,
    pub(super) tail: Vec<u8>,
    pub(super) expires: Timestamp,
    /// To be sent once more after the answer: a clock that is far off.
    pub(super) again: bool,
}

#[derive(Debug)]
struct Running {
    job: Job,
    frame: Bytes,
    sent: Timestamp,
    tries: u32,
}

/// The commands of one station.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    waiting: VecDeque<Job>,
    running: Option<Running>,
}

/// What is due.
#[derive(Debug)]
pub(super) enum Due {
    /// Build its frame, send it, and [`Jobs::run`] it.
    Start(Job),
    /// Send this again.
    Again(Bytes),
    /// No answer came.
    TimedOut(CommandId, u32),
    /// It waited for too long.
    Expired(CommandId),
}

impl Jobs {
    /// False: too many wait.
    pub(super) fn push(&mut self, job: Job) -> bool {
        let room = self.waiting.len() < WAITING_MAX;
        if room {
            self.waiting.push_back(job);
        }
        room
    }

    pub(super) fn run(&mut self, job: Job, frame: Bytes, now: Timestamp) {
        self.running = Some(Running { job, frame, sent: now, tries: 0 });
    }

    /// The job that a message of `function` answers.
    pub(super) fn answered(&mut self, function: u8) -> Option<Job> {
        let running = self.running.take_if(|running| running.job.function == function)?;
        Some(running.job)
    }

    /// Packets of its answer are coming: the time-out begins anew.
    pub(super) fn touched(&mut self, function: u8, now: Timestamp) {
        if let Some(running) = self.running.as_mut().filter(|running| running.job.function == function) {
            running.sent = now;
        }
    }

    pub(super) fn due(&mut self, now: Timestamp, answer_ms: i64, resends: u32) -> Option<Due> {
        if let Some(running) = &mut self.running {
            if now.since(running.sent) < answer_ms {
                return None;
            }
            if running.tries < resends && now < running.job.expires {
                running.tries += 1;
                running.sent = now;
                return Some(Due::Again(running.frame.clone()));
            }
            let (id, tries) = (running.job.id, running.tries + 1);
            self.running = None;
            return Some(Due::TimedOut(id, tries));
        }
        let job = self.waiting.pop_front()?;
        Some(if now >= job.expires { Due::Expired(job.id) } else { Due::Start(job) })
    }
}
