//! The register of the simulated district: which devices there are, where they stand and how well behaved they are. A
//! pure function of number and seed; nothing here moves.

use std::collections::BTreeMap;

use crate::kinds::SimKind;
use crate::map::{District, Point};
use crate::placing::place;

/// How a device behaves on its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Reports on time.
    Steady,
    /// Loses its connection every few minutes: its last will speaks for it.
    Flapping,
    /// Reports so seldom that it is stale most of the time.
    Sleepy,
    /// Stays connected but says nothing for two minutes now and then.
    Lapsing,
}

impl Habit {
    /// Of every 200 devices two flap, three sleep and one lapses.
    const fn of(index: usize) -> Self {
        match (index % 100, index % 66, index % 200) {
            (57, _, _) => Self::Flapping,
            (_, 31, _) => Self::Sleepy,
            (_, _, 113) => Self::Lapsing,
            _ => Self::Steady,
        }
    }
}

/// A simulated device.
#[derive(Debug, Clone)]
pub(crate) struct SimDevice {
    /// Its id on the wire, e.g. `W-RL-001`.
    pub(crate) id: String,
    pub(crate) kind: SimKind,
    /// Its number among its kind, from 0.
    pub(crate) nth: usize,
    pub(crate) name: String,
    pub(crate) at: Point,
    /// How far down the river or along the coast it stands, 0 to 1.
    pub(crate) share: f64,
    pub(crate) habit: Habit,
}

/// All devices of a district of `count` devices.
pub(crate) fn plan(district: &District, count: usize, seed: u64) -> Vec<SimDevice> {
    let mut totals: BTreeMap<SimKind, usize> = BTreeMap::new();
    for index in 0..count {
        *totals.entry(SimKind::of(index)).or_default() += 1;
    }
    let mut seen: BTreeMap<SimKind, usize> = BTreeMap::new();
    let device = |index| {
        let kind = SimKind::of(index);
        let next = seen.entry(kind).or_default();
        let nth = *next;
        *next += 1;
        let (at, share) = place(district, kind, nth, totals.get(&kind).copied().unwrap_or(1), seed);
        let number = format!("{:03}", nth + 1);
        let name = match kind {
            SimKind::RiverLevel if nth == 0 => "双捷站".to_owned(),
            SimKind::RiverLevel | SimKind::TideLevel => format!("{} {number}", kind.station()),
            _ => format!("{} {} {number}", district.nearest_town(at), kind.station()),
        };
        SimDevice { id: format!("W-{}-{number}", kind.code()), kind, nth, name, at, share, habit: Habit::of(index) }
    };
    (0..count).map(device).collect()
}
