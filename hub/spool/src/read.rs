//! Reading in order. What is damaged is stepped over and noted as missing when reading passes it; it counts as lost for
//! good when it is released. So it is counted once, however often it is read and by however many processes.

use crate::cursor::Cursor;
use crate::point::{Loss, Point};
use crate::{Spool, SpoolError, Spooled};

impl Spool {
    /// The records with numbers above `after` that are not released, in order: at most `max_records`, and no more than
    /// `max_bytes` of payload unless the first alone has more. Empty when there are none.
    ///
    /// Who reads on from a number it has not read up to says that it has the records before from elsewhere: damage
    /// among them is not counted as lost once they are released.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn read(&mut self, after: u64, max_records: usize, max_bytes: usize) -> Result<Vec<Spooled>, SpoolError> {
        if after <= self.mark.head.seq {
            (self.mark.passed, self.mark.found) = (self.mark.head, Loss::default()); // all is found again
        }
        let found = self.mark.found;
        let read = self.read_on(after.max(self.mark.head.seq), max_records, max_bytes)?;
        if self.mark.found != found {
            let Loss { records, readings } = self.mark.found;
            let dir = self.options.dir.display();
            tracing::warn!(%dir, records, readings, "records are missing in the spool: passed over");
        }
        self.settle()?;
        if (self.mark.found, self.mark.head) != (self.noted.found, self.noted.head) {
            self.note()?;
            self.sweep()?;
        }
        Ok(read)
    }

    fn read_on(&mut self, after: u64, max_records: usize, max_bytes: usize) -> Result<Vec<Spooled>, SpoolError> {
        let mut read = Vec::new();
        let mut room = max_bytes;
        let first = self.segments.partition_point(|segment| segment.last.seq <= after);
        let mut cursor = self.seek(first, after)?;
        let known = cursor.map_or_else(|| self.known_at(first, after), |cursor| cursor.at);
        self.skip_to(known, after);
        for index in first..self.segments.len() {
            self.verify_once(index)?;
            let Some(segment) = self.segments.get(index) else { break };
            let last = segment.last;
            let mut cursor = cursor.take().unwrap_or_else(|| Cursor::start(segment));
            let mut frames = segment.frames(self.mark.id, cursor.offset, cursor.at.seq)?;
            while let Some(frame) = frames.next()? {
                if read.len() >= max_records || (frame.payload.len() > room && !read.is_empty()) {
                    self.reading = Some(cursor);
                    return Ok(read);
                }
                let head = frame.head;
                room = room.saturating_sub(frame.payload.len());
                let (readings, tag, at_ms) = (head.readings, head.tag, head.at_ms);
                read.push(Spooled { seq: head.seq(), readings, tag, at_ms, bytes: frame.payload.to_vec() });
                self.pass(index, head.before, head.after())?;
                (cursor.offset, cursor.at) = (frames.offset(), head.after());
            }
            self.reading = Some(cursor);
            self.pass(index, last, last)?;
        }
        self.pass(self.segments.len(), self.mark.end, self.mark.end)?;
        Ok(read)
    }

    /// The place behind record `after`, when it lies in the segment `index`.
    fn seek(&mut self, index: usize, after: u64) -> Result<Option<Cursor>, SpoolError> {
        let Some(segment) = self.segments.get(index).filter(|segment| segment.start.seq < after) else {
            return Ok(None);
        };
        Ok(Some(segment.walk(self.mark.id, self.reading, after, |_| {})?.0))
    }

    /// The last place at or before record `seq` that is known without reading, when `seq` does not lie in the segment
    /// `index` but between it and the one before.
    pub(crate) fn known_at(&self, index: usize, seq: u64) -> Point {
        let start = self.segments.get(index).map_or(self.mark.end, |segment| segment.start);
        let before = index.checked_sub(1).and_then(|before| self.segments.get(before));
        if start.seq <= seq { start } else { before.map_or(self.mark.head, |before| before.last) }
    }

    /// Goes on to record `to` without counting. `known` is the last place before it whose readings are known.
    pub(crate) fn skip_to(&mut self, known: Point, to: u64) {
        if to > self.mark.passed.seq {
            let readings = known.readings.max(self.mark.passed.readings);
            self.mark.passed = Point { seq: to.min(self.mark.end.seq), readings };
        }
    }

    /// Reading passes a record of segment `index`, or its end: what lies between it and what was passed before is gone.
    fn pass(&mut self, index: usize, before: Point, after: Point) -> Result<(), SpoolError> {
        if after.seq > self.mark.passed.seq {
            let hole = self.mark.passed.until(before);
            self.mark.passed = after;
            if !hole.is_none() {
                self.mark.found.add(hole);
                if self.missing().records < self.mark.found.records {
                    self.verify(index)?; // damaged since it was read through
                }
            }
        }
        Ok(())
    }
}
