//! What all links of a simulation share: the world, the clock and a tally. The world is moved on in one place only.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chengshu_core::seam::SharedClock;

use crate::SimConfig;
use crate::world::{Value, World};

/// Real time between two steps of the world.
const TICK: Duration = Duration::from_secs(1);
/// Every so many ticks the tally is looked at.
const TALLY_TICKS: u64 = 30;

/// Handed to every link.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) config: Arc<SimConfig>,
    pub(crate) clock: SharedClock,
    pub(crate) tally: Arc<Tally>,
    world: Arc<Mutex<World>>,
}

impl Shared {
    pub(crate) fn new(config: SimConfig, clock: SharedClock, world: World) -> Self {
        Self { config: config.into(), clock, tally: Arc::default(), world: Arc::new(Mutex::new(world)) }
    }

    /// What a device measures now.
    pub(crate) fn values(&self, index: usize) -> Vec<Value> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner).values(index)
    }

    /// Whether a device has something to say that cannot wait.
    pub(crate) fn is_urgent(&self, index: usize) -> bool {
        self.world.lock().unwrap_or_else(PoisonError::into_inner).is_urgent(index)
    }

    pub(crate) fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX)
    }

    /// Moves the world on, `speed` seconds of it per second, and tells now and then how the links are.
    pub(crate) async fn turn(&self) {
        for tick in 1_u64.. {
            self.clock.sleep(TICK).await;
            let dt = TICK.as_secs_f64() * self.config.speed;
            self.world.lock().unwrap_or_else(PoisonError::into_inner).step(dt);
            if tick % TALLY_TICKS == 0 {
                self.tally.tell();
            }
        }
    }
}

/// Counts instead of a log line per link: two hundred links that fail together are one message.
#[derive(Default)]
pub(crate) struct Tally {
    sent: AtomicU64,
    up: AtomicU64,
    failures: AtomicU64,
    reason: Mutex<String>,
}

impl Tally {
    pub(crate) fn sent(&self) {
        self.sent.fetch_add(1, Relaxed);
    }

    pub(crate) fn failed(&self, error: &dyn Error) {
        self.failures.fetch_add(1, Relaxed);
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = error.to_string();
    }

    /// Counts a connection as up for as long as the answer is held.
    pub(crate) fn up(self: &Arc<Self>) -> Up {
        self.up.fetch_add(1, Relaxed);
        Up(Arc::clone(self))
    }

    fn tell(&self) {
        let (sent, links_up) = (self.sent.swap(0, Relaxed), self.up.load(Relaxed));
        let failures = self.failures.swap(0, Relaxed);
        tracing::debug!(sent, links_up, "simulated district");
        if failures > 0 {
            let reason = self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone();
            tracing::warn!(failures, links_up, reason, "simulated links fail and are tried again");
        }
    }
}

/// A connection that is up.
pub(crate) struct Up(Arc<Tally>);

impl Drop for Up {
    fn drop(&mut self) {
        self.0.up.fetch_sub(1, Relaxed);
    }
}
