//! The shapes on the wire that several resources share. Borrowed from the board wherever that is possible, so that an
//! answer about ten thousand devices copies nothing before it is written.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chengshu_core::model::{Label, Place, Quality, Timestamp};
use chengshu_engine::{DeviceSlot, SeriesSlot};
use schemars::JsonSchema;
use serde::Serialize;

use crate::problem::Problem;

/// JSON that was written while the board was being read.
pub(crate) struct Written(Vec<u8>);

impl Written {
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self(serde_json::to_vec(value)?))
    }

    /// The same about `items` things: what is large is not moved again and again while it grows.
    pub(crate) fn list(value: &impl Serialize, items: usize) -> Result<Self, Problem> {
        const ITEM: usize = 400;
        let mut bytes = Vec::with_capacity(items * ITEM);
        serde_json::to_writer(&mut bytes, value)?;
        Ok(Self(bytes))
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], Bytes::from(self.0)).into_response()
    }
}

/// A text in both languages.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct LabelView<'a> {
    zh: &'a str,
    en: &'a str,
}

impl<'a> From<&'a Label> for LabelView<'a> {
    fn from(label: &'a Label) -> Self {
        Self { zh: &label.zh, en: &label.en }
    }
}

/// A point on the map, degrees.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct PlaceView {
    /// Longitude east.
    lng: f64,
    /// Latitude north.
    lat: f64,
    /// Always `cgcs2000`.
    datum: &'static str,
}

impl From<Place> for PlaceView {
    fn from(place: Place) -> Self {
        Self { lng: place.lng, lat: place.lat, datum: "cgcs2000" }
    }
}

/// The newest value of a metric, with its age and what is known against it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ValueView<'a> {
    /// The value.
    value: f64,
    /// Its unit; empty when the kind of the device is not known.
    unit: &'a str,
    /// Device time, ms since 1970.
    at: i64,
    /// Hub time of arrival, ms since 1970.
    received: i64,
    /// Words of quality; none means good.
    quality: Vec<&'static str>,
    /// Seconds since the moment that the value can claim.
    age_s: f64,
    /// True: the value has only reached the spool, because the database is away. Left out otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    spooled: bool,
}

impl<'a> ValueView<'a> {
    pub(crate) fn new(slot: &'a DeviceSlot, series: &'a SeriesSlot, now: Timestamp) -> Option<Self> {
        let (latest, stored) = series.current()?;
        // After the hub's clock was set back a value may lie in its future: then the last sign of life tells the age.
        let as_of = if latest.as_of() > now { slot.heard.unwrap_or(now) } else { latest.as_of() };
        Some(Self {
            value: latest.value,
            unit: unit(slot, series),
            at: latest.at.ms(),
            received: latest.received.ms(),
            quality: quality(latest.quality),
            age_s: now.since(as_of).max(0) as f64 / 1000.0,
            spooled: !stored,
        })
    }
}

pub(crate) fn quality(quality: Quality) -> Vec<&'static str> {
    if quality.is_good() { Vec::new() } else { quality.words().collect() }
}

pub(crate) fn unit<'a>(slot: &'a DeviceSlot, series: &SeriesSlot) -> &'a str {
    slot.kind.as_ref().and_then(|kind| kind.metric(&series.metric)).map_or("", |metric| metric.unit.as_str())
}

/// The metrics of a device by their names, written straight from the board: ten thousand devices need no maps of their
/// own for that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a> {
    slot: &'a DeviceSlot,
    since: u64,
    now: Timestamp,
}

impl<'a> Values<'a> {
    fn each(self) -> impl Iterator<Item = (&'a str, ValueView<'a>)> {
        let changed = self.slot.series.iter().filter(move |series| self.since == 0 || series.changed() > self.since);
        changed.filter_map(move |series| Some((series.metric.as_str(), ValueView::new(self.slot, series, self.now)?)))
    }
}

impl Serialize for Values<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.each())
    }
}

impl JsonSchema for Values<'_> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        <BTreeMap<String, ValueView<'_>>>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        <BTreeMap<String, ValueView<'_>>>::json_schema(generator)
    }
}

/// The metrics of a device that changed after number `since`.
pub(crate) fn values(slot: &DeviceSlot, since: u64, now: Timestamp) -> Values<'_> {
    Values { slot, since, now }
}
