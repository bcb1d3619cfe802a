//! Commands to devices and what they answer; post checks from asking to the duty officer's word.

use bytes::Bytes;
use chengshu_core::model::{Delivery, Order, Progress, Timestamp};
use chengshu_line::{Act, Acts};
use serde_json::{Value, json};

use super::exchange::{Question, Step};
use super::post::PostCheck;
use super::{Conversation, Owed};
use crate::codec::{App, Frame, Label, Object};
use crate::commands::{plan, set_clock};
use crate::json;
use crate::readings::Read;

/// Post checks that may wait for duty officers at a time.
const POSTS_MAX: usize = 64;

fn progress(question: &Question, progress: Progress, acts: &mut Acts) {
    acts.extend(question.command.map(|id| Act::Progress(id, progress)));
}

fn failed(question: &Question, code: &'static str, words: &str, acts: &mut Acts) {
    progress(question, Progress::Failed(code, words.to_owned()), acts);
}

impl Conversation {
    pub(super) fn ordered(&mut self, order: &Order, now: Timestamp, acts: &mut Acts) {
        let fail = |code, words: String| Act::Progress(order.id, Progress::Failed(code, words));
        let behind = |id: &str| {
            order.device.as_str().strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let Some(address) = self.peers.iter().find(|peer| behind(peer.device.as_str())).map(|peer| peer.address) else {
            acts.push(fail("not_here", format!("{} does not speak by this connection", order.device)));
            return;
        };
        let plan = match plan(order, now) {
            Ok(plan) => plan,
            Err((code, words)) => {
                acts.push(fail(code, words));
                return;
            }
        };
        if now > order.expires {
            acts.push(fail("expired", format!("it was worth something until {}", order.expires.to_rfc3339_local())));
            return;
        }
        let question = Question { command: Some(order.id), address, plan, expires: order.expires };
        if let Err(question) = self.exchange.ask(question) {
            failed(&question, "busy", "32 commands already wait for this connection", acts);
        }
        self.go_on(now, acts);
    }

    /// Whatever is due of the questions: the next, a resend, a time-out.
    pub(super) fn go_on(&mut self, now: Timestamp, acts: &mut Acts) {
        loop {
            let peers = &self.peers;
            let head = |address| {
                let peer = peers.iter().find(|peer| peer.address == address)?;
                Some(peer.head.back(0, Label::default()))
            };
            match self.exchange.step(now, &self.reader.setup, head) {
                None => return,
                Some(Step::Send { bytes, command, first }) => {
                    acts.push(Act::Send(bytes));
                    acts.extend(command.filter(|_| first).map(|id| Act::Progress(id, Progress::Sent)));
                }
                Some(Step::TimedOut(question)) => {
                    acts.push(Act::Count("timeout"));
                    failed(&question, "timeout", "the device did not answer, though it was asked again", acts);
                }
                Some(Step::Expired(question)) => {
                    failed(&question, "expired", "its turn came too late", acts);
                }
            }
        }
    }

    pub(super) fn set_clock(&mut self, peer: Option<usize>, label: Label, now: Timestamp, acts: &mut Acts) {
        let Some(peer) = peer.and_then(|at| self.peers.get_mut(at)) else { return };
        if !peer.wants_clock(label, now, &self.reader.setup) {
            return;
        }
        acts.push(Act::Count("clock_set"));
        let expires = Timestamp::from_ms(now.ms().saturating_add(60_000));
        let question = Question { command: None, address: peer.address, plan: set_clock(now), expires };
        let _ = self.exchange.ask(question); // with 32 commands in front its clock is not what matters
    }

    pub(super) fn confirmed(&mut self, frame: &Frame<'_>, now: Timestamp, acts: &mut Acts) {
        let Some(question) = self.exchange.confirmed(frame.head.serial) else {
            acts.push(Act::Count("unasked_confirm"));
            return;
        };
        let Some(minutes) = question.plan.post_check else {
            progress(&question, Progress::Confirmed(json!({"confirmed": true})), acts);
            return;
        };
        let peer = self.peers.iter().find(|peer| peer.address == question.address);
        let Some(device) = peer.map(|peer| peer.device.clone()) else { return };
        let Question { command, address, .. } = question;
        let post = PostCheck { command, address, device, minutes, asked: now };
        let raw = Bytes::copy_from_slice(frame.raw);
        let mut delivery = self.reader.empty(&self.source, raw, now);
        delivery.events.push(post.asked_event());
        self.own(delivery, acts);
        if self.posts.len() >= POSTS_MAX {
            failed(&question, "busy", "64 post checks already wait for their answers", acts);
            return;
        }
        self.posts.push(post);
    }

    pub(super) fn denied(&mut self, frame: &Frame<'_>, acts: &mut Acts) {
        match self.exchange.denied(frame.head.serial) {
            Some(question) => failed(&question, "denied", "the device refused (command 6)", acts),
            None => acts.push(Act::Count("unasked_deny")),
        }
    }

    /// An answer to a question; readings in it are delivered by the caller.
    pub(super) fn answered(&mut self, frame: &Frame<'_>, read: &Read, now: Timestamp, acts: &mut Acts) {
        self.duty_officer(frame, read, now, acts);
        let Some((question, by_serial)) = self.exchange.answered(frame.head.serial, frame.data.first().copied()) else {
            acts.push(Act::Count("unasked_answer"));
            return;
        };
        if !by_serial {
            acts.push(Act::Count("answer_serial"));
        }
        match frame.app() {
            Ok(content) => {
                let said = json::app(&content, self.reader.setup.text_after_nul).unwrap_or(Value::Null);
                progress(&question, Progress::Confirmed(said), acts);
            }
            Err(fault) => failed(&question, "unreadable", &fault.to_string(), acts),
        }
    }

    /// The duty officer's word (type 24, bit 5) ends the post checks of this device.
    pub(super) fn duty_officer(&mut self, frame: &Frame<'_>, read: &Read, now: Timestamp, acts: &mut Acts) {
        let Some((address, _)) = &read.sender else { return };
        let Ok(App::Objects(objects)) = frame.app() else { return };
        let word = objects.iter().find_map(|object| match object {
            Object::DeviceOperation { flags, operator, .. } if flags >> 5 & 1 == 1 => Some(operator),
            _ => None,
        });
        let Some(operator) = word else { return };
        let said = json!({"answered": now.to_rfc3339_local(), "operator": operator});
        if let Some(question) = self.exchange.post_check(*address) {
            progress(&question, Progress::Confirmed(said.clone()), acts); // answered before the device confirmed
        }
        self.posts.retain(|post| {
            if post.address == *address {
                acts.extend(post.command.map(|id| Act::Progress(id, Progress::Confirmed(said.clone()))));
            }
            post.address != *address
        });
    }

    /// Post checks whose minutes are over.
    pub(super) fn missed(&mut self, now: Timestamp, acts: &mut Acts) {
        let (over, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.posts).into_iter().partition(|post| now > post.deadline());
        self.posts = waiting;
        for post in over {
            let mut delivery = self.reader.empty(&self.source, Bytes::new(), now);
            delivery.events.push(post.missed_event());
            self.own(delivery, acts);
            let words = format!("no duty officer answered within {} minutes", post.minutes);
            acts.extend(post.command.map(|id| Act::Progress(id, Progress::Failed("no_answer", words))));
        }
    }

    /// Hands over what nobody would send again.
    pub(super) fn own(&mut self, delivery: Delivery, acts: &mut Acts) {
        let copy = Box::new(delivery.clone());
        self.deliver(delivery, Owed::Own(copy), acts);
    }
}
