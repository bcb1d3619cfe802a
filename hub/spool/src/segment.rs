//! One segment as the spool remembers it: where it begins and ends, and sums over what it holds. Its records stay in the
//! file.

use std::path::{Path, PathBuf};

use crate::SpoolError;
use crate::format::HEAD_BYTES;
use crate::point::Point;
use crate::scan::Frames;
use crate::tally::Tally;

/// What is remembered of a segment.
#[derive(Debug)]
pub(crate) struct Segment {
    /// Its file.
    pub path: PathBuf,
    /// What came before its first record.
    pub start: Point,
    /// The place behind the last record that it should hold.
    pub last: Point,
    /// Where its records end.
    pub data_end: u64,
    /// What it takes of the disk, bytes.
    pub file_bytes: u64,
    /// Sums over its records that are not released.
    pub tally: Tally,
    /// Whether the sums come from reading it through, and not only from its footer.
    pub verified: bool,
}

impl Segment {
    /// One whose records have not been looked at.
    pub fn new(path: PathBuf, start: Point, file_bytes: u64) -> Self {
        Self { path, start, last: start, data_end: HEAD_BYTES, file_bytes, tally: Tally::default(), verified: false }
    }

    /// The name of the segment whose first record follows `start`.
    pub fn path(dir: &Path, start: Point) -> PathBuf {
        dir.join(format!("{:020}.seg", start.seq + 1))
    }

    /// Its records with numbers above `after`; the first of them stands at or behind `offset`.
    pub fn frames(&self, id: u64, offset: u64, after: u64) -> Result<Frames, SpoolError> {
        Frames::open(&self.path, id, offset..self.data_end, after..self.last.seq)
    }

    /// Finds out where its records end, none of them above `bound`, and sums up those above `head`.
    pub fn explore(&mut self, id: u64, head: u64, bound: u64) -> Result<(), SpoolError> {
        let mut frames = Frames::open(&self.path, id, HEAD_BYTES..self.file_bytes, self.start.seq..bound)?;
        self.last = self.sum_up(&mut frames, head)?;
        self.data_end = frames.offset();
        Ok(())
    }

    /// Reads it through and sums up the records above `head`.
    pub fn verify(&mut self, id: u64, head: u64) -> Result<(), SpoolError> {
        let mut frames = self.frames(id, HEAD_BYTES, self.start.seq)?;
        self.sum_up(&mut frames, head)?;
        Ok(())
    }

    /// Returns the place behind the last undamaged record.
    fn sum_up(&mut self, frames: &mut Frames, head: u64) -> Result<Point, SpoolError> {
        let (mut tally, mut last) = (Tally::default(), self.start);
        while let Some(frame) = frames.next()? {
            last = frame.head.after();
            if last.seq > head {
                tally.add(frame.head.tag, frame.head.readings, frame.head.at_ms);
            }
        }
        (self.tally, self.verified) = (tally, true);
        Ok(last)
    }
}
