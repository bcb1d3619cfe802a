//! Digits: packed ones, hexadecimal characters, numbers with decimals. Never rounds: what is no number says so.

use std::fmt;

/// A decimal number exactly as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// Below zero.
    pub negative: bool,
    /// All digits, without the point.
    pub digits: u64,
    /// How many of them stand behind the point.
    pub decimals: u8,
}

/// What stands where a number is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// All F, or `M`: nothing was measured. Never 0.
    Missing,
    /// A number.
    Number(Number),
    /// Neither.
    Odd,
}

impl Number {
    /// As a float.
    #[must_use]
    pub fn value(self) -> f64 {
        let value = self.digits as f64 / 10_f64.powi(i32::from(self.decimals));
        if self.negative { -value } else { value }
    }

    /// From a text such as `-3.50`; keeps the decimals.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (negative, text) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
        let (mut digits, mut decimals, mut seen, mut point) = (0u64, 0u8, 0, false);
        for c in text {
            match c {
                b'0'..=b'9' => {
                    digits = digits.checked_mul(10)?.checked_add(u64::from(c - b'0'))?;
                    decimals = decimals.checked_add(u8::from(point))?;
                    seen += 1;
                }
                b'.' if !point => point = true,
                _ => return None,
            }
        }
        (seen > 0).then_some(Self { negative, digits, decimals })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let decimals = usize::from(self.decimals);
        let digits = format!("{:0width$}", self.digits, width = decimals + 1);
        let (whole, part) = digits.split_at(digits.len() - decimals);
        if part.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{part}") }
    }
}

/// Packed digits with `decimals` behind the point; a first byte FF means below zero.
#[must_use]
pub fn packed(data: &[u8], decimals: u8) -> Cell {
    if data.iter().all(|byte| *byte == 0xFF) {
        return Cell::Missing;
    }
    let (negative, data) = match data {
        [0xFF, rest @ ..] => (true, rest),
        data => (false, data),
    };
    let mut digits = 0u64;
    for byte in data {
        let (high, low) = (byte >> 4, byte & 0x0F);
        if high > 9 || low > 9 {
            return Cell::Odd;
        }
        let Some(more) = digits.checked_mul(100).and_then(|d| d.checked_add(u64::from(high * 10 + low))) else {
            return Cell::Odd;
        };
        digits = more;
    }
    Cell::Number(Number { negative, digits, decimals })
}

/// Writes `number` as `len` packed bytes.
///
/// # Errors
/// When it has more digits than room.
pub fn put_packed(number: Number, len: usize, out: &mut Vec<u8>) -> Result<(), String> {
    let room = if number.negative { len.saturating_sub(1) } else { len };
    let mut digits = number.digits;
    let mut bytes = [0u8; 32];
    let room = room.min(bytes.len());
    for byte in bytes[..room].iter_mut().rev() {
        let two = (digits % 100) as u8;
        *byte = ((two / 10) << 4) | (two % 10);
        digits /= 100;
    }
    if digits > 0 || (number.negative && len == 0) {
        return Err(format!("{number} has too many digits; expected what fits into {len} bytes of packed digits"));
    }
    if number.negative {
        out.push(0xFF);
    }
    out.extend_from_slice(&bytes[..room]);
    Ok(())
}

/// The value of a packed byte, 0 to 99.
#[must_use]
pub const fn two(byte: u8) -> Option<u8> {
    if byte >> 4 > 9 || byte & 0x0F > 9 { None } else { Some((byte >> 4) * 10 + (byte & 0x0F)) }
}

/// `value` (0 to 99) as a packed byte.
#[must_use]
pub const fn pack(value: u8) -> u8 {
    ((value / 10 % 10) << 4) | (value % 10)
}

/// Bytes as upper-case hexadecimal digits.
#[must_use]
pub fn hex_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0x0F] {
            text.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
        }
    }
    text
}

/// One hexadecimal character.
#[must_use]
pub const fn nibble(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'A'..=b'F' => Some(c - b'A' + 10),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    }
}

/// Hexadecimal characters as a number; at most eight of them.
#[must_use]
pub fn hex_number(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 8 {
        return None;
    }
    text.iter().try_fold(0u32, |sum, c| nibble(*c).map(|n| sum << 4 | u32::from(n)))
}

/// Hexadecimal characters as bytes into `out`; false when they are not exactly so many.
pub fn hex_bytes(text: &[u8], out: &mut [u8]) -> bool {
    text.len() == out.len() * 2
        && text.chunks_exact(2).zip(out).all(|(pair, byte)| match (nibble(pair[0]), nibble(pair[1])) {
            (Some(high), Some(low)) => {
                *byte = high << 4 | low;
                true
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_digits_are_read_and_written_alike() {
        for (bytes, decimals, text) in [
            (&[0xFF, 0x00, 0x35][..], 1, "-3.5"),
            (&[0x00, 0x01, 0x04, 0x90], 3, "10.490"),
            (&[0x24, 0x00], 2, "24.00"),
            (&[0x05], 0, "5"),
        ] {
            let Cell::Number(number) = packed(bytes, decimals) else { panic!("{text}") };
            assert_eq!(number.to_string(), text);
            assert_eq!(Number::parse(text.as_bytes()), Some(number));
            let mut out = Vec::new();
            put_packed(number, bytes.len(), &mut out).unwrap();
            assert_eq!(out, bytes);
        }
        assert_eq!(packed(&[0xFF, 0xFF], 1), Cell::Missing);
        assert_eq!(packed(&[0x1A], 1), Cell::Odd);
        assert_eq!(packed(&[0x99; 31], 1), Cell::Odd);
        assert!(put_packed(Number { negative: true, digits: 100, decimals: 0 }, 2, &mut Vec::new()).is_err());
        for bad in ["", ".", "-", "1.2.3", "1e5", "M", "99999999999999999999"] {
            assert_eq!(Number::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
