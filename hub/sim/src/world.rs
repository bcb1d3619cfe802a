//! The district as a world of water: tide, showers, river and stations, moved on in steps. Pure and reproducible: the same
//! seed and the same steps give the same values, whatever the clock says. It sends nothing.

use std::f64::consts::TAU;

use crate::noise::Noise;
use crate::plan::SimDevice;
use crate::rain::Rain;
use crate::station::{Station, Surroundings};
use crate::tide::Tide;

/// No step of the models is longer than this, seconds; longer ones are cut.
const MAX_STEP_S: f64 = 60.0;
/// How long the world has been going before the first value is asked for, so that sums over six hours are full.
const WARM_UP_S: f64 = 8.0 * 3600.0;
/// The first shower is so old when the first value is asked for.
const WELCOME_S: f64 = 1500.0;
/// Storage time of each of the two reservoirs of the river's unit hydrograph (单位线, Nash cascade), hours.
const STORAGE_H: f64 = 1.3;
/// Rise of the upper river per mm/h of mean rain that has come through, metres.
const RISE_M_PER_MM_H: f64 = 0.55;

/// One value: metric, value, decimal places.
pub(crate) type Value = (&'static str, f64, usize);

/// The world.
#[derive(Debug, Clone)]
pub(crate) struct World {
    seed: u64,
    time_s: f64,
    steps: u64,
    tide: Tide,
    rain: Rain,
    /// Where the mean rain is taken, km.
    samples: Vec<(f64, f64)>,
    cascade_mm_h: [f64; 2],
    stations: Vec<(Station, (f64, f64))>,
}

impl World {
    /// The world of `devices`, warmed up.
    pub(crate) fn new(devices: &[SimDevice], seed: u64) -> Self {
        let station = |(index, device): (usize, &SimDevice)| {
            (Station::new(device, &mut Noise::new(seed, 0x5354 ^ ((index as u64) << 20))), device.at.km())
        };
        let mut world = Self {
            seed,
            time_s: 0.0,
            steps: 0,
            tide: Tide::new(seed),
            rain: Rain::new(seed),
            samples: (-3..=3).flat_map(|x| (-3..=3).map(move |y| (f64::from(x) * 4.5, f64::from(y) * 5.5))).collect(),
            cascade_mm_h: [0.0; 2],
            stations: devices.iter().enumerate().map(station).collect(),
        };
        world.step(WARM_UP_S - WELCOME_S);
        if let Some((_, at)) = world.stations.iter().find(|(station, _)| station.is_black_spot()) {
            world.rain.welcome(*at, world.time_s);
        }
        world.step(WELCOME_S);
        world
    }

    /// Moves on by `dt_s` seconds of the world's time.
    pub(crate) fn step(&mut self, dt_s: f64) {
        let parts = (dt_s / MAX_STEP_S).ceil().max(1.0);
        for _ in 0..parts as u64 {
            self.short_step(dt_s / parts);
        }
    }

    fn short_step(&mut self, dt: f64) {
        self.time_s += dt;
        self.steps += 1;
        self.rain.advance(self.time_s);
        let now = self.time_s;
        let mean = self.samples.iter().map(|at| self.rain.mm_h(*at, now)).sum::<f64>() / self.samples.len() as f64;
        let [first, second] = &mut self.cascade_mm_h;
        let through = (dt / 3600.0 / STORAGE_H).min(1.0);
        *first += (mean - *first) * through;
        *second += (*first - *second) * through;
        for (station, at) in &mut self.stations {
            station.step(&Surroundings { now, dt, rain_mm_h: self.rain.mm_h(*at, now) });
        }
    }

    /// What device number `index` measures now, errors of its sensors included.
    pub(crate) fn values(&self, index: usize) -> Vec<Value> {
        let Some((station, _)) = self.stations.get(index) else { return vec![] };
        let mut noise = Noise::new(self.seed ^ self.steps, 0x4e4f ^ ((index as u64) << 20));
        let now = self.time_s;
        let mut values: Vec<Value> = match station {
            Station::River { base_m, rise, tidal, lag_s, rated } => {
                let hours = now / 3600.0;
                let upstream = 0.22 * (TAU * hours / 31.0).sin() + 0.08 * (TAU * hours / 7.3).sin();
                let rain = RISE_M_PER_MM_H * self.cascade_mm_h[1];
                let level =
                    base_m + rise * (upstream + rain) + tidal * self.tide.level_m(now - lag_s) + 0.004 * noise.bell();
                let flow = 60.0 * (level - 1.5).max(0.0).powf(1.6) * (1.0 + 0.01 * noise.bell());
                let mut values = vec![("level", level, 2)];
                values.extend(rated.then_some(("flow", flow, 1)));
                values
            }
            Station::Tide { factor, lag_s } => {
                vec![("level", factor * self.tide.level_m(now - lag_s) + 0.012 * noise.bell(), 2)]
            }
            Station::Rain { .. } => {
                let tip = |hours| (station.rain_mm(hours) / 0.2).floor() * 0.2; // a tipping bucket of 0.2 mm
                vec![("rain_1h", tip(1), 1), ("rain_3h", tip(3), 1), ("rain_6h", tip(6), 1)]
            }
            Station::Street { depth_cm, .. } => vec![("depth", (depth_cm + 0.12 * noise.bell()).max(0.0), 1)],
            Station::Reservoir { limit_m, over_m, .. } => {
                let error = 0.004 * noise.bell();
                vec![("level", limit_m + over_m + error, 2), ("over_limit", over_m + error, 2)]
            }
            Station::Pump { level_m, running, rated_a, .. } => {
                let current = if *running { rated_a * (1.0 + 0.015 * noise.bell()) } else { 0.0 };
                let level = level_m + 0.006 * noise.bell();
                return vec![
                    ("running", f64::from(u8::from(*running)), 0),
                    ("current", current, 1),
                    ("forebay_level", level, 2),
                ];
            }
        };
        let day = TAU * (now / 86_400.0 + index as f64 * 0.001);
        values.push(("battery", 12.7 + 0.35 * day.sin() + 0.02 * noise.bell(), 2));
        values
    }
}
