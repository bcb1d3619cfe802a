//! One transmission device that a peer speaks for: how to address it, and what is known of its clock.

use chengshu_core::model::{DeviceId, Event, Timestamp};

use crate::Setup;
use crate::codec::{Frame, Head, Label};
use crate::readings::clock_off;

/// A device behind this conversation.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) address: [u8; 6],
    pub(super) device: DeviceId,
    /// Of its last frame: addresses and versions of what is said to it.
    pub(super) head: Head,
    /// The frame that told that its clock is off, and when that was first heard.
    off: Option<(Head, Timestamp)>,
    /// Its clock has been looked at after it connected.
    seen: bool,
}

impl Peer {
    pub(super) fn new(address: [u8; 6], device: DeviceId, head: Head) -> Self {
        Self { address, device, head, off: None, seen: false }
    }

    /// The event `clock_off` when its clock has gone off, told once; a resend tells it again.
    pub(super) fn watch(&mut self, frame: &Frame<'_>, first: Timestamp, setup: &Setup) -> Option<Event> {
        let label = frame.head.time;
        if label.is_zero() {
            return None;
        }
        if offset(label, first).is_some_and(|off| off <= setup.clock_off_ms) {
            self.off = None;
            return None;
        }
        let told = *self.off.get_or_insert((frame.head, first));
        (told == (frame.head, first)).then(|| clock_off(self.device.clone(), label, first))
    }

    /// True once, with its first frame that has a time, when that is off so far that its clock is to be set.
    pub(super) fn wants_clock(&mut self, label: Label, now: Timestamp, setup: &Setup) -> bool {
        if self.seen || label.is_zero() {
            return false;
        }
        self.seen = true;
        setup.set_clock && offset(label, now).is_none_or(|off| off > setup.set_clock_off_ms)
    }
}

/// How far a label lies from a moment, ms; none when it is no time.
fn offset(label: Label, from: Timestamp) -> Option<i64> {
    label.timestamp().map(|at| at.since(from).saturating_abs())
}
