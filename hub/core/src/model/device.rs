//! An entry of the register. What a device is and where it stands; what it measured stands elsewhere.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Datum, Details, DeviceId, Entry, KindId, LinkId, Registration, ThemeId, Timestamp};

/// A point on the map (位置), degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Longitude east.
    pub lng: f64,
    /// Latitude north.
    pub lat: f64,
    /// What the two numbers refer to.
    pub datum: Datum,
}

impl Place {
    /// A place from longitude and latitude in degrees; none when they are not on the globe.
    #[must_use]
    pub fn new(lng: f64, lat: f64) -> Option<Self> {
        let on_globe = (-180.0..=180.0).contains(&lng) && (-90.0..=90.0).contains(&lat);
        on_globe.then_some(Self { lng, lat, datum: Datum::Cgcs2000 })
    }
}

/// A register entry (设备台账).
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Unique in the hub.
    pub id: DeviceId,
    /// The theme that it belongs to.
    pub theme: ThemeId,
    /// Its kind, where known.
    pub kind: Option<KindId>,
    /// True when the kind was inferred from its metrics rather than told.
    pub kind_assumed: bool,
    /// Its name for people.
    pub name: Option<String>,
    /// Where it stands.
    pub place: Option<Place>,
    /// The gateway that it speaks through, where it said so. It is judged apart from it.
    pub gateway: Option<DeviceId>,
    /// The link that it was last heard by.
    pub link: LinkId,
    /// When it was first heard.
    pub first_seen: Timestamp,
    /// When it was last heard.
    pub last_heard: Timestamp,
    /// Its own last word on its presence.
    pub online: Option<bool>,
    /// How it came into the register.
    pub registration: Registration,
    /// Counts the changes that people made; 0 = nobody ever did.
    pub version: i32,
    /// What only people know of it, where anybody said it.
    pub details: Option<Arc<Details>>,
}

impl Device {
    /// A device that is heard for the first time, of which nothing else is known.
    #[must_use]
    pub fn heard(id: DeviceId, theme: ThemeId, link: LinkId, at: Timestamp) -> Self {
        Self {
            id,
            theme,
            kind: None,
            kind_assumed: false,
            name: None,
            place: None,
            gateway: None,
            link,
            first_seen: at,
            last_heard: at,
            online: None,
            registration: Registration::Accepted,
            version: 0,
            details: None,
        }
    }

    /// What people see when they open its entry.
    #[must_use]
    pub fn entry(&self) -> Entry {
        Entry {
            name: self.name.clone(),
            kind: self.kind.clone(),
            place: self.place,
            gateway: self.gateway.clone(),
            details: self.details.as_deref().cloned().unwrap_or_default(),
        }
    }

    /// The device with what people entered; a kind that is left out stays what it was taken for.
    #[must_use]
    pub fn entered(&self, entry: Entry) -> Self {
        let (kind, kind_assumed) = match entry.kind {
            Some(kind) => (Some(kind), false),
            None => (self.kind.clone(), self.kind_assumed),
        };
        Self {
            kind,
            kind_assumed,
            name: entry.name,
            place: entry.place,
            gateway: entry.gateway,
            registration: Registration::Registered,
            version: self.version,
            details: (entry.details != Details::default()).then(|| Arc::new(entry.details)),
            ..self.clone()
        }
    }
}
