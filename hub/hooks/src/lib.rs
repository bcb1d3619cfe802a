//! Telling people and programs outside (消息推送): what happened is told to receivers by webhook, e-mail, MQTT and the robots of
//! chats, until they have heard it or it has been tried for long enough. The rows are written by the engine in the
//! transactions of what they are about; this crate sends them. It decides nothing of what is worth telling, but for one
//! thing that no transaction knows of: that a device fell silent.

mod absence;
mod channel;
mod deliver;
mod line;
mod pace;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::AddressGuard;
use chengshu_core::seam::{NoticeSink, SharedClock};
use chengshu_engine::Board;
use chengshu_seal::Seal;
use chengshu_store::{Store, StoreError};
use prometheus::{IntCounterVec, Opts, Registry};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use channel::{MailSettings, MailTls, is_mailbox, signature};
pub use text::Sign;

/// How receivers are told.
#[derive(Debug, Clone)]
pub struct HookOptions {
    /// Where the hub may call.
    pub guard: AddressGuard,
    /// What has been tried in vain for so long is given up; it can be asked for again.
    pub give_up_after: Duration,
    /// So many messages a minute at most for a receiver that people read; beyond that many go in one.
    pub messages_per_minute: usize,
    /// The server for mails, if there is one.
    pub mail: Option<MailSettings>,
    /// Who says it: stands below what people read.
    pub sign: Sign,
}

impl Default for HookOptions {
    fn default() -> Self {
        Self {
            guard: AddressGuard::default(),
            give_up_after: Duration::from_secs(86_400),
            messages_per_minute: 20,
            mail: None,
            sign: Sign::default(),
        }
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
    /// What opens the secrets of receivers.
    pub seal: Seal,
    /// Brokers that alarms can be published at, by name.
    pub brokers: BTreeMap<String, NoticeSink>,
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
        let words =
            "attempts to tell a receiver, by channel and outcome: delivered, failed (tried again later), given_up";
        let attempts = Opts::new("chengshu_receiver_attempts_total", words);
        let attempts = IntCounterVec::new(attempts, &["channel", "outcome"])?;
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
