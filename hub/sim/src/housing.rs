//! What happens at one building site, lift or house: the small model behind each kind of theme housing. Dust and noise
//! follow the working hours; pits and houses move by millimetres when it rains.

use crate::hours::Pulse;
use crate::kinds::SimKind;
use crate::noise::Noise;
use crate::plan::SimDevice;
use crate::sky::Around;
use crate::world::Value;

const DAY_S: f64 = 86_400.0;
/// An hourly mean follows its air with this delay, seconds; a level of twenty minutes with that one.
const DUST_LAG_S: f64 = 1800.0;
const NOISE_LAG_S: f64 = 300.0;
/// A pit's wall wakes its sensor from here on, mm; a house from here on, per mille.
const WALL_ALARM_MM: f64 = 21.0;
const TILT_ALARM: f64 = 4.0;
/// What rain has moved comes back in this time, days.
const REST_D: f64 = 4.0;

/// The state of a site, a lift or a house.
#[derive(Debug, Clone)]
pub(crate) enum HousingStation {
    /// Hourly mean of PM10, µg/m³, and what the site itself adds at work.
    Dust { night_shift: bool, adds: f64, pm10: f64 },
    /// Equivalent level (等效声级), what the machines make, and the limit of the hour, dB(A).
    Noise { night_shift: bool, machines: f64, level: f64, limit: f64 },
    /// Work of a crane; a careless driver goes near the limit now and then.
    Crane {
        careless: Option<Pulse>,
        phase: f64,
        lean: f64,
        exposed: f64,
        at_work: f64,
        wind: f64,
        swing: f64,
        near: bool,
    },
    /// A lift: days since its care (维保), faults, and somebody inside who cannot get out.
    Elevator { care_d: f64, care_every_d: f64, fault: Option<Pulse>, traps: Option<Pulse>, faulty: bool, trapped: bool },
    /// Movement of a pit's wall and settlement beside it, mm.
    Pit { wall_rest: f64, soft: f64, wall: f64, settled: f64 },
    /// Lean of a house, per mille, and its settlement, mm.
    Tilt { lean: f64, settled: f64, tilt: f64 },
}

impl HousingStation {
    pub(crate) fn new(device: &SimDevice, noise: &mut Noise) -> Self {
        let nth = device.nth;
        match device.kind {
            SimKind::DustStation => {
                let adds = if nth % 25 == 4 { 135.0 } else { noise.between(20.0, 60.0) };
                Self::Dust { night_shift: nth % 8 == 5, adds, pm10: 40.0 }
            }
            SimKind::NoiseStation => {
                let machines = if nth % 24 == 3 { 69.2 } else { noise.between(62.0, 66.5) };
                Self::Noise { night_shift: nth % 8 == 5, machines, level: 50.0, limit: 70.0 }
            }
            SimKind::TowerCrane => Self::Crane {
                careless: (nth % 8 == 2).then(|| Pulse::new(2700.0, 120.0, noise)),
                phase: noise.between(0.0, std::f64::consts::TAU),
                lean: noise.between(0.6, 2.2),
                exposed: noise.between(1.2, 1.4),
                at_work: 0.0,
                wind: 0.0,
                swing: 0.0,
                near: false,
            },
            SimKind::Elevator => {
                let forgotten = nth % 60 == 6;
                Self::Elevator {
                    care_d: if forgotten { 15.4 } else { noise.between(0.0, 14.0) },
                    care_every_d: if forgotten { 17.5 } else { noise.between(13.0, 15.0) },
                    fault: (nth % 12 == 4).then(|| Pulse::new(20.0 * 3600.0, 2400.0, noise)),
                    traps: (nth % 24 == 9).then(|| Pulse::new(31.0 * 3600.0, 1080.0, noise)),
                    faulty: false,
                    trapped: false,
                }
            }
            SimKind::DeepPit => {
                let weak = nth % 16 == 1;
                let wall_rest = if weak { 17.0 } else { noise.between(3.0, 11.0) };
                Self::Pit { wall_rest, soft: if weak { 0.04 } else { 0.02 }, wall: wall_rest, settled: wall_rest * 0.5 }
            }
            _ => {
                let lean = if nth % 16 == 2 { 3.8 } else { noise.between(0.3, 2.4) };
                Self::Tilt { lean, settled: noise.between(0.5, 6.0), tilt: lean }
            }
        }
    }

    /// Lets time pass.
    pub(crate) fn step(&mut self, around: &Around<'_>) {
        let days = around.dt / DAY_S;
        let rain_mm = around.rain_mm_h * around.dt / 3600.0;
        // Nobody works in a downpour.
        let work = |night_shift| around.local.work(night_shift) * if around.rain_mm_h > 8.0 { 0.1 } else { 1.0 };
        match self {
            Self::Dust { night_shift, adds, pm10 } => {
                let background = 42.0 * (1.0 + 3.2 * around.dust);
                let site = *adds * work(*night_shift) * (1.0 + 0.8 * around.dust);
                let target = (background + site) * (-around.rain_mm_h / 6.0).exp().max(0.25);
                *pm10 += (target - *pm10) * (around.dt / DUST_LAG_S).min(1.0);
            }
            Self::Noise { night_shift, machines, level, limit } => {
                *limit = if around.local.is_day() { 70.0 } else { 55.0 };
                let quiet = if around.local.is_day() { 54.0 } else { 46.0 };
                let loud = *machines + 2.0 * (around.now / 900.0).sin();
                let target = 10.0 * (power(quiet) + work(*night_shift) * power(loud)).log10();
                *level += (target - *level) * (around.dt / NOISE_LAG_S).min(1.0);
            }
            Self::Crane { careless, phase, exposed, at_work, wind, swing, near, .. } => {
                *wind = around.wind_m_s * *exposed;
                *at_work = if *wind < 13.8 { work(false) } else { 0.0 };
                *swing = (around.now / 140.0 + *phase).sin().powi(2);
                *near = *at_work > 0.5 && careless.is_some_and(|pulse| pulse.is_on(around.now));
            }
            Self::Elevator { care_d, care_every_d, fault, traps, faulty, trapped } => {
                *care_d += days;
                *care_d = if *care_d >= *care_every_d { 0.0 } else { *care_d };
                *trapped = traps.is_some_and(|pulse| pulse.is_on(around.now));
                *faulty = *trapped || fault.is_some_and(|pulse| pulse.is_on(around.now));
            }
            Self::Pit { wall_rest, soft, wall, settled } => {
                *wall += (*wall_rest - *wall) * (days / REST_D).min(1.0) + *soft * rain_mm;
                *settled = *wall * 0.5;
            }
            Self::Tilt { lean, settled, tilt } => {
                let sun = ((around.local.hour - 9.0) / 24.0 * std::f64::consts::TAU).sin();
                *tilt = *lean + 0.22 * sun;
                *settled += rain_mm * 0.002 - *settled * days * 0.001;
            }
        }
    }

    /// What its sensors say.
    pub(crate) fn values(&self, noise: &mut Noise) -> Vec<Value> {
        match self {
            Self::Dust { pm10, .. } => {
                let pm10 = pm10 * (1.0 + 0.01 * noise.bell());
                vec![("pm10", pm10, 0), ("pm25", 12.0 + 0.3 * pm10, 0)]
            }
            Self::Noise { level, limit, .. } => {
                let level = level + 0.2 * noise.bell();
                vec![
                    ("laeq", level, 1),
                    ("lamax", level + noise.between(6.0, 12.0), 1),
                    ("over_limit", level - limit, 1),
                ]
            }
            Self::Crane { lean, at_work, wind, swing, near, .. } => {
                let load = (at_work * (30.0 + 40.0 * swing) + noise.bell()).max(0.0);
                let moment = if *near { 93.0 + 0.5 * noise.bell() } else { 0.95 * load };
                let gust = (wind * (1.0 + 0.03 * noise.bell())).max(0.0);
                vec![("moment", moment, 0), ("load", load, 0), ("wind_speed", gust, 1), ("verticality", *lean, 1)]
            }
            Self::Elevator { care_d, faulty, trapped, .. } => {
                let flag = |on: &bool| f64::from(u8::from(*on));
                vec![("fault", flag(faulty), 0), ("trapped", flag(trapped), 0), ("care_days", care_d.floor(), 0)]
            }
            Self::Pit { wall, settled, .. } => {
                vec![("wall_top", wall + 0.1 * noise.bell(), 1), ("settlement", settled + 0.1 * noise.bell(), 1)]
            }
            Self::Tilt { settled, tilt, .. } => {
                vec![("tilt", tilt + 0.01 * noise.bell(), 2), ("settlement", settled + 0.1 * noise.bell(), 1)]
            }
        }
    }

    /// Whether it wakes up. Only what lives on a battery sleeps.
    pub(crate) fn is_urgent(&self) -> bool {
        match self {
            Self::Pit { wall, .. } => *wall >= WALL_ALARM_MM,
            Self::Tilt { tilt, .. } => *tilt >= TILT_ALARM,
            _ => false,
        }
    }
}

/// Sound levels add as powers.
fn power(db: f64) -> f64 {
    10.0_f64.powf(db / 10.0)
}
