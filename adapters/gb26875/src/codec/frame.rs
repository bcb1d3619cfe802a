//! One frame: its header and where its application data stands. Bytes to words and back; nothing is judged that the
//! standard leaves to the field (version bytes differ between all makers).

use super::Label;

/// Bytes of a frame without application data.
pub const FRAME_MIN: usize = 30;
/// The most bytes of application data (clause 8.2).
pub const DATA_MAX: usize = 1024;
/// Where the application data begins.
pub(super) const DATA_AT: usize = 27;
pub(super) const START: [u8; 2] = *b"@@";
pub(super) const END: [u8; 2] = *b"##";

/// Commands of the control unit (控制单元命令字节).
pub mod command {
    /// Control, platform → device; answered by [`CONFIRM`].
    pub const CONTROL: u8 = 1;
    /// Data, device → platform; answered by [`CONFIRM`].
    pub const SEND: u8 = 2;
    /// It arrived.
    pub const CONFIRM: u8 = 3;
    /// A question, platform → device; answered by [`ANSWER`].
    pub const REQUEST: u8 = 4;
    /// The answer to a question.
    pub const ANSWER: u8 = 5;
    /// It arrived damaged, or cannot be done.
    pub const DENY: u8 = 6;
}

/// The control unit (控制单元) of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// Serial number (业务流水号): an answer carries that of its question.
    pub serial: u16,
    /// Main and user version.
    pub version: [u8; 2],
    /// When the sender sent it.
    pub time: Label,
    /// Who sends, as it stands in the frame: low byte first.
    pub source: [u8; 6],
    /// To whom.
    pub destination: [u8; 6],
    /// See [`command`].
    pub command: u8,
}

/// A frame (数据包), borrowed from what arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its control unit.
    pub head: Head,
    /// Its application data, 0 … 1024 bytes.
    pub data: &'a [u8],
    /// Its check sum, which was found right.
    pub checksum: u8,
    /// All of its bytes.
    pub raw: &'a [u8],
}

/// The sum over serial … application data, modulo 256.
pub(super) fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

impl Head {
    /// Reads it from the bytes behind the start mark.
    pub(super) fn read(bytes: &[u8; DATA_AT]) -> Self {
        let six = |at: usize| std::array::from_fn(|i| bytes[at + i]);
        Self {
            serial: u16::from_le_bytes([bytes[2], bytes[3]]),
            version: [bytes[4], bytes[5]],
            time: Label(six(6)),
            source: six(12),
            destination: six(18),
            command: bytes[26],
        }
    }

    /// The head of a frame that was refused, as far as it can be told.
    pub(crate) fn peek(bytes: &[u8]) -> Option<Self> {
        bytes.first_chunk().map(Self::read)
    }

    /// The head of what is said back: same serial and version, addresses swapped.
    #[must_use]
    pub fn back(&self, command: u8, time: Label) -> Self {
        Self { source: self.destination, destination: self.source, command, time, ..*self }
    }

    /// The whole frame with this head. Application data beyond 1024 bytes does not fit a frame and is cut.
    #[must_use]
    pub fn frame(&self, data: &[u8]) -> Vec<u8> {
        let data = &data[..data.len().min(DATA_MAX)];
        let mut out = Vec::with_capacity(FRAME_MIN + data.len());
        out.extend_from_slice(&START);
        out.extend_from_slice(&self.serial.to_le_bytes());
        out.extend_from_slice(&self.version);
        out.extend_from_slice(&self.time.0);
        out.extend_from_slice(&self.source);
        out.extend_from_slice(&self.destination);
        out.extend_from_slice(&(data.len() as u16).to_le_bytes());
        out.push(self.command);
        out.extend_from_slice(data);
        out.push(sum(&out[2..]));
        out.extend_from_slice(&END);
        out
    }
}
