//! What is remembered of one rule on one device. The part that readings alone cannot bring back after a restart is
//! `Durable`: it is written in the transaction of the readings that changed it.

use chengshu_core::model::{AlarmId, Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Memory;

/// The state of one rule on one device. Applied only when the transaction that carries its transitions was committed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleState {
    /// The alarm that is raised, if any.
    pub active: Option<Active>,
    /// Abnormal, but not for long enough.
    pub pending: Option<Pending>,
    /// Less grave than the alarm, but not for long enough.
    pub falling: Option<Falling>,
    /// Which of the last readings were abnormal, the newest in the lowest bit; for rules that count.
    pub bits: u64,
    /// Readings at or before this time have been decided on. For silence: when the device was last heard, hub time.
    pub decided: Option<Timestamp>,
    /// The number that was looked at then.
    pub value: f64,
    /// Hub time minus device time of that reading, ms.
    pub lag_ms: i32,
    /// What the signal needs of the readings before.
    pub memory: Option<Box<Memory>>,
}

/// A raised alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Active {
    /// Which alarm.
    pub alarm: AlarmId,
    /// How grave it is now.
    pub severity: Severity,
}

/// A condition that may become an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Device time of the first abnormal reading.
    pub since: Timestamp,
    /// How grave it is now.
    pub severity: Severity,
}

/// An alarm that may ease or be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Falling {
    /// Device time of the first reading that was less grave.
    pub since: Timestamp,
    /// The gravest since then; none is normal.
    pub to: Option<Severity>,
}

/// What must be written down: a state that time has yet to decide on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durable {
    /// See [`RuleState::pending`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// See [`RuleState::falling`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub falling: Option<Falling>,
    /// See [`RuleState::bits`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub bits: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(bits: &u64) -> bool {
    *bits == 0
}

impl RuleState {
    /// What must be written down of it.
    #[must_use]
    pub fn durable(&self) -> Durable {
        Durable { pending: self.pending, falling: self.falling, bits: self.bits }
    }

    /// Takes back what was written down.
    pub fn restore(&mut self, durable: Durable) {
        Durable { pending: self.pending, falling: self.falling, bits: self.bits } = durable;
    }

    /// True when so much time lies between the last reading and `at` that nobody knows what was in between.
    pub(crate) fn gap_before(&self, at: Timestamp, gap_ms: i64) -> bool {
        self.decided.is_some_and(|decided| at.since(decided) > gap_ms)
    }

    /// How grave it is now.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.active.map(|active| active.severity)
    }
}
