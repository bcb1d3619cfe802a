//! Finds frames in a stream: by header, length and CRC, never by the next start mark, since `7E7E` also occurs in data.
//! What comes out does not depend on how the stream was cut into pieces.

use super::digits::{hex_number, nibble};
use super::frame::{ASCII_HEADER, HEX_HEADER};
use super::{Direction, Fault, Form, Frame};

/// What stands at the front of some bytes.
pub type Scan<'a> = chengshu_line::Scan<Frame<'a>, Fault>;

/// What the bytes from some start mark on may be.
enum Start {
    No,
    /// All that is there fits a header.
    Partial,
    /// A header, and how long the frame is in all, bytes.
    Header(Form, usize),
}

/// Looks for the first frame.
#[must_use]
pub fn scan(bytes: &[u8]) -> Scan<'_> {
    let Some((skip, start)) = find(bytes, 0) else { return Scan::Wait { skip: bytes.len() } };
    let rest = &bytes[skip..];
    let Start::Header(form, total) = start else { return Scan::Wait { skip } };
    let Some(whole) = rest.get(..total) else { return Scan::Wait { skip } };
    match Frame::parse(form, whole) {
        Ok(frame) => Scan::Frame { skip, len: total, frame },
        Err(fault) => {
            // its length may be what is wrong: a frame that begins inside of it is not lost
            let inner = matches!(fault, Fault::Crc { .. } | Fault::Length { .. } | Fault::Digit { .. });
            let next = if inner { find(whole, 1).map(|(at, _)| at) } else { None };
            Scan::Refused { skip, len: next.unwrap_or(total), fault }
        }
    }
}

/// How many of `bytes`, which begin like a frame, stand before the next place where one may begin. For frames whose end
/// does not come any more.
#[must_use]
pub fn past(bytes: &[u8]) -> usize {
    find(bytes, 1).map_or(bytes.len(), |(at, _)| at)
}

fn find(bytes: &[u8], from: usize) -> Option<(usize, Start)> {
    let mut at = from;
    while let Some(found) = bytes.get(at..)?.iter().position(|byte| matches!(byte, 0x7E | 0x01)) {
        at += found;
        match look(&bytes[at..]) {
            Start::No => at += 1,
            start => return Some((at, start)),
        }
    }
    None
}

fn look(bytes: &[u8]) -> Start {
    match bytes {
        [0x7E, 0x7E, ..] => look_hex(bytes),
        [0x7E] | [0x01] => Start::Partial,
        [0x01, ..] => look_ascii(bytes),
        _ => Start::No,
    }
}

fn look_hex(bytes: &[u8]) -> Start {
    let Some(high) = bytes.get(11) else { return Start::Partial };
    if Direction::from_nibble(high >> 4).is_none() {
        return Start::No;
    }
    let (Some(low), Some(mark)) = (bytes.get(12), bytes.get(13)) else { return Start::Partial };
    if !matches!(mark, 0x02 | 0x16) {
        return Start::No;
    }
    Start::Header(Form::Hex, HEX_HEADER + usize::from(u16::from_be_bytes([high & 0x0F, *low])) + 3)
}

fn look_ascii(bytes: &[u8]) -> Start {
    let head = &bytes[1..bytes.len().min(ASCII_HEADER - 1)];
    if head.iter().any(|c| nibble(*c).is_none()) || head.get(18).is_some_and(|c| !matches!(c, b'0' | b'8')) {
        return Start::No;
    }
    match (bytes.get(ASCII_HEADER - 1), bytes.get(20..23).and_then(hex_number)) {
        (Some(0x02 | 0x16), Some(length)) => Start::Header(Form::Ascii, ASCII_HEADER + length as usize + 5),
        (Some(_), _) => Start::No,
        (None, _) => Start::Partial,
    }
}
