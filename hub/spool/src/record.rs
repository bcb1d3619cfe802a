//! The words of the spool's callers: what goes in, what comes out, and what can be asked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::Loss;

/// The usual size of a segment file, bytes: small enough that room comes back in steps and that scanning one is quick.
pub const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;

/// Where the spool lives and how large it may grow.
#[derive(Debug, Clone)]
pub struct SpoolOptions {
    /// The folder; it is made when it is not there.
    pub dir: PathBuf,
    /// The most that its files may take together, bytes. Taken down below what is held, it only stops appending.
    pub bytes_max: u64,
    /// When to begin a new file, bytes; taken down to an eighth of `bytes_max`, so that room comes back in steps.
    pub segment_bytes: u64,
}

impl SpoolOptions {
    /// With segments of the usual size.
    pub fn new(dir: impl Into<PathBuf>, bytes_max: u64) -> Self {
        Self { dir: dir.into(), bytes_max, segment_bytes: SEGMENT_BYTES }
    }
}

/// What is to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// How many readings it counts in the ledger.
    pub readings: u32,
    /// A small number that the caller chooses, for example the link it came over; sums are kept for each.
    pub tag: u16,
    /// When it arrived, milliseconds since 1970.
    pub at_ms: i64,
    /// The record itself; never looked into.
    pub bytes: Vec<u8>,
}

/// What was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spooled {
    /// Its number: contiguous and rising for as long as the spool has the same [`crate::Spool::id`].
    pub seq: u64,
    /// As in [`Record`].
    pub readings: u32,
    /// As in [`Record`].
    pub tag: u16,
    /// As in [`Record`].
    pub at_ms: i64,
    /// As in [`Record`].
    pub bytes: Vec<u8>,
}

/// How the spool stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Records that are held and not released; 0 when the spool is drained.
    pub records: u64,
    /// Readings in them.
    pub readings: u64,
    /// The same by tag; tags without readings are left out.
    pub readings_by_tag: BTreeMap<u16, u64>,
    /// What its files take, bytes.
    pub bytes: u64,
    /// What they may take, bytes.
    pub bytes_max: u64,
    /// Arrival of the record that is next in turn.
    pub oldest_at_ms: Option<i64>,
    /// Number of the last released record.
    pub head: u64,
    /// Number of the newest record.
    pub last: u64,
    /// Lost to damage in the whole life of this spool, as far as known: what was missing when it was released, and what
    /// is known to be missing of what is not. Finished segments are checked when reading comes to them.
    pub lost: Loss,
}

/// What was wrong when the folder was opened. Finished segments are not read then: see [`Status::lost`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Damage {
    /// Acknowledged, not released, and known to be gone; [`Status::lost`] has them, too.
    pub missing: Loss,
    /// An unfinished batch at the end that was cut off: it was never acknowledged, so nothing is lost.
    pub torn_bytes: u64,
    /// Segments whose head was unreadable; their records say what it said.
    pub segment_heads: u32,
    /// The file `meta` was missing or unreadable, and was made anew from the segments.
    pub meta_rebuilt: bool,
    /// Files that do not belong here; left alone.
    pub foreign_files: u32,
}

impl Damage {
    /// Nothing was wrong beyond, at most, an unacknowledged batch that a kill had torn.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self { torn_bytes: self.torn_bytes, ..Self::default() }
    }
}
