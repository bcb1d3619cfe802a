//! Writes latest values down every few seconds, beside the loop so that no batch waits for it. The marks in the hub
//! row keep a restart exact in between (see store's latest.rs).

use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_store::{LatestRow, StoreError};
use tokio::task::JoinHandle;

use crate::board::{Board, BoardState};
use crate::patience::{PATIENCE, within};
use crate::run::Engine;

const CHECKPOINT_PATIENCE: Duration = Duration::from_secs(20);

type Written = (Vec<(u32, u32)>, Result<(), StoreError>);

/// When the next one is due, and the one under way.
pub(crate) struct Checkpoints {
    last: Timestamp,
    under_way: Option<JoinHandle<Written>>,
}

impl Checkpoints {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { last: now, under_way: None }
    }

    pub(crate) fn due(&self, every: Duration) -> Timestamp {
        self.last.after(every)
    }

    /// Waits for the one under way; what could not be written is dirty again.
    pub(crate) async fn finish(&mut self, board: &Board) {
        let Some(task) = self.under_way.take() else { return };
        match task.await {
            Ok((_, Ok(()))) => {}
            Ok((series, Err(error))) => {
                tracing::warn!(error = %error.database_words(), "checkpoint of latest values failed; it will be tried again");
                board.write(|board| make_dirty(board, &series));
            }
            Err(error) => tracing::error!(%error, "checkpoint of latest values broke off"),
        }
    }
}

impl Engine {
    /// Begins a checkpoint when its time has come.
    pub(crate) async fn checkpoint_if_due(&mut self, checkpoints: &mut Checkpoints) {
        if checkpoints.due(self.options.checkpoint_every) <= self.clock.now() {
            self.checkpoint(checkpoints).await;
        }
    }

    /// Begins a checkpoint unless the last one is still being written.
    pub(crate) async fn checkpoint(&mut self, checkpoints: &mut Checkpoints) {
        checkpoints.last = self.clock.now();
        if checkpoints.under_way.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        checkpoints.finish(&self.board).await;
        if self.board.read(|board| board.dirty.is_empty()) {
            return;
        }
        if let Err(error) = within(&self.clock, &self.store, PATIENCE, self.turn()).await {
            tracing::warn!(error = %error.database_words(), "checkpoint of latest values could not begin");
            return;
        }
        self.dirty_next = None;
        let (series, rows) = self.board.write(take_dirty);
        let habits = self.board.write(take_habits);
        let (store, clock) = (self.store.clone(), self.clock.clone());
        checkpoints.under_way = Some(tokio::spawn(async move {
            let result = within(&clock, &store, CHECKPOINT_PATIENCE, store.latest_checkpoint(&rows)).await;
            // what was learned of habits may be learned again: nothing depends on it being kept
            if result.is_ok()
                && !habits.is_empty()
                && let Err(error) = within(&clock, &store, PATIENCE, store.habit_put(&habits)).await
            {
                tracing::debug!(error = %error.database_words(), "habits could not be kept");
            }
            (series, result)
        }));
    }

    async fn turn(&self) -> Result<(), StoreError> {
        let mut tx = self.store.batch(self.lease).await?;
        tx.dirty_turn().await?;
        tx.commit().await
    }
}

fn take_dirty(board: &mut BoardState) -> (Vec<(u32, u32)>, Vec<LatestRow>) {
    let series = std::mem::take(&mut board.dirty);
    let mut rows = Vec::with_capacity(series.len());
    for (device, number) in &series {
        let slot = board.devices.get_mut(*device as usize).and_then(|slot| slot.series.get_mut(*number as usize));
        let Some(slot) = slot else { continue };
        slot.dirty = false;
        rows.extend(slot.latest.map(|latest| LatestRow {
            series: slot.id,
            at: latest.at,
            received: latest.received,
            value: latest.value,
            quality: latest.quality,
        }));
    }
    (series, rows)
}

/// Habits that have changed by more than a tenth since they were last written: short number, ms.
fn take_habits(board: &mut BoardState) -> Vec<(i32, i32)> {
    let news = |slot: &mut crate::board::DeviceSlot| {
        let pause = i32::try_from(slot.habit.pause_s()?).unwrap_or(i32::MAX).saturating_mul(1000);
        let near = slot.habit_kept_ms.abs_diff(pause) <= pause.unsigned_abs() / 10;
        (!near).then(|| {
            slot.habit_kept_ms = pause;
            (slot.num, pause)
        })
    };
    board.devices.iter_mut().filter_map(news).collect()
}

fn make_dirty(board: &mut BoardState, series: &[(u32, u32)]) {
    for (device, number) in series {
        let slot = board.devices.get_mut(*device as usize).and_then(|slot| slot.series.get_mut(*number as usize));
        if slot.is_some_and(|slot| !std::mem::replace(&mut slot.dirty, true)) {
            board.dirty.push((*device, *number));
        }
    }
}
