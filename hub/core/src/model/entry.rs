//! What people enter about a device: the part of the register that no device tells of itself.

use std::sync::Arc;

use super::{DeviceId, KindId, Place, Timestamp};

/// How a device came into the register, and whether it counts (台账状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Registration {
    /// Somebody entered or imported it.
    Registered,
    /// It was heard, and policy let it in.
    #[default]
    Accepted,
    /// It was heard and waits for a person: its values are kept, but no key figure, alarm or wall knows it.
    Pending,
    /// Taken out of service (注销). Its readings stay; when it speaks again it is pending.
    Retired,
}

impl Registration {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Accepted => "accepted",
            Self::Pending => "pending",
            Self::Retired => "retired",
        }
    }

    /// The registration of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Registered, Self::Accepted, Self::Pending, Self::Retired].into_iter().find(|known| known.word() == word)
    }

    /// True when it takes part in key figures, alarms and walls.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Registered | Self::Accepted)
    }
}

/// A calendar day, `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Arc<str>);

impl Day {
    /// Reads `YYYY-MM-DD`; none when there is no such day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        (plain && Timestamp::parse(&format!("{text}T00:00:00")).is_ok()).then(|| Self(text.into()))
    }

    /// `YYYY-MM-DD`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What only people know of a device.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Details {
    /// Who answers for it (责任部门).
    pub department: Option<String>,
    /// Where it belongs (区域): a street or town, a grid.
    pub area: Option<String>,
    /// Further groups (分组), in the order entered.
    pub groups: Vec<String>,
    /// Who made it (厂家).
    pub vendor: Option<String>,
    /// The maker's name of its type (型号).
    pub model: Option<String>,
    /// The maker's number of it (序列号).
    pub serial: Option<String>,
    /// When it was installed.
    pub installed: Option<Day>,
    /// Until when its maker answers for it (质保到期).
    pub warranty_until: Option<Day>,
    /// Whom to call (联系人).
    pub contact: Option<String>,
    /// Words to find it by (标签).
    pub tags: Vec<String>,
}

/// A whole entry as people enter it: it replaces the one before.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// Its name for people.
    pub name: Option<String>,
    /// Its kind in the theme.
    pub kind: Option<KindId>,
    /// Where it stands.
    pub place: Option<Place>,
    /// The gateway that it speaks through.
    pub gateway: Option<DeviceId>,
    /// The rest.
    pub details: Details,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_of_the_calendar() {
        assert_eq!(Day::parse("2024-02-29").unwrap().as_str(), "2024-02-29");
        for bad in ["2026-02-29", "2026-2-1", "20260201", "2026-02-01T00", "+026-02-01", ""] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }
}
