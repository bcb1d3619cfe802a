//! Questions of an examination: one at a time, given while the device is there, given once more when its line ended before
//! the answer. After three that nobody answered the rest is not asked.

use std::time::Duration;

use chengshu_core::model::{CommandId, CommandKind, Order, Progress, ThemeId, Timestamp};
use serde_json::Map;

use super::invigilate::{Do, Proctor};
use super::label;
use super::record::Asked;
use super::step::Step;
use crate::talk::Acts;

/// Unanswered questions in a row after which no more are asked.
const PATIENCE: usize = 3;
/// A talk that says nothing of a command for so long has lost it.
const LOST: Duration = Duration::from_secs(300);
/// Whatever comes so soon after an answer may belong to it, ms.
const AFTER_MS: i64 = 5_000;
/// How often a question is given when connections end under it.
const TRIES: u32 = 2;

/// What nobody answered.
pub(super) const SILENT: [&str; 4] = ["timeout", "connection_lost", "no_word", "not_connected"];

impl Asked {
    pub(super) fn unanswered(&self) -> bool {
        matches!(&self.result, Some((_, Err((code, _)))) if SILENT.contains(code))
    }
}

impl Proctor {
    /// Whether something that comes now may be an answer.
    pub(super) fn is_asked(&self, now: Timestamp) -> bool {
        let open = self.record.asked.last().is_some_and(|asked| asked.result.is_none());
        open || self.last_question.is_some_and(|at| now.since(at) < AFTER_MS)
    }

    /// Whether nothing is left to be asked.
    pub(super) fn is_all_asked(&self) -> bool {
        let asked = &self.record.asked;
        let tired = asked.len() >= PATIENCE && asked.iter().all(Asked::unanswered);
        let open = asked.last().is_some_and(|asked| asked.result.is_none());
        !open && (tired || self.next_question >= self.exam.questions().count())
    }

    /// Whether the clock was set and a time was seen since; or there is no such command, or it failed.
    pub(super) fn is_clock_done(&self) -> bool {
        let asked = self.record.asked.iter().rev().find(|asked| asked.kind.name == "set_clock");
        match asked.and_then(|asked| asked.result.as_ref()) {
            None => self.exam.set_clock().is_none(),
            Some((_, Err(_))) => true,
            Some((at, Ok(_))) => self.record.arrivals.iter().any(|a| a.at > *at && a.fresh()),
        }
    }

    /// Gives the next question, if it is time and somebody is there.
    pub(super) fn ask(&mut self, now: Timestamp, out: &mut Vec<Do>) {
        self.lost(now, out);
        let open = self.record.asked.last().is_some_and(|asked| asked.result.is_none());
        let kind = match self.step {
            _ if open => None,
            Step::Ask if !self.is_all_asked() => self.exam.questions().nth(self.next_question).copied(),
            Step::Clock if !self.record.asked.iter().any(|asked| asked.kind.name == "set_clock") => {
                self.exam.set_clock().copied()
            }
            _ => None,
        };
        let Some(kind) = kind else { return };
        self.next_question += usize::from(self.step == Step::Ask);
        let id = CommandId(i64::try_from(self.record.asked.len()).unwrap_or(i64::MAX) + 1);
        if !self.give(kind, id, 1, now, out) {
            self.next_question -= usize::from(self.step == Step::Ask); // nobody is there: later
        }
    }

    fn give(&mut self, kind: CommandKind, id: CommandId, tries: u32, now: Timestamp, out: &mut Vec<Do>) -> bool {
        let newest = self.lives.iter().rev().find_map(|(conn, live)| Some((*conn, live.speaks.last()?.clone())));
        let Some((conn, device)) = newest else { return false };
        let Some(mut live) = self.lives.remove(&conn) else { return false };
        // no talk asks the order for its theme, and every examination has a name for one
        let Ok(theme) = ThemeId::parse("acceptance") else { return false };
        let name = kind.name.to_owned();
        let order = Order { id, device, theme, name, params: Map::new(), expires: now.after(LOST) };
        match self.record.asked.iter_mut().find(|asked| asked.id == id) {
            Some(asked) => (asked.conn, asked.tries, asked.given) = (conn, tries, now),
            None => self.record.asked.push(Asked { id, kind, given: now, conn, tries, result: None }),
        }
        let mut acts = Acts::new();
        live.talk.order(&order, now, &mut acts);
        self.go(conn, live, acts, now, out);
        true
    }

    pub(super) fn progress(&mut self, command: CommandId, progress: Progress, now: Timestamp) {
        let Some(asked) = self.record.asked.iter_mut().find(|asked| asked.id == command) else { return };
        if asked.result.is_some() {
            return;
        }
        let result = match progress {
            Progress::Sent => return,
            Progress::Confirmed(_) => Ok(()),
            Progress::Failed(code, words) => Err((code, words)),
        };
        let (zh, en) = (asked.kind.zh, asked.kind.en);
        self.news.push(match &result {
            Ok(()) => label(format!("  {zh}：已应答"), format!("  {en}: answered")),
            Err((code, _)) => label(format!("  {zh}：失败（{code}）"), format!("  {en}: failed ({code})")),
        });
        self.clock_set |= asked.kind.name == "set_clock" && result.is_ok();
        asked.result = Some((now, result));
        (self.last_question, self.since) = (Some(now), now);
    }

    /// The connection has ended: an open question is given once more by the next.
    pub(super) fn gone(&mut self, conn: u32, now: Timestamp) {
        let open = self.record.asked.last_mut().filter(|asked| asked.result.is_none() && asked.conn == conn);
        if let Some(asked) = open {
            if asked.tries < TRIES {
                asked.conn = 0;
            } else {
                let words = "the connection ended before the answer".to_owned();
                self.progress_lost("connection_lost", words, now);
            }
        }
    }

    fn progress_lost(&mut self, code: &'static str, words: String, now: Timestamp) {
        if let Some(id) = self.record.asked.last().map(|asked| asked.id) {
            self.progress(id, Progress::Failed(code, words), now);
        }
    }

    /// An open question without a talk is given again; one that its talk has lost is given up.
    fn lost(&mut self, now: Timestamp, out: &mut Vec<Do>) {
        let Some(asked) = self.record.asked.last().filter(|asked| asked.result.is_none()) else { return };
        let (id, kind, tries, homeless) = (asked.id, asked.kind, asked.tries, asked.conn == 0);
        let old = now.since(asked.given) > i64::try_from(LOST.as_millis()).unwrap_or(i64::MAX);
        if homeless && !old {
            self.give(kind, id, tries + 1, now, out);
        } else if old {
            self.progress_lost("no_word", "nothing was heard of it".to_owned(), now);
        }
    }
}
