//! The district as a world: sky and stations, moved on in steps. Pure and reproducible: the same seed, the same day and
//! the same steps give the same values, whatever the clock says. It sends nothing.

use crate::kinds::SimKind;
use crate::noise::Noise;
use crate::plan::SimDevice;
use crate::sky::{Day, Sky};
use crate::station::Station;

/// No step of the models is longer than this, seconds; longer ones are cut.
const MAX_STEP_S: f64 = 60.0;
/// How long the world has been going before the first value is asked for, so that sums over six hours are full.
const WARM_UP_S: f64 = 8.0 * 3600.0;
/// The first shower is so old when the first value is asked for.
const WELCOME_S: f64 = 1500.0;

/// One value: metric, value, decimal places.
pub(crate) type Value = (&'static str, f64, usize);

/// The world.
#[derive(Debug, Clone)]
pub(crate) struct World {
    seed: u64,
    steps: u64,
    sky: Sky,
    stations: Vec<(Station, (f64, f64))>,
}

impl World {
    /// The world of `devices`, warmed up.
    pub(crate) fn new(devices: &[SimDevice], seed: u64, day: Day) -> Self {
        let station = |device: &SimDevice| {
            let mut noise = Noise::new(seed, 0x5354 ^ ((device.index as u64) << 20));
            (Station::new(device, &mut noise), device.at.km())
        };
        // A scripted fire burns where a gateway with all its detectors hangs, if there is one.
        let first = |kind| devices.iter().find(|device| device.kind == kind);
        let burning = first(SimKind::Transmitter).or(first(SimKind::SmokeDetector)).or(devices.first());
        let fire = burning.map_or((0.0, 0.0), |device| device.at.km());
        let stations = devices.iter().map(station).collect();
        let mut world = Self { seed, steps: 0, sky: Sky::new(seed, day, WARM_UP_S, fire), stations };
        world.step(WARM_UP_S - WELCOME_S);
        if let Some((_, at)) = world.stations.iter().find(|(station, _)| station.is_black_spot()) {
            world.sky.welcome(*at);
        }
        world.step(WELCOME_S);
        world
    }

    /// Moves on by `dt_s` seconds of the world's time.
    pub(crate) fn step(&mut self, dt_s: f64) {
        let parts = (dt_s / MAX_STEP_S).ceil().max(1.0);
        let dt = dt_s / parts;
        for _ in 0..parts as u64 {
            self.steps += 1;
            self.sky.step(dt);
            for (station, at) in &mut self.stations {
                station.step(&self.sky.around(*at, dt));
            }
        }
    }

    /// What device number `index` measures now, errors of its sensors included.
    pub(crate) fn values(&self, index: usize) -> Vec<Value> {
        let Some((station, _)) = self.stations.get(index) else { return vec![] };
        let mut noise = Noise::new(self.seed ^ self.steps, 0x4e4f ^ ((index as u64) << 20));
        station.values(self.sky.now(), &mut noise)
    }

    /// Whether device number `index` has something to say that cannot wait for its next report.
    pub(crate) fn is_urgent(&self, index: usize) -> bool {
        self.stations.get(index).is_some_and(|(station, _)| station.is_urgent())
    }
}
