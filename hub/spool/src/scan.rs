//! Reads the records of one segment in order and steps over whatever is none. Time and memory are bounded whatever the
//! file contains: each byte is looked at as a possible beginning once, and the window holds one chunk or one record.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::frame::{FRAME_BYTES, FrameHead, MAGIC};
use crate::{SpoolError, disk};

const CHUNK_BYTES: usize = 256 * 1024;

/// A walk over the records of one segment.
pub(crate) struct Frames {
    path: PathBuf,
    file: Option<File>,
    id: u64,
    window: Vec<u8>,
    /// Where the window begins in the file.
    base: u64,
    /// Where the next record is looked for.
    offset: u64,
    end: u64,
    /// The last record that was seen; an older one is a copy in the wrong place.
    last: u64,
    /// The last record that may be here: what is behind belongs to the next segment.
    bound: u64,
}

/// An undamaged record.
pub(crate) struct Frame<'a> {
    /// Its head.
    pub head: FrameHead,
    /// Its payload.
    pub payload: &'a [u8],
}

impl Frames {
    /// Looks at the bytes `range` for records with numbers above `seqs.start`, up to and including `seqs.end`. A file
    /// that somebody deleted has none.
    pub fn open(path: &Path, id: u64, range: Range<u64>, seqs: Range<u64>) -> Result<Self, SpoolError> {
        Ok(Self {
            file: disk::open_to_read(path)?,
            path: path.to_owned(),
            id,
            window: Vec::new(),
            base: 0,
            offset: range.start,
            end: range.end,
            last: seqs.start,
            bound: seqs.end,
        })
    }

    /// The next undamaged record.
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, SpoolError> {
        let mut at = self.offset;
        while self.load(at, FRAME_BYTES)? {
            if let Some(head) = self.record_at(at)? {
                self.offset = at + head.total() as u64;
                self.last = head.seq();
                let begin = (at - self.base) as usize;
                let payload = &self.window[begin + FRAME_BYTES..begin + head.total()];
                return Ok(Some(Frame { head, payload }));
            }
            at = self.search(at + 1)?;
        }
        Ok(None)
    }

    /// Where the last undamaged record ended.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    fn record_at(&mut self, at: u64) -> Result<Option<FrameHead>, SpoolError> {
        let Some(head) = FrameHead::decode(self.id, at, self.rest(at)) else { return Ok(None) };
        if head.seq() <= self.last || head.seq() > self.bound || !self.load(at, head.total())? {
            return Ok(None);
        }
        let payload = self.rest(at).get(FRAME_BYTES..head.total()).unwrap_or_default();
        Ok(head.fits(self.id, payload).then_some(head))
    }

    /// The next place at or behind `at` where a record might begin.
    fn search(&mut self, mut at: u64) -> Result<u64, SpoolError> {
        while self.load(at, FRAME_BYTES)? {
            let rest = self.rest(at);
            if let Some(found) = rest.windows(MAGIC.len()).position(|bytes| bytes == MAGIC) {
                return Ok(at + found as u64);
            }
            at += (rest.len() - (MAGIC.len() - 1)) as u64; // it may begin in this window and go on in the next
        }
        Ok(at)
    }

    /// The window from `at` on.
    fn rest(&self, at: u64) -> &[u8] {
        self.window.get((at - self.base) as usize..).unwrap_or_default()
    }

    /// Makes the window hold `bytes` bytes from `at` on. False when the segment ends before.
    fn load(&mut self, at: u64, bytes: usize) -> Result<bool, SpoolError> {
        if at >= self.base && at + bytes as u64 <= self.base + self.window.len() as u64 {
            return Ok(true);
        }
        let left = self.end.saturating_sub(at);
        let (Some(file), true) = (&self.file, bytes as u64 <= left) else { return Ok(false) };
        let wanted = left.min(bytes.max(CHUNK_BYTES) as u64) as usize;
        self.window.resize(wanted, 0);
        self.base = at;
        let there = disk::read_at(file, &self.path, &mut self.window, at)?;
        self.window.truncate(there);
        Ok(there >= bytes)
    }
}
