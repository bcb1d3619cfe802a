//! Keeps bounded what is bounded: folds the ledger once a minute, drops what need not be kept once an hour. A failure is
//! logged and tried again the next time.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_store::{Retention, Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::Keep;
use crate::board::Board;
use crate::patience::within;

const EVERY: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(300);
const DAY_MS: i64 = 86_400_000;
const KPI_KEEP_MS: i64 = 31 * DAY_MS;
const REJECTED_KEEP: i64 = 200_000;
const ROUNDS_AN_HOUR: u32 = 60;

pub(crate) async fn run(board: Board, store: Store, keep: Keep, clock: SharedClock, stop: CancellationToken) {
    let mut round = 0;
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        let work = async {
            let lines = store.ledger_fold().await?;
            tracing::debug!(lines, "ledger folded");
            if round == 0 { sweep(&board, &store, keep, clock.now()).await } else { Ok(()) }
        };
        if let Err(error) = within(&clock, &store, PATIENCE, work).await {
            tracing::warn!(error = %error.database_words(), "housekeeping failed; it will be tried again");
        }
        round = (round + 1) % ROUNDS_AN_HOUR;
    }
}

async fn sweep(board: &Board, store: &Store, keep: Keep, now: Timestamp) -> Result<(), StoreError> {
    let ago = |days: u32| Timestamp::from_ms(now.ms() - i64::from(days) * DAY_MS);
    let rows = store.housekeeping(Timestamp::from_ms(now.ms() - KPI_KEEP_MS), REJECTED_KEEP).await?;
    let themes = board.read(|board| board.themes.clone());
    let shorter = themes.iter().filter_map(|theme| Some((theme.id.clone(), theme.keep_readings_days?)));
    let retention = Retention {
        readings: ago(keep.reading_days),
        minutes: ago(keep.minute_days),
        hours: ago(keep.hour_days),
        themes: shorter.filter(|(_, days)| *days < keep.reading_days).map(|(theme, days)| (theme, ago(days))).collect(),
    };
    let (chunks, readings) = store.retention(&retention).await?;
    tracing::debug!(rows, chunks, readings, "housekeeping done");
    Ok(())
}
