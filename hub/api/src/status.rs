//! What the hub says of itself: version, district, clock, database, and how many devices can be believed.

use axum::extract::State;
use chengshu_access::{Object, Right, Scope};
use chengshu_core::model::DeviceState;
use chengshu_engine::{BoardState, SharedSpool, SpoolState, StateCounts};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::{App, SyncState};
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;
use crate::view::{LabelView, Written};

/// The district.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DistrictView<'a> {
    /// Division code (GB/T 2260).
    code: &'a str,
    name: LabelView<'a>,
}

/// The database.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DatabaseView<'a> {
    /// up or down.
    state: &'static str,
    /// Since when, ms since 1970.
    since: i64,
    /// Stable code of what is wrong: starting, away, disk_full; `ok` while it answers.
    code: &'static str,
    /// The same in words; null for whoever has not the right see_operation.
    reason: Option<&'a str>,
}

/// Where deliveries are kept while the database is away.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SpoolView {
    /// empty, spooling, draining, full or failing.
    state: &'static str,
    records: u64,
    /// Readings (and other items of the ledger) in it.
    readings: u64,
    bytes: u64,
    bytes_max: u64,
    /// When the oldest of them arrived, ms since 1970.
    oldest: Option<i64>,
    /// Records lost to damage of its files, ever.
    lost: u64,
    /// Why it fails; null for whoever has not the right see_operation.
    reason: Option<String>,
}

impl SpoolView {
    pub(crate) fn new(spool: &SharedSpool, database_up: bool, full: bool) -> Self {
        let (state, status) = spool.report(database_up);
        let (state, reason) = match state {
            SpoolState::Empty => ("empty", None),
            SpoolState::Spooling => ("spooling", None),
            SpoolState::Draining => ("draining", None),
            SpoolState::Full => ("full", None),
            SpoolState::Failing(code, words) => ("failing", Some(format!("{code}: {words}"))),
        };
        Self {
            state,
            records: status.records,
            readings: status.readings,
            bytes: status.bytes,
            bytes_max: status.bytes_max,
            oldest: status.oldest_at_ms,
            lost: status.lost.records,
            reason: reason.filter(|_| full),
        }
    }
}

/// The hub's clock.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ClockView {
    /// Whether it follows a time source; null when nobody on the machine can tell.
    synchronized: Option<bool>,
}

/// Devices by state, of those that the caller sees.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CountsView {
    live: u32,
    stale: u32,
    offline: u32,
    never: u32,
}

/// The hub.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StatusView<'a> {
    product: &'static str,
    version: &'static str,
    /// True: the data is simulated.
    demo: bool,
    district: DistrictView<'a>,
    /// The hub's time, ms since 1970.
    now: i64,
    /// When it started, ms since 1970.
    started: i64,
    /// Numbers of changes of another epoch mean nothing.
    epoch: String,
    database: DatabaseView<'a>,
    spool: SpoolView,
    clock: ClockView,
    devices: CountsView,
}

impl<'a> StatusView<'a> {
    pub(crate) fn new(app: &'a App, board: &'a BoardState, who: &Who) -> Self {
        let counts = counts(board, &who.scope);
        let now = app.clock.now();
        let full = who.has(Right::SeeOperation, now);
        Self {
            product: "chengshu",
            version: app.about.version,
            demo: app.about.demo,
            district: DistrictView { code: &app.about.district_code, name: (&app.about.district_name).into() },
            now: now.ms(),
            started: board.started.ms(),
            epoch: board.epoch.to_string(),
            database: DatabaseView {
                state: if board.database.up { "up" } else { "down" },
                since: board.database.since.ms(),
                code: board.database.code,
                reason: board.database.reason.as_deref().filter(|_| full),
            },
            spool: SpoolView::new(&app.spool, board.database.up, full),
            clock: ClockView {
                synchronized: match app.clock_sync.get() {
                    SyncState::Unknown => None,
                    SyncState::Synchronized => Some(true),
                    SyncState::Unsynchronized => Some(false),
                },
            },
            devices: CountsView {
                live: counts.live,
                stale: counts.stale,
                offline: counts.offline,
                never: counts.never,
            },
        }
    }
}

fn counts(board: &BoardState, scope: &Scope) -> StateCounts {
    if *scope == Scope::All {
        return board.counts();
    }
    let mine = board.devices().iter().filter(|slot| slot.device.registration.counts());
    let mine = mine.filter(|slot| scope.covers(&Object::device(&slot.device)));
    mine.fold(StateCounts::default(), |mut counts, slot| {
        let count = match slot.state {
            DeviceState::Live => &mut counts.live,
            DeviceState::Stale => &mut counts.stale,
            DeviceState::Offline => &mut counts.offline,
            DeviceState::Never => &mut counts.never,
        };
        *count += 1;
        counts
    })
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Written, Problem> {
    app.board.read(|board| Written::json(&StatusView::new(&app, board, &who)))
}
