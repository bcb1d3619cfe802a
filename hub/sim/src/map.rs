//! The real ground under the simulated stations: the district's border and its towns, from `data/`. It draws nothing and
//! knows no river.

use serde_json::Value;

use crate::SimError;

const DISTRICT: &str = include_str!("../data/district_441702.geojson");
const TOWNS: &str = include_str!("../data/towns_441702.geojson");

/// Kilometres in a degree of longitude and of latitude at the district's 21.77° N.
const KM_PER_DEGREE: (f64, f64) = (103.38, 110.75);
const ORIGIN: (f64, f64) = (111.87, 21.77);

/// A point, degrees CGCS2000.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) lng: f64,
    pub(crate) lat: f64,
}

impl Point {
    pub(crate) const fn new(lng: f64, lat: f64) -> Self {
        Self { lng, lat }
    }

    /// Kilometres east and north of the middle of the district.
    pub(crate) fn km(self) -> (f64, f64) {
        ((self.lng - ORIGIN.0) * KM_PER_DEGREE.0, (self.lat - ORIGIN.1) * KM_PER_DEGREE.1)
    }

    /// The point that lies so many kilometres east and north of this one.
    pub(crate) fn moved(self, east_km: f64, north_km: f64) -> Self {
        Self { lng: self.lng + east_km / KM_PER_DEGREE.0, lat: self.lat + north_km / KM_PER_DEGREE.1 }
    }

    pub(crate) fn distance_km(self, other: Self) -> f64 {
        let ((ax, ay), (bx, by)) = (self.km(), other.km());
        (ax - bx).hypot(ay - by)
    }
}

/// A town or street (镇/街道) by its label point.
#[derive(Debug, Clone)]
pub(crate) struct Town {
    pub(crate) name: String,
    pub(crate) at: Point,
}

/// The district 江城区.
#[derive(Debug)]
pub(crate) struct District {
    border: Vec<Point>,
    pub(crate) towns: Vec<Town>,
}

impl District {
    /// Reads the data that stand in the binary.
    ///
    /// # Errors
    /// [`SimError::Map`] if somebody broke them.
    pub(crate) fn load() -> Result<Self, SimError> {
        let broken = || SimError::Map;
        let parse = |text: &str| serde_json::from_str::<Value>(text).map_err(|_| broken());
        let district = parse(DISTRICT)?;
        let ring =
            district.pointer("/features/0/geometry/coordinates/0").and_then(Value::as_array).ok_or_else(broken)?;
        let border: Vec<Point> = ring.iter().filter_map(point).collect();
        let towns = parse(TOWNS)?;
        let towns = towns.pointer("/features").and_then(Value::as_array).ok_or_else(broken)?;
        let town = |feature: &Value| {
            let name = feature.pointer("/properties/name")?.as_str()?.to_owned();
            Some(Town { name, at: point(feature.pointer("/geometry/coordinates")?)? })
        };
        let towns: Vec<Town> = towns.iter().filter_map(town).collect();
        if border.len() < 3 || towns.is_empty() { Err(broken()) } else { Ok(Self { border, towns }) }
    }

    /// Whether a point lies inside the border (even-odd rule).
    pub(crate) fn contains(&self, p: Point) -> bool {
        let ends = self.border.iter().zip(self.border.iter().cycle().skip(1));
        let crossings = ends.filter(|(a, b)| {
            (a.lat > p.lat) != (b.lat > p.lat) && p.lng < (b.lng - a.lng) * (p.lat - a.lat) / (b.lat - a.lat) + a.lng
        });
        crossings.count() % 2 == 1
    }

    /// South-west and north-east corner.
    pub(crate) fn bounds(&self) -> (Point, Point) {
        self.border.iter().fold((Point::new(180.0, 90.0), Point::new(-180.0, -90.0)), |(low, high), p| {
            (Point::new(low.lng.min(p.lng), low.lat.min(p.lat)), Point::new(high.lng.max(p.lng), high.lat.max(p.lat)))
        })
    }

    /// The name of the town that is nearest to a point.
    pub(crate) fn nearest_town(&self, p: Point) -> &str {
        let nearest = self.towns.iter().min_by(|a, b| a.at.distance_km(p).total_cmp(&b.at.distance_km(p)));
        nearest.map_or("", |town| &town.name)
    }
}

fn point(value: &Value) -> Option<Point> {
    Some(Point::new(value.get(0)?.as_f64()?, value.get(1)?.as_f64()?))
}
