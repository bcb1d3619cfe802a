//! Everything that comes upon the stations from outside: sea, rain, river, wind, the hour of the day, and the script of a
//! drill. It knows no station; each asks for what reaches the place where it stands.

use crate::hours::Local;
use crate::noise::Noise;
use crate::rain::Rain;
use crate::river::River;
use crate::script::Script;
use crate::tide::Tide;

/// The day that is simulated.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Day {
    /// Local time when the first value is asked for, seconds since a midnight.
    pub(crate) starts_s: f64,
    pub(crate) script: Option<Script>,
}

/// What a station sees in a step.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    /// The world's time at the end of the step, seconds.
    pub(crate) now: f64,
    /// The length of the step, seconds.
    pub(crate) dt: f64,
    pub(crate) local: Local,
    pub(crate) tide: &'a Tide,
    /// Rise of the upper river, metres.
    pub(crate) river_m: f64,
    /// Rain at the station, mm/h.
    pub(crate) rain_mm_h: f64,
    /// Wind ten metres above the ground, m/s.
    pub(crate) wind_m_s: f64,
    /// How strong the storm and the dust of a script are, 0 to 1.
    pub(crate) storm: f64,
    pub(crate) dust: f64,
    /// How strongly the scripted fire is felt here, 0 to 1.
    pub(crate) heat: f64,
    /// The same two minutes ahead: what a cable feels before there is smoke.
    pub(crate) ember: f64,
    /// How much water the fire brigade draws near by, 0 to 1.
    pub(crate) draw: f64,
}

/// The sky, and what is below it.
#[derive(Debug, Clone)]
pub(crate) struct Sky {
    day: Day,
    time_s: f64,
    /// When the first value is asked for.
    opening_s: f64,
    tide: Tide,
    rain: Rain,
    river: River,
    /// Where the mean rain is taken, km.
    samples: Vec<(f64, f64)>,
    /// Where a scripted fire burns, km.
    fire: (f64, f64),
    /// The storm's bands lie differently for each seed.
    bands: f64,
}

impl Sky {
    /// A sky that will have been going for `opening_s` when the first value is asked for. A fire burns at `fire`.
    pub(crate) fn new(seed: u64, day: Day, opening_s: f64, fire: (f64, f64)) -> Self {
        let grid = (-3..=3).flat_map(|x| (-3..=3).map(move |y| (f64::from(x) * 4.5, f64::from(y) * 5.5)));
        Self {
            day,
            time_s: 0.0,
            opening_s,
            tide: Tide::new(seed),
            rain: Rain::new(seed),
            river: River::default(),
            samples: grid.collect(),
            fire,
            bands: Noise::new(seed, 0x0053_4b59).between(0.0, 6.0),
        }
    }

    pub(crate) fn now(&self) -> f64 {
        self.time_s
    }

    /// Moves on.
    pub(crate) fn step(&mut self, dt: f64) {
        self.time_s += dt;
        self.rain.advance(self.time_s);
        let mean = self.samples.iter().map(|at| self.rain_mm_h(*at)).sum::<f64>() / self.samples.len() as f64;
        self.river.step(mean, dt);
    }

    /// A shower over a point, so that a demo does not begin under an empty sky.
    pub(crate) fn welcome(&mut self, at: (f64, f64)) {
        self.rain.welcome(at, self.time_s);
    }

    /// What a station at `at` (km) has seen in the last `dt` seconds.
    pub(crate) fn around(&self, at: (f64, f64), dt: f64) -> Around<'_> {
        let (now, t) = (self.time_s, self.time_s - self.opening_s);
        let local = Local::new(self.day.starts_s + t);
        let (storm, dust) = (self.strength(Script::Storm, t), self.strength(Script::Dust, t));
        let breeze = 3.5 + 1.6 * ((local.hour - 8.0) / 24.0 * std::f64::consts::TAU).sin() + (now / 1700.0).sin();
        Around {
            now,
            dt,
            local,
            tide: &self.tide,
            river_m: self.river.rise_m(now),
            rain_mm_h: self.rain_mm_h(at),
            wind_m_s: breeze + 17.0 * storm + 2.0 * dust,
            storm,
            dust,
            heat: self.heat(at, t),
            ember: self.heat(at, t + 120.0),
            draw: self.strength(Script::Fire, t) * near(at, self.fire, 0.9),
        }
    }

    fn strength(&self, script: Script, t: f64) -> f64 {
        if self.day.script == Some(script) { script.strength(t) } else { 0.0 }
    }

    /// A fire begins in one room and reaches the street.
    fn heat(&self, at: (f64, f64), t: f64) -> f64 {
        let strength = self.strength(Script::Fire, t);
        if strength == 0.0 { 0.0 } else { strength * near(at, self.fire, 0.05 + 0.1 * (t / 1500.0).clamp(0.0, 1.0)) }
    }

    fn rain_mm_h(&self, at: (f64, f64)) -> f64 {
        let storm = self.strength(Script::Storm, self.time_s - self.opening_s);
        let bands = 45.0 + 25.0 * (at.0 / 4.0 + at.1 / 6.0 + self.bands).sin();
        self.rain.mm_h(at, self.time_s) + storm * bands
    }
}

/// 1 at `centre`, fading over `km`.
fn near(at: (f64, f64), centre: (f64, f64), km: f64) -> f64 {
    (-((at.0 - centre.0).hypot(at.1 - centre.1) / km).powi(2)).exp()
}
