//! An entry of the register. What a device is and where it stands; what it measured stands elsewhere.

use serde::{Deserialize, Serialize};

use super::{DeviceId, KindId, LinkId, ThemeId, Timestamp};

/// The datum of a coordinate pair (坐标基准). Converted once, at the edge; stored as CGCS2000, which equals WGS-84
/// within centimetres for this use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// China Geodetic Coordinate System 2000; WGS-84 is taken as the same.
    Cgcs2000,
}

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
}
