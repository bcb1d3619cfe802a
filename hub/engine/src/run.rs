//! The loop: take what has piled up, make it durable, answer. One task, so that nothing has to be locked while it is
//! decided; it ends when it is told to, when no adapter is left, or when another hub has taken over.
//!
//! There are two ways to be durable: straight into the database, or, when that has not answered for two seconds, into
//! the spool. Once the spool is in use everything goes through it, in order, until it is empty again.

use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::{Theme, Timestamp};
use chengshu_core::seam::{IntakeQueue, SharedClock};
use chengshu_rules::RuleBook;
use chengshu_store::{Lease, Store, StoreError};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::batch::Attempts;
use crate::board::Board;
use crate::checkpoint::Checkpoints;
use crate::command::{Command, Commands};
use crate::inlet::Inlet;
use crate::register::{Bounds, Unknown};
use crate::rollups::Rollups;
use crate::spool::SharedSpool;
use crate::taps::Taps;
use crate::{EngineMetrics, database, freshness, housekeeping, kpi, outbox, rollups, timers};

/// How the engine works; every value has a key of the same name in the configuration.
#[derive(Debug, Clone, Copy)]
pub struct EngineOptions {
    /// Deliveries in one transaction at most.
    pub batch_max: usize,
    /// How long a batch that is not full waits for more.
    pub linger: Duration,
    /// What becomes of a device that nobody entered.
    pub unknown: Unknown,
    /// Devices that may register themselves.
    pub devices_max: usize,
    /// Metrics that one device may have.
    pub metrics_per_device_max: usize,
    /// How often latest values are written down.
    pub checkpoint_every: Duration,
    /// A database that has not answered for so long is away: deliveries go to the spool.
    pub spool_after: Duration,
    /// How long things are kept.
    pub keep: Keep,
}

/// How long readings and rollups are kept, in days; themes may keep their readings for less.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// Readings.
    pub reading_days: u32,
    /// Minutes of the rollups.
    pub minute_days: u32,
    /// Hours of the rollups. Days are kept for ever.
    pub hour_days: u32,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            batch_max: 5_000,
            linger: Duration::from_millis(10),
            unknown: Unknown::Accept,
            devices_max: 200_000,
            metrics_per_device_max: 64,
            checkpoint_every: Duration::from_secs(5),
            spool_after: Duration::from_secs(2),
            keep: Keep { reading_days: 365, minute_days: 730, hour_days: 3650 },
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

/// The pipeline.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) lease: Lease,
    pub(crate) holder: String,
    pub(crate) board: Board,
    pub(crate) book: Arc<RuleBook>,
    pub(crate) clock: SharedClock,
    pub(crate) options: EngineOptions,
    pub(crate) metrics: EngineMetrics,
    pub(crate) outbox_wake: Arc<Notify>,
    /// There are new deliveries for receivers.
    pub(crate) hooks_wake: Arc<Notify>,
    /// Oldest device time noted in `dirty_next` since the last checkpoint began.
    pub(crate) dirty_next: Option<Timestamp>,
    pub(crate) attempts: Attempts,
    /// The sums in memory must be learned anew: a commit whose answer was lost turned out to have happened.
    pub(crate) ledger_unsure: bool,
    pub(crate) spool: SharedSpool,
    /// The last record of the spool that is in the database.
    pub(crate) drained: u64,
    pub(crate) rollups: Rollups,
    pub(crate) taps: Taps,
    commands: Commands,
    requests: Option<mpsc::Receiver<Command>>,
}

/// What the engine needs of the house.
pub struct Services {
    /// The database.
    pub store: Store,
    /// How this hub signs the lease.
    pub holder: String,
    /// The themes.
    pub themes: Arc<[Theme]>,
    /// The links whose traffic is shown.
    pub links: Vec<Arc<chengshu_core::seam::Link>>,
    /// Where deliveries are kept while the database is away.
    pub spool: chengshu_spool::Spool,
    /// The one clock.
    pub clock: SharedClock,
    /// Settings.
    pub options: EngineOptions,
    /// Counters.
    pub metrics: EngineMetrics,
}

const RETRY_FIRST: Duration = Duration::from_millis(100);

/// What both ways of working go on with.
struct Work {
    inlet: Inlet,
    checkpoints: Checkpoints,
    requests: mpsc::Receiver<Command>,
    stop: CancellationToken,
}

/// How a way of working ended.
enum Turn {
    /// The other way has to go on.
    Other,
    /// No adapter is left, or the hub stops.
    End,
}

impl Engine {
    /// An engine with an empty board; nobody is called yet.
    #[must_use]
    pub fn new(services: Services) -> Self {
        let Services { store, holder, themes, links, spool, clock, options, metrics } = services;
        let (commands, requests) = Commands::channel();
        let board = crate::start::empty_board(themes.clone(), links, clock.now());
        board.write(|board| board.unknown = options.unknown);
        metrics.database.set(0);
        Self {
            store,
            lease: Lease { epoch: 0 },
            holder,
            board,
            book: Arc::new(crate::board::book_of(&themes)),
            clock,
            options,
            metrics,
            outbox_wake: Arc::new(Notify::new()),
            hooks_wake: Arc::new(Notify::new()),
            dirty_next: None,
            attempts: Attempts::default(),
            ledger_unsure: false,
            drained: spool.head(),
            spool: SharedSpool::new(spool),
            rollups: Rollups::default(),
            taps: Taps::default(),
            commands,
            requests: Some(requests),
        }
    }

    /// The picture that it keeps.
    #[must_use]
    pub fn board(&self) -> Board {
        self.board.clone()
    }

    /// The spool, to be shown.
    #[must_use]
    pub fn spool(&self) -> SharedSpool {
        self.spool.clone()
    }

    /// Which rollups are true.
    #[must_use]
    pub fn rollups(&self) -> Rollups {
        self.rollups.clone()
    }

    /// The raw messages of devices that somebody looks at.
    #[must_use]
    pub fn taps(&self) -> Taps {
        self.taps.clone()
    }

    /// Where people's commands go.
    #[must_use]
    pub fn commands(&self) -> Commands {
        self.commands.clone()
    }

    /// Wakes whoever delivers to receivers.
    #[must_use]
    pub fn hooks_wake(&self) -> Arc<Notify> {
        Arc::clone(&self.hooks_wake)
    }

    pub(crate) fn bounds(&self) -> Bounds {
        let EngineOptions { unknown, devices_max, metrics_per_device_max, .. } = self.options;
        Bounds { unknown, devices: devices_max, metrics_per_device: metrics_per_device_max }
    }

    /// Runs until `stop`, and then until the adapters have gone and their last deliveries are durable.
    ///
    /// # Errors
    /// [`EngineError`] when it cannot go on.
    pub async fn run(mut self, queue: IntakeQueue, stop: CancellationToken) -> Result<(), EngineError> {
        let services = stop.child_token();
        let mut background = self.watchers(&services);
        let requests = self.requests.take().unwrap_or_else(|| Commands::channel().1);
        let mut work =
            Work { inlet: Inlet::new(queue), checkpoints: Checkpoints::new(self.clock.now()), requests, stop };
        // Before the board is loaded, everything goes through the spool.
        let mut spooling = true;
        let result = loop {
            let turn = if spooling { self.by_spool(&mut work).await } else { self.directly(&mut work).await };
            match turn {
                Ok(Turn::Other) => {
                    if background.len() < 4 {
                        background.extend(self.workers(&services));
                    }
                    spooling = !spooling;
                }
                Ok(Turn::End) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        services.cancel();
        for task in background {
            let _ = task.await;
        }
        if result.is_ok() && !spooling {
            work.checkpoints.finish(&self.board).await;
            self.checkpoint(&mut work.checkpoints).await;
            work.checkpoints.finish(&self.board).await;
        }
        Ok(result?)
    }

    /// What runs from the first moment on.
    fn watchers(&self, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
        let (clock, store) = (|| self.clock.clone(), || self.store.clone());
        let (metrics, spool, rollups) = (self.metrics.clone(), self.spool(), self.rollups());
        let told = freshness::Told { metrics, spool, rollups };
        vec![
            tokio::spawn(freshness::run(self.board(), clock(), told, stop.clone())),
            tokio::spawn(database::run(self.board(), store(), clock(), self.metrics.clone(), stop.clone())),
        ]
    }

    /// What needs a loaded board.
    fn workers(&self, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
        let (clock, store) = (|| self.clock.clone(), || self.store.clone());
        let keep = self.options.keep;
        let (wake, hooks) = (self.outbox_wake.clone(), self.hooks_wake());
        vec![
            tokio::spawn(kpi::run(self.board(), store(), clock(), stop.clone())),
            tokio::spawn(housekeeping::run(self.board(), store(), keep, clock(), stop.clone())),
            tokio::spawn(rollups::run(self.rollups(), store(), self.lease, clock(), stop.clone())),
            tokio::spawn(outbox::run(self.board(), store(), clock(), wake, hooks, stop.clone())),
        ]
    }

    /// Straight into the database, for as long as it answers.
    async fn directly(&mut self, work: &mut Work) -> Result<Turn, StoreError> {
        let Work { inlet, checkpoints, requests, stop } = work;
        self.listens_from(self.clock.now());
        let mut look = self.clock.now();
        loop {
            if look <= self.clock.now() {
                self.pass_time().await?;
                look = self.clock.now().after(timers::EVERY);
            }
            let time = self.clock.sleep_until(look);
            let due = self.clock.sleep_until(checkpoints.due(self.options.checkpoint_every));
            tokio::select! {
                taken = inlet.take(self.options.batch_max) => {
                    if taken == 0 {
                        return Ok(Turn::End);
                    }
                    self.gather(inlet).await;
                }
                Some(command) = requests.recv() => self.obey(command).await?,
                () = due => {}
                () = time => {}
            }
            self.metrics.intake.set(i64::try_from(inlet.queue.fill().0).unwrap_or(i64::MAX));
            if !inlet.jobs.is_empty() && !self.commit_or_away(inlet, stop).await? {
                return Ok(Turn::Other);
            }
            self.checkpoint_if_due(checkpoints).await;
        }
    }

    /// Into the spool and out of it again, until it is empty and the database answers.
    async fn by_spool(&mut self, work: &mut Work) -> Result<Turn, StoreError> {
        let Work { inlet, checkpoints, requests, stop } = work;
        let (spool, board, clock) = (self.spool.clone(), self.board(), self.clock.clone());
        let (most, taps) = (self.options.batch_max, self.taps.clone());
        let (ending, late) = (stop.clone(), clock.clone());
        let full_at_stop = async move {
            ending.cancelled().await;
            late.sleep(Duration::from_secs(5)).await; // the adapters end first; what they still bring fits or does not
        };
        tokio::select! {
            drained = self.drain(checkpoints) => drained.map(|_door| Turn::Other),
            () = inlet.fill(spool, board, clock, &taps, most) => Ok(Turn::End),
            () = full_at_stop => Ok(Turn::End),
            () = Command::refuse_all(requests) => Ok(Turn::End),
        }
    }

    /// Waits a little for more, unless the batch is full.
    async fn gather(&self, inlet: &mut Inlet) {
        let mut linger = self.clock.sleep(self.options.linger);
        while inlet.jobs.len() < self.options.batch_max {
            tokio::select! {
                biased;
                taken = inlet.take(self.options.batch_max) => if taken == 0 { break },
                () = &mut linger => break,
            }
        }
    }

    /// Commits, and tries again for as long as the database may be away; false when it has been away for longer.
    /// Nothing is lost then: what was not answered stays in the inlet.
    async fn commit_or_away(&mut self, inlet: &mut Inlet, stop: &CancellationToken) -> Result<bool, StoreError> {
        let clock = self.clock.clone();
        let mut deadline = clock.sleep(self.options.spool_after);
        let mut wait = RETRY_FIRST;
        loop {
            let result = tokio::select! {
                result = self.commit(&mut inlet.jobs) => result,
                () = &mut deadline => {
                    self.store.renew();
                    self.away(&StoreError::silent());
                    return Ok(false);
                }
            };
            match result {
                Ok(()) => {
                    self.database_report(None);
                    return Ok(true);
                }
                Err(error @ (StoreError::Unavailable(_) | StoreError::Data(_))) => self.away(&error),
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = clock.sleep(wait) => wait *= 2,
                () = &mut deadline => return Ok(false),
                () = stop.cancelled() => return Ok(false), // no time to wait: the spool takes it
            }
        }
    }

    /// The database did not do what was asked.
    pub(crate) fn away(&self, error: &StoreError) {
        tracing::warn!(error = %error.database_words(), "database away");
        self.database_report(Some(error));
    }

    pub(crate) fn database_report(&self, error: Option<&StoreError>) {
        self.metrics.database.set(i64::from(error.is_none()));
        self.board.database_report(error, self.clock.now());
    }
}
