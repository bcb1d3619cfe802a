//! The loop: take what has piled up, make it durable, answer. One task, so that nothing has to be locked while it is
//! decided; it ends when it is told to, when no adapter is left, or when another hub has taken over.

use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::{Theme, Timestamp};
use chengshu_core::seam::{Handed, IntakeQueue, SharedClock};
use chengshu_rules::RuleBook;
use chengshu_store::{Lease, Store, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::checkpoint::Checkpoints;
use crate::register::Bounds;
use crate::{EngineMetrics, database, freshness, housekeeping, kpi, outbox};

/// How the engine works; every value has a key of the same name in the configuration.
#[derive(Debug, Clone, Copy)]
pub struct EngineOptions {
    /// Deliveries in one transaction at most.
    pub batch_max: usize,
    /// How long a batch that is not full waits for more.
    pub linger: Duration,
    /// Devices that may register themselves.
    pub devices_max: usize,
    /// Metrics that one device may have.
    pub metrics_per_device_max: usize,
    /// How often latest values are written down.
    pub checkpoint_every: Duration,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            batch_max: 5_000,
            linger: Duration::from_millis(10),
            devices_max: 200_000,
            metrics_per_device_max: 64,
            checkpoint_every: Duration::from_secs(5),
        }
    }
}

/// Why the engine ended without being asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Another hub writes to this database now.
    #[error("the engine stopped")]
    Store(#[from] StoreError),
}

/// The pipeline, loaded and ready to run.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) lease: Lease,
    pub(crate) board: Board,
    pub(crate) book: Arc<RuleBook>,
    pub(crate) clock: SharedClock,
    pub(crate) options: EngineOptions,
    pub(crate) metrics: EngineMetrics,
    pub(crate) outbox_wake: Arc<Notify>,
    /// Oldest device time noted in `dirty_next` since the last checkpoint began.
    pub(crate) dirty_next: Option<Timestamp>,
}

/// What the engine needs of the house.
pub struct Services {
    /// The database.
    pub store: Store,
    /// The right to write to it.
    pub lease: Lease,
    /// The themes.
    pub themes: Arc<[Theme]>,
    /// The links whose traffic is shown.
    pub links: Vec<Arc<chengshu_core::seam::Link>>,
    /// The one clock.
    pub clock: SharedClock,
    /// Settings.
    pub options: EngineOptions,
    /// Counters.
    pub metrics: EngineMetrics,
}

const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MOST: Duration = Duration::from_secs(2);
/// A transaction that takes longer than this is given up and tried again.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(30);

impl Engine {
    /// The picture that it keeps.
    #[must_use]
    pub fn board(&self) -> Board {
        self.board.clone()
    }

    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { devices: self.options.devices_max, metrics_per_device: self.options.metrics_per_device_max }
    }

    /// Runs until `stop`, and then until the adapters have gone and their last deliveries are durable.
    ///
    /// # Errors
    /// [`EngineError`] when it cannot go on.
    pub async fn run(mut self, mut queue: IntakeQueue, stop: CancellationToken) -> Result<(), EngineError> {
        let services = stop.child_token();
        let background = [
            tokio::spawn(freshness::run(self.board(), self.clock.clone(), self.metrics.clone(), services.clone())),
            tokio::spawn(kpi::run(self.board(), self.store.clone(), self.clock.clone(), services.clone())),
            tokio::spawn(database::run(self.board(), self.store.clone(), self.clock.clone(), services.clone())),
            tokio::spawn(housekeeping::run(self.store.clone(), self.clock.clone(), services.clone())),
            tokio::spawn(outbox::run(
                self.board(),
                self.store.clone(),
                self.clock.clone(),
                self.outbox_wake.clone(),
                services.clone(),
            )),
        ];
        let mut checkpoints = Checkpoints::new(self.clock.now());
        let mut handed = Vec::new();
        let result = loop {
            let due = self.clock.sleep_until(checkpoints.due(self.options.checkpoint_every));
            tokio::select! {
                taken = queue.take(&mut handed, self.options.batch_max) => {
                    if taken == 0 {
                        break Ok(()); // no adapter is left
                    }
                    self.gather(&mut queue, &mut handed).await;
                }
                () = due => {}
            }
            self.metrics.intake.set(i64::try_from(queue.fill().0).unwrap_or(i64::MAX));
            if !handed.is_empty()
                && let Err(error) = self.commit_or_retry(&mut handed, &stop).await
            {
                break Err(error);
            }
            if checkpoints.due(self.options.checkpoint_every) <= self.clock.now() {
                self.checkpoint(&mut checkpoints).await;
            }
        };
        services.cancel();
        for task in background {
            let _ = task.await;
        }
        if result.is_ok() {
            checkpoints.finish(&self.board).await;
            self.checkpoint(&mut checkpoints).await;
            checkpoints.finish(&self.board).await;
        }
        Ok(result?)
    }

    /// Waits a little for more, unless the batch is full.
    async fn gather(&self, queue: &mut IntakeQueue, handed: &mut Vec<Handed>) {
        let mut linger = self.clock.sleep(self.options.linger);
        while handed.len() < self.options.batch_max {
            let room = self.options.batch_max - handed.len();
            tokio::select! {
                biased;
                taken = queue.take(handed, room) => if taken == 0 { break },
                () = &mut linger => break,
            }
        }
    }

    /// Commits, and tries again for as long as the database is away. Deliveries that are still unsettled when the hub
    /// stops are dropped unanswered: their senders keep them.
    async fn commit_or_retry(&mut self, handed: &mut Vec<Handed>, stop: &CancellationToken) -> Result<(), StoreError> {
        let mut wait = RETRY_FIRST;
        loop {
            let clock = self.clock.clone();
            let result = tokio::select! {
                result = self.commit(handed) => result,
                () = clock.sleep(COMMIT_TIMEOUT) => Err(StoreError::silent()),
            };
            match result {
                Ok(()) => {
                    self.database_report(None);
                    return Ok(());
                }
                Err(error @ (StoreError::Unavailable(_) | StoreError::Data(_))) => {
                    tracing::warn!(error = %error.database_words(), deliveries = handed.len(), "database away; deliveries wait unacknowledged");
                    self.database_report(Some(error.database_words()));
                }
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = clock.sleep(wait) => wait = (wait * 2).min(RETRY_MOST),
                () = stop.cancelled() => {
                    handed.clear();
                    return Ok(());
                }
            }
        }
    }

    fn database_report(&self, reason: Option<String>) {
        self.metrics.database.set(i64::from(reason.is_none()));
        self.board.database_report(reason, self.clock.now());
    }
}
