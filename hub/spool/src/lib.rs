//! The spool: while the database is away, deliveries (opaque bytes) are appended here, one fsync per batch, and drained
//! in order when it is back. It is bounded by bytes and never drops anything to make room: a full spool says so.
//!
//! Why a segmented log of our own and not redb, fjall or SQLite: damage must lose only the damaged record, and the loss
//! must be counted (promise D09). A B-tree or LSM tree loses a page, a subtree or a file for one flipped bit; here every
//! record carries its own checksum and number, so a reader finds the next good one and the gap tells what is missing.
//!
//! # The folder
//! | file | holds |
//! |---|---|
//! | `lock` | nothing; held with an exclusive lock while a spool is open |
//! | `meta` | the spool's identity and its mark: head, end, what was lost |
//! | `<first seq, 20 digits>.seg` | a head with an earlier copy of the mark, records, and in the end their sums |
//!
//! Anything else in the folder is somebody else's, left alone and logged.
//!
//! # What holds what
//! * A batch is durable when `append` returns. After that the mark's end is noted in `meta` without an fsync: it
//!   survives a kill, so damage at the very end is told apart from a batch that was torn before it was acknowledged.
//! * Before a segment is deleted the mark is fsynced, so a segment that is missing and not released was lost.
//! * Checksums cover the spool's random identity and the place in the file: bytes inside a payload that look like a
//!   record are not one, whoever sent them, and neither is a block that the disk wrote to the wrong place.
//! * Nothing records which records are damaged: what should be held and is not is missing, and counts as lost for good
//!   when the head passes it. Releasing what was never read here (the database has it) counts nothing.

mod append;
mod batch;
mod cursor;
mod disk;
mod error;
mod footer;
mod format;
mod frame;
mod lock;
mod open;
mod point;
mod read;
mod record;
mod recover;
mod release;
mod scan;
mod segment;
mod spool;
mod survey;
mod tally;
#[cfg(test)]
mod tests;

pub use error::SpoolError;
pub use point::Loss;
pub use record::{Damage, Record, SEGMENT_BYTES, SpoolOptions, Spooled, Status};
pub use spool::Spool;
