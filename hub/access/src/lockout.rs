//! When an account is locked: too many tries in a window, each lock longer than the one before. A try is counted before
//! the password is looked at, so that a thousand at once get no more looks than five one after the other.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use serde::{Deserialize, Serialize};

/// Settings of the lock-out (登录失败锁定).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LockoutSettings {
    /// So many wrong tries lock an account.
    pub wrong: u32,
    /// Within so many seconds.
    pub window_s: u32,
    /// For so many seconds the first time, twice as many each time after that.
    pub lock_s: u32,
    /// For so many seconds at most.
    pub longest_lock_s: u32,
    /// After so many seconds without a try the next lock is a first one again.
    pub forget_s: u32,
    /// So many wrong tries from one address in the window, at whatever accounts, limit the address.
    pub address_wrong: u32,
    /// So many accounts tried wrong from one address in the window limit it: somebody tries one password on everybody.
    pub address_accounts: u32,
}

impl Default for LockoutSettings {
    fn default() -> Self {
        Self {
            wrong: 5,
            window_s: 15 * 60,
            lock_s: 15 * 60,
            longest_lock_s: 3600,
            forget_s: 24 * 3600,
            address_wrong: 30,
            address_accounts: 10,
        }
    }
}

impl LockoutSettings {
    pub(crate) fn window(&self) -> Duration {
        Duration::from_secs(self.window_s.into())
    }

    fn lock(&self, before: u32) -> Duration {
        let seconds = u64::from(self.lock_s) << before.min(16);
        Duration::from_secs(seconds.min(self.longest_lock_s.into()))
    }
}

/// What is known of an account's tries. Small, and may be kept by the store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    /// Tries in the window that did not turn out right, oldest first.
    recent: Vec<Timestamp>,
    locked_until: Option<Timestamp>,
    /// Locks since the last success.
    locks: u32,
    last_try: Option<Timestamp>,
}

impl Account {
    /// Until when it is locked.
    #[must_use]
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }
}

/// What happens to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Somebody wants to try: asked before anything is looked at.
    Try,
    /// The try was right in all its factors.
    Right,
    /// The try was wrong. It is counted already; the answer tells whether the account is locked by now.
    Wrong,
    /// A security administrator unlocks it.
    Unlock,
}

/// Whether an account may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Look at the password.
    Open,
    /// Do not look.
    Locked {
        /// Until then.
        until: Timestamp,
    },
}

/// What becomes of an account by an event.
#[must_use]
pub fn step(settings: &LockoutSettings, mut state: Account, event: Event, now: Timestamp) -> (Account, Lock) {
    // a clock that was set back must not lock anybody for longer than the settings say
    let longest = now.after(Duration::from_secs(settings.longest_lock_s.into()));
    state.locked_until = state.locked_until(now).map(|until| until.min(longest));
    match (event, state.locked_until) {
        (Event::Right | Event::Unlock, _) => (Account::default(), Lock::Open),
        (_, Some(until)) => (state, Lock::Locked { until }),
        (Event::Wrong, None) => (state, Lock::Open),
        (Event::Try, None) => {
            let quiet = state.last_try.is_some_and(|last| now.since(last) >= i64::from(settings.forget_s) * 1000);
            if quiet {
                state.locks = 0;
            }
            state.last_try = Some(now);
            let window = i64::from(settings.window_s) * 1000;
            state.recent.retain(|at| now.since(*at) < window);
            state.recent.push(now);
            if state.recent.len() >= settings.wrong.max(1) as usize {
                // the last try is looked at, and unlocks when it is right
                state.locked_until = Some(now.after(settings.lock(state.locks)));
                state.locks = state.locks.saturating_add(1);
                state.recent.clear();
            }
            (state, Lock::Open)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1000)
    }

    /// Runs events at seconds; the answer is the second until which it is locked, 0 for open.
    fn run(events: &[(i64, Event, i64)]) {
        let settings = LockoutSettings::default();
        let mut state = Account::default();
        for (n, (second, event, expected)) in events.iter().enumerate() {
            let lock;
            (state, lock) = step(&settings, state, *event, at(*second));
            let until = match lock {
                Lock::Open => 0,
                Lock::Locked { until } => until.ms() / 1000,
            };
            assert_eq!(until, *expected, "event {n} at {second}");
        }
    }

    use Event::{Right, Try, Unlock, Wrong};

    #[test]
    fn five_wrong_lock_and_each_lock_is_longer() {
        run(&[
            (0, Try, 0),
            (1, Try, 0),
            (2, Try, 0),
            (3, Try, 0),
            (3, Wrong, 0),
            (4, Try, 0),
            (4, Wrong, 904),
            (5, Try, 904),
        ]);
        let mut events = Vec::new();
        for (start, until) in [(0, 900), (900, 2700), (2700, 6300), (6300, 9900)] {
            events.extend([(start, Try, 0); 5]);
            events.extend([(start, Try, until), (until - 1, Try, until)]);
        }
        run(&events);
        // a quiet day later it is a first lock again
        events.extend([(9900 + 86_400, Try, 0); 5]);
        events.push((9900 + 86_400, Try, 9900 + 86_400 + 900));
        run(&events);
    }

    #[test]
    fn the_window_slides() {
        run(&[
            (0, Try, 0),
            (898, Try, 0),
            (899, Try, 0),
            (899, Try, 0),
            (900, Try, 0),
            (901, Try, 0),
            (902, Try, 1801),
        ]);
    }

    #[test]
    fn success_and_unlocking_reset() {
        run(&[
            (0, Try, 0),
            (0, Try, 0),
            (0, Try, 0),
            (0, Try, 0),
            (0, Right, 0),
            (1, Try, 0),
            (1, Try, 0),
            (1, Wrong, 0),
        ]);
        // the fifth may still be right
        run(&[
            (0, Try, 0),
            (0, Try, 0),
            (0, Try, 0),
            (0, Try, 0),
            (0, Try, 0),
            (1, Right, 0),
            (2, Try, 0),
            (2, Wrong, 0),
        ]);
        run(&[
            (0, Try, 0),
            (0, Try, 0),
            (0, Try, 0),
            (0, Try, 0),
            (0, Try, 0),
            (1, Try, 900),
            (2, Unlock, 0),
            (3, Try, 0),
        ]);
    }

    #[test]
    fn a_thousand_at_once_get_five_looks_and_a_clock_set_back_locks_nobody_out() {
        let settings = LockoutSettings::default();
        let (mut state, mut looks) = (Account::default(), 0);
        for _ in 0..1000 {
            let lock;
            (state, lock) = step(&settings, state, Event::Try, at(86_400));
            looks += u32::from(lock == Lock::Open);
        }
        assert_eq!(looks, 5);
        let (_, lock) = step(&settings, state, Event::Try, at(0));
        assert_eq!(lock, Lock::Locked { until: at(3600) });
    }
}
