//! Whether a device can be believed to be alive, from what was heard and when. A pure function of times: it is asked
//! again whenever time has passed.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// What can honestly be said of a device now (在线状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceState {
    /// Heard within its deadline.
    Live,
    /// Silent for longer than it should be; its last values are no longer to be trusted.
    Stale,
    /// Silent beyond its deadline, or its last will said that it is gone.
    Offline,
    /// Known, but never heard.
    Never,
}

impl DeviceState {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Stale => "stale",
            Self::Offline => "offline",
            Self::Never => "never",
        }
    }
}

/// The deadlines of a kind, in seconds since the device was last heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// After this long in silence a device is stale.
    pub stale_after_s: u32,
    /// After this long in silence it is offline.
    pub offline_after_s: u32,
}

impl Default for Freshness {
    /// For devices whose kind is unknown.
    fn default() -> Self {
        Self { stale_after_s: 120, offline_after_s: 600 }
    }
}

impl Freshness {
    /// The state at `now` of a device last heard at `heard` and whose own last word on its presence is `online`,
    /// with the moment since which it has held.
    #[must_use]
    pub fn judge(self, now: Timestamp, heard: Option<Timestamp>, gone: Option<Timestamp>) -> (DeviceState, Timestamp) {
        let Some(heard) = heard else { return gone.map_or((DeviceState::Never, now), |g| (DeviceState::Offline, g)) };
        if let Some(gone) = gone.filter(|g| *g >= heard) {
            return (DeviceState::Offline, gone);
        }
        let at = |s: u32| Timestamp::from_ms(heard.ms() + i64::from(s) * 1000);
        if now >= at(self.offline_after_s) {
            (DeviceState::Offline, at(self.offline_after_s))
        } else if now >= at(self.stale_after_s) {
            (DeviceState::Stale, at(self.stale_after_s))
        } else {
            (DeviceState::Live, heard)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_and_last_will_are_told_apart_from_life() {
        let f = Freshness { stale_after_s: 30, offline_after_s: 60 };
        let t = |s: i64| Timestamp::from_ms(s * 1000);
        assert_eq!(f.judge(t(100), None, None).0, DeviceState::Never);
        assert_eq!(f.judge(t(100), Some(t(71)), None).0, DeviceState::Live);
        assert_eq!(f.judge(t(100), Some(t(70)), None), (DeviceState::Stale, t(100)));
        assert_eq!(f.judge(t(131), Some(t(70)), None), (DeviceState::Offline, t(130)));
        assert_eq!(f.judge(t(100), Some(t(99)), Some(t(99))), (DeviceState::Offline, t(99)));
        assert_eq!(f.judge(t(100), Some(t(99)), Some(t(98))).0, DeviceState::Live, "it spoke after its last will");
    }
}
