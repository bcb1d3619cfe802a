//! How fast receivers that people read are told: at most so many messages a minute (the robots of 企业微信 and 钉钉 take 20, and
//! nobody reads more). While few wait each has its own message; when more wait than there is room for they go in one, and a
//! quarter of the room is kept for that, so that nothing has to wait for a whole minute.

use std::collections::VecDeque;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// What may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Each with a message of its own.
    Each,
    /// All that wait in one.
    Together,
    /// Nothing yet.
    Later,
}

/// What a receiver was sent in the last minute.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    sent: VecDeque<Duration>,
    together: Option<Duration>,
}

impl Pace {
    /// Of so many that wait, with `most` messages a minute.
    pub(crate) fn turn(&mut self, waiting: usize, most: usize, now: Duration) -> Turn {
        while self.sent.front().is_some_and(|at| now.saturating_sub(*at) >= MINUTE) {
            self.sent.pop_front();
        }
        let kept = (most / 4).max(1);
        let room = most.saturating_sub(self.sent.len());
        let apart = MINUTE / u32::try_from(kept).unwrap_or(1);
        if waiting + kept <= room {
            Turn::Each
        } else if room > 0 && self.together.is_none_or(|at| now.saturating_sub(at) >= apart) {
            Turn::Together
        } else {
            Turn::Later
        }
    }

    /// One was tried.
    pub(crate) fn sent(&mut self, together: bool, now: Duration) {
        self.sent.push_back(now);
        if together {
            self.together = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something waits at every moment; answers how many messages went out in each span of a minute at most, and how long
    /// anything waited at most.
    fn run(most: usize, waiting: impl Fn(u64) -> usize) -> (usize, Duration) {
        let (mut pace, mut sent, mut last, mut wait) = (Pace::default(), Vec::new(), Duration::ZERO, Duration::ZERO);
        for tick in 0..3_000 {
            let now = Duration::from_millis(tick * 100);
            let waits = waiting(tick);
            let turn = pace.turn(waits, most, now);
            let count = match turn {
                Turn::Each => waits,
                Turn::Together => 1,
                Turn::Later => 0,
            };
            for _ in 0..count {
                pace.sent(turn == Turn::Together, now);
                sent.push(now);
                wait = wait.max(now - last);
                last = now;
            }
        }
        let in_minute = |from: &Duration| sent.iter().filter(|at| (*from..*from + MINUTE).contains(at)).count();
        (sent.iter().map(in_minute).max().unwrap(), wait)
    }

    #[test]
    fn never_more_than_so_many_a_minute_and_never_a_long_wait() {
        for most in [4, 20, 60] {
            for waiting in [1, 3, 50, 50_000] {
                let (busiest, wait) = run(most, |_| waiting);
                assert!(busiest <= most, "{most} {waiting}: {busiest}");
                assert!(wait <= MINUTE / (most / 4) as u32 + Duration::from_secs(1), "{most} {waiting}: {wait:?}");
            }
        }
    }

    #[test]
    fn few_have_messages_of_their_own_and_many_one() {
        let mut pace = Pace::default();
        assert_eq!(pace.turn(15, 20, MINUTE), Turn::Each);
        assert_eq!(pace.turn(16, 20, MINUTE), Turn::Together);
        pace.sent(true, MINUTE);
        assert_eq!(pace.turn(16, 20, MINUTE), Turn::Later);
        assert_eq!(pace.turn(1, 20, MINUTE), Turn::Each, "there is room for one");
        assert_eq!(pace.turn(16, 20, MINUTE + Duration::from_secs(12)), Turn::Together);
    }
}
