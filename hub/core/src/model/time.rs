//! A moment in milliseconds. Reads texts of ISO 8601 / GB/T 7408; never asks what time it is now.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment (时刻): milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// A text that is no time, with what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("time is {read:?}; expected milliseconds since 1970 or RFC 3339 such as 2026-11-22T16:42:00+08:00")]
pub struct BadTime {
    /// What was read (cut at 80 characters).
    pub read: String,
}

/// The district's offset: a text without a zone means China Standard Time (GB/T 7408 forms met in the field).
const CST_SECONDS: i32 = 8 * 3600;

impl Timestamp {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, or the same without a zone, which then means +08:00. A space may stand for the `T`.
    ///
    /// # Errors
    /// [`BadTime`] when the text is neither.
    pub fn parse(text: &str) -> Result<Self, BadTime> {
        let bad = || BadTime { read: text.chars().take(80).collect() };
        let text = text.trim();
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(moment.as_millisecond()));
        }
        let local: jiff::civil::DateTime = text.parse().map_err(|_| bad())?;
        let offset = jiff::tz::Offset::from_seconds(CST_SECONDS).map_err(|_| bad())?;
        offset.to_timestamp(local).map(|moment| Self(moment.as_millisecond())).map_err(|_| bad())
    }

    /// RFC 3339 in UTC with milliseconds; for texts that people read, not for the wire (which carries integers).
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| format!("{} ms", self.0), |t| format!("{t:.3}"))
    }

    /// RFC 3339 in China Standard Time with milliseconds, e.g. `2026-11-22T16:42:00.000+08:00`; for files that people
    /// read.
    #[must_use]
    pub fn to_rfc3339_local(self) -> String {
        let local = Self(self.0.saturating_add(i64::from(CST_SECONDS) * 1000)).to_rfc3339();
        local.strip_suffix('Z').map_or_else(|| self.to_rfc3339(), |local| format!("{local}+08:00"))
    }

    /// The local day (China Standard Time), `YYYY-MM-DD`.
    #[must_use]
    pub fn local_day(self) -> String {
        let local = Self(self.0.saturating_add(i64::from(CST_SECONDS) * 1000));
        local.to_rfc3339().chars().take(10).collect()
    }

    /// China Standard Time to the second, `YYYY-MM-DD HH:MM:SS`; for messages that people read.
    #[must_use]
    pub fn local_second(self) -> String {
        let local = Self(self.0.saturating_add(i64::from(CST_SECONDS) * 1000));
        local.to_rfc3339().chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
    }

    /// This moment plus `span`; stops at the largest moment instead of wrapping.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Milliseconds from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The wait from `now` until this moment; zero when it has passed.
    #[must_use]
    pub fn wait_from(self, now: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.since(now)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_the_field() {
        let expected = Timestamp::from_ms(1_795_336_920_000);
        for text in
            ["2026-11-22T08:42:00Z", "2026-11-22T16:42:00+08:00", "2026-11-22T16:42:00", "2026-11-22 16:42:00.000"]
        {
            assert_eq!(Timestamp::parse(text), Ok(expected), "{text}");
        }
        for text in ["", "yesterday", "2026-13-01T00:00:00Z", "16:42", "１２"] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
        assert_eq!(expected.to_rfc3339(), "2026-11-22T08:42:00.000Z");
        assert_eq!(expected.to_rfc3339_local(), "2026-11-22T16:42:00.000+08:00");
        assert_eq!(Timestamp::parse(&expected.to_rfc3339_local()), Ok(expected));
        assert_eq!(expected.local_second(), "2026-11-22 16:42:00");
    }
}
