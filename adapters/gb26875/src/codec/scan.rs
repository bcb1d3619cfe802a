//! Finds frames in a stream. The length field frames, never a search for the end mark: both marks may stand inside of
//! data. The same frames come out however the stream was cut into pieces.
//!
//! A start mark in garbage may promise up to a kilobyte that never comes. One whose time label or command no sender
//! could have written is *weak*: it is kept, but a whole frame that ends before it does wins.

use super::frame::{DATA_AT, DATA_MAX, END, FRAME_MIN, START, sum};
use super::{Fault, Frame, Head, Label};

/// What stands at the front of a buffer.
pub type Scan<'a> = chengshu_line::Scan<Frame<'a>, Fault>;

/// Looks for the first frame; more may come.
#[must_use]
pub fn scan(bytes: &[u8]) -> Scan<'_> {
    search(bytes, true)
}

/// Looks for the first frame where nothing more will come: a start mark that promises more than there is yields to any
/// whole frame behind it.
#[must_use]
pub fn scan_last(bytes: &[u8]) -> Scan<'_> {
    search(bytes, false)
}

/// What a start mark turns out to be.
enum Verdict<'a> {
    Good {
        frame: Frame<'a>,
        weak: bool,
    },
    Short {
        weak: bool,
    },
    /// Both marks are right and the sum is not: a damaged frame.
    Damaged {
        len: usize,
        fault: Fault,
    },
    Wrong(Fault),
}

fn search(bytes: &[u8], more: bool) -> Scan<'_> {
    let mut wrong: Option<(usize, Fault)> = None;
    let mut held: Option<usize> = None;
    let mut best: Option<(usize, Frame<'_>)> = None;
    let mut from = 0;
    let mut limit = bytes.len();
    while let Some(at) = next_mark(&bytes[..limit], from) {
        from = at + 1;
        match judge(&bytes[at..limit]) {
            Verdict::Good { frame, weak } => {
                limit = at + frame.raw.len() - 1; // what is to win against it ends before it does
                best = Some((at, frame));
                if !weak {
                    break;
                }
            }
            Verdict::Short { weak } => {
                if best.is_none() {
                    held.get_or_insert(at);
                }
                if more && !weak {
                    break;
                }
            }
            _ if best.is_some() || held.is_some() => {}
            Verdict::Damaged { len, fault } => {
                return match wrong {
                    Some((skip, fault)) => Scan::Refused { skip, len: at - skip, fault },
                    None => Scan::Refused { skip: at, len: damaged(&bytes[at..], len), fault },
                };
            }
            Verdict::Wrong(fault) => {
                wrong.get_or_insert((at, fault));
            }
        }
    }
    let rest = if bytes.last() == Some(&START[0]) { bytes.len() - 1 } else { bytes.len() };
    match (wrong, best) {
        (None, Some((skip, frame))) => Scan::Frame { skip, len: frame.raw.len(), frame },
        (None, None) => Scan::Wait { skip: held.unwrap_or(rest) },
        (Some((skip, fault)), best) => {
            let end = held.or(best.map(|(at, _)| at)).unwrap_or(rest);
            Scan::Refused { skip, len: end.max(skip + 1) - skip, fault }
        }
    }
}

fn next_mark(bytes: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(2).position(|pair| pair == START).map(|at| from + at)
}

/// How much of a damaged frame goes: all of it, unless another frame may begin inside.
fn damaged(bytes: &[u8], len: usize) -> usize {
    let mut from = 1;
    while let Some(at) = next_mark(bytes, from).filter(|at| *at < len) {
        if matches!(judge(&bytes[at..]), Verdict::Good { .. } | Verdict::Short { .. }) {
            return at;
        }
        from = at + 1;
    }
    len
}

fn judge(bytes: &[u8]) -> Verdict<'_> {
    let Some(header) = bytes.first_chunk::<DATA_AT>() else {
        let label = bytes.get(6..12).and_then(|label| <[u8; 6]>::try_from(label).ok());
        return Verdict::Short { weak: label.is_some_and(|label| !Label(label).plausible()) };
    };
    let length = u16::from_le_bytes([header[24], header[25]]);
    if usize::from(length) > DATA_MAX {
        return Verdict::Wrong(Fault::Length { offset: 24, got: length });
    }
    let head = Head::read(header);
    let weak = !head.time.plausible() || !matches!(head.command, 1..=6 | 128..);
    let len = FRAME_MIN + usize::from(length);
    let Some(raw) = bytes.get(..len) else { return Verdict::Short { weak } };
    let (body, tail) = raw.split_at(len - 3);
    if tail[1..] != END {
        return Verdict::Wrong(Fault::EndMark { offset: len - 2, got: [tail[1], tail[2]] });
    }
    let (expected, got) = (sum(&body[2..]), tail[0]);
    if expected != got {
        return Verdict::Damaged { len, fault: Fault::Checksum { offset: len - 3, expected, got } };
    }
    Verdict::Good { frame: Frame { head, data: &body[DATA_AT..], checksum: got, raw }, weak }
}
