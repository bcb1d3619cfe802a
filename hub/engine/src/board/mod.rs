//! The picture in memory: register, latest values, active alarms, links and key figures, each change with a number.
//! Written by the engine after its commits, read by everybody; nobody else writes it.

mod changes;
mod device;
mod habit;
mod ledger;
mod link;
mod state;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chengshu_core::model::{Alarm, Device, MetricId, Theme, Timestamp};
use chengshu_rules::RuleBook;
use chengshu_store::StoreError;
use tokio::sync::watch;

use crate::kpi;

pub use changes::Changes;
pub(crate) use device::Listener;
pub use device::{DeadlineFrom, DeviceSlot, Latest, RuleSlot, SeriesSlot, Silence};
pub use habit::Habit;
pub use ledger::{LedgerBook, LedgerEntry};
pub use link::{Arrival, LinkSlot};
pub use state::{BoardState, DatabaseReport, KpiSlot, StateCounts};

/// The rules of themes, which were checked when they were loaded.
pub(crate) fn book_of(themes: &[Theme]) -> RuleBook {
    let rules =
        themes.iter().flat_map(|theme| theme.rules.iter().map(|rule| (theme.id.clone(), Arc::new(rule.clone()))));
    let (book, faults) = RuleBook::new(rules);
    for (rule, faults) in faults {
        tracing::error!(%rule, ?faults, "a rule makes no sense and is left out");
    }
    book
}

/// The board as it is shared. Reading never waits for the database.
#[derive(Clone)]
pub struct Board {
    state: Arc<RwLock<BoardState>>,
    news: watch::Sender<u64>,
}

impl Board {
    /// A board around a first state.
    #[must_use]
    pub fn new(state: BoardState) -> Self {
        let news = watch::Sender::new(state.seq());
        Self { state: Arc::new(RwLock::new(state)), news }
    }

    /// A loaded board that no database filled: these devices with their series, these active alarms, and key figures
    /// without values; all of it changed at number 1. For the tests of whoever reads boards.
    #[must_use]
    pub fn drawn(
        themes: Arc<[Theme]>,
        devices: Vec<(Device, Vec<(MetricId, i32)>)>,
        alarms: Vec<Alarm>,
        now: Timestamp,
    ) -> Self {
        let book = book_of(&themes);
        let mut board = BoardState::new(1, themes.clone(), now);
        board.loaded = true;
        board.database = DatabaseReport { up: true, since: now, code: "ok", reason: None };
        for (device, series) in devices {
            let theme = themes.iter().find(|theme| theme.id == device.theme);
            let mut slot = DeviceSlot::new(device, theme, now);
            series.into_iter().for_each(|(metric, id)| slot.add_series(metric, id, &book));
            board.add_device(slot);
        }
        board.relink(&book);
        let numbers = 0..u32::try_from(board.devices.len()).unwrap_or(u32::MAX);
        board.devices_changed(numbers.collect(), now);
        let seq = board.seq();
        for alarm in alarms {
            board.changes.alarm_changed(seq, alarm.clone());
            board.alarms.insert(alarm.id, alarm);
        }
        board.kpis = kpi::slots(&board, &[], now);
        board.kpis.iter_mut().for_each(|slot| slot.changed = seq);
        Self::new(board)
    }

    /// Reads. Keep it short: the engine waits meanwhile.
    pub fn read<T>(&self, look: impl FnOnce(&BoardState) -> T) -> T {
        let state: RwLockReadGuard<'_, _> = self.state.read().unwrap_or_else(PoisonError::into_inner);
        look(&state)
    }

    /// Writes, then tells whoever waits for news.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut BoardState) -> T) -> T {
        let mut state: RwLockWriteGuard<'_, _> = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut state);
        let seq = state.seq();
        drop(state);
        self.news.send_if_modified(|last| std::mem::replace(last, seq) != seq);
        result
    }

    /// Notes whether the database answers; the moment is kept while that stays the same.
    pub(crate) fn database_report(&self, error: Option<&StoreError>, now: Timestamp) {
        let up = error.is_none();
        if up && self.read(|board| board.database.up) {
            return;
        }
        self.write(|board| {
            let since = if board.database.up == up { board.database.since } else { now };
            let code = match error {
                None => "ok",
                Some(error) if error.is_disk_full() => "disk_full",
                Some(_) if !board.loaded => "starting",
                Some(_) => "away",
            };
            board.database = DatabaseReport { up, since, code, reason: error.map(StoreError::database_words) };
        });
    }

    /// The number of the last change; changes whenever there is news.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }
}
