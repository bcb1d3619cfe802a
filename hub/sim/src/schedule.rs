//! When each device of a link speaks next. Pure: it is asked with the time and says who is due and when to ask again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::noise::Noise;
use crate::plan::{Habit, SimDevice};

/// A sleepy device's period, ms: longer than the deadline after which it is stale, shorter than that for offline.
const SLEEPY_MS: u64 = 45_000;
/// How long a lapsing device talks before it lapses, and how long it then says nothing, ms.
const TALK_MS: (f64, f64) = (420_000.0, 900_000.0);
const LAPSE_MS: (f64, f64) = (90_000.0, 150_000.0);

/// The devices of one link, by when they are due (ms of the monotonic clock).
#[derive(Debug)]
pub(crate) struct Schedule {
    due: BinaryHeap<Reverse<(u64, usize)>>,
    noise: Noise,
    lapse_at: u64,
}

impl Schedule {
    /// Everybody speaks for the first time within one period of `now`, each at a moment of its own.
    pub(crate) fn new(devices: &[SimDevice], mut noise: Noise, now: u64) -> Self {
        let first = |(i, device): (usize, &SimDevice)| {
            Reverse((now + noise.between(0.0, device.kind.period_ms() as f64) as u64, i))
        };
        let due = devices.iter().enumerate().map(first).collect();
        let lapse_at = now + noise.between(TALK_MS.0, TALK_MS.1) as u64;
        Self { due, noise, lapse_at }
    }

    /// The next to speak, and when, ms.
    pub(crate) fn next(&self) -> Option<(u64, usize)> {
        self.due.peek().map(|Reverse(next)| *next)
    }

    /// The next one has spoken at `now`: it is due again after its period, give or take a tenth.
    pub(crate) fn spoken(&mut self, devices: &[SimDevice], now: u64) {
        let Some(Reverse((due, index))) = self.due.pop() else { return };
        let Some(device) = devices.get(index) else { return };
        let period = if device.habit == Habit::Sleepy { SLEEPY_MS } else { device.kind.period_ms() };
        let mut wait = period as f64 * self.noise.between(0.9, 1.1);
        if device.habit == Habit::Lapsing && now >= self.lapse_at {
            wait = self.noise.between(LAPSE_MS.0, LAPSE_MS.1);
            self.lapse_at = now + (wait + self.noise.between(TALK_MS.0, TALK_MS.1)) as u64;
        }
        // From when it was due, so that a slow broker does not make devices rarer; but nothing is caught up.
        self.due.push(Reverse(((due + wait as u64).max(now), index)));
    }
}
