//! Why a frame was refused. Tells enough to find it: where, what would be right, what was read. Mends nothing.

use super::Deviation;

/// Why a frame was refused (拒收).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The check sum is wrong, or is none. Refused in both modes.
    #[error("crc at {offset}: expected {expected:04X}, got {}", hex(*got))]
    Crc {
        /// Where the check sum stands, bytes from the frame's first `#`.
        offset: usize,
        /// What the data segment gives.
        expected: u16,
        /// What was read; none when it is no hexadecimal number.
        got: Option<u16>,
    },
    /// The length field is wrong and the check sum is right. Refused in strict mode.
    #[error("length at {offset}: expected {expected:04}, got {got:04}")]
    Length {
        /// Where the field stands.
        offset: usize,
        /// Bytes that the data segment has.
        expected: usize,
        /// What was read.
        got: u16,
    },
    /// Both are wrong.
    #[error("length at 2: expected {expected:04}, got {got:04}; crc: expected {expected_crc:04X}, got {}", hex(*got_crc))]
    LengthCrc {
        /// Bytes that the data segment has up to its CR LF.
        expected: usize,
        /// What was read.
        got: u16,
        /// What those bytes give.
        expected_crc: u16,
        /// What was read.
        got_crc: Option<u16>,
    },
    /// The frame does not end: another begins in it, or no CR LF comes.
    #[error("end mark: expected CR LF by byte {expected}, none up to byte {offset}")]
    EndMark {
        /// How far was looked.
        offset: usize,
        /// Where the length field says that it should stand.
        expected: usize,
    },
    /// A deviation that only tolerant mode takes.
    #[error("{} in a frame of {offset} bytes, which strict mode refuses", .deviation.code())]
    Form {
        /// Bytes of the frame.
        offset: usize,
        /// Which.
        deviation: Deviation,
    },
}

fn hex(crc: Option<u16>) -> String {
    crc.map_or_else(|| "no hexadecimal number".to_owned(), |crc| format!("{crc:04X}"))
}

impl Fault {
    /// The stable code that is counted.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Crc { .. } => "crc",
            Self::Length { .. } => "length",
            Self::LengthCrc { .. } => "length_crc",
            Self::EndMark { .. } => "end_mark_missing",
            Self::Form { deviation, .. } => deviation.code(),
        }
    }

    /// Where in the frame, bytes.
    #[must_use]
    pub const fn offset(&self) -> usize {
        match self {
            Self::Crc { offset, .. } | Self::Length { offset, .. } | Self::EndMark { offset, .. } => *offset,
            Self::LengthCrc { .. } => 2,
            Self::Form { .. } => 0,
        }
    }
}
