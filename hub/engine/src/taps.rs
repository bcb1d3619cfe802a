//! Taps: the raw messages of a device, for somebody who looks at them right now — a technician on a ladder who waits
//! for the first one. Nothing is kept of devices that nobody looks at.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chengshu_core::model::{Delivery, DeviceId, Timestamp};
use rustc_hash::FxHashMap;

/// Messages of a device that are kept.
const MESSAGES: usize = 20;
/// Bytes of a message that are kept.
const BYTES: usize = 16 * 1024;
/// A tap closes when nobody has asked for so long, ms.
const OPEN_MS: i64 = 600_000;
/// Taps that are open at most; the one that was asked longest ago closes first.
const TAPS: usize = 100;

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Tapped {
    /// When it was received.
    pub at: Timestamp,
    /// By which link.
    pub link: String,
    /// Topic or path.
    pub source: String,
    /// Its bytes, cut at 16 KiB.
    pub raw: Bytes,
    /// Why something of it was set aside, if anything was.
    pub rejected: Option<String>,
}

#[derive(Debug)]
struct Tap {
    since: Timestamp,
    asked: Timestamp,
    messages: VecDeque<Tapped>,
}

/// The open taps.
#[derive(Debug, Clone, Default)]
pub struct Taps {
    open: Arc<AtomicUsize>,
    taps: Arc<Mutex<FxHashMap<String, Tap>>>,
}

impl Taps {
    /// Opens a tap, or keeps it open: since when it is, and what has come since, newest last.
    #[must_use]
    pub fn ask(&self, device: &str, now: Timestamp) -> (Timestamp, Vec<Tapped>) {
        let mut taps = self.taps.lock().unwrap_or_else(PoisonError::into_inner);
        taps.retain(|_, tap| now.since(tap.asked) <= OPEN_MS);
        if taps.len() >= TAPS && !taps.contains_key(device) {
            let oldest = taps.iter().min_by_key(|(_, tap)| tap.asked).map(|(device, _)| device.clone());
            oldest.and_then(|device| taps.remove(&device));
        }
        let fresh = || Tap { since: now, asked: now, messages: VecDeque::new() };
        let tap = taps.entry(device.to_owned()).or_insert_with(fresh);
        tap.asked = now;
        let answer = (tap.since, tap.messages.iter().cloned().collect());
        self.open.store(taps.len(), Ordering::Relaxed);
        answer
    }

    /// Shows deliveries to whoever looks.
    pub(crate) fn see<'a>(&self, deliveries: impl Iterator<Item = &'a Delivery>) {
        if self.open.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut taps = self.taps.lock().unwrap_or_else(PoisonError::into_inner);
        for delivery in deliveries {
            let readings = delivery.readings.iter().map(|reading| &reading.device);
            let events = delivery.events.iter().map(|event| &event.device);
            let presence = delivery.presence.iter().map(|presence| &presence.device);
            let rejected = delivery.rejected.iter().filter_map(|rejected| rejected.device.as_ref());
            let mut about: Vec<&DeviceId> = readings.chain(events).chain(presence).chain(rejected).collect();
            about.sort_unstable();
            about.dedup();
            for device in about {
                let Some(tap) = taps.get_mut(device.as_str()) else { continue };
                let rejected = delivery
                    .rejected
                    .first()
                    .map(|rejected| format!("{}: {}", rejected.reason.code(), rejected.detail));
                tap.messages.push_back(Tapped {
                    at: delivery.received,
                    link: delivery.link.to_string(),
                    source: delivery.source.to_string(),
                    raw: delivery.raw.slice(..delivery.raw.len().min(BYTES)),
                    rejected,
                });
                if tap.messages.len() > MESSAGES {
                    tap.messages.pop_front();
                }
            }
        }
    }
}
