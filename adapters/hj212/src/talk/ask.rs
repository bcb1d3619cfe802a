//! One request to a device and how it goes: sent, taken on (9011), data, done (9012 or 9013). Knows its time-outs; the
//! answers are brought to it.

use bytes::Bytes;
use chengshu_core::model::{CommandId, Timestamp};
use serde_json::{Value, json};

use crate::Setup;
use crate::codec::{Frame, Head, build, write_time};
use crate::commands::{Request, Then};
use crate::explain;
use crate::words::answers::{EXECUTION, REQUEST, word};

/// What a command's answer carries at most: frames.
const COLLECTED_MAX: usize = 200;

/// Who wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Order(CommandId, Timestamp),
    /// A stretch that was missed.
    Gap,
    /// The device asked for the time.
    Clock,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Queued,
    /// Sent so many times, the last time then.
    Sent(u32, Timestamp),
    /// Taken on; last heard of then.
    Taken(Timestamp),
}

#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) purpose: Purpose,
    pub(crate) qn: String,
    request: Request,
    state: State,
    collected: Vec<Value>,
}

/// What became of a request.
pub(crate) type Done = Result<Value, (&'static str, String)>;

/// What a request does next.
pub(crate) enum Due {
    Wait,
    /// Send it; the first time or again.
    Send {
        first: bool,
    },
    Done(Done),
}

impl Ask {
    pub(crate) const fn new(purpose: Purpose, request: Request) -> Self {
        Self { purpose, qn: String::new(), request, state: State::Queued, collected: Vec::new() }
    }

    /// What is due at `now`.
    pub(crate) fn due(&mut self, setup: &Setup, now: Timestamp) -> Due {
        match self.state {
            State::Queued => match self.purpose {
                Purpose::Order(_, expires) if now > expires => {
                    Due::Done(Err(("expired", "it was not sent before it expired".to_owned())))
                }
                _ => Due::Send { first: true },
            },
            State::Sent(_, at) if now.since(at) < setup.timeout_ms => Due::Wait,
            State::Sent(times, _) if times <= setup.resends => Due::Send { first: false },
            State::Sent(times, _) => Due::Done(Err(("timeout", format!("no answer; sent {times} times")))),
            State::Taken(at) if now.since(at) < setup.execute_ms => Due::Wait,
            State::Taken(_) => {
                Due::Done(Err(("timeout", "the device took it on and did not say how it ended".to_owned())))
            }
        }
    }

    /// Its bytes, which are now on the wire. The time that it carries is that of sending, also when it is sent again.
    pub(crate) fn send(&mut self, head: &Head<'_>, now: Timestamp) -> Bytes {
        let times = if let State::Sent(times, _) = self.state { times } else { 0 };
        self.state = State::Sent(times + 1, now);
        let mut cp = self.request.cp.clone();
        if self.request.clock {
            if !cp.is_empty() {
                cp.push(';');
            }
            cp.push_str("SystemTime=");
            cp.push_str(&write_time(now));
        }
        let cn = self.request.cn.to_string();
        build(&Head { qn: Some(&self.qn), cn: &cn, ..head.clone() }, &cp)
    }

    pub(crate) const fn is_queued(&self) -> bool {
        matches!(self.state, State::Queued)
    }

    pub(crate) const fn then(&self) -> &Then {
        &self.request.then
    }

    /// Whether this frame belongs to it: by its request number, or by its command while one is due.
    pub(crate) fn matches(&self, frame: &Frame<'_>) -> bool {
        !self.is_queued() && (self.owns(frame) || frame.command() == Some(self.request.cn))
    }

    /// Whether this frame carries its request number.
    pub(crate) fn owns(&self, frame: &Frame<'_>) -> bool {
        !self.is_queued() && frame.request_number() == Some(self.qn.as_bytes())
    }

    /// Data that belongs to it came.
    pub(crate) fn data(&mut self, frame: &Frame<'_>, now: Timestamp) {
        self.state = State::Taken(now);
        if self.collected.len() < COLLECTED_MAX && matches!(self.purpose, Purpose::Order(..)) {
            let cn = String::from_utf8_lossy(frame.cn.unwrap_or_default()).into_owned();
            self.collected.push(json!({ "CN": cn, "CP": explain::values(frame) }));
        }
    }

    /// An answer with its request number came: 9011, 9012 or 9013. Done when it says so.
    pub(crate) fn answer(&mut self, frame: &Frame<'_>, now: Timestamp) -> Option<Done> {
        let result = |name: &str| {
            let read = frame.value(name.as_bytes()).map_or_else(|| "1".into(), String::from_utf8_lossy);
            (read.trim() != "1").then(|| read.into_owned())
        };
        match frame.command() {
            Some(9011) => {
                if let Some(read) = result("QnRtn") {
                    return Some(Err(word(REQUEST, "QnRtn", &read)));
                }
                self.state = State::Taken(now);
                None
            }
            Some(9012) => match result("ExeRtn") {
                Some(read) => Some(Err(word(EXECUTION, "ExeRtn", &read))),
                None => Some(Ok(self.collect())),
            },
            _ => Some(Ok(self.collect())),
        }
    }

    fn collect(&mut self) -> Value {
        json!({ "data": std::mem::take(&mut self.collected) })
    }
}
