//! Bytes that belong to no frame: one delivery for each run, of which the beginning is kept. Empty lines are no garbage.

use bytes::Bytes;
use chengshu_core::model::Timestamp;

/// Bytes of a run that are kept.
const KEPT: usize = 1024;

/// A run that nothing follows is told after so long, ms.
const QUIET_MS: i64 = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Garbage {
    kept: Vec<u8>,
    run: usize,
    /// Bytes since the last frame.
    pub(crate) since_frame: usize,
    last: Option<Timestamp>,
}

impl Garbage {
    pub(crate) fn push(&mut self, bytes: &[u8], now: Timestamp) {
        self.since_frame = self.since_frame.saturating_add(bytes.len());
        // an empty line before a run does not begin it, however the bytes are sliced
        let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
        let begin = if self.run > 0 { 0 } else { bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len()) };
        let bytes = &bytes[begin..];
        if bytes.is_empty() {
            return;
        }
        let room = KEPT.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.run = self.run.saturating_add(bytes.len());
        self.last = Some(now);
    }

    /// The run, if there is one: what was kept of it, and its length.
    pub(crate) fn end(&mut self) -> Option<(Bytes, usize)> {
        self.last = None;
        let run = std::mem::take(&mut self.run);
        (run > 0).then(|| (std::mem::take(&mut self.kept).into(), run))
    }

    /// The same, if nothing has followed for a while.
    pub(crate) fn quiet(&mut self, now: Timestamp) -> Option<(Bytes, usize)> {
        self.last.filter(|last| now.since(*last) >= QUIET_MS).and_then(|_| self.end())
    }
}
