//! How often a device speaks, learned from its own pauses. Sleepy devices are then not called silent; one long outage
//! does not change the picture.

use std::time::Duration;

use chengshu_core::model::Freshness;

/// Pauses that are remembered.
const PAUSES: usize = 12;
/// So many must be known before they say anything.
const ENOUGH: usize = 5;
/// Shorter pauses are one breath: a flushed backlog, a message a metric.
const BREATH_MS: i64 = 1_000;
const DAY_S: u32 = 86_400;

/// The last pauses of a device.
#[derive(Debug, Clone, Copy, Default)]
pub struct Habit {
    pauses_s: [u32; PAUSES],
    /// How many were ever noted, up to the number that is remembered; then where the next one goes.
    known: u8,
    next: u8,
}

impl Habit {
    /// A habit that was learned before.
    #[must_use]
    pub(crate) fn learned(pause: Duration) -> Self {
        let mut habit = Self::default();
        for _ in 0..ENOUGH {
            habit.note(i64::try_from(pause.as_millis()).unwrap_or(0).max(BREATH_MS));
        }
        habit
    }

    /// Notes a pause between two signs of life.
    pub(crate) fn note(&mut self, pause_ms: i64) {
        if pause_ms < BREATH_MS {
            return;
        }
        self.pauses_s[usize::from(self.next)] = u32::try_from(pause_ms / 1000).unwrap_or(u32::MAX);
        self.next = (self.next + 1) % PAUSES as u8;
        self.known = (self.known + 1).min(PAUSES as u8);
    }

    /// The pause that it usually keeps, seconds: the longest but one of the remembered, so that one outage is no habit.
    #[must_use]
    pub fn pause_s(&self) -> Option<u32> {
        let known = usize::from(self.known);
        if known < ENOUGH {
            return None;
        }
        let mut pauses = self.pauses_s;
        let pauses = &mut pauses[..known];
        pauses.sort_unstable();
        pauses.get(known - 2).copied()
    }

    /// The deadlines that follow from it.
    #[must_use]
    pub fn freshness(&self) -> Option<Freshness> {
        let pause = self.pause_s()?;
        Some(Freshness {
            stale_after_s: (pause.saturating_mul(3) / 2).clamp(30, 3 * DAY_S),
            offline_after_s: pause.saturating_mul(3).clamp(60, 7 * DAY_S),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn habit(pauses_s: &[i64]) -> Habit {
        let mut habit = Habit::default();
        pauses_s.iter().for_each(|pause| habit.note(pause * 1000));
        habit
    }

    #[test]
    fn one_outage_is_no_habit_and_a_burst_does_not_hide_a_sleep() {
        assert_eq!(habit(&[10, 10, 10, 10]).pause_s(), None, "too few to say");
        assert_eq!(habit(&[10, 10, 7_200, 10, 11]).pause_s(), Some(11));
        assert_eq!(habit(&[1, 1, 1, 1, 3_600, 1, 1, 1, 1, 3_600]).pause_s(), Some(3_600));
        let flushed: Vec<i64> = std::iter::repeat_n(0, 500).chain([60, 60, 60, 60, 60, 60]).collect();
        assert_eq!(habit(&flushed).pause_s(), Some(60));
        let hourly = habit(&[3_600; 6]).freshness().unwrap();
        assert_eq!((hourly.stale_after_s, hourly.offline_after_s), (5_400, 10_800));
        assert_eq!(Habit::learned(Duration::from_secs(60)).pause_s(), Some(60));
    }
}
