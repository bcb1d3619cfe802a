//! Times of the protocol: digits without a zone, which mean China Standard Time. Reads and writes them; judges nothing.

use chengshu_core::model::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

const CST: Offset = Offset::constant(8);

/// Reads `YYYYMMDDhhmmss`, with up to three digits of a second's fraction behind it. Spaces around it are passed over.
#[must_use]
pub fn read_time(digits: &[u8]) -> Option<Timestamp> {
    let digits = digits.trim_ascii();
    if !(14..=17).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |from: usize, to: usize| digits[from..to].iter().fold(0_i32, |sum, d| sum * 10 + i32::from(d - b'0'));
    let part = |from: usize| number(from, from + 2) as i8; // two digits: at most 99
    let fraction = number(14, digits.len()) * [0, 100, 10, 1][digits.len() - 14];
    let local = DateTime::new(number(0, 4) as i16, part(4), part(6), part(8), part(10), part(12), 0).ok()?;
    let moment = CST.to_timestamp(local).ok()?;
    Some(Timestamp::from_ms(moment.as_millisecond() + i64::from(fraction)))
}

/// Writes `YYYYMMDDhhmmss`.
#[must_use]
pub fn write_time(at: Timestamp) -> String {
    let local = local(at);
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// Writes a request number (请求编码 QN): a time to the millisecond, 17 digits.
#[must_use]
pub fn write_qn(at: Timestamp) -> String {
    format!("{}{:03}", write_time(at), at.ms().rem_euclid(1000))
}

fn local(at: Timestamp) -> DateTime {
    jiff::Timestamp::from_millisecond(at.ms())
        .map_or(DateTime::constant(1970, 1, 1, 0, 0, 0, 0), |at| CST.to_datetime(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_refuses_the_rest() {
        let at = Timestamp::from_ms(1_795_336_920_123);
        assert_eq!(write_qn(at), "20261122164200123");
        assert_eq!(read_time(b"20261122164200123"), Some(at));
        assert_eq!(read_time(b"2026112216420012"), Some(Timestamp::from_ms(1_795_336_920_120)));
        assert_eq!(read_time(b" 20261122164200 "), Some(Timestamp::from_ms(1_795_336_920_000)));
        for bad in
            [&b""[..], b"20261322164200", b"20260230164200", b"2026112216420", b"20261122164200x", b"00000000000000"]
        {
            assert_eq!(read_time(bad), None, "{}", String::from_utf8_lossy(bad));
        }
    }
}
