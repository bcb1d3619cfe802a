//! Post checks (查岗): asked, confirmed by the device, and answered by the duty officer, or missed. Keeps the time; sends
//! nothing.

use chengshu_core::model::{CommandId, DeviceId, Event, Severity, Timestamp};
use serde_json::json;

/// A post check that waits for the duty officer.
#[derive(Debug, Clone)]
pub(super) struct PostCheck {
    pub(super) command: Option<CommandId>,
    pub(super) address: [u8; 6],
    pub(super) device: DeviceId,
    pub(super) minutes: u8,
    pub(super) asked: Timestamp,
}

impl PostCheck {
    /// Until when an answer counts.
    pub(super) fn deadline(&self) -> Timestamp {
        Timestamp::from_ms(self.asked.ms().saturating_add(i64::from(self.minutes) * 60_000))
    }

    /// It was asked.
    pub(super) fn asked_event(&self) -> Event {
        self.event("post_check_asked", self.asked, Severity::General, "查岗已下发", "Post check asked")
    }

    /// Nobody answered.
    pub(super) fn missed_event(&self) -> Event {
        self.event("post_check_missed", self.deadline(), Severity::Important, "查岗无人应答", "Post check not answered")
    }

    fn event(&self, kind: &str, at: Timestamp, severity: Severity, zh: &str, en: &str) -> Event {
        let detail = json!({
            "zh": zh, "en": en, "minutes": self.minutes, "asked": self.asked.to_rfc3339_local(),
            "command": self.command.map(|id| id.0),
        });
        let key = format!("{kind}@{}", self.asked.ms());
        let severity = Some(severity);
        Event { device: self.device.clone(), kind: kind.to_owned(), at, severity, key, detail: detail.to_string() }
    }
}
