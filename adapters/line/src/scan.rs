//! What a scanner of a field protocol says of the bytes that have come. How frames are found is each protocol's own business.

/// What stands at the front of some bytes (扫描结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// the frame is handed on at once; a box would cost an allocation for each
#[allow(clippy::large_enum_variant)]
pub enum Scan<F, E> {
    /// A frame of `len` bytes after `skip` bytes of garbage.
    Frame {
        /// Garbage before it, bytes.
        skip: usize,
        /// Its bytes, to consume after the garbage.
        len: usize,
        /// The frame.
        frame: F,
    },
    /// What looked like a frame and is none; `len` ends where the next may begin.
    Refused {
        /// Garbage before it, bytes.
        skip: usize,
        /// Its bytes, to consume after the garbage.
        len: usize,
        /// Why.
        fault: E,
    },
    /// Nothing is complete yet: keep what follows `skip` bytes of garbage, and ask again with more.
    Wait {
        /// Garbage, bytes.
        skip: usize,
    },
}
