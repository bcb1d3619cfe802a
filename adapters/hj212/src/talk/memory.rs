//! The newest moments of each device, shared by the talks of a link: a device that comes back by a new connection must be
//! known again, and with it what it still has to tell. Bounded; holds moments, no data.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chengshu_core::model::{DeviceId, Timestamp};

use super::gap::Gap;
use crate::commands::Request;

/// Devices that are remembered; further ones are not, and their gaps stay.
const DEVICES_MAX: usize = 100_000;

/// Missing stretches of one device.
const GAPS_MAX: usize = 64;

/// The shortest and the longest interval of minute data that the standard knows, ms.
const MINUTE_MS: std::ops::RangeInclusive<i64> = 60_000..=1_800_000;

/// What is remembered of a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Newest {
    /// Of anything.
    pub(crate) any: Option<Timestamp>,
    /// DataTime of minute data.
    pub(crate) minute: Option<Timestamp>,
    /// DataTime of hour data.
    pub(crate) hour: Option<Timestamp>,
    /// The shortest interval of minute data seen, ms.
    pub(crate) minute_ms: Option<i64>,
}

#[derive(Debug, Default)]
struct Known {
    newest: Newest,
    /// What was not asked for to its end: it outlives the connection.
    gaps: VecDeque<Gap>,
}

#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<HashMap<DeviceId, Known>>);

impl Memory {
    pub(crate) fn of(&self, device: &DeviceId) -> Newest {
        self.lock().get(device).map(|known| known.newest).unwrap_or_default()
    }

    /// Something of this moment is durable.
    pub(crate) fn heard(&self, device: &DeviceId, cn: Option<u16>, at: Timestamp) {
        self.change(device, |Known { newest, .. }| {
            newest.any = newest.any.max(Some(at));
            match cn {
                Some(2051) => {
                    let step = newest.minute.map_or(0, |before| at.since(before));
                    if MINUTE_MS.contains(&step) {
                        newest.minute_ms = Some(newest.minute_ms.map_or(step, |known| known.min(step)));
                    }
                    newest.minute = newest.minute.max(Some(at));
                }
                Some(2061) => newest.hour = newest.hour.max(Some(at)),
                _ => {}
            }
        });
    }

    pub(crate) fn minute_interval(&self, device: &DeviceId, ms: i64) {
        self.change(device, |known| known.newest.minute_ms = Some(ms));
    }

    /// Stretches that a device has to tell again.
    pub(crate) fn missed(&self, device: &DeviceId, gaps: impl IntoIterator<Item = Gap>) {
        self.change(device, |known| {
            for gap in gaps {
                if !known.gaps.back_mut().is_some_and(|last| last.join(&gap)) && known.gaps.len() < GAPS_MAX {
                    known.gaps.push_back(gap);
                }
            }
        });
    }

    /// The request for the next piece; none when nothing is missing.
    pub(crate) fn piece(&self, device: &DeviceId) -> Option<Request> {
        self.lock().get(device)?.gaps.front().map(Gap::request)
    }

    /// The piece was told, or the device has nothing for it.
    pub(crate) fn piece_done(&self, device: &DeviceId) {
        self.change(device, |known| {
            if known.gaps.front_mut().is_some_and(Gap::advance) {
                known.gaps.pop_front();
            }
        });
    }

    /// The device does not tell.
    pub(crate) fn give_up(&self, device: &DeviceId) {
        self.change(device, |known| known.gaps.clear());
    }

    fn change(&self, device: &DeviceId, change: impl FnOnce(&mut Known)) {
        let mut devices = self.lock();
        if devices.len() < DEVICES_MAX || devices.contains_key(device) {
            change(devices.entry(device.clone()).or_default());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DeviceId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
