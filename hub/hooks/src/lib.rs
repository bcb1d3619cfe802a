//! Webhooks: what happened is told to receivers outside, signed, until they have heard it or it has been tried for long
//! enough. The rows are written by the engine in the transactions of what they are about; this crate sends them. It
//! decides nothing of what is worth telling, but for one thing that no transaction knows of: that a device fell silent.

mod absence;
mod deliver;
mod send;
mod sign;

use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::AddressGuard;
use chengshu_core::seam::SharedClock;
use chengshu_engine::Board;
use chengshu_seal::Seal;
use chengshu_store::{Store, StoreError};
use prometheus::{IntCounterVec, Opts, Registry};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use sign::signature;

/// How webhooks are told.
#[derive(Debug, Clone)]
pub struct HookOptions {
    /// Where the hub may call.
    pub guard: AddressGuard,
    /// What has been tried in vain for so long is given up; it can be asked for again.
    pub give_up_after: Duration,
}

impl Default for HookOptions {
    fn default() -> Self {
        Self { guard: AddressGuard::default(), give_up_after: Duration::from_secs(86_400) }
    }
}

/// What the service needs of the house.
pub struct Hooks {
    /// The picture in memory, for devices that fall silent.
    pub board: Board,
    /// Where deliveries stand.
    pub store: Store,
    /// The one clock.
    pub clock: SharedClock,
    /// There is something new to tell.
    pub wake: Arc<Notify>,
    /// What opens the secrets that sign.
    pub seal: Seal,
    /// Settings.
    pub options: HookOptions,
    /// What came of attempts.
    pub metrics: HookMetrics,
}

/// Counters.
#[derive(Debug, Clone)]
pub struct HookMetrics {
    attempts: IntCounterVec,
}

impl HookMetrics {
    /// Counters in `registry`.
    ///
    /// # Errors
    /// [`prometheus::Error`] when the name is taken.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let words = "attempts to tell a webhook, by outcome: delivered, failed (tried again later), given_up";
        let attempts = IntCounterVec::new(Opts::new("chengshu_webhook_attempts_total", words), &["outcome"])?;
        registry.register(Box::new(attempts.clone()))?;
        Ok(Self { attempts })
    }
}

/// How long a question to the database may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs until `stop`. What is under way then is tried again by the next run.
pub async fn run(hooks: Hooks, stop: CancellationToken) {
    let work = async {
        while !hooks.board.read(|board| board.loaded) {
            hooks.clock.sleep(Duration::from_millis(500)).await; // there may be no table to read before
        }
        tokio::join!(deliver::run(&hooks), absence::run(&hooks), deliver::sweep(&hooks));
    };
    tokio::select! {
        () = work => {}
        () = stop.cancelled() => {}
    }
}

/// Waits for the database, but not for ever.
async fn within<T>(clock: &SharedClock, answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::select! {
        answer = answer => answer,
        () = clock.sleep(PATIENCE) => Err(StoreError::silent()),
    }
}
