//! The river's answer to the rain over its land: late, smooth, and with a ceiling where it leaves its bed. The sea is not
//! its business.

use std::f64::consts::TAU;

/// Storage time of each of the two reservoirs of the unit hydrograph (单位线, Nash cascade), hours.
const STORAGE_H: f64 = 1.3;
/// Rise of the upper river per mm/h of mean rain that has come through, metres, as long as it is in its bed.
const RISE_M_PER_MM_H: f64 = 0.55;
/// However hard it rains, the river spreads over its plain instead of rising further, metres.
const HIGHEST_RISE_M: f64 = 4.5;

/// What comes down the river.
#[derive(Debug, Clone, Default)]
pub(crate) struct River {
    cascade_mm_h: [f64; 2],
}

impl River {
    /// Lets `mean_mm_h` of rain run for `dt_s` seconds.
    pub(crate) fn step(&mut self, mean_mm_h: f64, dt_s: f64) {
        let [first, second] = &mut self.cascade_mm_h;
        let through = (dt_s / 3600.0 / STORAGE_H).min(1.0);
        *first += (mean_mm_h - *first) * through;
        *second += (*first - *second) * through;
    }

    /// Rise of the upper river above its base, metres.
    pub(crate) fn rise_m(&self, now: f64) -> f64 {
        let hours = now / 3600.0;
        let upstream = 0.22 * (TAU * hours / 31.0).sin() + 0.08 * (TAU * hours / 7.3).sin();
        let rain = HIGHEST_RISE_M * (1.0 - (-RISE_M_PER_MM_H * self.cascade_mm_h[1] / HIGHEST_RISE_M).exp());
        upstream + rain
    }
}
