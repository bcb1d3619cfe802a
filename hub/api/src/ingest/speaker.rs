//! In whose name a sender may speak: its right `ingest` must reach every device that a body names, else nothing of the body
//! is taken. A device that nobody knows yet is judged by its theme alone.

use chengshu_access::Object;
use chengshu_core::model::{Delivery, DeviceId, Timestamp};
use chengshu_engine::{Board, DeviceSlot};

use crate::caller::Who;
use crate::problem::Problem;

/// A sender who does not speak for everybody.
pub(super) struct Speaker {
    pub(super) who: Who,
    pub(super) board: Board,
    pub(super) now: Timestamp,
}

impl Speaker {
    /// Refuses what is said in the name of a device that the sender does not speak for.
    pub(super) fn check(&self, delivery: &Delivery) -> Result<(), Problem> {
        let readings = delivery.readings.iter().map(|reading| &reading.device);
        let events = delivery.events.iter().map(|event| &event.device);
        let presence = delivery.presence.iter().map(|presence| &presence.device);
        let births = delivery.births.iter().map(|(device, _)| device);
        let mut named = readings.chain(events).chain(presence).chain(births);
        match named.find(|device| !self.speaks_for(delivery, device)) {
            None => Ok(()),
            Some(device) => Err(Problem::outside(format!(
                "the right ingest of this key does not reach device {device}; nothing of the body was taken"
            ))),
        }
    }

    fn speaks_for(&self, delivery: &Delivery, device: &DeviceId) -> bool {
        let theme = delivery.theme.as_ref().map_or("", |theme| theme.as_str());
        self.board.read(|board| {
            let slot: Option<&DeviceSlot> = board.device(device.as_str());
            let object = slot.map_or(Object::of_theme(theme), |slot| Object::device(&slot.device));
            let gateway = slot.and_then(|slot| slot.device.gateway.as_ref()).map(DeviceId::as_str);
            self.who.speaks_for(device.as_str(), gateway, &object, self.now)
        })
    }
}
