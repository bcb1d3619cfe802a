//! Appending: one write and one fsync per batch, all of it or nothing. A file whose fsync failed is not written to
//! again, because the kernel may have dropped what it could not write and would report the next fsync as a success.

use std::fs::File;
use std::io::ErrorKind;
use std::ops::Range;
use std::os::unix::fs::MetadataExt as _;

use crate::batch::Batch;
use crate::error::io_error;
use crate::footer::Footer;
use crate::format::{HEAD_BYTES, Kind, Mark, encode_head};
use crate::segment::Segment;
use crate::{Record, Spool, SpoolError, disk};

impl Spool {
    /// Keeps `records`; they are durable when this returns. Returns their numbers.
    ///
    /// # Errors
    /// [`SpoolError::Full`], [`SpoolError::TooLarge`], [`SpoolError::Io`]: none of the records counts as kept, and
    /// the same call may succeed later (except for `TooLarge`).
    pub fn append(&mut self, records: &[Record]) -> Result<Range<u64>, SpoolError> {
        let start = self.mark.end;
        if records.is_empty() {
            return Ok(start.seq + 1..start.seq + 1);
        }
        let bytes = Batch::bytes_of(records)?;
        self.make_room(bytes)?;
        let goes_on = self.goes_on(bytes);
        let offset = self.segments.back().filter(|_| goes_on).map_or(HEAD_BYTES, |newest| newest.data_end);
        let batch = Batch::encode(self.mark.id, offset, start, records, bytes);
        if goes_on { self.write_on(&batch) } else { self.begin(&batch) }?;
        if let Some(newest) = self.segments.back_mut() {
            newest.last = batch.end;
            newest.tally.append(&batch.tally);
        }
        self.mark.end = batch.end;
        if let Err(error) = self.note() {
            // The batch is durable all the same; only damage at its very end could no longer be told from a torn batch.
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot note the end of the spool");
        }
        Ok(start.seq + 1..batch.end.seq + 1)
    }

    fn make_room(&mut self, bytes: u64) -> Result<(), SpoolError> {
        let max = self.options.bytes_max;
        if bytes.saturating_add(2 * HEAD_BYTES) > max {
            return Err(SpoolError::TooLarge { bytes, max });
        }
        let lacks_room = |spool: &Self| {
            let head = if spool.goes_on(bytes) { 0 } else { HEAD_BYTES };
            spool.bytes() + head + bytes > max
        };
        if lacks_room(self) {
            self.sweep()?;
            self.empty_newest(0)?; // it may hold nothing but released records
        }
        if lacks_room(self) { Err(SpoolError::Full { used: self.bytes(), max }) } else { Ok(()) }
    }

    /// Whether `bytes` more go into the newest segment.
    fn goes_on(&self, bytes: u64) -> bool {
        let (Some(file), Some(newest)) = (&self.active, self.segments.back()) else { return false };
        let there = file.metadata().is_ok_and(|about| about.nlink() > 0); // somebody may have deleted it
        let fits = newest.data_end == HEAD_BYTES || newest.data_end + bytes <= self.options.segment_bytes;
        there && fits
    }

    fn write_on(&mut self, batch: &Batch) -> Result<(), SpoolError> {
        let (Some(file), Some(newest)) = (&self.active, self.segments.back_mut()) else {
            return Err(io_error("write on in", &self.options.dir)(ErrorKind::NotFound.into())); // goes_on saw it
        };
        let end = newest.data_end + batch.bytes.len() as u64;
        let written = disk::write_at(file, &newest.path, &batch.bytes, newest.data_end);
        let may_go_on = written.is_err();
        let Err(error) = written.and_then(|()| disk::sync(file, &newest.path)) else {
            (newest.data_end, newest.file_bytes) = (end, end);
            return Ok(());
        };
        // Cut off; what cannot be cut off is void, because the next segment begins with the same numbers.
        let cut = disk::truncate(file, &newest.path, newest.data_end);
        newest.file_bytes = if cut.is_ok() { newest.data_end } else { end };
        if let Err(error) = &cut {
            tracing::warn!(error = error as &dyn std::error::Error, "cannot cut off an unfinished batch");
        }
        if cut.is_err() || !may_go_on {
            self.active = None;
        }
        Err(error)
    }

    fn begin(&mut self, batch: &Batch) -> Result<(), SpoolError> {
        self.finish(batch.bytes.len() as u64 + HEAD_BYTES);
        let start = self.mark.end;
        let path = Segment::path(&self.options.dir, start);
        let mut bytes = encode_head(Kind::Segment, start, &self.mark);
        bytes.extend_from_slice(&batch.bytes);
        let file = match self.write_new(&path, &bytes) {
            Ok(file) => file,
            Err(error) => {
                if let Err(error) = disk::remove(&path) {
                    tracing::warn!(error = &error as &dyn std::error::Error, "cannot delete an unfinished segment");
                }
                return Err(error);
            }
        };
        let mut segment = Segment::new(path, start, bytes.len() as u64);
        (segment.data_end, segment.verified) = (segment.file_bytes, true);
        self.segments.push_back(segment);
        self.active = Some(file);
        Ok(())
    }

    fn write_new(&self, path: &std::path::Path, bytes: &[u8]) -> Result<File, SpoolError> {
        let file = disk::create(path)?;
        disk::write_at(&file, path, bytes, 0)?;
        disk::sync(&file, path)?;
        disk::sync_dir(&self.options.dir)?;
        Ok(file)
    }

    /// Closes the newest segment, with a footer if that tells the truth and there is room for it beside `reserve`. The
    /// footer is fsynced: at full speed a power cut would else take dozens of them, and those
    /// segments would have to be read through when opening.
    fn finish(&mut self, reserve: u64) {
        let used = self.bytes() + reserve;
        let Mark { id, head, .. } = self.mark;
        let (Some(file), Some(newest)) = (self.active.take(), self.segments.back_mut()) else { return };
        if head.seq > newest.start.seq || newest.file_bytes > newest.data_end {
            return;
        }
        let footer = Footer { last: newest.last, tally: newest.tally.clone() }.encode(id, newest.start);
        if used + footer.len() as u64 > self.options.bytes_max {
            return;
        }
        newest.file_bytes += footer.len() as u64;
        let written = disk::write_at(&file, &newest.path, &footer, newest.data_end);
        if let Err(error) = written.and_then(|()| disk::sync(&file, &newest.path)) {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot write the sums of a segment");
            if disk::truncate(&file, &newest.path, newest.data_end).is_ok() {
                newest.file_bytes = newest.data_end;
            }
        }
    }
}
