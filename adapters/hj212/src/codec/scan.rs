//! Finds the next frame in a stream. What it says depends only on the bytes before the end of that frame, so that slices of
//! any size give the same frames; and every byte is looked at a bounded number of times, so that garbage costs no more
//! than data. A frame ends at CR LF, or where its length field says and the check sum agrees. `##` and four digits
//! begin a frame wherever they stand: no value may hold them.

use super::{Deviation, Deviations, Fault, Frame, crc};
use crate::setup::Mode;

/// No frame is longer than its four digits of length can say, bytes.
pub const FRAME_MAX: usize = HEAD + 9999 + 4 + 2;

/// `##` and the length field, bytes.
const HEAD: usize = 6;

/// What stands first in the bytes.
pub type Scan<'a> = chengshu_line::Scan<Frame<'a>, Fault>;

/// The first frame of `bytes`.
#[must_use]
pub fn scan(bytes: &[u8], mode: Mode) -> Scan<'_> {
    let mut skip = 0;
    loop {
        let Some(next) = bytes[skip..].iter().position(|byte| *byte == b'#') else {
            return Scan::Wait { skip: bytes.len() };
        };
        skip += next;
        match begins(&bytes[skip..]) {
            Some(true) => break,
            Some(false) => skip += 1,
            None => return Scan::Wait { skip },
        }
    }
    match first(&bytes[skip..], mode) {
        Some((len, Ok(frame))) => Scan::Frame { skip, len, frame },
        Some((len, Err(fault))) => Scan::Refused { skip, len, fault },
        None => Scan::Wait { skip },
    }
}

/// Whether a frame begins here; none when more bytes are needed to say.
fn begins(bytes: &[u8]) -> Option<bool> {
    let fits = bytes
        .iter()
        .take(HEAD)
        .enumerate()
        .all(|(at, byte)| if at < 2 { *byte == b'#' } else { byte.is_ascii_digit() });
    if !fits {
        return Some(false);
    }
    (bytes.len() >= HEAD).then_some(true)
}

type Found<'a> = Option<(usize, Result<Frame<'a>, Fault>)>;

/// The frame that begins at the first byte; none when it is unfinished.
fn first(bytes: &[u8], mode: Mode) -> Found<'_> {
    let length = bytes[2..HEAD].iter().fold(0_u16, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let mark = HEAD + usize::from(length) + 4; // where CR LF should stand
    let bytes = &bytes[..bytes.len().min(FRAME_MAX)];
    match end(bytes, HEAD, mark) {
        End::Line(at) => return Some((at + 2, line(bytes, at, length, mode))),
        End::Frame(at) => return Some((at, Err(Fault::EndMark { offset: at, expected: mark }))),
        End::None => {}
    }
    let behind = bytes.get(mark)?;
    if *behind == b'\r' && bytes.len() == mark + 1 {
        return None;
    }
    let data = &bytes[HEAD..mark - 4];
    let ended = bytes[mark..].starts_with(b"\r\n");
    if digits(&bytes[mark - 4..mark]).is_some_and(|got| got == crc(data)) {
        let len = match (ended, *behind) {
            (true, _) => mark + 2,
            (false, b'\n') => mark + 1,
            (false, _) => mark,
        };
        let mut deviations = Deviations::default();
        deviations.add_if(!ended, Deviation::EndMark);
        return Some((len, accept(&bytes[..len], data, &bytes[mark - 4..mark], length, deviations, mode)));
    }
    match end(bytes, mark, bytes.len()) {
        End::Line(at) => Some((at + 2, line(bytes, at, length, mode))),
        End::Frame(at) => Some((at, Err(Fault::EndMark { offset: at, expected: mark }))),
        End::None if bytes.len() == FRAME_MAX => {
            Some((FRAME_MAX, Err(Fault::EndMark { offset: FRAME_MAX, expected: mark })))
        }
        End::None => None,
    }
}

enum End {
    /// CR LF.
    Line(usize),
    /// The next frame begins.
    Frame(usize),
    None,
}

/// What ends a frame first, beginning before `to`.
fn end(bytes: &[u8], from: usize, to: usize) -> End {
    let to = to.min(bytes.len());
    let mut at = from;
    while at < to {
        let Some(next) = bytes[at..to].iter().position(|byte| matches!(byte, b'\r' | b'#')) else { break };
        at += next;
        if bytes[at] == b'\r' {
            if bytes.get(at + 1) == Some(&b'\n') {
                return End::Line(at);
            }
        } else if begins(&bytes[at..]) == Some(true) {
            return End::Frame(at);
        }
        at += 1;
    }
    End::None
}

/// A frame of which only its CR LF at `at` is sure.
fn line(bytes: &[u8], at: usize, length: u16, mode: Mode) -> Result<Frame<'_>, Fault> {
    let hex = bytes[HEAD..at].iter().rev().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (data, sum) = bytes[HEAD..at].split_at(at - HEAD - hex);
    let (expected, got) = (crc(data), digits(sum));
    let right = data.len() == usize::from(length);
    if got != Some(expected) {
        return Err(if right {
            Fault::Crc { offset: at - hex, expected, got }
        } else {
            Fault::LengthCrc { expected: data.len(), got: length, expected_crc: expected, got_crc: got }
        });
    }
    let mut deviations = Deviations::default();
    deviations.add_if(!right, Deviation::LengthField);
    deviations.add_if(hex < 4, Deviation::CrcDigits);
    accept(&bytes[..at + 2], data, sum, length, deviations, mode)
}

fn accept<'a>(
    raw: &'a [u8],
    data: &'a [u8],
    sum: &[u8],
    length: u16,
    mut deviations: Deviations,
    mode: Mode,
) -> Result<Frame<'a>, Fault> {
    deviations.add_if(sum.iter().any(u8::is_ascii_lowercase), Deviation::CrcCase);
    let frame = Frame::read(raw, data, length, digits(sum).unwrap_or_default(), deviations);
    if mode == Mode::Strict {
        if frame.deviations.has(Deviation::LengthField) {
            return Err(Fault::Length { offset: 2, expected: data.len(), got: length });
        }
        if let Some(deviation) = frame.deviations.iter().next() {
            return Err(Fault::Form { offset: raw.len(), deviation });
        }
    }
    Ok(frame)
}

/// One to four hexadecimal digits.
fn digits(hex: &[u8]) -> Option<u16> {
    if hex.is_empty() || hex.len() > 4 {
        return None;
    }
    hex.iter().try_fold(0_u16, |sum, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        Some((sum << 4) | u16::try_from(digit).ok()?)
    })
}
