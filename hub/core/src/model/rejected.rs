//! What could not become a reading, and why. Kept with its raw bytes so that it can be shown and replayed; nothing
//! here throws anything away.

use serde::{Deserialize, Serialize};

use super::{DeviceId, MetricId};

/// Why something was set aside (拒收原因). The code is stable and is what ledgers and APIs show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The topic or path is not one that carries data.
    TopicMalformed,
    /// More bytes than the adapter takes.
    PayloadTooLarge,
    /// Not the format that was agreed.
    Undecodable,
    /// A message without any value in it.
    NoValues,
    /// A name with characters or a length that no identifier has.
    BadName,
    /// A value that is not a number.
    NotANumber,
    /// A number that is NaN, infinite or too large for a 64-bit float.
    NotFinite,
    /// A time that cannot be read.
    TimeUnreadable,
    /// Further in the past than the limit.
    TimeTooOld,
    /// Further in the future than the limit.
    TimeTooNew,
    /// The payload names another device than the topic.
    IdMismatch,
    /// The device is registered under another theme.
    ThemeMismatch,
    /// The register is full.
    RegisterFull,
    /// Nobody has entered the device, and policy takes no others.
    NotRegistered,
    /// Same series and time as a stored reading, but another value.
    Conflict,
    /// The database refused the row.
    DatabaseRefused,
}

impl Reason {
    /// The stable code on the wire and in the ledger.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TopicMalformed => "topic_malformed",
            Self::PayloadTooLarge => "payload_too_large",
            Self::Undecodable => "undecodable",
            Self::NoValues => "no_values",
            Self::BadName => "bad_name",
            Self::NotANumber => "not_a_number",
            Self::NotFinite => "not_finite",
            Self::TimeUnreadable => "time_unreadable",
            Self::TimeTooOld => "time_too_old",
            Self::TimeTooNew => "time_too_new",
            Self::IdMismatch => "id_mismatch",
            Self::ThemeMismatch => "theme_mismatch",
            Self::RegisterFull => "register_full",
            Self::NotRegistered => "not_registered",
            Self::Conflict => "conflict",
            Self::DatabaseRefused => "database_refused",
        }
    }
}

/// One thing set aside: a whole message, or one value of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The device, where it was known.
    pub device: Option<DeviceId>,
    /// The metric, where only one value was at fault.
    pub metric: Option<MetricId>,
    /// The stable reason.
    pub reason: Reason,
    /// What was read and what would be right, for the person who mends it.
    pub detail: String,
}
