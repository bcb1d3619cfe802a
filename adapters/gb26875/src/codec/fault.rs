//! What can be wrong with bytes that ought to be a frame. Says where, what was expected and what was got; decides
//! nothing.

/// Why bytes were refused (拒收). Offsets count from the first start mark of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The sum over serial … application data does not match (clause 8, check sum).
    #[error("checksum at offset {offset} is {got:02X}; expected {expected:02X}")]
    Checksum {
        /// Where the sum stands.
        offset: usize,
        /// The sum of what arrived.
        expected: u8,
        /// What was read.
        got: u8,
    },
    /// The application data is longer than the standard allows.
    #[error("length at offset {offset} is {got}; expected at most 1024")]
    Length {
        /// Where the length stands.
        offset: usize,
        /// What was read, bytes.
        got: u16,
    },
    /// No end mark where the length says that the frame ends.
    #[error("end mark at offset {offset} is {:02X}{:02X}; expected 2323", got[0], got[1])]
    EndMark {
        /// Where it should be.
        offset: usize,
        /// What was read.
        got: [u8; 2],
    },
    /// The objects of the application data do not fit their type and count.
    #[error(
        "application data of type {kind} with count {count} has {got} bytes of objects at offset {offset}; expected {count} × {expected} bytes, or with 6 bytes of time each"
    )]
    ObjectSize {
        /// Where the objects begin.
        offset: usize,
        /// The type.
        kind: u8,
        /// The count.
        count: u8,
        /// Bytes of one object without its time.
        expected: usize,
        /// Bytes that are there for all of them.
        got: usize,
    },
    /// A text says that it is longer than what is left of the frame.
    #[error("text length at offset {offset} is {expected}, but {got} bytes are left")]
    TextLength {
        /// Where its length stands.
        offset: usize,
        /// Bytes that it says.
        expected: usize,
        /// Bytes that are there.
        got: usize,
    },
}

impl Fault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Checksum { .. } => "checksum",
            Self::Length { .. } => "length",
            Self::EndMark { .. } => "end_mark",
            Self::ObjectSize { .. } => "object_size",
            Self::TextLength { .. } => "text_length",
        }
    }
}
