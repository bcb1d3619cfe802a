//! The newest moments of each device, shared by the talks of a link: a device that comes back by a new connection must be
//! known again. Bounded; holds moments, no data.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chengshu_core::model::{DeviceId, Timestamp};

/// Devices that are remembered; further ones are not, and their gaps stay.
const DEVICES_MAX: usize = 100_000;

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
pub(crate) struct Memory(Mutex<HashMap<DeviceId, Newest>>);

impl Memory {
    pub(crate) fn of(&self, device: &DeviceId) -> Newest {
        self.lock().get(device).copied().unwrap_or_default()
    }

    /// Something of this moment is durable.
    pub(crate) fn heard(&self, device: &DeviceId, cn: Option<u16>, at: Timestamp) {
        self.change(device, |newest| {
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
        self.change(device, |newest| newest.minute_ms = Some(ms));
    }

    fn change(&self, device: &DeviceId, change: impl FnOnce(&mut Newest)) {
        let mut devices = self.lock();
        if devices.len() < DEVICES_MAX || devices.contains_key(device) {
            change(devices.entry(device.clone()).or_default());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DeviceId, Newest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
