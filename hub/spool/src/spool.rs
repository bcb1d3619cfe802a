//! The spool itself: its state, and what can be asked without touching a file. Opening, appending, reading and releasing
//! stand in files of their own.

use std::collections::VecDeque;
use std::fs::File;
use std::path::PathBuf;

use crate::cursor::Cursor;
use crate::format::{HEAD_BYTES, Mark};
use crate::lock::Lock;
use crate::point::Loss;
use crate::segment::Segment;
use crate::survey::META;
use crate::tally::Tally;
use crate::{SpoolError, SpoolOptions, Status, disk};

/// A bounded log of records on disk, open in one process at a time. All calls block.
#[derive(Debug)]
pub struct Spool {
    pub(crate) options: SpoolOptions,
    pub(crate) mark: Mark,
    /// The mark as it stands in `meta`.
    pub(crate) noted: Mark,
    pub(crate) meta: File,
    pub(crate) segments: VecDeque<Segment>,
    /// The last segment's file, while it can be written further.
    pub(crate) active: Option<File>,
    pub(crate) reading: Option<Cursor>,
    pub(crate) releasing: Option<Cursor>,
    /// Held until the spool is dropped.
    pub(crate) _lock: Lock,
}

impl Spool {
    /// The spool's identity, chosen at random when the folder was made. Numbers of records compare only within one.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.mark.id
    }

    /// The last released record; 0 when none was.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.mark.head.seq
    }

    /// How the spool stands.
    #[must_use]
    pub fn status(&self) -> Status {
        let mut tally = Tally::default();
        self.segments.iter().for_each(|segment| tally.append(&segment.tally));
        let mut lost = self.mark.lost;
        lost.add(self.missing().or_more(self.mark.found));
        Status {
            records: tally.records,
            readings: tally.readings,
            readings_by_tag: tally.by_tag,
            bytes: self.bytes(),
            bytes_max: self.options.bytes_max,
            oldest_at_ms: tally.first_at_ms,
            head: self.mark.head.seq,
            last: self.mark.end.seq,
            lost,
        }
    }

    /// What its files take, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.file_bytes).sum::<u64>() + HEAD_BYTES
    }

    /// What should be held and is known not to be.
    pub(crate) fn missing(&self) -> Loss {
        let mut missing = self.mark.head.until(self.mark.end);
        missing.subtract(self.held());
        missing
    }

    /// What is held, as far as known.
    pub(crate) fn held(&self) -> Loss {
        let mut held = Loss::default();
        self.segments.iter().for_each(|segment| held.add(segment.tally.all()));
        held
    }

    pub(crate) fn meta_path(&self) -> PathBuf {
        self.options.dir.join(META)
    }

    /// Notes the mark in `meta`. It survives a kill, and a power cut once it is synced.
    pub(crate) fn note(&mut self) -> Result<(), SpoolError> {
        let mark = Mark { revision: self.noted.revision + 1, ..self.mark };
        disk::write_at(&self.meta, &self.meta_path(), &mark.encode(), mark.place())?;
        (self.mark, self.noted) = (mark, mark);
        Ok(())
    }

    /// Makes the mark durable, with a copy in the newest segment in case `meta` is damaged or put back.
    pub(crate) fn sync_mark(&mut self) -> Result<(), SpoolError> {
        self.note()?;
        if let (Some(file), Some(newest)) = (&self.active, self.segments.back()) {
            disk::write_at(file, &newest.path, &self.mark.encode(), self.mark.place())?;
        }
        disk::sync(&self.meta, &self.meta_path())
    }

    /// Reads a segment through, so that its sums are known to be true.
    pub(crate) fn verify(&mut self, index: usize) -> Result<(), SpoolError> {
        let (id, head) = (self.mark.id, self.mark.head.seq);
        self.segments.get_mut(index).map_or(Ok(()), |segment| segment.verify(id, head))
    }

    /// [`Self::verify`], unless it was done before.
    pub(crate) fn verify_once(&mut self, index: usize) -> Result<(), SpoolError> {
        if self.segments.get(index).is_some_and(|segment| !segment.verified) { self.verify(index) } else { Ok(()) }
    }
}
