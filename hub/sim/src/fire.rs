//! What happens at one fire-safety device: the small model behind each kind of theme fire. Quiet nearly always; a cook, a
//! leaking cable and a weak pipe see to it that a wall is never quite empty.

use crate::hours::Pulse;
use crate::kinds::SimKind;
use crate::noise::Noise;
use crate::plan::SimDevice;
use crate::sky::Around;
use crate::world::Value;

/// A detector raises its own alarm from here on, dB/m (GB 20517: 0.1 to 0.15 is usual).
const SMOKE_ALARM: f64 = 0.1;
/// A hydrant wakes from here on, MPa.
const PRESSURE_ALARM: f64 = 0.14;
/// Between these levels a float valve keeps a tank, m.
const FLOAT_M: (f64, f64) = (2.7, 3.0);

/// The state of a device.
#[derive(Debug, Clone)]
pub(crate) enum FireStation {
    /// Clean air, a warm ceiling, and perhaps somebody who smokes below it.
    Smoke { clean: f64, warm_k: f64, smokers: Option<Pulse>, smoke: f64, celsius: f64 },
    /// Natural leakage and load of a switchboard; an old cable leaks more when it is wet.
    Electrical { leak_ma: f64, wet_ma: f64, load_k: f64, residual_ma: f64, cable_c: f64 },
    /// Pressure at rest, and what people's use takes away.
    Hydrant { rest_mpa: f64, droop_mpa: f64, mpa: f64 },
    /// A tank that is used a little and filled again by its float valve.
    Tank { level_m: f64, use_m_h: f64, filling: bool },
    /// Traces of gas, more while people cook.
    Gas { cooking_lel: f64, lel: f64 },
    /// The gateway of a building: whether its mains have failed.
    Transmitter { outage: Option<Pulse>, frail: bool, failed: bool },
}

impl FireStation {
    pub(crate) fn new(device: &SimDevice, noise: &mut Noise) -> Self {
        let nth = device.nth;
        match device.kind {
            SimKind::SmokeDetector => Self::Smoke {
                clean: noise.between(0.004, 0.02),
                warm_k: noise.between(0.5, 5.0),
                smokers: (nth % 34 == 7).then(|| Pulse::new(9.0 * 3600.0, 480.0, noise)),
                smoke: 0.0,
                celsius: 25.0,
            },
            SimKind::ElectricalFire => {
                let old = nth % 16 == 5;
                Self::Electrical {
                    leak_ma: if old { 262.0 } else { noise.between(90.0, 190.0) },
                    wet_ma: if old { 3.0 } else { 0.4 },
                    load_k: noise.between(12.0, 22.0),
                    residual_ma: 0.0,
                    cable_c: 25.0,
                }
            }
            SimKind::Hydrant => {
                let weak = nth % 10 == 2;
                let rest_mpa = if weak { 0.172 } else { noise.between(0.22, 0.38) };
                Self::Hydrant { rest_mpa, droop_mpa: 0.04, mpa: rest_mpa }
            }
            SimKind::FireTank => {
                Self::Tank { level_m: noise.between(2.72, 2.98), use_m_h: noise.between(0.005, 0.03), filling: false }
            }
            SimKind::GasDetector => {
                Self::Gas { cooking_lel: if nth % 6 == 3 { 12.0 } else { noise.between(0.5, 3.0) }, lel: 0.0 }
            }
            _ => Self::Transmitter {
                outage: (nth % 20 == 1).then(|| Pulse::new(30.0 * 3600.0, 600.0, noise)),
                frail: nth % 4 == 2,
                failed: false,
            },
        }
    }

    /// Lets time pass.
    pub(crate) fn step(&mut self, around: &Around<'_>) {
        let (heat, hours) = (around.heat, around.dt / 3600.0);
        let air_c = around.local.celsius();
        match self {
            Self::Smoke { clean, warm_k, smokers, smoke, celsius } => {
                let smoked = if smokers.is_some_and(|pulse| pulse.is_on(around.now)) { 0.14 } else { 0.0 };
                *smoke = *clean + smoked + 0.9 * heat;
                *celsius = air_c + *warm_k + 65.0 * heat;
            }
            Self::Electrical { leak_ma, wet_ma, load_k, residual_ma, cable_c } => {
                let load = around.local.demand();
                *residual_ma =
                    *leak_ma * (0.9 + 0.2 * load) + *wet_ma * around.rain_mm_h.min(30.0) + 550.0 * around.ember;
                *cable_c = air_c + *load_k * (0.5 + load) + 70.0 * around.ember;
            }
            Self::Hydrant { rest_mpa, droop_mpa, mpa } => {
                *mpa = *rest_mpa - *droop_mpa * around.local.demand() - 0.55 * *rest_mpa * around.draw;
            }
            Self::Tank { level_m, use_m_h, filling } => {
                *filling = if *filling { *level_m < FLOAT_M.1 } else { *level_m < FLOAT_M.0 };
                let inflow_m_h = if *filling { 0.6 } else { 0.0 };
                *level_m = (*level_m + (inflow_m_h - *use_m_h - 3.0 * heat) * hours).clamp(0.1, 3.3);
            }
            Self::Gas { cooking_lel, lel } => *lel = 0.3 + *cooking_lel * around.local.demand() + 30.0 * heat,
            Self::Transmitter { outage, frail, failed } => {
                let out = outage.is_some_and(|pulse| pulse.is_on(around.now));
                *failed = out || heat > 0.7 || (*frail && around.storm > 0.5);
            }
        }
    }

    /// What its sensors say.
    pub(crate) fn values(&self, noise: &mut Noise) -> Vec<Value> {
        let flag = |on: bool| f64::from(u8::from(on));
        match self {
            Self::Smoke { smoke, celsius, .. } => vec![
                ("alarm", flag(self.is_urgent()), 0),
                ("smoke", (smoke + 0.001 * noise.bell()).max(0.0), 3),
                ("temperature", celsius + 0.2 * noise.bell(), 1),
            ],
            Self::Electrical { residual_ma, cable_c, .. } => vec![
                ("residual_current", (residual_ma * (1.0 + 0.008 * noise.bell())).max(0.0), 0),
                ("cable_temperature", cable_c + 0.3 * noise.bell(), 1),
            ],
            Self::Hydrant { mpa, .. } => vec![("pressure", (mpa + 0.001 * noise.bell()).max(0.0), 3)],
            Self::Tank { level_m, .. } => vec![("level", level_m + 0.005 * noise.bell(), 2)],
            Self::Gas { lel, .. } => vec![("gas", (lel + 0.2 * noise.bell()).max(0.0), 1)],
            Self::Transmitter { failed, .. } => {
                vec![("main_power", flag(*failed), 0), ("backup_power", 0.0, 0), ("panel_line", 0.0, 0)]
            }
        }
    }

    /// Whether it wakes up. The wired ones never sleep.
    pub(crate) fn is_urgent(&self) -> bool {
        match self {
            Self::Smoke { smoke, .. } => *smoke >= SMOKE_ALARM,
            Self::Hydrant { mpa, .. } => *mpa <= PRESSURE_ALARM,
            _ => false,
        }
    }
}
