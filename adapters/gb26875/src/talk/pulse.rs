//! How long a peer may be silent, learnt from how often it speaks. Closes nothing itself.

use chengshu_core::model::Timestamp;

use crate::Setup;

/// Gaps that are remembered, and how many make an interval.
const GAPS: usize = 8;
const GAPS_MIN: usize = 3;

/// The gaps between what a peer said last.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    gaps: [i64; GAPS],
    heard: usize,
    last: Option<Timestamp>,
}

impl Pulse {
    pub(super) fn beat(&mut self, now: Timestamp) {
        if let Some(last) = self.last {
            self.gaps[self.heard % GAPS] = now.since(last).max(0);
            self.heard = self.heard.saturating_add(1);
        }
        self.last = Some(now);
    }

    /// The longest of the last gaps is the interval: reports between two heartbeats make others shorter.
    pub(super) fn silence_ms(&self, setup: &Setup) -> i64 {
        if self.heard < GAPS_MIN {
            return setup.silence_ms;
        }
        let interval = self.gaps.iter().copied().max().unwrap_or(0);
        interval.saturating_mul(setup.silence_intervals).min(setup.silence_max_ms).max(setup.silence_min_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_intervals_within_bounds() {
        let setup = Setup::default();
        let after = |gaps: &[i64]| {
            let mut pulse = Pulse::default();
            let mut now = 0;
            pulse.beat(Timestamp::from_ms(now));
            for gap in gaps {
                now += gap * 1000;
                pulse.beat(Timestamp::from_ms(now));
            }
            pulse.silence_ms(&setup) / 1000
        };
        for (gaps, expected) in [
            (&[30, 30][..], 600),
            (&[30, 30, 30], 90),
            (&[60, 60, 1, 60], 180),
            (&[1, 1, 1, 1], 90),
            (&[3000, 3000, 3000], 3600),
            (&[200, 50, 50, 50, 50, 50, 50, 50, 50], 150),
        ] {
            assert_eq!(after(gaps), expected, "{gaps:?}");
        }
    }
}
