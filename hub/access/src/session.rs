//! When a session lives and which one must end. Makes no tokens (`token`) and keeps no sessions.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use serde::{Deserialize, Serialize};

/// Settings of sessions (会话策略).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionPolicy {
    /// A person's session ends after so many seconds without a request.
    pub idle_s: u32,
    /// And so many seconds after it began, whatever happens.
    pub absolute_s: u32,
    /// So many sessions of one person at most; the oldest ends.
    pub most: u32,
    /// A wall's credential is good for so many seconds; it is renewed by itself when half of that is over.
    pub screen_s: u32,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self { idle_s: 15 * 60, absolute_s: 12 * 3600, most: 3, screen_s: 30 * 24 * 3600 }
    }
}

/// Whose session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// A person's.
    Person,
    /// A wall's: nobody sits there, so it has no idle limit.
    Screen,
}

/// A session (会话).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub kind: SessionKind,
    /// When it began, or was last renewed (screens).
    pub began: Timestamp,
    /// When it was last used.
    pub used: Timestamp,
    /// Ended by its owner, an administrator, or a newer session.
    pub revoked: bool,
    /// The version of the rights that its token was made under.
    pub rights_version: i64,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Good.
    Live,
    /// Unused for too long.
    Idle,
    /// Past its absolute limit, or from the future.
    Old,
    /// Ended.
    Revoked,
}

/// How far clocks may have been set back while a session is believed.
const CLOCK_BACK: Duration = Duration::from_secs(300);
/// Requests within this time after a noted use are not noted again: no write for every request.
const NOTED: Duration = Duration::from_secs(30);

fn over(span_s: u32, from: Timestamp, now: Timestamp) -> bool {
    now.since(from) >= i64::from(span_s) * 1000
}

impl Session {
    /// A session that begins now.
    #[must_use]
    pub const fn new(kind: SessionKind, rights_version: i64, now: Timestamp) -> Self {
        Self { kind, began: now, used: now, revoked: false, rights_version }
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self, policy: &SessionPolicy, now: Timestamp) -> State {
        let (absolute, idle) = match self.kind {
            SessionKind::Person => (policy.absolute_s, over(policy.idle_s, self.used, now)),
            SessionKind::Screen => (policy.screen_s, false),
        };
        match () {
            () if self.revoked => State::Revoked,
            () if over(absolute, self.began, now) || now.after(CLOCK_BACK) < self.began => State::Old,
            () if idle => State::Idle,
            () => State::Live,
        }
    }

    /// True when this request's time should be written down.
    #[must_use]
    pub fn is_use_due(&self, now: Timestamp) -> bool {
        now.since(self.used).unsigned_abs() >= NOTED.as_millis() as u64
    }

    /// True when its token must be replaced by a new one: the rights changed since it was made (`rights_version` is the
    /// person's now), or half of a wall's time is over. At a login there is always a new session with a new token.
    #[must_use]
    pub fn is_rotation_due(&self, policy: &SessionPolicy, rights_version: i64, now: Timestamp) -> bool {
        let half_over = self.kind == SessionKind::Screen && over(policy.screen_s / 2, self.began, now);
        self.rights_version != rights_version || half_over
    }

    /// The session under its new token. A person's keeps its beginning and its last use: a new token is no new login, and it
    /// may have been a page that asked by itself.
    #[must_use]
    pub fn rotated(&self, rights_version: i64, now: Timestamp) -> Self {
        let (began, used) = match self.kind {
            SessionKind::Person => (self.began, self.used),
            SessionKind::Screen => (now, now),
        };
        Self { began, used, rights_version, ..self.clone() }
    }
}

/// Which of a person's sessions must end so that one more fits: the oldest live ones.
pub fn to_end<'a, K>(
    sessions: impl IntoIterator<Item = (K, &'a Session)>,
    policy: &SessionPolicy,
    now: Timestamp,
) -> Vec<K> {
    let live = sessions.into_iter().filter(|(_, session)| session.state(policy, now) == State::Live);
    let mut live: Vec<(K, &Session)> = live.collect();
    live.sort_by_key(|(_, session)| session.began);
    let spare = (live.len() + 1).saturating_sub(policy.most.max(1) as usize);
    live.into_iter().take(spare).map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_ms(minutes * 60_000)
    }

    #[test]
    fn ends_idle_old_or_revoked() {
        let policy = SessionPolicy::default();
        let day = 24 * 60;
        for (kind, began, used, revoked, now, expected) in [
            (SessionKind::Person, 0, 0, false, 14, State::Live),
            (SessionKind::Person, 0, 0, false, 15, State::Idle),
            (SessionKind::Person, 0, 719, false, 719, State::Live),
            (SessionKind::Person, 0, 719, false, 720, State::Old),
            (SessionKind::Person, 0, 0, true, 0, State::Revoked),
            (SessionKind::Person, 100, 100, false, 96, State::Live), // the clock was set back a little
            (SessionKind::Person, 100, 100, false, 94, State::Old),
            (SessionKind::Screen, 0, 0, false, 29 * day, State::Live),
            (SessionKind::Screen, 0, 0, false, 30 * day, State::Old),
            (SessionKind::Screen, 0, 0, true, 1, State::Revoked),
        ] {
            let session = Session { used: at(used), revoked, ..Session::new(kind, 1, at(began)) };
            assert_eq!(session.state(&policy, at(now)), expected, "{kind:?} {began} {used} {now}");
        }
    }

    #[test]
    fn tokens_rotate_when_rights_change_and_walls_renew_themselves() {
        let policy = SessionPolicy::default();
        let person = Session::new(SessionKind::Person, 1, at(0));
        assert!(!person.is_rotation_due(&policy, 1, at(700)) && person.is_rotation_due(&policy, 2, at(1)));
        let rotated = person.rotated(2, at(10));
        assert_eq!((rotated.began, rotated.used, rotated.rights_version), (at(0), at(0), 2));
        let screen = Session::new(SessionKind::Screen, 1, at(0));
        let half = at(15 * 24 * 60);
        assert!(!screen.is_rotation_due(&policy, 1, at(60)) && screen.is_rotation_due(&policy, 1, half));
        assert_eq!(screen.rotated(1, half).state(&policy, at(44 * 24 * 60)), State::Live);
        assert!(!person.is_use_due(Timestamp::from_ms(29_999)) && person.is_use_due(Timestamp::from_ms(30_000)));
    }

    #[test]
    fn the_oldest_end_when_there_are_too_many() {
        let policy = SessionPolicy { most: 2, ..SessionPolicy::default() };
        let session = |began| Session { used: at(10), ..Session::new(SessionKind::Person, 1, at(began)) };
        let idle = Session { used: at(-10), ..session(-20) };
        let all = [("b", &session(2)), ("a", &session(1)), ("idle", &idle), ("c", &session(3))];
        assert_eq!(to_end(all, &policy, at(10)), ["a", "b"]);
        assert_eq!(to_end([("a", &session(1))], &policy, at(10)), Vec::<&str>::new());
    }
}
