//! Rate limits: token buckets by key (address, person, key, route), in bounded memory. Waits for nobody and reads no
//! clock; what a refusal is answered with belongs to the edge.

use std::hash::Hash;
use std::time::Duration;

use chengshu_core::model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::capped::Capped;

/// How much is allowed (限流).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Tokens a second in the long run.
    pub per_second: f64,
    /// Tokens at once.
    pub burst: f64,
}

/// What one key has left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub const fn full(rate: Rate, now: Timestamp) -> Self {
        Self { tokens: rate.burst, at: now }
    }

    /// Takes `cost` tokens. What costs more than the bucket holds is let through when it is full.
    ///
    /// # Errors
    /// How long to wait until there is enough; nothing was taken.
    pub fn take(&mut self, rate: Rate, cost: f64, now: Timestamp) -> Result<(), Duration> {
        // a clock that was set back gives nothing and owes nothing
        let seconds = now.wait_from(self.at).as_secs_f64();
        self.tokens = (self.tokens + seconds * rate.per_second).min(rate.burst);
        self.at = now;
        // a bucket that holds nothing lets nothing through
        let cost = cost.max(0.0).min(rate.burst.max(1.0));
        // what rounding lost is not worth a refusal
        if self.tokens + 1e-9 >= cost {
            self.tokens = (self.tokens - cost).max(0.0);
            return Ok(());
        }
        let wait = (cost - self.tokens) / rate.per_second;
        Err(Duration::try_from_secs_f64(wait).unwrap_or(FOREVER).min(FOREVER))
    }

    fn is_full(&self, rate: Rate, now: Timestamp) -> bool {
        self.tokens + now.wait_from(self.at).as_secs_f64() * rate.per_second >= rate.burst
    }
}

/// What a rate of nothing makes people wait.
const FOREVER: Duration = Duration::from_secs(24 * 3600);

/// Buckets by key. When there are more keys than the cap, those that are full, then the oldest are forgotten.
#[derive(Debug)]
pub struct Limiter<K> {
    rate: Rate,
    buckets: Capped<K, Bucket>,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// At most `cap` keys are remembered.
    #[must_use]
    pub fn new(rate: Rate, cap: usize) -> Self {
        Self { rate, buckets: Capped::new(cap) }
    }

    /// Takes `cost` tokens of the key.
    ///
    /// # Errors
    /// How long to wait: for `Retry-After`, rounded up to seconds at the edge.
    pub fn take(&mut self, key: K, cost: f64, now: Timestamp) -> Result<(), Duration> {
        let rate = self.rate;
        let mut bucket = self.buckets.get(&key).copied().unwrap_or_else(|| Bucket::full(rate, now));
        let taken = bucket.take(rate, cost, now);
        self.buckets.put(key, bucket, |bucket| bucket.is_full(rate, now));
        taken
    }

    /// Keys that are remembered.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.buckets.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 2.0, burst: 4.0 };

    #[test]
    fn a_burst_then_the_rate() {
        let mut limiter = Limiter::new(RATE, 10);
        for (ms, cost, expected) in [
            (0, 3.0, Ok(())),
            (0, 1.0, Ok(())),
            (0, 1.0, Err(500)),
            (250, 1.0, Err(250)),
            (500, 1.0, Ok(())),
            (400, 0.5, Err(250)), // the clock was set back
            (650, 0.5, Ok(())),
            (100_000, 9.0, Ok(())), // more than it holds, when full
            (100_000, 1.0, Err(500)),
        ] {
            let taken = limiter.take("a", cost, Timestamp::from_ms(ms));
            assert_eq!(taken.map_err(|wait| wait.as_millis()), expected, "{ms} {cost}");
        }
        assert_eq!(limiter.take("b", 1.0, Timestamp::from_ms(0)), Ok(()), "others are not affected");
        let mut none = Limiter::new(Rate { per_second: 0.0, burst: 0.0 }, 10);
        assert!(none.take((), 5.0, Timestamp::from_ms(0)).is_err());
        let mut shut = Bucket { tokens: 0.0, at: Timestamp::from_ms(0) };
        assert_eq!(shut.take(Rate { per_second: 0.0, burst: 1.0 }, 1.0, Timestamp::from_ms(9)), Err(FOREVER));
    }

    #[test]
    fn many_keys_do_not_fill_the_memory_nor_free_the_busy() {
        let mut limiter = Limiter::new(RATE, 100);
        let now = Timestamp::from_ms(0);
        for key in 0..100_000_u32 {
            let _ = limiter.take(0, 1.0, now);
            let _ = limiter.take(key, 1.0, now);
        }
        assert_eq!(limiter.keys(), 100);
        assert!(limiter.take(0, 1.0, now).is_err());
    }
}
