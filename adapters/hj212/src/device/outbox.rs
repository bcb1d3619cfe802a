//! What a data logger has sent and nobody has confirmed: sent again as the standard says, then kept until the line is new.

use std::collections::VecDeque;

use bytes::Bytes;
use chengshu_core::model::Timestamp;

/// Messages on the wire at a time.
const WINDOW: usize = 64;

/// Messages that are kept; the oldest go first, their values stay in the store.
const KEPT: usize = 5_000;

#[derive(Debug)]
struct Sent {
    qn: String,
    packets: Vec<Bytes>,
    /// Packets that were confirmed.
    confirmed: usize,
    /// How often it was sent, and when last.
    times: u32,
    at: Timestamp,
}

#[derive(Debug, Default)]
pub(super) struct Outbox(VecDeque<Sent>);

impl Outbox {
    pub(super) fn push(&mut self, qn: String, packets: Vec<Bytes>, now: Timestamp) {
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Sent { qn, packets, confirmed: 0, times: 0, at: now });
    }

    pub(super) fn confirm(&mut self, qn: &[u8]) {
        if let Some(at) = self.0.iter().position(|sent| sent.qn.as_bytes() == qn)
            && let Some(sent) = self.0.get_mut(at)
        {
            sent.confirmed += 1;
            if sent.confirmed >= sent.packets.len() {
                self.0.remove(at);
            }
        }
    }

    /// A new line: everything is sent as if for the first time.
    pub(super) fn anew(&mut self) {
        for sent in &mut self.0 {
            (sent.times, sent.confirmed) = (0, 0);
        }
    }

    /// What is to be sent now: the first time, or again after `timeout_ms`, at most `resends` times.
    pub(super) fn due(&mut self, timeout_ms: i64, resends: u32, now: Timestamp) -> Vec<Bytes> {
        let mut out = Vec::new();
        for sent in self.0.iter_mut().take(WINDOW) {
            let again = sent.times <= resends && now.since(sent.at) >= timeout_ms;
            if sent.times == 0 || again {
                (sent.times, sent.at, sent.confirmed) = (sent.times + 1, now, 0);
                out.extend(sent.packets.iter().cloned());
            }
        }
        out
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
