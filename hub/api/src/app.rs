//! What every handler may reach: the board, the store, the clock, and what the hub says of itself.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chengshu_access::{Limiter, Rate};
use chengshu_audit::Keeper;
use chengshu_core::model::{AddressGuard, Label, Net};
use chengshu_core::seam::SharedClock;
use chengshu_engine::{Board, Commands, Engine, Replayer, Rollups, SharedSpool, Taps};
use chengshu_evidence::Shelf;
use chengshu_store::Store;
use prometheus::Registry;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::backups::Backups;
use crate::decode::FieldProtocol;
use crate::ingest::Door;
use crate::orders::CommandSet;
use crate::register::battery::Paces;
use crate::tls::Tls;
use crate::trail::Trails;
use chengshu_identity::Identities;
use chengshu_sso::Sso;

/// Exports at once; a workbook counts for two.
const EXPORTS: usize = 4;
/// People and walls that are remembered with what they asked.
const ASKERS: usize = 10_000;

/// What the hub says of itself.
#[derive(Debug, Clone)]
pub struct About {
    /// Version of the program.
    pub version: &'static str,
    /// True when the data is simulated.
    pub demo: bool,
    /// Division code of the district (GB/T 2260).
    pub district_code: String,
    /// Its name.
    pub district_name: Label,
}

/// Bounds of what a client may ask.
#[derive(Debug, Clone, Copy)]
pub struct ApiLimits {
    /// A request that is not answered within this gets a 503.
    pub request_timeout: Duration,
    /// Requests under way at once; one more is shed.
    pub concurrent: usize,
    /// Live streams at once.
    pub streams: usize,
    /// Connections at once; one more waits until another ends.
    pub connections: usize,
    /// Requests of one person or one wall. Services have quotas of their own.
    pub rate: Rate,
}

impl Default for ApiLimits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(10),
            concurrent: 256,
            streams: 512,
            connections: 8192,
            // a wall that opens asks some sixty times at once
            rate: Rate { per_second: 50.0, burst: 500.0 },
        }
    }
}

/// Whether the hub's own clock follows a time source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncState {
    /// Nobody on this machine can tell.
    Unknown,
    /// It does.
    Synchronized,
    /// It does not: times of arrival may be wrong.
    Unsynchronized,
}

/// The last answer to that question, shared with whoever asks the system.
#[derive(Debug, Clone, Default)]
pub struct ClockSync(Arc<AtomicU8>);

impl ClockSync {
    /// Notes an answer.
    pub fn set(&self, state: SyncState) {
        let code = match state {
            SyncState::Unknown => 0,
            SyncState::Synchronized => 1,
            SyncState::Unsynchronized => 2,
        };
        self.0.store(code, Ordering::Relaxed);
    }

    /// The last answer.
    #[must_use]
    pub fn get(&self) -> SyncState {
        match self.0.load(Ordering::Relaxed) {
            1 => SyncState::Synchronized,
            2 => SyncState::Unsynchronized,
            _ => SyncState::Unknown,
        }
    }
}

/// What the configuration has for receivers (推送渠道).
#[derive(Debug, Clone, Default)]
pub struct Outlets {
    /// There is a server to send mails with.
    pub email: bool,
    /// Brokers that alarms can be published at, by name.
    pub brokers: Vec<String>,
    /// So many messages a minute at most for a receiver that people read.
    pub messages_per_minute: usize,
}

/// The state behind all handlers.
#[derive(Clone)]
pub struct App {
    /// The picture in memory.
    pub board: Board,
    /// The database, for readers.
    pub store: Store,
    /// The spool, to be shown.
    pub spool: SharedSpool,
    /// Which rollups are true.
    pub rollups: Rollups,
    /// Where people's commands go.
    pub commands: Commands,
    /// Raw messages of devices that somebody looks at.
    pub taps: Taps,
    /// Tries again what was set aside.
    pub replayer: Replayer,
    /// Takes what is sent by HTTP.
    pub ingest: Door,
    /// The one clock.
    pub clock: SharedClock,
    /// Ends live streams when the hub stops.
    pub stop: CancellationToken,
    /// What the hub says of itself.
    pub about: Arc<About>,
    /// Bounds.
    pub limits: ApiLimits,
    /// Counters.
    pub registry: Registry,
    /// Whether the clock follows a time source.
    pub clock_sync: ClockSync,
    /// What is known of backups; whoever makes them puts theirs here.
    pub backups: Backups,
    /// What the devices of each link can be asked, by its name.
    pub command_sets: Arc<BTreeMap<String, CommandSet>>,
    /// Wakes whoever sends commands to devices.
    pub orders_wake: Arc<Notify>,
    /// Field protocols at the workbench.
    pub protocols: Arc<[FieldProtocol]>,
    /// Wakes whoever delivers to receivers.
    pub hooks_wake: Arc<Notify>,
    /// Where webhooks and robots may point; whoever sends them has the same.
    pub guard: AddressGuard,
    /// What the configuration has for receivers.
    pub outlets: Arc<Outlets>,
    /// The door speaks TLS; none: plain HTTP.
    pub tls: Option<Tls>,
    /// Proxies that are believed when they say whom a request comes from.
    pub trusted_proxies: Arc<[Net]>,
    /// Where exports grow that cannot be streamed.
    pub scratch: PathBuf,
    /// Photos and, later, other files that belong to what the database tells.
    pub evidence: Arc<Shelf>,
    /// Who people, services and walls are.
    pub identities: Identities,
    /// Where devices come to the managed broker; none when the hub runs none.
    pub device_doors: Arc<[String]>,
    /// Providers of single sign-on.
    pub sso: Sso,
    /// Where browsers reach the hub, if that was said: `https://hub.example`.
    pub public_url: Option<Arc<str>>,
    /// Keeps the audit.
    pub audit: Keeper,
    /// The way to the audit.
    pub(crate) trails: Arc<Trails>,
    /// Places for exports.
    pub(crate) exports: Arc<Semaphore>,
    /// How fast batteries empty.
    pub(crate) paces: Paces,
    /// What each person and each wall has left to ask.
    pub(crate) askers: Arc<Mutex<Limiter<String>>>,
    pub(crate) streams: Arc<AtomicUsize>,
}

impl App {
    /// The state; `identities` knows who holds which key.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one thing that the handlers reach; a builder would hide that"
    )]
    #[must_use]
    pub fn new(
        engine: &Engine,
        store: Store,
        replayer: Replayer,
        ingest: Door,
        clock: SharedClock,
        stop: CancellationToken,
        about: About,
        limits: ApiLimits,
        registry: Registry,
        clock_sync: ClockSync,
        evidence: Arc<Shelf>,
        identities: Identities,
        audit: Keeper,
    ) -> Self {
        Self {
            board: engine.board(),
            spool: engine.spool(),
            rollups: engine.rollups(),
            commands: engine.commands(),
            taps: engine.taps(),
            replayer,
            ingest,
            store,
            clock,
            stop,
            about: Arc::new(about),
            limits,
            registry,
            clock_sync,
            backups: Backups::default(),
            command_sets: Arc::default(),
            orders_wake: Arc::default(),
            protocols: Arc::from([]),
            hooks_wake: engine.hooks_wake(),
            guard: AddressGuard::default(),
            outlets: Arc::default(),
            tls: None,
            trusted_proxies: Arc::from([]),
            scratch: std::env::temp_dir(),
            evidence,
            identities,
            device_doors: Arc::from([]),
            sso: Sso::default(),
            public_url: None,
            audit,
            trails: Arc::default(),
            exports: Arc::new(Semaphore::new(EXPORTS)),
            paces: Paces::default(),
            askers: Arc::new(Mutex::new(Limiter::new(limits.rate, ASKERS))),
            streams: Arc::new(AtomicUsize::new(0)),
        }
    }
}
