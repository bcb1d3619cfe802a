//! The words of alarms: how grave, what crossed, and what that changed. The logic stands in `rules`.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{DeviceId, MetricId, RuleId, ThemeId, Timestamp};

/// How grave (级别): 特急, 紧急, 重要, 一般. The first is the gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// 特急
    Critical = 1,
    /// 紧急
    Urgent = 2,
    /// 重要
    Important = 3,
    /// 一般
    General = 4,
}

impl Severity {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Urgent => "urgent",
            Self::Important => "important",
            Self::General => "general",
        }
    }

    /// From the number that the database keeps; 1 is the gravest.
    #[must_use]
    pub const fn from_rank(rank: i16) -> Option<Self> {
        match rank {
            1 => Some(Self::Critical),
            2 => Some(Self::Urgent),
            3 => Some(Self::Important),
            4 => Some(Self::General),
            _ => None,
        }
    }
}

/// Which way a condition went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Crossing {
    /// Became abnormal.
    Raised,
    /// Became normal again.
    Cleared,
    /// Became graver while it was abnormal.
    Worsened,
    /// Became less grave, but not normal.
    Eased,
}

impl Crossing {
    /// The word on the wire, and in identities.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Cleared => "cleared",
            Self::Worsened => "worsened",
            Self::Eased => "eased",
        }
    }
}

/// The identity of an alarm or a transition: a hash of what it is about, so that a retry finds itself again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlarmId(pub [u8; 16]);

impl AlarmId {
    /// The identity of the crossing of `rule` (in `version`) by `object` at `at`.
    #[must_use]
    pub fn of(rule: &RuleId, version: i32, object: &DeviceId, at: Timestamp, crossing: Crossing) -> Self {
        let mut hash = Sha256::new();
        for part in [rule.as_str().as_bytes(), &version.to_be_bytes(), object.as_str().as_bytes()] {
            hash.update(part);
            hash.update([0]);
        }
        hash.update(at.ms().to_be_bytes());
        hash.update(crossing.word().as_bytes());
        let digest = hash.finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }

    /// Lower-case hexadecimal, 32 characters.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The limits of one step of a rule, as they were applied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Abnormal from here on.
    pub raise: f64,
    /// Normal again from here on.
    pub clear: f64,
}

/// One change of a condition (告警变迁), caused by one reading or by time.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Its own identity.
    pub id: AlarmId,
    /// The alarm that it is about: the identity of the raise.
    pub alarm: AlarmId,
    /// Which way.
    pub crossing: Crossing,
    /// The rule, and its version.
    pub rule: RuleId,
    /// Version of the rule that decided.
    pub rule_version: i32,
    /// What it is about.
    pub device: DeviceId,
    /// How grave it is afterwards; at a return, how grave it was.
    pub severity: Severity,
    /// The limits that decided.
    pub limit: Limit,
    /// Since when the condition had held when it was believed: device time; the same as `at` where nothing was waited for.
    pub since: Timestamp,
    /// The moment that it is true of: device time of the reading, or the end of the time that had to pass.
    pub at: Timestamp,
    /// Hub time of that reading, or of the moment when time had passed.
    pub received: Timestamp,
    /// The number that was looked at.
    pub value: f64,
}

/// A condition that is or was abnormal (告警).
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// The identity of its raise.
    pub id: AlarmId,
    /// The rule that raised it.
    pub rule: RuleId,
    /// The rule's version then.
    pub rule_version: i32,
    /// The theme of the device.
    pub theme: ThemeId,
    /// What it is about.
    pub device: DeviceId,
    /// The metric that the rule looks at, where it looks at one.
    pub metric: Option<MetricId>,
    /// How grave it is; after the return, how grave it was at the end.
    pub severity: Severity,
    /// How grave it was at its gravest.
    pub worst: Severity,
    /// The limit that was crossed last, and the limit of return.
    pub limit: f64,
    /// It is over when the value has come back to here.
    pub clear: f64,
    /// The value when it was raised.
    pub value: f64,
    /// Since when it had been abnormal then, device time.
    pub since: Timestamp,
    /// Device time of the raise.
    pub raised_at: Timestamp,
    /// Hub time of the raise.
    pub raised_received: Timestamp,
    /// Device time of the return, once it has returned.
    pub cleared_at: Option<Timestamp>,
    /// The value at the return.
    pub cleared_value: Option<f64>,
}
