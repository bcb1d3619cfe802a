//! What arrived together: one MQTT publish, one SL 651 report. It carries the readings and also whatever could not
//! become one, so that the hub can account for every byte that it acknowledges.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{DeviceId, Event, KindId, LinkId, Place, Reading, Rejected, ThemeId, Timestamp};

/// One arrival, decoded. Handed over by an adapter; acknowledged outward only when it is durable. Its serialized form
/// is what the spool keeps: a new field needs a default, so that an older spool can still be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The link that it came by.
    pub link: LinkId,
    /// The theme that its devices belong to; none when that could not be told.
    pub theme: Option<ThemeId>,
    /// Hub time of arrival.
    pub received: Timestamp,
    /// Where it came from on the link: the MQTT topic, the peer's address.
    pub source: Arc<str>,
    /// The bytes as they came.
    pub raw: Bytes,
    /// Values that were understood.
    pub readings: Vec<Reading>,
    /// Happenings that were understood.
    pub events: Vec<Event>,
    /// What the sender said of its own presence.
    pub presence: Option<Presence>,
    /// What the sender said of the devices that it speaks for. Says nothing of their presence and counts no item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub births: Vec<(DeviceId, Birth)>,
    /// Set aside, with the reasons.
    pub rejected: Vec<Rejected>,
}

impl Delivery {
    /// One that carries nothing yet.
    #[must_use]
    pub fn new(link: LinkId, source: Arc<str>, raw: Bytes, received: Timestamp) -> Self {
        Self {
            link,
            theme: None,
            received,
            source,
            raw,
            readings: Vec::new(),
            events: Vec::new(),
            presence: None,
            births: Vec::new(),
            rejected: Vec::new(),
        }
    }

    /// What it counts in the ledger: one for each reading, event, rejection and word of presence.
    #[must_use]
    pub fn items(&self) -> u32 {
        let items =
            self.readings.len() + self.events.len() + self.rejected.len() + usize::from(self.presence.is_some());
        u32::try_from(items).unwrap_or(u32::MAX)
    }
}

/// A device's own word on whether it is there (在线状态), e.g. the retained status or the last will of MQTT.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Presence {
    /// Who.
    pub device: DeviceId,
    /// True: it says that it is there. False: its last will says that it is gone.
    pub online: bool,
    /// What it says it is, when it says so.
    pub birth: Option<Birth>,
}

/// How a device describes itself when it first appears.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Birth {
    /// Its kind in the theme.
    pub kind: Option<KindId>,
    /// Its name for people.
    pub name: Option<String>,
    /// Where it stands.
    pub place: Option<Place>,
    /// The gateway that it speaks through.
    #[serde(default)]
    pub gateway: Option<DeviceId>,
}
