//! What a data logger keeps of its measurements: one entry for each minute period. Hours and days are made of them.
//! Bounded: the oldest periods go first.

use std::collections::BTreeMap;

use chengshu_core::model::Timestamp;

use crate::codec::write_time;

/// Periods that are kept: a week of ten minutes, and some.
const PERIODS_MAX: usize = 2_000;

#[derive(Debug, Clone, Copy)]
struct Sum {
    low: f64,
    high: f64,
    total: f64,
    count: u32,
}

type Period = BTreeMap<String, Sum>;

#[derive(Debug, Default)]
pub(super) struct Store(BTreeMap<i64, Period>);

impl Store {
    /// A value of a code, measured at `at`.
    pub(super) fn add(&mut self, code: &str, value: f64, at: Timestamp, minute_ms: i64) {
        let period = self.0.entry(start(at.ms(), minute_ms)).or_default();
        let one = Sum { low: value, high: value, total: value, count: 1 };
        period.entry(code.to_owned()).and_modify(|sum| sum.join(one)).or_insert(one);
        while self.0.len() > PERIODS_MAX {
            self.0.pop_first();
        }
    }

    /// The starts of the periods of `span_ms` that hold something, begin from `from` to `to`, and have ended at `now`.
    pub(super) fn starts(&self, span_ms: i64, from: Timestamp, to: Timestamp, now: Timestamp) -> Vec<i64> {
        if from > to {
            return Vec::new();
        }
        let until = to.ms().saturating_add(span_ms - 1);
        let mut starts: Vec<i64> = self.0.range(from.ms()..=until).map(|(at, _)| start(*at, span_ms)).collect();
        starts.dedup();
        starts.retain(|at| (from.ms()..=to.ms()).contains(at) && at + span_ms <= now.ms());
        starts
    }

    /// The items of a period: its start, and minimum, mean and maximum of each code.
    pub(super) fn items(&self, span_ms: i64, start: i64) -> Vec<String> {
        let mut sums = Period::new();
        for (code, sum) in self.0.range(start..start + span_ms).flat_map(|(_, period)| period) {
            sums.entry(code.clone()).and_modify(|known| known.join(*sum)).or_insert(*sum);
        }
        let time = format!("DataTime={}", write_time(Timestamp::from_ms(start)));
        std::iter::once(time).chain(sums.iter().map(|(code, sum)| sum.item(code))).collect()
    }
}

impl Sum {
    fn join(&mut self, other: Self) {
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
        self.total += other.total;
        self.count += other.count;
    }

    fn item(self, code: &str) -> String {
        let mean = self.total / f64::from(self.count.max(1));
        format!("{code}-Min={},{code}-Avg={mean:.3},{code}-Max={},{code}-Flag=N", self.low, self.high)
    }
}

/// Local days begin eight hours before those of UTC.
pub(super) fn start(at: i64, span_ms: i64) -> i64 {
    const CST_MS: i64 = 8 * 3_600_000;
    (at + CST_MS).div_euclid(span_ms) * span_ms - CST_MS
}
