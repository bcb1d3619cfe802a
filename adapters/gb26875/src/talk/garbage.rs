//! Bytes between frames, gathered into one run so that they make one rejection and not one each. Keeps the first
//! kilobyte and counts the rest.

use chengshu_core::model::Timestamp;

/// Of one run so much is kept, bytes.
const KEPT: usize = 1024;
/// A run ends when nothing came for so long, ms.
const PAUSE_MS: i64 = 1000;

/// A run of bytes that belong to no frame.
#[derive(Debug, Default)]
pub(super) struct Garbage {
    kept: Vec<u8>,
    total: usize,
    /// What was wrong with what looked like a frame in it.
    fault: Option<String>,
    last: Option<Timestamp>,
}

impl Garbage {
    pub(super) fn add(&mut self, bytes: &[u8], fault: Option<String>, now: Timestamp) {
        if bytes.is_empty() {
            return;
        }
        let room = KEPT - self.kept.len();
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.total = self.total.saturating_add(bytes.len());
        self.fault = self.fault.take().or(fault);
        self.last = Some(now);
    }

    /// The run, when it has ended by silence.
    pub(super) fn ended(&mut self, now: Timestamp) -> Option<(Vec<u8>, String)> {
        self.last.filter(|last| now.since(*last) >= PAUSE_MS).and_then(|_| self.end())
    }

    /// The run as it is, which begins anew: its first bytes, and words.
    pub(super) fn end(&mut self) -> Option<(Vec<u8>, String)> {
        let run = std::mem::take(self);
        if run.total == 0 {
            return None;
        }
        let cut = if run.total > KEPT { ", cut" } else { "" };
        let detail = match run.fault {
            Some(fault) => format!("{} bytes that are no frame{cut}: {fault}", run.total),
            None => format!("{} bytes that belong to no frame{cut}; expected the start mark 4040", run.total),
        };
        Some((run.kept, detail))
    }
}
