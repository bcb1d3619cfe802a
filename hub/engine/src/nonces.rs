//! Nonces (防重放随机数): which were used, so that a signed request passes once. Kept in a log of their own beside the
//! idempotency keys and read at the start: a replay does not pass after a restart either, nor after a kill, because a
//! nonce is fsynced before its request is handled.
//!
//! Bounded, and never forgetful to make room: a nonce goes only when there is no room **and** its time has passed by the
//! calendar and by the time that the hub has run, so that a clock that jumps forward and back frees none that could still be
//! used. When nothing may go, the next signed request is refused. What a clock that is set back by hours makes young again
//! is refused as long as its nonce is among those kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_spool::{Record, Spool, SpoolError};
use rustc_hash::FxHashSet;

use crate::keys::KeyHash;
use crate::spool::chain;

/// Room of the log, bytes: more than as many nonces as are kept need.
pub const NONCES_BYTES: u64 = 32 * 1024 * 1024;
/// Nonces at most: 166 signed requests a second for as long as one must be kept.
const MOST: usize = 100_000;
/// A nonce is kept for so long at least, by the time that the hub has run: both sides of its window.
const LEAST: Duration = Duration::from_secs(600);
const READ_RECORDS: usize = 10_000;
const READ_BYTES: usize = 4 * 1024 * 1024;

/// What became of a nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nonce {
    /// Nobody has used it before.
    Fresh,
    /// It was used.
    Used,
    /// There is no room to remember it.
    Full,
}

/// The nonce could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("the nonce could not be kept: {0}")]
pub struct NoncesError(String);

/// All nonces that may still be used.
#[derive(Clone)]
pub struct Nonces {
    state: Arc<Mutex<State>>,
    clock: SharedClock,
}

struct State {
    log: Spool,
    known: FxHashSet<KeyHash>,
    order: VecDeque<Kept>,
    most: usize,
}

struct Kept {
    seq: u64,
    nonce: KeyHash,
    /// It cannot be used after this, by the calendar.
    until: i64,
    /// When it came, by the time that the hub had run.
    came: Duration,
}

impl Nonces {
    /// Reads what `log` holds.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn open(log: Spool, clock: SharedClock) -> Result<Self, SpoolError> {
        Self::bounded(log, clock, MOST)
    }

    fn bounded(mut log: Spool, clock: SharedClock, most: usize) -> Result<Self, SpoolError> {
        let (mut known, mut order) = (FxHashSet::default(), VecDeque::new());
        // how long ago they came nobody knows any more: as if just now
        let came = clock.monotonic();
        let mut after = log.head();
        loop {
            let read = log.read(after, READ_RECORDS, READ_BYTES)?;
            let Some(last) = read.last() else { break };
            after = last.seq;
            for record in read {
                let Some((nonce, until)) = record.bytes.split_first_chunk::<16>() else { continue };
                let Ok(until) = until.try_into().map(i64::from_be_bytes) else { continue };
                known.insert(*nonce);
                order.push_back(Kept { seq: record.seq, nonce: *nonce, until, came });
            }
        }
        Ok(Self { state: Arc::new(Mutex::new(State { log, known, order, most })), clock })
    }

    /// Uses a nonce that must not come again until then.
    ///
    /// # Errors
    /// [`NoncesError`] when the disk refuses.
    pub async fn take(&self, nonce: KeyHash, until: Timestamp) -> Result<Nonce, NoncesError> {
        let (nonces, now, came) = (self.clone(), self.clock.now(), self.clock.monotonic());
        let taken = tokio::task::spawn_blocking(move || {
            let mut state = nonces.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.take(nonce, until, now, came).map_err(|error| NoncesError(chain(&error)))
        });
        taken.await.map_err(|error| NoncesError(error.to_string()))?
    }
}

impl State {
    fn take(&mut self, nonce: KeyHash, until: Timestamp, now: Timestamp, came: Duration) -> Result<Nonce, SpoolError> {
        if self.known.contains(&nonce) {
            return Ok(Nonce::Used);
        }
        if self.order.len() >= self.most {
            self.forget(now, came)?;
        }
        if self.order.len() >= self.most {
            return Ok(Nonce::Full);
        }
        let bytes = [&nonce[..], &until.ms().to_be_bytes()].concat();
        let record = Record { readings: 1, tag: 0, at_ms: now.ms(), bytes };
        let seq = self.log.append(std::slice::from_ref(&record))?.start;
        self.known.insert(nonce);
        self.order.push_back(Kept { seq, nonce, until: until.ms(), came });
        Ok(Nonce::Fresh)
    }

    /// Lets go of those that came first, as far as they can no longer be used.
    fn forget(&mut self, now: Timestamp, came: Duration) -> Result<(), SpoolError> {
        let over = |kept: &Kept| now.ms() > kept.until && came.saturating_sub(kept.came) > LEAST;
        let mut through = 0;
        while let Some(kept) = self.order.pop_front_if(|kept| over(kept)) {
            through = kept.seq;
            self.known.remove(&kept.nonce);
        }
        if through > 0 { self.log.release(through) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use chengshu_core::seam::Clock;
    use chengshu_spool::SpoolOptions;
    use futures_util::future::BoxFuture;

    use super::*;

    /// Calendar and running time, both set by hand.
    #[derive(Default)]
    struct Hands(AtomicI64, AtomicI64);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp::from_ms(self.0.load(Ordering::Relaxed))
        }

        fn monotonic(&self) -> Duration {
            Duration::from_millis(self.1.load(Ordering::Relaxed).unsigned_abs())
        }

        fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
            Box::pin(std::future::pending())
        }
    }

    fn open(dir: &std::path::Path, clock: &Arc<Hands>, most: usize) -> Nonces {
        let log = Spool::open(SpoolOptions::new(dir, 1 << 20)).unwrap().0;
        Nonces::bounded(log, clock.clone(), most).unwrap()
    }

    async fn take(nonces: &Nonces, n: u8, until: i64) -> Nonce {
        nonces.take([n; 16], Timestamp::from_ms(until)).await.unwrap()
    }

    #[tokio::test]
    async fn a_nonce_passes_once_also_after_a_restart() {
        let (dir, clock) = (tempfile::tempdir().unwrap(), Arc::new(Hands::default()));
        let nonces = open(dir.path(), &clock, 10);
        assert_eq!(take(&nonces, 1, 300_000).await, Nonce::Fresh);
        assert_eq!(take(&nonces, 1, 300_000).await, Nonce::Used);
        assert_eq!(take(&nonces, 2, 300_000).await, Nonce::Fresh);
        drop(nonces);
        let nonces = open(dir.path(), &clock, 10);
        assert_eq!(take(&nonces, 1, 300_000).await, Nonce::Used);
        assert_eq!(take(&nonces, 2, 300_000).await, Nonce::Used);
        assert_eq!(take(&nonces, 3, 300_000).await, Nonce::Fresh);
    }

    #[tokio::test]
    async fn only_what_cannot_be_used_any_more_makes_room() {
        let (dir, clock) = (tempfile::tempdir().unwrap(), Arc::new(Hands::default()));
        let nonces = open(dir.path(), &clock, 3);
        for n in 1..=3 {
            assert_eq!(take(&nonces, n, 300_000).await, Nonce::Fresh);
        }
        assert_eq!(take(&nonces, 4, 300_000).await, Nonce::Full, "none is over");
        // the calendar jumps an hour ahead: nothing is freed by that alone
        clock.0.store(3_600_000, Ordering::Relaxed);
        assert_eq!(take(&nonces, 4, 3_900_000).await, Nonce::Full);
        clock.0.store(0, Ordering::Relaxed);
        assert_eq!(take(&nonces, 1, 300_000).await, Nonce::Used, "and back");
        // the hub has run for long enough, but by the calendar they are still good
        clock.1.store(600_001, Ordering::Relaxed);
        assert_eq!(take(&nonces, 4, 300_000).await, Nonce::Full);
        clock.0.store(300_001, Ordering::Relaxed);
        assert_eq!(take(&nonces, 4, 600_000).await, Nonce::Fresh);
        assert_eq!(take(&nonces, 4, 600_000).await, Nonce::Used);
        drop(nonces);
        let nonces = open(dir.path(), &clock, 3);
        assert_eq!(take(&nonces, 4, 600_000).await, Nonce::Used, "what stands behind those that went is kept");
    }
}
