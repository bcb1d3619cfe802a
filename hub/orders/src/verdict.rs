//! What follows from an adapter's word that a command was not done: put off, try again, or give up. Pure.

use std::time::Duration;

/// A device that is not there is tried so often, until the command is too late.
const ABSENT: Duration = Duration::from_secs(5);
/// The first pause after a device that had the command and did not answer; doubled each time.
const AGAIN: Duration = Duration::from_secs(10);
/// So often a device may have a command without answering.
const TRIES: i32 = 3;

/// What to do with a command that was not done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It never left: try after this.
    Postpone(Duration),
    /// The device had it and did not answer: try after this.
    Again(Duration),
    /// It ends here.
    GiveUp,
}

/// Judges a failure. A dangerous command that may have been done is never sent a second time.
pub(crate) fn judge(code: &str, tries: i32, danger: bool) -> Verdict {
    match code {
        "not_connected" => Verdict::Postpone(ABSENT),
        "timeout" | "busy" | "connection_lost" if !danger && tries + 1 < TRIES => {
            Verdict::Again(AGAIN * 2_u32.pow(u32::try_from(tries).unwrap_or(0)))
        }
        _ => Verdict::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_left_waits_what_was_not_answered_is_tried_thrice_and_danger_never_twice() {
        let s = Duration::from_secs;
        assert_eq!(judge("not_connected", 9, true), Verdict::Postpone(s(5)));
        assert_eq!(judge("timeout", 0, false), Verdict::Again(s(10)));
        assert_eq!(judge("timeout", 1, false), Verdict::Again(s(20)));
        assert_eq!(judge("timeout", 2, false), Verdict::GiveUp);
        assert_eq!(judge("timeout", 0, true), Verdict::GiveUp);
        assert_eq!(judge("refused", 0, false), Verdict::GiveUp);
    }
}
