//! A message as the hub's words: readings, events, births, pictures, and what was set aside with its reason. Missing values
//! are left out and never 0; times are never mended. Remembers nothing but names, except the rain counters it is handed.

mod names;
mod walk;

use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, DeviceId, LinkId, Presence, Reason, Rejected, Timestamp};
use chengshu_line::Picture;

use crate::codec::{Message, Station};
use crate::rain::Rain;
use crate::setup::Setup;
use names::Names;

/// Reads messages of one link.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) setup: Arc<Setup>,
    link: LinkId,
    names: Names,
}

/// What a message says.
pub(crate) struct Read {
    pub(crate) delivery: Delivery,
    pub(crate) pictures: Vec<Picture>,
}

impl Reader {
    pub(crate) fn new(setup: Arc<Setup>, link: LinkId) -> Self {
        let names = Names::new(&setup);
        Self { setup, link, names }
    }

    /// The hub's name of a station.
    pub(crate) fn device(&self, station: Station) -> Result<DeviceId, Rejected> {
        DeviceId::parse(&format!("{}{}", self.setup.prefix, station.text())).map_err(|bad| Rejected {
            device: None,
            metric: None,
            reason: Reason::BadName,
            detail: bad.to_string(),
        })
    }

    /// A message with all that it carries. `rain` only for what arrives now: what is decoded again later would disturb it.
    pub(crate) fn read(
        &self,
        source: Arc<str>,
        raw: Bytes,
        message: &Message<'_>,
        received: Timestamp,
        rain: Option<&Rain>,
    ) -> Read {
        let mut read = Read { delivery: self.empty(source, raw, received), pictures: Vec::new() };
        match self.device(message.station) {
            Ok(device) => {
                walk::Walk::new(self, message, device.clone(), rain, &mut read).run(message);
                if read.delivery.items() == 0 && read.pictures.is_empty() {
                    // a link keep, an empty answer: the station says no more than that it is there
                    read.delivery.presence = Some(Presence { device, online: true, birth: None });
                }
            }
            Err(rejected) => read.delivery.rejected.push(rejected),
        }
        read
    }

    /// Bytes that are no message, kept with the reason.
    pub(crate) fn refused(
        &self,
        source: Arc<str>,
        raw: Bytes,
        reason: Reason,
        detail: String,
        received: Timestamp,
    ) -> Delivery {
        let mut delivery = self.empty(source, raw, received);
        delivery.rejected.push(Rejected { device: None, metric: None, reason, detail });
        delivery
    }

    fn empty(&self, source: Arc<str>, raw: Bytes, received: Timestamp) -> Delivery {
        Delivery { theme: self.setup.theme.clone(), ..Delivery::new(self.link.clone(), source, raw, received) }
    }
}
