//! Whether somebody else comes with the hub's client id: each of the two then throws the other out, for ever. MQTT 5 brokers
//! say so; with 3.1.1 a connection that is closed again and again is all that can be seen. Decides only what is told.

use std::collections::VecDeque;
use std::time::Duration;

use crate::wire::How;

/// So many times within so long are no accident.
const TIMES: usize = 3;
const WITHIN: Duration = Duration::from_secs(60);

/// The times at which a connection that was up was ended by the broker.
#[derive(Default)]
pub(crate) struct Rival {
    ends: VecDeque<(Duration, bool)>,
}

impl Rival {
    /// A connection ended. True when the broker said that it was taken over.
    pub(crate) fn ended(&mut self, how: How, was_up: bool, now: Duration) -> bool {
        let told = how == How::TakenOver;
        if told || (was_up && how == How::Closed) {
            self.ends.push_back((now, told));
            if self.ends.len() > TIMES {
                self.ends.pop_front();
            }
        }
        told
    }

    /// The code of what is wrong now: somebody else has the hub's client id, or it looks so.
    pub(crate) fn trouble(&self, now: Duration) -> Option<&'static str> {
        let recent = || self.ends.iter().filter(|(at, _)| now.saturating_sub(*at) < WITHIN);
        match recent().any(|(_, told)| *told) {
            true => Some("session_taken_over"),
            false => (recent().count() >= TIMES).then_some("session_contested"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn one_word_of_the_broker_is_enough_and_three_closed_doors() {
        let mut rival = Rival::default();
        assert!(rival.ended(How::TakenOver, true, S(100)));
        assert_eq!(rival.trouble(S(101)), Some("session_taken_over"));
        assert_eq!(rival.trouble(S(160)), None, "a minute later it is over");

        let mut rival = Rival::default();
        for (at, expected) in [(100, None), (110, None), (120, Some("session_contested"))] {
            assert!(!rival.ended(How::Closed, true, S(at)));
            assert_eq!(rival.trouble(S(at)), expected);
        }
        assert_eq!(rival.trouble(S(161)), None);

        let mut rival = Rival::default();
        for at in [100, 101, 102, 103] {
            rival.ended(How::Closed, false, S(at)); // a broker that is not there
            rival.ended(How::Otherwise, true, S(at));
        }
        assert_eq!(rival.trouble(S(104)), None);
    }
}
