//! Loading: register, latest values, active alarms and trends come from the database before the first delivery is
//! taken, so that a restart shows the truth at once.

use std::sync::Arc;

use chengshu_core::model::{AlarmId, Timestamp};
use chengshu_rules::RuleBook;
use chengshu_store::{Store, StoreError};
use tokio::sync::Notify;

use crate::board::{Board, BoardState, DeviceSlot, Latest, LinkSlot};
use crate::kpi;
use crate::run::{Engine, Services};

impl Engine {
    /// Loads the board and makes the engine.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn load(services: Services) -> Result<Self, StoreError> {
        let Services { store, lease, themes, links, clock, options, metrics } = services;
        let book = Arc::new(RuleBook::new(&themes));
        let now = clock.now();
        let mut board = BoardState::new(lease.epoch, themes, now);
        board.links = links.into_iter().map(LinkSlot::new).collect();
        load_devices(&store, &mut board, &book, now).await?;
        load_latest(&store, &mut board, now).await?;
        let orphans = load_alarms(&store, &mut board).await?;
        let samples = store.kpi_since(Timestamp::from_ms(now.ms() - 86_400_000)).await?;
        board.kpis = kpi::slots(&board, &samples, now);
        let seq = board.seq();
        board.changes.forget_before(seq);
        metrics.database.set(1);
        let engine = Self {
            store,
            lease,
            board: Board::new(board),
            book,
            clock,
            options,
            metrics,
            outbox_wake: Arc::new(Notify::new()),
            dirty_next: None,
        };
        engine.withdraw(&orphans, now).await?;
        Ok(engine)
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
        let decided = series.latest.map(|latest| latest.as_of());
        for (_, state) in &mut series.rules {
            state.decided = decided;
        }
    }
    for slot in &mut board.devices {
        slot.judge(now);
    }
    Ok(())
}

/// Gives active alarms back to their rules; answers with those whose rule or device is no longer there.
async fn load_alarms(store: &Store, board: &mut BoardState) -> Result<Vec<AlarmId>, StoreError> {
    let mut orphans = Vec::new();
    for alarm in store.alarm_active().await? {
        let slot = board.by_name.get(&alarm.device).copied().and_then(|n| board.devices.get_mut(n as usize));
        let rules = slot.into_iter().flat_map(|slot| &mut slot.series).flat_map(|series| &mut series.rules);
        match rules.into_iter().find(|(rule, _)| rule.id == alarm.rule) {
            Some((_, state)) => {
                state.active = Some(alarm.id);
                board.alarms.insert(alarm.id, alarm);
            }
            None => orphans.push(alarm.id),
        }
    }
    Ok(orphans)
}
