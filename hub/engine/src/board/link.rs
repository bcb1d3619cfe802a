//! What has come by a link lately: rate over ten seconds, lag over a minute, and the last value that arrived.

use std::sync::Arc;

use chengshu_core::model::Timestamp;
use chengshu_core::seam::Link;

use super::Latest;

const RATE_SECONDS: usize = 10;
const LAG_SLOTS: usize = 6;
const LAG_BUCKETS: usize = 64;

/// A link with its recent traffic.
#[derive(Debug)]
pub struct LinkSlot {
    /// The link itself.
    pub link: Arc<Link>,
    /// The newest arrival.
    pub last: Option<Arrival>,
    /// Set aside since the hub started.
    pub rejected: u64,
    /// Readings taken since the hub started.
    pub readings: u64,
    rate: [u32; RATE_SECONDS],
    rate_second: i64,
    lag: [[u32; LAG_BUCKETS]; LAG_SLOTS],
    lag_slot: i64,
}

/// One value that arrived: device and series by number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    /// Whose.
    pub device: u32,
    /// Of what: the place in the device's series.
    pub series: u32,
    /// How much, and when.
    pub latest: Latest,
}

impl LinkSlot {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self {
            link,
            last: None,
            rejected: 0,
            readings: 0,
            rate: [0; RATE_SECONDS],
            rate_second: 0,
            lag: [[0; LAG_BUCKETS]; LAG_SLOTS],
            lag_slot: 0,
        }
    }

    pub(crate) fn count(&mut self, now: Timestamp, readings: u32, lags_ms: impl Iterator<Item = i64>) {
        self.advance(now);
        self.readings += u64::from(readings);
        let second = self.rate_second.rem_euclid(RATE_SECONDS as i64) as usize;
        self.rate[second] = self.rate[second].saturating_add(readings);
        let slot = &mut self.lag[self.lag_slot.rem_euclid(LAG_SLOTS as i64) as usize];
        for lag in lags_ms {
            slot[bucket(lag)] += 1;
        }
    }

    /// Empties the slots of the time that has passed without traffic.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        let second = now.ms().div_euclid(1000);
        for passed in (self.rate_second + 1).max(second - RATE_SECONDS as i64 + 1)..=second {
            self.rate[passed.rem_euclid(RATE_SECONDS as i64) as usize] = 0;
        }
        self.rate_second = self.rate_second.max(second);
        let slot = second.div_euclid(10);
        for passed in (self.lag_slot + 1).max(slot - LAG_SLOTS as i64 + 1)..=slot {
            self.lag[passed.rem_euclid(LAG_SLOTS as i64) as usize] = [0; LAG_BUCKETS];
        }
        self.lag_slot = self.lag_slot.max(slot);
    }

    /// Readings per second over the last ten.
    #[must_use]
    pub fn rate_per_s(&self) -> f64 {
        f64::from(self.rate.iter().sum::<u32>()) / RATE_SECONDS as f64
    }

    /// The 95th percentile of arrival minus device time over the last minute, ms, to about a fifth.
    #[must_use]
    pub fn lag_p95_ms(&self) -> Option<i64> {
        let counts = |bucket: usize| self.lag.iter().map(|slot| u64::from(slot[bucket])).sum::<u64>();
        let total: u64 = (0..LAG_BUCKETS).map(counts).sum();
        let mut left = total - total * 95 / 100;
        for bucket in (0..LAG_BUCKETS).rev().filter(|_| total > 0) {
            let here = counts(bucket);
            if here >= left.max(1) {
                return Some(upper(bucket));
            }
            left -= here;
        }
        None
    }
}

/// Buckets grow by a factor of 2^(1/2) from 1 ms; a negative lag (a clock ahead) counts as none.
fn bucket(lag_ms: i64) -> usize {
    let lag = lag_ms.max(1) as f64;
    ((lag.log2() * 2.0).ceil() as usize).min(LAG_BUCKETS - 1)
}

fn upper(bucket: usize) -> i64 {
    2f64.powf(bucket as f64 / 2.0).round() as i64
}

#[cfg(test)]
mod tests {
    use chengshu_core::model::LinkId;

    use super::*;

    #[test]
    fn rate_and_lag_fade_with_time() {
        let t = Timestamp::from_ms;
        let mut slot =
            LinkSlot::new(Arc::new(Link::new(LinkId::parse("mqtt:main").unwrap(), "mqtt", "main".into(), t(0))));
        slot.count(t(100_000), 50, (0..100).map(|n| if n < 90 { 10 } else { 1000 }));
        assert!((slot.rate_per_s() - 5.0).abs() < 1e-9);
        assert_eq!(slot.lag_p95_ms(), Some(1024));
        slot.advance(t(111_000));
        assert_eq!(slot.rate_per_s(), 0.0);
        slot.advance(t(170_000));
        assert_eq!(slot.lag_p95_ms(), None);
    }
}
