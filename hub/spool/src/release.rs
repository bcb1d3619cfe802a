//! Releasing: records that are durable elsewhere make room. Whole segments are deleted; before that the mark is fsynced,
//! so that after a power cut a released segment is not taken for a lost one.

use crate::format::HEAD_BYTES;
use crate::point::{Point, SEQ_MAX};
use crate::tally::Tally;
use crate::{Spool, SpoolError, disk};

/// The newest segment is emptied when it holds more released records than this part of its usual size: a trickle of
/// records that are soon released should not cost an fsync each.
const EMPTY_ABOVE_PART: u64 = 16;

impl Spool {
    /// Everything up to and including `through` is durable elsewhere. A number beyond the newest record (the database
    /// knows of more than a damaged spool does) makes later records begin behind it; `u64::MAX` means all there are.
    ///
    /// # Errors
    /// [`SpoolError::Io`]: the same call may be made again.
    pub fn release(&mut self, through: u64) -> Result<(), SpoolError> {
        let through = if through > SEQ_MAX { self.mark.end.seq } else { through };
        if through > self.mark.head.seq {
            self.move_head(through)?;
        }
        self.settle()?;
        if self.mark != self.noted {
            self.note()?;
        }
        self.sweep()
    }

    /// What reading has found missing up to there is lost now; what it has not come to is durable elsewhere.
    fn move_head(&mut self, through: u64) -> Result<(), SpoolError> {
        let index = self.segments.partition_point(|segment| segment.last.seq <= through);
        let all_found = through >= self.mark.passed.seq;
        if !all_found && !self.mark.found.is_none() {
            (0..=index).try_for_each(|index| self.verify_once(index))?;
        }
        let held = self.held();
        let known = self.take_from_tally(index, through)?;

        // nothing below can fail
        for released in self.segments.iter_mut().take(index) {
            released.tally = Tally::default();
        }
        let to = Point { seq: through, readings: known.readings.max(self.mark.head.readings) };
        let mut lost = std::mem::take(&mut self.mark.found);
        if !all_found {
            let mut missing = self.mark.head.until(to);
            missing.add(self.held());
            missing.subtract(held);
            let found = lost;
            lost = missing.or_less(found);
            self.mark.found = found;
            self.mark.found.subtract(lost);
        }
        self.mark.lost.add(lost);
        self.mark.head = to;
        self.mark.end = self.mark.end.later(to);
        self.mark.passed = self.mark.passed.later(to);
        Ok(())
    }

    /// Subtracts the released records from the sums of the segment `index`, in which they end. Returns the place where
    /// they end, with its readings as far as known.
    fn take_from_tally(&mut self, index: usize, through: u64) -> Result<Point, SpoolError> {
        let (id, head) = (self.mark.id, self.mark.head.seq);
        let known = self.known_at(index, through);
        if self.segments.get(index).is_none_or(|segment| segment.start.seq >= through) {
            return Ok(known);
        }
        self.verify_once(index)?;
        let Some(segment) = self.segments.get_mut(index) else { return Ok(known) };
        let mut tally = segment.tally.clone();
        let (cursor, next_at_ms) = segment.walk(id, self.releasing, through, |frame| {
            if frame.seq() > head {
                tally.subtract(frame);
            }
        })?;
        tally.first_at_ms = next_at_ms;
        segment.tally = tally;
        self.releasing = Some(cursor);
        Ok(cursor.at)
    }

    /// When reading has come to the end and nothing is held any more, what is missing there is released, too: nobody will
    /// ever release a record that cannot be read, and the room would not come back.
    pub(crate) fn settle(&mut self) -> Result<(), SpoolError> {
        let end = self.mark.end.seq;
        let done = self.mark.passed.seq == end && self.mark.head.seq < end && self.held().is_none();
        if done { self.move_head(end) } else { Ok(()) }
    }

    /// Deletes the segments that hold nothing but released records.
    pub(crate) fn sweep(&mut self) -> Result<(), SpoolError> {
        let mut synced = false;
        while let Some(oldest) = self.segments.front() {
            let written = self.segments.len() == 1 && self.active.is_some();
            if oldest.last.seq > self.mark.head.seq || written {
                break;
            }
            let path = oldest.path.clone();
            if !synced {
                self.sync_mark()?;
                synced = true;
            }
            disk::remove(&path)?;
            self.segments.pop_front();
        }
        self.empty_newest(self.options.segment_bytes / EMPTY_ABOVE_PART)
    }

    /// Cuts the newest segment down to its head when all of its records are released and it holds more than `above`
    /// bytes of them. It is not deleted, because it keeps a copy of the mark.
    pub(crate) fn empty_newest(&mut self, above: u64) -> Result<(), SpoolError> {
        let Some(newest) = self.segments.back() else { return Ok(()) };
        let released = newest.last.seq <= self.mark.head.seq;
        if self.active.is_none() || !released || newest.data_end <= HEAD_BYTES + above {
            return Ok(());
        }
        self.sync_mark()?;
        let (Some(file), Some(newest)) = (&self.active, self.segments.back_mut()) else { return Ok(()) };
        disk::truncate(file, &newest.path, HEAD_BYTES)?;
        (newest.data_end, newest.file_bytes, newest.last) = (HEAD_BYTES, HEAD_BYTES, self.mark.end);
        (self.reading, self.releasing) = (None, None);
        Ok(())
    }
}
