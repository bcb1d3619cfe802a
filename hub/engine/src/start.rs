//! Loading: register, latest values, active alarms and trends come from the database before the first delivery is
//! taken, so that a restart shows the truth at once.

use std::sync::Arc;

use chengshu_core::model::{AlarmId, Theme, Timestamp};
use chengshu_core::seam::Link;
use chengshu_rules::{Active, RuleBook};
use chengshu_store::{Store, StoreError};

use crate::board::{Board, BoardState, DatabaseReport, DeviceSlot, Habit, Latest, LedgerBook, LinkSlot};
use crate::kpi;
use crate::patience::within;
use crate::recall;
use crate::run::Engine;

/// A board that knows nothing yet but its themes and links.
pub(crate) fn empty_board(themes: Arc<[Theme]>, links: Vec<Arc<Link>>, now: Timestamp) -> Board {
    let mut board = BoardState::new(0, themes, now);
    board.links = links.into_iter().map(LinkSlot::new).collect();
    board.database = DatabaseReport { up: false, since: now, code: "starting", reason: None };
    Board::new(board)
}

impl Engine {
    /// Prepares the database and loads the board from it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: try again. Anything else needs a person.
    pub async fn load(&mut self) -> Result<(), StoreError> {
        self.store.prepare().await?;
        let (store, now) = (self.store.clone(), self.clock.now());
        self.lease = store.lease_take(&self.holder).await?;
        let themes = self.board.read(|board| board.themes.clone());
        let mut fresh = BoardState::new(self.lease.epoch, themes, now);
        load_devices(&store, &mut fresh, &self.book, now).await?;
        load_latest(&store, &mut fresh, now).await?;
        let orphans = load_alarms(&store, &mut fresh).await?;
        fresh.relink(&self.book);
        recall::states(&store, &mut fresh).await?;
        recall::memory(&store, &mut fresh, now).await?;
        recall::waiting(&store, &mut fresh).await?;
        let samples = store.kpi_since(Timestamp::from_ms(now.ms() - 86_400_000)).await?;
        fresh.kpis = kpi::slots(&fresh, &samples, now);
        fresh.ledger = LedgerBook::loaded(store.ledger_totals().await?);
        for (id, minutes) in store.rollup_dirty_all().await? {
            self.rollups.note(id, &minutes);
        }
        self.learn_marks().await?;
        self.withdraw(&orphans, now).await?;
        match store.compression().await {
            Ok(on) => tracing::debug!(on, "compression of old readings"),
            Err(error) => tracing::warn!(error = %error.database_words(), "compression could not be switched on"),
        }
        self.board.write(|board| {
            fresh.links = std::mem::take(&mut board.links);
            fresh.started = board.started;
            fresh.unknown = board.unknown;
            fresh.loaded = true;
            let seq = fresh.seq();
            fresh.changes.forget_before(seq);
            *board = fresh;
        });
        self.metrics.database.set(1);
        Ok(())
    }

    pub(crate) async fn load_within(&mut self, span: std::time::Duration) -> Result<(), StoreError> {
        let (clock, store) = (self.clock.clone(), self.store.clone());
        within(&clock, &store, span, self.load()).await
    }

    /// What the last hub left: how far its spool was drained, and its last attempt at a batch.
    async fn learn_marks(&mut self) -> Result<(), StoreError> {
        let tx = self.store.batch(self.lease).await?;
        let (id, through) = tx.marks.spool;
        // The newest record that may have been committed unheard is told by this; anything else has been heard of.
        self.attempts.committed = 0;
        if id == self.spool.id() && self.spool.head() < through.cast_unsigned() {
            let through = through.cast_unsigned();
            self.drained = self.drained.max(through);
            if let Err(error) = self.spool.release_old(through).await {
                tracing::error!(%error, "drained records could not be removed from the spool");
            }
        }
        Ok(())
    }

    /// Ends alarms whose rule has gone since the last run.
    async fn withdraw(&self, alarms: &[AlarmId], now: Timestamp) -> Result<(), StoreError> {
        if alarms.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.batch(self.lease).await?;
        tx.alarm_withdraw(alarms, now).await?;
        tx.outbox_add(alarms).await?;
        tx.commit().await
    }
}

async fn load_devices(
    store: &Store,
    board: &mut BoardState,
    book: &RuleBook,
    now: Timestamp,
) -> Result<(), StoreError> {
    let themes = board.themes.clone();
    for stored in store.device_all().await? {
        let theme = themes.iter().find(|theme| theme.id == stored.device.theme);
        let mut slot = DeviceSlot::new(stored.device, theme, now);
        slot.gone = stored.online_at.filter(|_| slot.device.online == Some(false));
        slot.said = stored.online_at;
        slot.num = stored.num;
        slot.habit_kept_ms = stored.habit_ms.unwrap_or(0);
        if let Some(habit) = stored.habit_ms.and_then(|ms| u64::try_from(ms).ok()) {
            slot.habit = Habit::learned(std::time::Duration::from_millis(habit));
        }
        board.add_device(slot);
    }
    for series in store.series_all().await? {
        let number = board.by_name.get(&series.device).copied();
        if let Some(slot) = number.and_then(|number| board.devices.get_mut(number as usize)) {
            slot.add_series(series.metric, series.id, book);
        }
    }
    Ok(())
}

async fn load_latest(store: &Store, board: &mut BoardState, now: Timestamp) -> Result<(), StoreError> {
    let mut by_series = rustc_hash::FxHashMap::default();
    for (device, slot) in board.devices.iter().enumerate() {
        by_series.extend(slot.series.iter().enumerate().map(|(n, series)| (series.id, (device, n))));
    }
    for row in store.latest_load().await? {
        let Some((device, n)) = by_series.get(&row.series).copied() else { continue };
        let slot = &mut board.devices[device];
        let latest = Latest { at: row.at, received: row.received, value: row.value, quality: row.quality };
        let heard = latest.as_of();
        slot.heard = Some(slot.heard.map_or(heard, |known| known.max(heard)));
        let series = &mut slot.series[n];
        series.consider(latest);
        let (decided, own) = (latest.as_of(), series.own.clone());
        let lag_ms = row.received.since(row.at).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        for (rule, _) in own {
            if let Some(rule) = slot.rules.get_mut(usize::from(rule)) {
                rule.state.decided = rule.state.decided.max(Some(decided));
                (rule.state.value, rule.state.lag_ms) = (row.value, lag_ms);
            }
        }
        let heard = slot.heard;
        for rule in slot.rules.iter_mut().filter(|rule| rule.rule.is_silence()) {
            rule.state.decided = heard;
        }
    }
    for number in 0..board.devices.len() {
        board.judge(number as u32, now);
    }
    Ok(())
}

/// Gives active alarms back to their rules; answers with those whose rule or device is no longer there.
async fn load_alarms(store: &Store, board: &mut BoardState) -> Result<Vec<AlarmId>, StoreError> {
    let mut orphans = Vec::new();
    for alarm in store.alarm_active().await? {
        let slot = board.by_name.get(&alarm.device).copied().and_then(|n| board.devices.get_mut(n as usize));
        let rules = slot.into_iter().flat_map(|slot| &mut slot.rules);
        match rules.into_iter().find(|rule| rule.rule.rule().id == alarm.rule) {
            Some(rule) => {
                rule.state.active = Some(Active { alarm: alarm.id, severity: alarm.severity });
                board.alarms.insert(alarm.id, alarm);
            }
            None => orphans.push(alarm.id),
        }
    }
    Ok(orphans)
}
