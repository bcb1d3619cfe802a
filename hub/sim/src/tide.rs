//! The tide as a sum of its four largest constituents (分潮). Amplitudes are of the size found on this coast, phases come
//! from the seed: plausible, and no tide table.

use std::f64::consts::TAU;

use crate::noise::Noise;

/// Period in hours, amplitude in metres: M2, S2, K1, O1.
const CONSTITUENTS: [(f64, f64); 4] = [(12.420_601_2, 0.58), (12.0, 0.24), (23.934_47, 0.4), (25.819_34, 0.34)];
const MEAN_M: f64 = 0.15;

/// The tide off the coast.
#[derive(Debug, Clone)]
pub(crate) struct Tide {
    phases: [f64; 4],
}

impl Tide {
    pub(crate) fn new(seed: u64) -> Self {
        let mut noise = Noise::new(seed, 0x5449_4445);
        Self { phases: std::array::from_fn(|_| noise.between(0.0, TAU)) }
    }

    /// Height above the gauge's zero at `time_s`, metres.
    pub(crate) fn level_m(&self, time_s: f64) -> f64 {
        let hours = time_s / 3600.0;
        let parts = CONSTITUENTS.iter().zip(self.phases);
        MEAN_M + parts.map(|((period, amplitude), phase)| amplitude * (TAU * hours / period - phase).cos()).sum::<f64>()
    }
}
