//! The register of the simulated district: which devices there are, where they stand and how well behaved they are. A
//! pure function of number and seed; nothing here moves.

use std::collections::BTreeMap;

use crate::kinds::SimKind;
use crate::map::{District, Point};
use crate::placing::Ground;

/// How a device behaves on its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Reports on time.
    Steady,
    /// Loses its connection every few minutes: its last will speaks for it.
    Flapping,
    /// Reports so seldom that it is stale most of the time.
    Sleepy,
    /// Stays connected but says nothing for many of its periods now and then.
    Lapsing,
}

impl Habit {
    /// Of every 200 devices two flap, and a gateway besides; three sleep and one lapses. What dozes by its nature is
    /// late enough as it is.
    const fn of(index: usize, kind: SimKind, nth: usize) -> Self {
        if matches!(kind, SimKind::Transmitter) {
            return if nth % 4 == 3 { Self::Flapping } else { Self::Steady };
        }
        match (index % 100, index % 66, index % 200) {
            (57, _, _) => Self::Flapping,
            (_, 31, _) if !kind.dozes() => Self::Sleepy,
            (_, _, 160) => Self::Lapsing,
            _ => Self::Steady,
        }
    }
}

/// A simulated device.
#[derive(Debug, Clone)]
pub(crate) struct SimDevice {
    /// Its number in the district, from 0.
    pub(crate) index: usize,
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
    /// The id of the gateway that it speaks through.
    pub(crate) gateway: Option<String>,
}

/// All devices of a district of `count` devices.
pub(crate) fn plan(district: &District, count: usize, seed: u64) -> Vec<SimDevice> {
    let mut counts: BTreeMap<SimKind, usize> = BTreeMap::new();
    for index in 0..count {
        *counts.entry(SimKind::of(index)).or_default() += 1;
    }
    let gateways = counts.get(&SimKind::Transmitter).copied().unwrap_or_default();
    let ground = Ground { district, counts: &counts, seed };
    let mut seen: BTreeMap<SimKind, usize> = BTreeMap::new();
    let device = |index| {
        let kind = SimKind::of(index);
        let next = seen.entry(kind).or_default();
        let nth = *next;
        *next += 1;
        let (at, share) = ground.place(kind, nth);
        let name = match kind {
            SimKind::RiverLevel if nth == 0 => "双捷站".to_owned(),
            SimKind::RiverLevel | SimKind::TideLevel => format!("{} {:03}", kind.station(), nth + 1),
            _ => format!("{} {} {:03}", district.nearest_town(at), kind.station(), nth + 1),
        };
        let gateway = (kind.is_wired() && gateways > 0).then(|| id(SimKind::Transmitter, nth % gateways));
        SimDevice { index, id: id(kind, nth), kind, nth, name, at, share, habit: Habit::of(index, kind, nth), gateway }
    };
    (0..count).map(device).collect()
}

fn id(kind: SimKind, nth: usize) -> String {
    format!("{}-{:03}", kind.code(), nth + 1)
}
