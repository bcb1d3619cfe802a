//! The times of the protocol: packed digits, two of them the year, China Standard Time, down to the minute or second.
//! Reads no clock; a time that cannot be is none.

use chengshu_core::model::Timestamp;

use super::digits::{hex_text, pack, two};

const ZONE_MS: i64 = 8 * 3_600_000;

/// A time as it was sent: `YYMMDDHHmm`, with seconds where the form has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    bytes: [u8; 6],
    len: u8,
}

impl Stamp {
    /// From 4 (hour), 5 (minute) or 6 (second) packed bytes; others are cut or filled with zero.
    #[must_use]
    pub fn from_bytes(from: &[u8]) -> Self {
        let len = from.len().min(6);
        let mut bytes = [0; 6];
        bytes[..len].copy_from_slice(&from[..len]);
        Self { bytes, len: len as u8 }
    }

    /// The bytes as they are sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The moment, when it is one.
    #[must_use]
    pub fn moment(&self) -> Option<Timestamp> {
        let mut parts = [0i64; 6];
        for (part, byte) in parts.iter_mut().zip(self.bytes) {
            *part = i64::from(two(byte)?);
        }
        let [year, month, day, hour, minute, second] = parts;
        let year = 2000 + year;
        if !(1..=12).contains(&month)
            || day < 1
            || day > month_days(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        {
            return None;
        }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
        Some(Timestamp::from_ms(seconds * 1000 - ZONE_MS))
    }

    /// `at` with `len` bytes: 4 to the hour, 5 to the minute, 6 to the second.
    #[must_use]
    pub fn from_moment(at: Timestamp, len: usize) -> Self {
        let seconds = at.ms().saturating_add(ZONE_MS).div_euclid(1000);
        let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(day);
        let parts = [year.rem_euclid(100), month, day, second / 3600, second / 60 % 60, second % 60];
        let mut bytes = [0; 6];
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = pack(part as u8);
        }
        let len = len.min(6);
        bytes[len..].fill(0);
        Self { bytes, len: len as u8 }
    }

    /// For people, e.g. `2017-07-18 11:00:16`; the bare digits when some are none.
    #[must_use]
    pub fn text(&self) -> String {
        let hex = hex_text(self.bytes());
        if self.bytes().iter().any(|byte| two(*byte).is_none()) {
            return hex;
        }
        let mut text = "20".to_owned();
        for (n, pair) in hex.as_bytes().chunks(2).enumerate() {
            text.push_str(["", "-", "-", " ", ":", ":"].get(n).copied().unwrap_or_default());
            text.extend(pair.iter().map(|c| char::from(*c)));
        }
        text
    }

    /// Reads what [`Stamp::text`] writes, `len` bytes of it.
    #[must_use]
    pub fn parse(text: &str, len: usize) -> Option<Self> {
        let digits: Vec<u8> = text.bytes().filter(|c| !matches!(c, b'-' | b' ' | b':' | b'T')).collect();
        let digits = if digits.len() == len * 2 + 2 { digits.strip_prefix(b"20")? } else { &digits };
        let mut bytes = [0; 6];
        let len = len.min(6);
        super::digits::hex_bytes(digits, &mut bytes[..len]).then(|| Self::from_bytes(&bytes[..len]))
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar: years begin in March, so that the leap day is the last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day since 1970-01-01.
const fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + if month <= 2 { 1 } else { 0 }, month, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar_and_come_back() {
        for (text, iso) in [
            ("2017-07-18 11:00:16", "2017-07-18T11:00:16+08:00"),
            ("2024-02-29 23:59:59", "2024-02-29T23:59:59+08:00"),
            ("2000-01-01 00:00:00", "2000-01-01T00:00:00+08:00"),
            ("2099-12-31 07:00:00", "2099-12-31T07:00:00+08:00"),
        ] {
            let stamp = Stamp::parse(text, 6).unwrap();
            assert_eq!(stamp.moment(), Timestamp::parse(iso).ok(), "{text}");
            assert_eq!(stamp.text(), text);
            assert_eq!(Stamp::from_moment(stamp.moment().unwrap(), 6), stamp);
        }
        for bad in ["230229000000", "231300000000", "230000000000", "230101240000", "230101006000", "2A0101000000"] {
            assert_eq!(Stamp::parse(bad, 6).unwrap().moment(), None, "{bad}");
        }
        assert_eq!(Stamp::parse("2A0101000000", 6).unwrap().text(), "2A0101000000");
        assert_eq!(Stamp::parse("2020-03-14 12:00", 5).unwrap().text(), "2020-03-14 12:00");
    }
}
