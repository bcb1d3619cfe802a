//! What the clock does to a city: local time, working hours on building sites, and things that happen now and then. It
//! reads no clock; the world's time is handed in.

use crate::noise::Noise;

const DAY_S: f64 = 86_400.0;

/// A moment in local time (北京时间).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Local {
    /// 0 to 24.
    pub(crate) hour: f64,
    day: i64,
}

impl Local {
    /// From seconds since some local midnight.
    pub(crate) fn new(s: f64) -> Self {
        Self { hour: s.rem_euclid(DAY_S) / 3600.0, day: (s / DAY_S).floor() as i64 }
    }

    /// Whether the limits of the day hold for noise: 06 to 22 h (GB 12523-2011).
    pub(crate) fn is_day(self) -> bool {
        (6.0..22.0).contains(&self.hour)
    }

    /// How busy a building site is, 0 to 1. One with a night shift pours concrete until two, every third night.
    pub(crate) fn work(self, night_shift: bool) -> f64 {
        let evening = if self.hour < 2.0 { self.day - 1 } else { self.day };
        match self.hour {
            h if (7.0..11.5).contains(&h) || (13.5..18.0).contains(&h) => 1.0,
            h if (11.5..13.5).contains(&h) => 0.2,
            h if (18.0..21.0).contains(&h) => 0.35,
            h if night_shift && !(2.0..22.0).contains(&h) && evening.rem_euclid(3) == 0 => 0.6,
            _ => 0.0,
        }
    }

    /// How much water and power people use, 0 to 1: most in the morning and in the evening.
    pub(crate) fn demand(self) -> f64 {
        let peak = |at: f64| (-((self.hour - at) / 1.8).powi(2)).exp();
        (0.25 + 0.6 * peak(7.5) + 0.75 * peak(19.5)).min(1.0)
    }

    /// Air in the shade, ℃.
    pub(crate) fn celsius(self) -> f64 {
        25.0 + 4.5 * ((self.hour - 9.0) / 24.0 * std::f64::consts::TAU).sin()
    }
}

/// Something that comes back: for `lasts_s` in every `every_s`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pulse {
    every_s: f64,
    lasts_s: f64,
    phase_s: f64,
}

impl Pulse {
    /// At a moment of its own.
    pub(crate) fn new(every_s: f64, lasts_s: f64, noise: &mut Noise) -> Self {
        Self { every_s, lasts_s, phase_s: noise.between(0.0, every_s) }
    }

    /// Whether it is there.
    pub(crate) fn is_on(self, now: f64) -> bool {
        (now + self.phase_s).rem_euclid(self.every_s) < self.lasts_s
    }
}
