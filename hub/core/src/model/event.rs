//! Something that happened, in words rather than numbers. Not an alarm: whether it matters is decided elsewhere.

use serde::{Deserialize, Serialize};

use super::{DeviceId, Severity, Timestamp};

/// A happening reported by a device or an outside system (事件).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Who reported it.
    pub device: DeviceId,
    /// What happened, in the theme's vocabulary, e.g. `pump_started`.
    pub kind: String,
    /// When, by the reporter's clock.
    pub at: Timestamp,
    /// How grave the reporter thinks it is.
    pub severity: Option<Severity>,
    /// The same key of the same device is the same event seen twice.
    pub key: String,
    /// Whatever else was said: a JSON text, kept as it came.
    pub detail: String,
}
