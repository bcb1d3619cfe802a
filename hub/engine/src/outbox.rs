//! Tells of alarms: a row was written with the transition, a wake-up makes it quick, polling makes it certain. The
//! listeners are the live streams, and the receivers, whose deliveries are written as the rows are deleted.

use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::AlarmId;
use chengshu_core::seam::SharedClock;
use chengshu_store::{Store, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::happenings::of_alarms;
use crate::patience::{PATIENCE, within};

const POLL: Duration = Duration::from_secs(5);
const PAGE: i64 = 1_000;

pub(crate) async fn run(
    board: Board,
    store: Store,
    clock: SharedClock,
    wake: Arc<Notify>,
    hooks: Arc<Notify>,
    stop: CancellationToken,
) {
    loop {
        match within(&clock, &store, PATIENCE, tell(&board, &store, &clock, &hooks)).await {
            Ok(told) if told as i64 == PAGE => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %error.database_words(), "alarms could not be told; tried again soon"),
        }
        tokio::select! {
            () = wake.notified() => {}
            () = clock.sleep(POLL) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Tells a page of rows in order, then deletes them.
async fn tell(board: &Board, store: &Store, clock: &SharedClock, hooks: &Notify) -> Result<usize, StoreError> {
    let rows = store.outbox_next(PAGE).await?;
    let Some((last, _)) = rows.last().copied() else { return Ok(0) };
    let ids: Vec<AlarmId> = rows.iter().map(|(_, id)| *id).collect();
    let alarms = store.alarm_get(&ids).await?;
    let now = clock.now();
    board.write(|board| {
        let mut devices = Vec::new();
        for id in &ids {
            let Some(alarm) = alarms.iter().find(|alarm| alarm.id == *id) else { continue };
            let seq = board.next_seq();
            board.changes.alarm_changed(seq, alarm.clone());
            devices.extend(board.by_name.get(&alarm.device).copied());
        }
        board.devices_changed(devices, now); // their gravest alarm has changed
    });
    let happenings = board.read(|board| of_alarms(board, &ids, &alarms, now));
    if store.outbox_done(last, &happenings, now).await? > 0 {
        hooks.notify_one();
    }
    Ok(rows.len())
}
