//! When each device of a link speaks next. Pure: it is asked with the time and says who is due and when to ask again. A
//! device that sleeps between reports looks up now and then, and speaks at once when an alarm comes or goes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::noise::Noise;
use crate::plan::{Habit, SimDevice};

/// A sleepy device is so much slower than its kind: past the deadline for stale, short of that for offline.
const SLEEPY: u64 = 8;
/// How long a lapsing device talks before it lapses, ms, and for how many of its periods it then says nothing.
const TALK_MS: (f64, f64) = (420_000.0, 900_000.0);
const LAPSE: (f64, f64) = (18.0, 30.0);
/// Whoever has just connected speaks within this time, however long its period, ms.
const HELLO_MS: u64 = 20_000;
/// How often a sleeping device looks whether something has happened, and how often it speaks while it has, ms.
const LOOK_MS: u64 = 5_000;
const URGENT_MS: u64 = 60_000;

#[derive(Debug)]
struct Turn {
    report_at: u64,
    /// Whether it was in alarm when it last spoke.
    urgent: bool,
}

/// The devices of one link, by when they look up (ms of the monotonic clock).
#[derive(Debug)]
pub(crate) struct Schedule {
    looks: BinaryHeap<Reverse<(u64, usize)>>,
    turns: Vec<Turn>,
    noise: Noise,
    lapse_at: u64,
}

impl Schedule {
    /// Everybody speaks for the first time within one period of `now`, each at a moment of its own.
    pub(crate) fn new(devices: &[SimDevice], mut noise: Noise, now: u64) -> Self {
        let mut first =
            |device: &SimDevice| now + noise.between(0.0, device.kind.period_ms().min(HELLO_MS) as f64) as u64;
        let turns: Vec<Turn> = devices.iter().map(|device| Turn { report_at: first(device), urgent: false }).collect();
        let looks = turns.iter().enumerate().map(|(i, turn)| Reverse((turn.report_at, i))).collect();
        let lapse_at = now + noise.between(TALK_MS.0, TALK_MS.1) as u64;
        Self { looks, turns, noise, lapse_at }
    }

    /// The next to look up, and when, ms.
    pub(crate) fn next(&self) -> Option<(u64, usize)> {
        self.looks.peek().map(|Reverse(next)| *next)
    }

    /// Whether the next one speaks when it looks up, being in alarm or not.
    pub(crate) fn speaks(&self, urgent: bool) -> bool {
        let turn = self.next().and_then(|(due, index)| Some((due, self.turns.get(index)?)));
        turn.is_some_and(|(due, turn)| due >= turn.report_at || turn.urgent != urgent)
    }

    /// The next one has looked up at `now`, and spoken if it was to: it is due again after its period, give or take a
    /// tenth.
    pub(crate) fn looked(&mut self, devices: &[SimDevice], now: u64, urgent: bool) {
        let speaks = self.speaks(urgent);
        let Some(Reverse((due, index))) = self.looks.pop() else { return };
        let (Some(device), Some(turn)) = (devices.get(index), self.turns.get_mut(index)) else { return };
        if speaks {
            let mut wait = period_ms(device, urgent) as f64 * self.noise.between(0.9, 1.1);
            if device.habit == Habit::Lapsing && now >= self.lapse_at {
                wait = device.kind.period_ms() as f64 * self.noise.between(LAPSE.0, LAPSE.1);
                self.lapse_at = now + (wait + self.noise.between(TALK_MS.0, TALK_MS.1)) as u64;
            }
            // From when it was due, so that a slow broker does not make devices rarer; but nothing is caught up.
            *turn = Turn { report_at: (due + wait as u64).max(now), urgent };
        }
        let look = if device.kind.dozes() { (due + LOOK_MS).max(now) } else { u64::MAX };
        self.looks.push(Reverse((turn.report_at.min(look), index)));
    }
}

fn period_ms(device: &SimDevice, urgent: bool) -> u64 {
    let period = device.kind.period_ms();
    match device.habit {
        Habit::Sleepy => period * SLEEPY,
        _ if urgent => period.min(URGENT_MS),
        _ => period,
    }
}
