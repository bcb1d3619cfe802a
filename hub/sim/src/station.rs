//! What happens at one station: the small model behind each kind. Pure: the same weather and the same steps give the same
//! water. Sensors' errors are added when it is read, not here.

use crate::kinds::SimKind;
use crate::noise::Noise;
use crate::plan::SimDevice;

const SLOT_S: f64 = 300.0;
/// Five-minute slots of six hours.
const SLOTS: usize = 72;

/// What a station sees of the weather and the sea in a step.
pub(crate) struct Surroundings {
    /// The world's time at the end of the step, seconds.
    pub(crate) now: f64,
    /// The length of the step, seconds.
    pub(crate) dt: f64,
    /// Rain at the station, mm/h.
    pub(crate) rain_mm_h: f64,
}

/// The state of a station.
#[derive(Debug, Clone)]
pub(crate) enum Station {
    /// Levels of river and tide follow from the world alone.
    River { base_m: f64, rise: f64, tidal: f64, lag_s: f64, rated: bool },
    /// A gauge on the coast.
    Tide { factor: f64, lag_s: f64 },
    /// Sliding sums of rain: mm per five-minute slot, the newest first.
    Rain { slots: Box<[f32; SLOTS]>, slot: f64 },
    /// Water that the drains cannot swallow.
    Street { capacity_mm_h: f64, gain: f64, depth_cm: f64 },
    /// Level against the flood-season limit (汛限水位).
    Reservoir { limit_m: f64, over_m: f64, catchment: f64 },
    /// A forebay that fills and a pump that empties it, with hysteresis.
    Pump { level_m: f64, dry_m_h: f64, pump_m_h: f64, running: bool, rated_a: f64 },
}

impl Station {
    pub(crate) fn new(device: &SimDevice, noise: &mut Noise) -> Self {
        match device.kind {
            SimKind::RiverLevel => Self::River {
                base_m: 4.3 - 2.3 * device.share + noise.between(-0.08, 0.08),
                rise: 1.0 - 0.6 * device.share,
                tidal: 0.04 + 0.6 * device.share * device.share,
                lag_s: 3.0 * 3600.0 * (1.0 - device.share),
                rated: device.share < 0.4,
            },
            SimKind::TideLevel => {
                Self::Tide { factor: noise.between(0.95, 1.05), lag_s: 1200.0 * (1.0 - device.share) }
            }
            SimKind::RainGauge => Self::Rain { slots: Box::new([0.0; SLOTS]), slot: 0.0 },
            SimKind::Waterlogging => {
                // Known black spots (易涝点), three in all however large the district: drains too small for a shower.
                let black_spot = device.nth % 24 == 4 && device.nth < 72;
                let (capacity, gain) = if black_spot { ((9.0, 14.0), (9.0, 13.0)) } else { ((46.0, 75.0), (3.0, 6.0)) };
                let capacity_mm_h = noise.between(capacity.0, capacity.1);
                Self::Street { capacity_mm_h, gain: noise.between(gain.0, gain.1), depth_cm: 0.0 }
            }
            SimKind::ReservoirLevel => Self::Reservoir {
                limit_m: noise.between(18.0, 64.0),
                over_m: noise.between(-4.0, -1.0),
                catchment: noise.between(0.004, 0.012),
            },
            SimKind::PumpStation => Self::Pump {
                level_m: noise.between(1.5, 2.5),
                dry_m_h: noise.between(0.5, 2.0),
                pump_m_h: noise.between(4.0, 8.0),
                running: false,
                rated_a: noise.between(60.0, 180.0),
            },
        }
    }

    /// Lets time pass.
    pub(crate) fn step(&mut self, around: &Surroundings) {
        let hours = around.dt / 3600.0;
        match self {
            Self::River { .. } | Self::Tide { .. } => {}
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

    /// Whether it is a street that even a shower floods.
    pub(crate) fn is_black_spot(&self) -> bool {
        matches!(self, Self::Street { capacity_mm_h, .. } if *capacity_mm_h < 20.0)
    }

    /// Rain of the last `hours` hours at a gauge, mm; zero elsewhere.
    pub(crate) fn rain_mm(&self, hours: usize) -> f64 {
        match self {
            Self::Rain { slots, .. } => slots.iter().take(hours * 12).map(|mm| f64::from(*mm)).sum(),
            _ => 0.0,
        }
    }
}
