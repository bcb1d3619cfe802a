//! What happens at one water station: the small model behind each kind of theme water. Levels of river and tide follow
//! from the sky alone; streets, reservoirs and pumps remember.

use crate::kinds::SimKind;
use crate::noise::Noise;
use crate::plan::SimDevice;
use crate::sky::Around;
use crate::world::Value;

const SLOT_S: f64 = 300.0;
/// Five-minute slots of six hours.
const SLOTS: usize = 72;

/// The state of a station.
#[derive(Debug, Clone)]
pub(crate) enum WaterStation {
    /// A gauge on the river; only rated ones (有流量关系) know the flow.
    River { base_m: f64, rise: f64, tidal: f64, lag_s: f64, rated: bool, level_m: f64 },
    /// A gauge on the coast.
    Tide { factor: f64, lag_s: f64, level_m: f64 },
    /// Sliding sums of rain: mm per five-minute slot, the newest first.
    Rain { slots: Box<[f32; SLOTS]>, slot: f64 },
    /// Water that the drains cannot swallow.
    Street { capacity_mm_h: f64, gain: f64, depth_cm: f64 },
    /// Level against the flood-season limit (汛限水位).
    Reservoir { limit_m: f64, over_m: f64, catchment: f64 },
    /// A forebay that fills and a pump that empties it, with hysteresis.
    Pump { level_m: f64, dry_m_h: f64, pump_m_h: f64, running: bool, rated_a: f64 },
}

impl WaterStation {
    pub(crate) fn new(device: &SimDevice, noise: &mut Noise) -> Self {
        match device.kind {
            SimKind::RiverLevel => Self::River {
                base_m: 4.3 - 2.3 * device.share + noise.between(-0.08, 0.08),
                rise: 1.0 - 0.6 * device.share,
                tidal: 0.04 + 0.6 * device.share * device.share,
                lag_s: 3.0 * 3600.0 * (1.0 - device.share),
                rated: device.share < 0.4,
                level_m: 0.0,
            },
            SimKind::TideLevel => {
                Self::Tide { factor: noise.between(0.95, 1.05), lag_s: 1200.0 * (1.0 - device.share), level_m: 0.0 }
            }
            SimKind::RainGauge => Self::Rain { slots: Box::new([0.0; SLOTS]), slot: 0.0 },
            SimKind::Waterlogging => {
                // Known black spots (易涝点), three in all however large the district: drains too small for a shower.
                let black_spot = device.nth % 9 == 4 && device.nth < 27;
                let (capacity, gain) = if black_spot { ((9.0, 14.0), (9.0, 13.0)) } else { ((46.0, 75.0), (3.0, 6.0)) };
                let capacity_mm_h = noise.between(capacity.0, capacity.1);
                Self::Street { capacity_mm_h, gain: noise.between(gain.0, gain.1), depth_cm: 0.0 }
            }
            SimKind::ReservoirLevel => Self::Reservoir {
                limit_m: noise.between(18.0, 64.0),
                over_m: noise.between(-4.0, -1.0),
                catchment: noise.between(0.004, 0.012),
            },
            _ => Self::Pump {
                level_m: noise.between(1.5, 2.5),
                dry_m_h: noise.between(0.5, 2.0),
                pump_m_h: noise.between(4.0, 8.0),
                running: false,
                rated_a: noise.between(60.0, 180.0),
            },
        }
    }

    /// Lets time pass.
    pub(crate) fn step(&mut self, around: &Around<'_>) {
        let hours = around.dt / 3600.0;
        match self {
            Self::River { base_m, rise, tidal, lag_s, level_m, .. } => {
                *level_m = *base_m + *rise * around.river_m + *tidal * around.tide.level_m(around.now - *lag_s);
            }
            Self::Tide { factor, lag_s, level_m } => *level_m = *factor * around.tide.level_m(around.now - *lag_s),
            Self::Rain { slots, slot } => {
                let now = (around.now / SLOT_S).floor();
                let passed = (now - *slot).clamp(0.0, SLOTS as f64) as usize;
                slots.rotate_right(passed % SLOTS);
                slots.iter_mut().take(passed).for_each(|mm| *mm = 0.0);
                *slot = now;
                slots[0] += (around.rain_mm_h * hours) as f32;
            }
            Self::Street { capacity_mm_h, gain, depth_cm } => {
                let change_cm = (around.rain_mm_h - *capacity_mm_h) * *gain / 10.0 * hours;
                *depth_cm = (*depth_cm + change_cm).clamp(0.0, 120.0);
            }
            Self::Reservoir { over_m, catchment, .. } => {
                let inflow_m = around.rain_mm_h * hours * *catchment;
                let release_m = (*over_m + 4.0).max(0.0) * 0.004 * hours;
                *over_m = (*over_m + inflow_m - release_m).clamp(-10.0, 3.0);
            }
            Self::Pump { level_m, dry_m_h, pump_m_h, running, .. } => {
                let inflow = *dry_m_h + 0.05 * around.rain_mm_h;
                let outflow = if *running { *pump_m_h } else { 0.0 };
                *level_m = (*level_m + (inflow - outflow) * hours).clamp(0.3, 4.5);
                *running = if *running { *level_m > 1.4 } else { *level_m >= 2.6 };
            }
        }
    }

    /// What its sensors say.
    pub(crate) fn values(&self, noise: &mut Noise) -> Vec<Value> {
        match self {
            Self::River { level_m, rated, .. } => {
                let level = level_m + 0.004 * noise.bell();
                let flow = 60.0 * (level - 1.5).max(0.0).powf(1.6) * (1.0 + 0.01 * noise.bell());
                let mut values = vec![("level", level, 2)];
                values.extend(rated.then_some(("flow", flow, 1)));
                values
            }
            Self::Tide { level_m, .. } => vec![("level", level_m + 0.012 * noise.bell(), 2)],
            Self::Rain { .. } => {
                let tip = |hours| (self.rain_mm(hours) / 0.2).floor() * 0.2; // a tipping bucket of 0.2 mm
                vec![("rain_1h", tip(1), 1), ("rain_3h", tip(3), 1), ("rain_6h", tip(6), 1)]
            }
            Self::Street { depth_cm, .. } => vec![("depth", (depth_cm + 0.12 * noise.bell()).max(0.0), 1)],
            Self::Reservoir { limit_m, over_m, .. } => {
                let error = 0.004 * noise.bell();
                vec![("level", limit_m + over_m + error, 2), ("over_limit", over_m + error, 2)]
            }
            Self::Pump { level_m, running, rated_a, .. } => {
                let current = if *running { rated_a * (1.0 + 0.015 * noise.bell()) } else { 0.0 };
                let level = level_m + 0.006 * noise.bell();
                vec![
                    ("running", f64::from(u8::from(*running)), 0),
                    ("current", current, 1),
                    ("forebay_level", level, 2),
                ]
            }
        }
    }

    /// Whether it is a street that even a shower floods.
    pub(crate) fn is_black_spot(&self) -> bool {
        matches!(self, Self::Street { capacity_mm_h, .. } if *capacity_mm_h < 20.0)
    }

    /// Rain of the last `hours` hours at a gauge, mm; zero elsewhere.
    fn rain_mm(&self, hours: usize) -> f64 {
        match self {
            Self::Rain { slots, .. } => slots.iter().take(hours * 12).map(|mm| f64::from(*mm)).sum(),
            _ => 0.0,
        }
    }
}
