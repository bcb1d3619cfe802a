//! Where each kind of station plausibly stands inside the district. The river line and the stretches of coast are placing
//! aids laid by eye along the real border and towns; they are not a map of waters.

use std::collections::BTreeMap;

use crate::kinds::SimKind;
use crate::map::{District, Point};
use crate::noise::Noise;

/// From 双捷 down towards the sea, roughly where 漠阳江 runs.
const RIVER_LINE: [(f64, f64); 12] = [
    (111.7815, 21.944),
    (111.815, 21.944),
    (111.845, 21.935),
    (111.875, 21.924),
    (111.897, 21.907),
    (111.906, 21.88),
    (111.91, 21.85),
    (111.918, 21.82),
    (111.935, 21.803),
    (111.95, 21.8),
    (111.965, 21.79),
    (111.985, 21.775),
];

/// Stretches of the border that are coast: the mainland's south, then 海陵岛's.
const COASTS: [&[(f64, f64)]; 2] = [
    &[(112.0292, 21.7674), (111.99159, 21.75301), (111.95319, 21.72124), (111.9394, 21.71868)],
    &[(112.01672, 21.64509), (112.00463, 21.62018), (111.95859, 21.60512), (111.9137, 21.60392), (111.86319, 21.56768)],
];

/// Towns with many people have more low-lying streets and more pumps; the others count once.
const CROWDED: [(&str, u32); 3] = [("岗列街道", 3), ("城西街道", 3), ("白沙街道", 2)];

/// Where a cluster's own stream of randomness begins.
const BUILDINGS: u64 = 0x4255_494c;
const SITES: u64 = 0x5349_5445;

/// What places are found on.
pub(crate) struct Ground<'a> {
    pub(crate) district: &'a District,
    /// How many devices there are of each kind.
    pub(crate) counts: &'a BTreeMap<SimKind, usize>,
    pub(crate) seed: u64,
}

impl Ground<'_> {
    /// Puts station `nth` of its kind somewhere inside the district. The share comes back in [0, 1]: how far down the
    /// river or along the coast it stands.
    pub(crate) fn place(&self, kind: SimKind, nth: usize) -> (Point, f64) {
        let mut noise = Noise::new(self.seed, 0x504c_4143 ^ ((kind as u64) << 40) ^ nth as u64);
        let share = nth as f64 / self.count(kind).saturating_sub(1).max(1) as f64;
        for attempt in 0..60 {
            let point = self.wish(kind, nth, share, attempt, &mut noise);
            if self.district.contains(point) {
                return (point, share);
            }
        }
        (town(self.district, nth), share) // never met in tests; a town's point is inside
    }

    fn wish(&self, kind: SimKind, nth: usize, share: f64, attempt: usize, noise: &mut Noise) -> Point {
        match kind {
            SimKind::RiverLevel => jitter(along(&RIVER_LINE, share), 0.12, noise),
            SimKind::TideLevel => inland(self.district, share),
            SimKind::RainGauge | SimKind::ReservoirLevel => {
                spread(self.district, kind, nth + attempt * self.count(kind), self.seed)
            }
            SimKind::Waterlogging
            | SimKind::PumpStation
            | SimKind::Hydrant
            | SimKind::Elevator
            | SimKind::BuildingTilt => jitter(town(self.district, nth), 1.3, noise),
            // A building with its gateway, the detectors wired to it, and smoke detectors in the shops around it.
            SimKind::Transmitter => self.cluster(BUILDINGS, kind, nth, attempt),
            SimKind::ElectricalFire | SimKind::FireTank | SimKind::GasDetector => {
                jitter(self.cluster(BUILDINGS, SimKind::Transmitter, nth, attempt), 0.03, noise)
            }
            SimKind::SmokeDetector => jitter(self.cluster(BUILDINGS, SimKind::Transmitter, nth, attempt), 0.12, noise),
            // A building site with all that stands on it.
            SimKind::DustStation | SimKind::NoiseStation | SimKind::TowerCrane | SimKind::DeepPit => {
                jitter(self.cluster(SITES, SimKind::DustStation, nth, attempt), 0.06, noise)
            }
        }
    }

    /// The middle of cluster `nth`: there are as many clusters as there are devices of `leader`.
    fn cluster(&self, lane: u64, leader: SimKind, nth: usize, attempt: usize) -> Point {
        let nth = nth % self.count(leader).max(1);
        let mut noise = Noise::new(self.seed, lane ^ ((nth as u64) << 20) ^ ((attempt as u64) << 48));
        jitter(town(self.district, nth), 1.2, &mut noise)
    }

    fn count(&self, kind: SimKind) -> usize {
        self.counts.get(&kind).copied().unwrap_or_default()
    }
}

fn jitter(point: Point, km: f64, noise: &mut Noise) -> Point {
    point.moved(km * noise.bell(), km * noise.bell())
}

/// The point at `share` of a line's length.
fn along(line: &[(f64, f64)], share: f64) -> Point {
    let points: Vec<Point> = line.iter().map(|(lng, lat)| Point::new(*lng, *lat)).collect();
    let total: f64 = points.windows(2).map(|pair| pair[0].distance_km(pair[1])).sum();
    let mut left = share * total;
    for pair in points.windows(2) {
        let length = pair[0].distance_km(pair[1]);
        if left <= length {
            let t = left / length;
            return Point::new(
                pair[0].lng + (pair[1].lng - pair[0].lng) * t,
                pair[0].lat + (pair[1].lat - pair[0].lat) * t,
            );
        }
        left -= length;
    }
    points.last().copied().unwrap_or(Point::new(0.0, 0.0))
}

/// A point on the coast, drawn inland until it lies inside the border.
fn inland(district: &District, share: f64) -> Point {
    let half = if share < 0.5 { 0 } else { 1 };
    let shore = along(COASTS[half], (share - 0.5 * half as f64) * 2.0 * 0.96 + 0.02);
    let inside = |km: &f64| district.contains(shore.moved(0.0, *km));
    let north = [0.2, 0.4, 0.6, 0.8, 1.2, 1.6, 2.0].iter().find(|km| inside(km)).copied().unwrap_or(0.3);
    shore.moved(0.0, north)
}

/// Evenly over the district's rectangle, without lumps (the R2 sequence of M. Roberts).
fn spread(district: &District, kind: SimKind, n: usize, seed: u64) -> Point {
    let mut start = Noise::new(seed, 0x5352 ^ kind as u64);
    let (low, high) = district.bounds();
    let x = (start.unit() + n as f64 * 0.754_877_666_246_692_8).fract();
    let y = (start.unit() + n as f64 * 0.569_840_290_998_053_3).fract();
    Point::new(low.lng + (high.lng - low.lng) * x, low.lat + (high.lat - low.lat) * y)
}

fn town(district: &District, nth: usize) -> Point {
    let weight = |name: &str| CROWDED.iter().find(|(crowded, _)| *crowded == name).map_or(1, |(_, weight)| *weight);
    let seats = district.towns.iter().flat_map(|town| (0..weight(&town.name)).map(|_| town.at));
    let count = seats.clone().count().max(1);
    seats.clone().nth(nth % count).unwrap_or(Point::new(0.0, 0.0))
}
