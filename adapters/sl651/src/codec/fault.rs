//! Why bytes are no frame, or a frame's body cannot be read to its end: offset, what stood there, what would be right.
//! Says nothing of values that are merely missing or odd.

/// A frame or a group that the standard does not allow (报文错误). Offsets count from the frame's first byte, in groups
/// from the body's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The check field is not that of the bytes before it.
    #[error("CRC at offset {offset} reads {got:04X}; expected {expected:04X}")]
    Crc {
        /// Of the check field.
        offset: usize,
        /// Computed from the bytes.
        expected: u16,
        /// As it stands.
        got: u16,
    },
    /// The length field leads to something that is no end mark, and the CRC is wrong, too.
    #[error("the length field leads to {got:02X} at offset {offset}; expected an end mark (03 17 05 06 15 04 1B)")]
    Length {
        /// Where the end mark should be.
        offset: usize,
        /// What stands there.
        got: u8,
    },
    /// Fewer bytes than the frame needs at least.
    #[error("the length field at offset {offset} says {got} bytes; expected at least {expected}")]
    Short {
        /// Of the length field.
        offset: usize,
        /// The least.
        expected: usize,
        /// What it says.
        got: usize,
    },
    /// More bytes than twelve bits of length can say.
    #[error("the body has {got} bytes; expected at most {expected}")]
    Long {
        /// The most.
        expected: usize,
        /// What it has.
        got: usize,
    },
    /// An end mark that this direction does not have.
    #[error("end mark at offset {offset} is {got:02X}; expected one of {expected}")]
    EndMark {
        /// Of the end mark.
        offset: usize,
        /// Those of this direction.
        expected: &'static str,
        /// What stands there.
        got: u8,
    },
    /// A packet number outside of 1 to the total.
    #[error("packet {number} of {total} at offset {offset}; expected 1 to the total")]
    Packet {
        /// Of the packet field.
        offset: usize,
        /// Number of packets.
        total: u16,
        /// Number of this one.
        number: u16,
    },
    /// A character that is no digit where the form asks for one.
    #[error("character {got:02X} at offset {offset}; expected a hexadecimal digit")]
    Digit {
        /// Of the character.
        offset: usize,
        /// What stands there.
        got: u8,
    },
    /// A group that ends after the body does.
    #[error("group at offset {offset} of the body needs {expected} bytes; {got} are left")]
    Group {
        /// Of the group in the body.
        offset: usize,
        /// What it says it has.
        expected: usize,
        /// What is left.
        got: usize,
    },
    /// A lead byte F0 to F3 that is not doubled.
    #[error("lead at offset {offset} of the body is {first:02X}{second:02X}; expected {first:02X}{first:02X}")]
    Lead {
        /// Of the lead in the body.
        offset: usize,
        /// The lead.
        first: u8,
        /// What should repeat it.
        second: u8,
    },
}

impl Fault {
    /// The stable code: what ledgers count and `chengshu decode` prints.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Crc { .. } => "crc",
            Self::Length { .. } | Self::Short { .. } | Self::Long { .. } => "length",
            Self::EndMark { .. } => "end_mark",
            Self::Packet { .. } => "packet",
            Self::Digit { .. } => "digit",
            Self::Group { .. } | Self::Lead { .. } => "group",
        }
    }
}
