//! The hub's own words in those of SensorThings: what the properties of each entity are, and where its ways lead. One
//! place answers for filters, orders and answers alike.

use chengshu_core::model::{DeviceId, Kind, KindId, MetricId, Place, ThemeId, Timestamp};
use chengshu_engine::{BoardState, DeviceSlot, SeriesSlot};
use chengshu_sta::{ID, Path, Set, Val};
use chengshu_store::ObservationRow;

use crate::unseen::silence_word;
use crate::view::unit;

/// An entity, borrowed from the board.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entity<'b> {
    Thing(&'b DeviceSlot),
    Location(&'b DeviceSlot, Place),
    Feature(&'b DeviceSlot, Place),
    Datastream(&'b DeviceSlot, &'b SeriesSlot),
    /// A kind of a theme; none: what is of no known kind.
    Sensor(&'b str, Option<&'b Kind>),
    /// A metric of such a kind, declared or not.
    Property(&'b str, Option<&'b Kind>, &'b str),
    Observation(&'b DeviceSlot, &'b SeriesSlot, ObservationRow),
}

/// An entity by its identity, to be found again.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    Thing(DeviceId),
    Location(DeviceId),
    Feature(DeviceId),
    Datastream(DeviceId, i32),
    Sensor(ThemeId, Option<KindId>),
    Property(ThemeId, Option<KindId>, MetricId),
    Observation(DeviceId, ObservationRow),
}

impl Key {
    pub(super) fn set(&self) -> Set {
        match self {
            Self::Thing(_) => Set::Things,
            Self::Location(_) => Set::Locations,
            Self::Feature(_) => Set::FeaturesOfInterest,
            Self::Datastream(..) => Set::Datastreams,
            Self::Sensor(..) => Set::Sensors,
            Self::Property(..) => Set::ObservedProperties,
            Self::Observation(..) => Set::Observations,
        }
    }

    /// Its identity as it stands in addresses.
    pub(super) fn id(&self) -> String {
        let kind = |kind: &Option<KindId>| kind.as_ref().map_or(String::new(), KindId::to_string);
        match self {
            Self::Thing(device) | Self::Location(device) | Self::Feature(device) => device.to_string(),
            Self::Datastream(_, series) => series.to_string(),
            Self::Sensor(theme, of) => format!("{theme}~{}", kind(of)),
            Self::Property(theme, of, metric) => format!("{theme}~{}~{metric}", kind(of)),
            Self::Observation(_, row) => format!("{}-{}", row.series, row.at.ms()),
        }
    }

    /// The entity, while the board has it.
    pub(super) fn find<'b>(&'b self, board: &'b BoardState) -> Option<Entity<'b>> {
        let slot = |device: &DeviceId| board.device(device.as_str());
        let stream = |device: &DeviceId, id: i32| {
            let slot = slot(device)?;
            Some((slot, slot.series.iter().find(|series| series.id == id)?))
        };
        let kind = |theme: &ThemeId, kind: &'b Option<KindId>| match kind {
            None => Some(None),
            Some(kind) => Some(Some(board.theme(theme)?.kind(kind)?.as_ref())),
        };
        Some(match self {
            Self::Thing(device) => Entity::Thing(slot(device)?),
            Self::Location(device) => {
                let slot = slot(device)?;
                Entity::Location(slot, slot.device.place?)
            }
            Self::Feature(device) => {
                let slot = slot(device)?;
                Entity::Feature(slot, slot.device.place?)
            }
            Self::Datastream(device, id) => {
                let (slot, series) = stream(device, *id)?;
                Entity::Datastream(slot, series)
            }
            Self::Sensor(theme, of) => Entity::Sensor(theme.as_str(), kind(theme, of)?),
            Self::Property(theme, of, metric) => Entity::Property(theme.as_str(), kind(theme, of)?, metric.as_str()),
            Self::Observation(device, row) => {
                let (slot, series) = stream(device, row.series)?;
                Entity::Observation(slot, series, *row)
            }
        })
    }
}

fn name(slot: &DeviceSlot) -> &str {
    slot.device.name.as_deref().unwrap_or(slot.device.id.as_str())
}

fn seconds_since(slot: &DeviceSlot, as_of: Timestamp, now: Timestamp) -> f64 {
    // After the hub's clock was set back something may lie in its future: then the last sign of life tells the age.
    let as_of = if as_of > now { slot.heard.unwrap_or(now) } else { as_of };
    now.since(as_of).max(0) as f64 / 1000.0
}

impl<'b> Entity<'b> {
    pub(super) fn key(&self) -> Option<Key> {
        let theme = |theme: &str| ThemeId::parse(theme).ok();
        let kind = |kind: &Option<&Kind>| kind.map(|kind| kind.id.clone());
        Some(match self {
            Self::Thing(slot) => Key::Thing(slot.device.id.clone()),
            Self::Location(slot, _) => Key::Location(slot.device.id.clone()),
            Self::Feature(slot, _) => Key::Feature(slot.device.id.clone()),
            Self::Datastream(slot, series) => Key::Datastream(slot.device.id.clone(), series.id),
            Self::Sensor(of, is) => Key::Sensor(theme(of)?, kind(is)),
            Self::Property(of, is, metric) => Key::Property(theme(of)?, kind(is), MetricId::parse(metric).ok()?),
            Self::Observation(slot, _, row) => Key::Observation(slot.device.id.clone(), *row),
        })
    }

    /// The device that it belongs to.
    pub(super) fn slot(&self) -> Option<&'b DeviceSlot> {
        match self {
            Self::Thing(slot) | Self::Location(slot, _) | Self::Feature(slot, _) => Some(slot),
            Self::Datastream(slot, _) | Self::Observation(slot, ..) => Some(slot),
            Self::Sensor(..) | Self::Property(..) => None,
        }
    }

    /// Where a way leads that leads to one entity. Of the Datastreams of a Thing it is the one in `bound`.
    pub(super) fn along(self, nav: &str, bound: Option<&'b SeriesSlot>) -> Option<Self> {
        match (self, nav) {
            (Self::Thing(slot), "Datastreams") => Some(Self::Datastream(slot, bound?)),
            (Self::Thing(slot), "Locations") => Some(Self::Location(slot, slot.device.place?)),
            (Self::Location(slot, _), "Things") | (Self::Datastream(slot, _), "Thing") => Some(Self::Thing(slot)),
            (Self::Datastream(slot, _), "Sensor") => {
                Some(Self::Sensor(slot.device.theme.as_str(), slot.kind.as_deref()))
            }
            (Self::Datastream(slot, series), "ObservedProperty") => {
                Some(Self::Property(slot.device.theme.as_str(), slot.kind.as_deref(), series.metric.as_str()))
            }
            (Self::Observation(slot, series, _), "Datastream") => Some(Self::Datastream(slot, series)),
            (Self::Observation(slot, ..), "FeatureOfInterest") => Some(Self::Feature(slot, slot.device.place?)),
            _ => None,
        }
    }

    /// The property at the end of a path.
    pub(super) fn look(self, path: &Path, bound: Option<&'b SeriesSlot>, now: Timestamp) -> Val<'b> {
        let end = path.navs.iter().try_fold(self, |here, nav| here.along(nav.name, bound));
        end.map_or(Val::Null, |end| end.leaf(path.property, path.part, now))
    }

    /// A property, or a part of one.
    pub(super) fn leaf(self, property: &str, part: Option<&str>, now: Timestamp) -> Val<'b> {
        if property == ID {
            return match (self, self.key()) {
                (Self::Datastream(_, series), _) => Val::Number(f64::from(series.id)),
                (_, Some(key)) => Val::Text(key.id().into()),
                (_, None) => Val::Null,
            };
        }
        match self {
            Self::Thing(slot) => thing(slot, property, part, now),
            Self::Location(slot, place) | Self::Feature(slot, place) => spot(slot, place, property, part),
            Self::Datastream(slot, series) => datastream(slot, series, property, part, now),
            Self::Sensor(theme, kind) => sensor(theme, kind, property, part),
            Self::Property(theme, kind, metric) => observed(theme, kind, metric, property, part),
            Self::Observation(_, _, row) => match property {
                "phenomenonTime" => Val::Time(row.at),
                "resultTime" => Val::Time(row.received),
                "result" => Val::Number(row.value),
                "resultQuality" => Val::Words(crate::view::quality(row.quality)),
                _ => Val::Null,
            },
        }
    }
}

fn thing<'b>(slot: &'b DeviceSlot, property: &str, part: Option<&str>, now: Timestamp) -> Val<'b> {
    let device = &slot.device;
    let details = device.details.as_deref();
    match (property, part) {
        ("name", _) => Val::text(Some(name(slot))),
        ("description", _) => match &slot.kind {
            Some(kind) => Val::Text(format!("{} · {}", kind.name.zh, kind.name.en).into()),
            None => Val::text(Some("设备类型未知 · of no known kind")),
        },
        (_, Some(part)) => match part {
            "theme" => Val::text(Some(device.theme.as_str())),
            "kind" => Val::text(device.kind.as_ref().map(KindId::as_str)),
            "kind_assumed" => Val::Bool(device.kind_assumed),
            "state" => Val::text(Some(slot.state.word())),
            "state_since" => Val::Time(slot.state_since),
            "last_heard" => Val::time(slot.heard),
            "age_s" => Val::number(slot.heard.map(|heard| seconds_since(slot, heard, now))),
            "reason" => Val::text(slot.silence().map(silence_word)),
            "severity" => Val::text(slot.severity().map(chengshu_core::model::Severity::word)),
            "stale_after_s" => Val::Number(f64::from(slot.deadline().0.stale_after_s)),
            "offline_after_s" => Val::Number(f64::from(slot.deadline().0.offline_after_s)),
            "registration" => Val::text(Some(device.registration.word())),
            "department" => Val::text(details.and_then(|details| details.department.as_deref())),
            "area" => Val::text(details.and_then(|details| details.area.as_deref())),
            "vendor" => Val::text(details.and_then(|details| details.vendor.as_deref())),
            "model" => Val::text(details.and_then(|details| details.model.as_deref())),
            "gateway" => Val::text(device.gateway.as_ref().map(DeviceId::as_str)),
            "link" => Val::text(Some(device.link.as_str())),
            _ => Val::Null,
        },
        _ => Val::Null,
    }
}

/// A Location or a FeatureOfInterest: both are the place where the device stands.
fn spot<'b>(slot: &'b DeviceSlot, place: Place, property: &str, part: Option<&str>) -> Val<'b> {
    match (property, part) {
        ("name", _) => Val::text(Some(name(slot))),
        ("description", _) => Val::text(Some("设备所在位置 · where the device stands")),
        ("encodingType", _) => Val::text(Some("application/geo+json")),
        ("location" | "feature", _) => Val::Place(place.lng, place.lat),
        (_, Some("device")) => Val::text(Some(slot.device.id.as_str())),
        (_, Some("datum")) => Val::text(Some("cgcs2000")),
        _ => Val::Null,
    }
}

fn datastream<'b>(
    slot: &'b DeviceSlot,
    series: &'b SeriesSlot,
    property: &str,
    part: Option<&str>,
    now: Timestamp,
) -> Val<'b> {
    let metric = slot.kind.as_ref().and_then(|kind| kind.metric(&series.metric));
    let unit = unit(slot, series);
    let latest = series.current().map(|(latest, _)| latest);
    match (property, part) {
        ("name", _) => {
            let metric = metric.map_or(series.metric.as_str(), |metric| metric.name.zh.as_str());
            Val::Text(format!("{} · {metric}", name(slot)).into())
        }
        ("description", _) => {
            let metric = metric.map_or(series.metric.as_str(), |metric| metric.name.en.as_str());
            Val::Text(format!("{metric} of {}", slot.device.id).into())
        }
        ("observationType", _) => Val::text(Some(match metric {
            // a state is a small whole number, its labels stand in the theme
            Some(metric) if !metric.states.is_empty() => {
                "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"
            }
            _ => "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        })),
        ("unitOfMeasurement", Some("name" | "symbol")) => Val::text(Some(unit).filter(|unit| !unit.is_empty())),
        ("properties", Some(part)) => match part {
            "device" => Val::text(Some(slot.device.id.as_str())),
            "metric" => Val::text(Some(series.metric.as_str())),
            "theme" => Val::text(Some(slot.device.theme.as_str())),
            "state" => Val::text(Some(slot.state.word())),
            "latest" => Val::number(latest.map(|latest| latest.value)),
            "latest_at" => Val::time(latest.map(|latest| latest.at)),
            "age_s" => Val::number(latest.map(|latest| seconds_since(slot, latest.as_of(), now))),
            "latest_quality" => latest.map_or(Val::Null, |latest| Val::Words(crate::view::quality(latest.quality))),
            _ => Val::Null,
        },
        _ => Val::Null,
    }
}

fn sensor<'b>(theme: &'b str, kind: Option<&'b Kind>, property: &str, part: Option<&str>) -> Val<'b> {
    match (property, part) {
        ("name", _) => Val::text(Some(kind.map_or("未知类型", |kind| kind.name.zh.as_str()))),
        ("description", _) => Val::text(Some(kind.map_or("of no known kind", |kind| kind.name.en.as_str()))),
        ("encodingType", _) => Val::text(Some("text/plain")),
        ("metadata", _) => Val::Text(
            kind.map_or_else(
                || format!("devices of theme {theme} whose kind is not known"),
                |kind| {
                    format!(
                        "kind {} of theme {theme}: reports every {} s, stale after {} s, offline after {} s; rules: /api/v1/themes",
                        kind.id, kind.expected_interval_s, kind.stale_after_s, kind.offline_after_s
                    )
                },
            )
            .into(),
        ),
        (_, Some("theme")) => Val::text(Some(theme)),
        (_, Some("kind")) => Val::text(kind.map(|kind| kind.id.as_str())),
        _ => Val::Null,
    }
}

fn observed<'b>(
    theme: &'b str,
    kind: Option<&'b Kind>,
    metric: &'b str,
    property: &str,
    part: Option<&str>,
) -> Val<'b> {
    let known = kind.and_then(|kind| kind.metrics.iter().find(|known| known.id.as_str() == metric));
    let of = kind.map_or("", |kind| kind.id.as_str());
    match (property, part) {
        ("name", _) => Val::text(Some(known.map_or(metric, |known| known.name.zh.as_str()))),
        ("definition", _) => Val::Text(format!("urn:chengshu:metric:{theme}:{of}:{metric}").into()),
        ("description", _) => Val::text(Some(known.map_or(metric, |known| known.name.en.as_str()))),
        (_, Some("theme")) => Val::text(Some(theme)),
        (_, Some("kind")) => Val::text(kind.map(|kind| kind.id.as_str())),
        (_, Some("metric")) => Val::text(Some(metric)),
        (_, Some("unit")) => Val::text(known.map(|known| known.unit.as_str()).filter(|unit| !unit.is_empty())),
        (_, Some("min")) => Val::number(known.and_then(|known| known.min)),
        (_, Some("max")) => Val::number(known.and_then(|known| known.max)),
        _ => Val::Null,
    }
}
