//! Packets of one message (分包), kept until all are there. Keeps no packet for longer than it is set to: some devices send
//! the next one only when the one before was answered. Hands over nothing itself.

use std::collections::BTreeSet;

use bytes::Bytes;
use chengshu_core::model::Timestamp;

use crate::Setup;
use crate::codec::Frame;

/// Messages of one talk that may be unfinished.
const MESSAGES_MAX: usize = 16;

/// Packets of one message.
const PACKETS_MAX: u32 = 1000;

#[derive(Debug)]
struct Message {
    /// MN, CN and QN.
    key: [Box<[u8]>; 3],
    total: u32,
    seen: BTreeSet<u32>,
    held: Vec<(u32, Bytes)>,
    data_time: Option<Box<[u8]>>,
    begun: Timestamp,
    last: Timestamp,
}

/// Packets that are to be handed over together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ready {
    /// In the order of their numbers.
    pub(crate) packets: Vec<Bytes>,
    /// The DataTime that an earlier packet gave.
    pub(crate) data_time: Option<Box<[u8]>>,
    /// Packets of the message are missing.
    pub(crate) incomplete: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Splits(Vec<Message>);

impl Splits {
    /// Takes a packet; says what is to be handed over now. None when the frame is no packet of several.
    pub(crate) fn take(&mut self, frame: &Frame<'_>, setup: &Setup, now: Timestamp) -> Option<Vec<Ready>> {
        let (pno, total) = frame.packet().filter(|(_, total)| (2..=PACKETS_MAX).contains(total))?;
        if !frame.says_split() {
            return None;
        }
        let mut ready = Vec::new();
        let key = [frame.device_number(), frame.cn, frame.qn].map(|part| part.unwrap_or_default().into());
        let at = self.0.iter().position(|message| message.key == key && message.total == total);
        let at = at.unwrap_or_else(|| {
            if self.0.len() >= MESSAGES_MAX {
                ready.extend(self.0.remove(0).flush());
            }
            let (seen, held) = (BTreeSet::new(), Vec::new());
            self.0.push(Message { key, total, seen, held, data_time: None, begun: now, last: now });
            self.0.len() - 1
        });
        let bytes: usize = self.0.iter().flat_map(|message| &message.held).map(|(_, packet)| packet.len()).sum();
        let Some(message) = self.0.get_mut(at) else { return Some(ready) };
        message.last = now;
        if message.data_time.is_none() {
            message.data_time = frame.value(b"DataTime").map(Into::into);
        }
        let again = !message.seen.insert(pno);
        message.held.retain(|(held, _)| *held != pno);
        message.held.push((pno, Bytes::copy_from_slice(frame.raw)));
        let complete = message.seen.len() == total as usize;
        // one that is sent again waits for its answer; the whole is not waited for any longer
        if complete || again || bytes + frame.raw.len() > setup.split_bytes_max {
            ready.extend(message.flush());
        }
        Some(ready)
    }

    /// What has waited long enough.
    pub(crate) fn tick(&mut self, setup: &Setup, now: Timestamp) -> Vec<Ready> {
        let mut ready = Vec::new();
        for message in &mut self.0 {
            if now.since(message.last) >= setup.split_hold_ms {
                ready.extend(message.flush());
            }
        }
        self.0.retain_mut(|message| {
            let keep = now.since(message.begun) < setup.split_ms;
            if !keep {
                let whole = message.seen.len() == message.total as usize;
                ready.extend(message.flush());
                if !whole {
                    ready.push(Ready { incomplete: true, ..Ready::default() });
                }
            }
            keep
        });
        ready
    }
}

impl Message {
    fn flush(&mut self) -> Option<Ready> {
        if self.held.is_empty() {
            return None;
        }
        let mut held = std::mem::take(&mut self.held);
        held.sort_by_key(|(pno, _)| *pno);
        let packets = held.into_iter().map(|(_, packet)| packet).collect();
        Some(Ready { packets, data_time: self.data_time.clone(), incomplete: false })
    }
}
