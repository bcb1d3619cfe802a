//! What a device lives on. A solar one swings with the sun; a lithium cell is flat for years and then falls off, and a
//! few are near their end, so that somebody has to go there.

use std::f64::consts::TAU;

use crate::noise::Noise;
use crate::plan::SimDevice;

const YEAR_S: f64 = 365.0 * 86_400.0;
/// A lithium cell's voltage holds until so much of it is used.
const KNEE: f64 = 0.85;

/// The battery of a device.
#[derive(Debug, Clone)]
pub(crate) enum Battery {
    /// 12 V lead, charged by day.
    Solar { phase: f64 },
    /// 3.6 V lithium, never charged: `used` at the world's beginning, and seconds that a whole cell lasts.
    Lithium { used: f64, life_s: f64 },
}

impl Battery {
    /// None for what hangs on the mains.
    pub(crate) fn of(device: &SimDevice, noise: &mut Noise) -> Option<Self> {
        if device.kind.dozes() {
            // One cell in 97 is a bad one and goes down within days.
            let bad = device.nth % 97 == 11;
            let used = if bad { 0.92 } else { noise.between(0.05, KNEE) };
            let life_s = if bad { 0.11 } else { noise.between(3.0, 6.0) } * YEAR_S;
            return Some(Self::Lithium { used, life_s });
        }
        let solar = device.kind.theme() == "water" && device.kind != crate::kinds::SimKind::PumpStation;
        solar.then(|| Self::Solar { phase: noise.unit() * 0.2 })
    }

    /// Volts at its clamps.
    pub(crate) fn volts(&self, now: f64, noise: &mut Noise) -> f64 {
        match self {
            Self::Solar { phase } => 12.7 + 0.35 * (TAU * (now / 86_400.0 + phase)).sin() + 0.02 * noise.bell(),
            Self::Lithium { used, life_s } => {
                let used = (used + now / life_s).min(1.0);
                3.65 - 0.15 * used - 0.9 * ((used - KNEE) / (1.0 - KNEE)).max(0.0) + 0.005 * noise.bell()
            }
        }
    }
}
