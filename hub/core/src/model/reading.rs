//! One measured value, and which device times are believable at all. Marks, never mends: a time is never clamped.

use serde::{Deserialize, Serialize};

use super::{DeviceId, MetricId, Quality, Reason, Timestamp};

/// One value of one metric of one device (读数).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The device that measured.
    pub device: DeviceId,
    /// What was measured; the unit stands in the device's kind.
    pub metric: MetricId,
    /// Device time; the hub's time of arrival where the device sent none.
    pub at: Timestamp,
    /// The value, finite. A state is a small whole number with labels in its kind.
    pub value: f64,
    /// What its sender itself says against it (HJ 212 marks, a missing calibration); the hub adds its own flags.
    #[serde(default, skip_serializing_if = "Quality::is_good")]
    pub quality: Quality,
}

impl Reading {
    /// A reading that nobody says anything against.
    #[must_use]
    pub const fn new(device: DeviceId, metric: MetricId, at: Timestamp, value: f64) -> Self {
        Self { device, metric, at, value, quality: Quality::empty() }
    }
}

/// The hard limits of a device time; outside of them a reading is rejected with its raw bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// How far before its arrival a reading may lie, ms. At most 24 days: the arrival is stored as an int4 of ms.
    pub past_ms: i64,
    /// How far ahead of the hub's clock a reading may lie, ms.
    pub future_ms: i64,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self { past_ms: 24 * 86_400_000, future_ms: 86_400_000 }
    }
}

impl TimeLimits {
    /// Why a reading taken at `at` and received at `received` cannot be believed, if so.
    #[must_use]
    pub fn refuse(self, at: Timestamp, received: Timestamp) -> Option<Reason> {
        let lag = received.since(at);
        if lag > self.past_ms {
            Some(Reason::TimeTooOld)
        } else if lag < -self.future_ms {
            Some(Reason::TimeTooNew)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_refuse_1970_and_2262_and_nothing_nearer() {
        let limits = TimeLimits::default();
        let now = Timestamp::from_ms(1_795_336_920_000);
        assert_eq!(limits.refuse(Timestamp::from_ms(0), now), Some(Reason::TimeTooOld));
        assert_eq!(limits.refuse(Timestamp::from_ms(9_214_646_400_000), now), Some(Reason::TimeTooNew));
        assert_eq!(limits.refuse(Timestamp::from_ms(i64::MIN), now), Some(Reason::TimeTooOld));
        assert_eq!(limits.refuse(Timestamp::from_ms(now.ms() - 23 * 86_400_000), now), None);
        assert_eq!(limits.refuse(Timestamp::from_ms(now.ms() + 3_600_000), now), None);
    }
}
