//! The time label: second, minute, hour, day, month, year−2000, each one plain binary byte, in China Standard Time.
//! Judges no time; whether one may be believed is decided where it is used.

use chengshu_core::model::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Devices keep China Standard Time.
const CST: Offset = Offset::constant(8);

/// A time label (时间标签) as it stands in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Label(pub [u8; 6]);

impl Label {
    /// All zero: the sender has no clock.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == [0; 6]
    }

    /// The moment, when the label is one.
    #[must_use]
    pub fn timestamp(self) -> Option<Timestamp> {
        CST.to_timestamp(self.civil()?).ok().map(|moment| Timestamp::from_ms(moment.as_millisecond()))
    }

    /// `2024-11-01 08:30:00`, when the label is a date and a time.
    #[must_use]
    pub fn text(self) -> Option<String> {
        self.civil().map(|civil| civil.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// The label of a moment, in whole seconds; all zero outside of 2000 … 2255.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        let Ok(moment) = jiff::Timestamp::from_millisecond(moment.ms()) else { return Self::default() };
        Self::of_civil(CST.to_datetime(moment)).unwrap_or_default()
    }

    /// Reads `2024-11-01 08:30:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_civil(DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?)
    }

    /// Whether a clock could have written this: binary as the standard says, or BCD as some makers do, or no clock at
    /// all (zeros, ones). Only used to tell a frame that is still coming from garbage that looks like one.
    #[must_use]
    pub(super) fn plausible(self) -> bool {
        const MOST: [u8; 5] = [59, 59, 23, 31, 12];
        const MOST_BCD: [u8; 5] = [0x59, 0x59, 0x23, 0x31, 0x12];
        let within = |most: [u8; 5]| self.0.iter().zip(most).all(|(byte, most)| *byte <= most);
        let bcd = || within(MOST_BCD) && self.0.iter().all(|byte| byte >> 4 < 10 && byte & 15 < 10);
        within(MOST) || bcd() || self.0 == [0xFF; 6]
    }

    fn civil(self) -> Option<DateTime> {
        let [second, minute, hour, day, month, year] = self.0.map(|byte| i8::try_from(byte).unwrap_or(-1));
        let year = if year < 0 { i16::from(self.0[5]) } else { i16::from(year) };
        DateTime::new(2000 + year, month, day, hour, minute, second, 0).ok()
    }

    fn of_civil(civil: DateTime) -> Option<Self> {
        let year = u8::try_from(civil.year().checked_sub(2000)?).ok()?;
        let byte = |part: i8| u8::try_from(part).ok();
        Some(Self([
            byte(civil.second())?,
            byte(civil.minute())?,
            byte(civil.hour())?,
            byte(civil.day())?,
            byte(civil.month())?,
            year,
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_binary_and_of_china() {
        let label = Label([0x18, 0x0D, 0x11, 0x16, 0x0A, 0x14]);
        assert_eq!(label.text().unwrap(), "2020-10-22 17:13:24");
        assert_eq!(label.timestamp().unwrap().to_rfc3339(), "2020-10-22T09:13:24.000Z");
        assert_eq!(Label::of(label.timestamp().unwrap()), label);
        assert_eq!(Label::parse("2020-10-22 17:13:24"), Some(label));
        assert_eq!(Label([0, 0, 0, 31, 12, 255]).text().unwrap(), "2255-12-31 00:00:00");
        for bad in [[0; 6], [60, 0, 0, 1, 1, 20], [0, 0, 30, 1, 1, 20], [0, 0, 0, 30, 2, 20], [0xFF; 6]] {
            assert_eq!(Label(bad).timestamp(), None, "{bad:?}");
        }
        assert!(Label([0x59, 0x59, 0x23, 0x31, 0x12, 0x99]).plausible());
        assert!(!Label([1, 0, 0x1E, 8, 1, 11]).plausible());
    }
}
