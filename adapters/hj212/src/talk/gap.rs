//! Which stretches a device has to tell again after an outage (补数), and in which pieces. Asks nobody.

use chengshu_core::model::Timestamp;

use super::memory::Newest;
use crate::Setup;
use crate::commands::Request;

const HOUR_MS: i64 = 3_600_000;

/// A stretch that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    cn: u16,
    from: Timestamp,
    to: Timestamp,
    piece_ms: i64,
    step_ms: i64,
}

/// The gaps of a device that was last heard at `newest`.
pub(crate) fn gaps(setup: &Setup, newest: Newest, now: Timestamp) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if !setup.gap {
        return gaps;
    }
    let minute_ms = newest.minute_ms.unwrap_or(setup.minute_interval_ms).max(60_000);
    let missing = [
        (2051, newest.minute.or(newest.any), minute_ms, setup.gap_piece_ms),
        (2061, newest.hour.or(newest.any), HOUR_MS, setup.gap_hour_piece_ms),
    ];
    for (cn, newest, step_ms, piece_ms) in missing {
        let Some(newest) = newest.filter(|newest| now.since(*newest) > 2 * step_ms) else { continue };
        // a period is named by its start: the next one that is wanted begins one step later
        let from = floor(newest, step_ms).ms().saturating_add(step_ms).max(now.ms().saturating_sub(setup.gap_back_ms));
        let from = floor(Timestamp::from_ms(from), step_ms);
        gaps.push(Gap { cn, from, to: now, piece_ms: piece_ms.max(step_ms), step_ms });
    }
    gaps
}

/// Local hours and minutes begin with those of UTC: +08:00 is whole hours.
fn floor(at: Timestamp, step_ms: i64) -> Timestamp {
    Timestamp::from_ms(at.ms() - at.ms().rem_euclid(step_ms))
}

impl Gap {
    /// One period that came and could not be kept.
    pub(crate) fn one(setup: &Setup, cn: u16, at: Timestamp, newest: Newest) -> Option<Self> {
        let (step_ms, piece_ms) = match cn {
            2051 => (newest.minute_ms.unwrap_or(setup.minute_interval_ms).max(60_000), setup.gap_piece_ms),
            2061 => (HOUR_MS, setup.gap_hour_piece_ms),
            _ => return None,
        };
        Some(Self { cn, from: at, to: at, piece_ms: piece_ms.max(step_ms), step_ms })
    }

    /// Takes one up that follows it without a break.
    pub(crate) fn join(&mut self, next: &Self) -> bool {
        let near = |a: Timestamp, b: Timestamp| a.since(b) <= self.step_ms;
        let joins = self.cn == next.cn && near(next.from, self.to) && near(self.from, next.to);
        if joins {
            self.from = self.from.min(next.from);
            self.to = self.to.max(next.to);
        }
        joins
    }

    /// The request for its next piece. Both ends belong to a request: the last period wanted is the one before the piece
    /// after it.
    pub(crate) fn request(&self) -> Request {
        let last = Timestamp::from_ms(self.until() - self.step_ms);
        Request::history(self.cn, self.from, self.to.min(last).max(self.from))
    }

    /// The piece is done. True when nothing is left.
    pub(crate) fn advance(&mut self) -> bool {
        self.from = Timestamp::from_ms(self.until());
        self.from > self.to
    }

    const fn until(&self) -> i64 {
        self.from.ms().saturating_add(self.piece_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_gap_is_asked_for_in_pieces_and_not_further_back_than_set() {
        let now = at("2026-11-22T12:05:00+08:00");
        let check = |minute: &str, expected: &[&str]| {
            let newest = Newest { minute: Some(at(minute)), hour: Some(now), ..Newest::default() };
            let mut asked = Vec::new();
            for mut gap in gaps(&Setup::default(), newest, now) {
                asked.push(gap.request().cp);
                while !gap.advance() {
                    asked.push(gap.request().cp);
                }
            }
            assert!(asked.len() <= 7 * 24 + 1, "{}", asked.len());
            assert_eq!(asked.iter().take(expected.len()).collect::<Vec<_>>(), expected, "{minute}");
        };
        check("2026-11-22T11:50:00+08:00", &[]);
        check(
            "2026-11-22T10:00:00+08:00",
            &["BeginTime=20261122101000;EndTime=20261122110000", "BeginTime=20261122111000;EndTime=20261122120000"],
        );
        check("2025-01-01T00:00:00+08:00", &["BeginTime=20261115120000;EndTime=20261115125000"]);
    }
}
