//! Asks the database every two seconds whether it is there, so that an idle hub notices too. The loop's own commits
//! report as well; both say the same thing to the board.

use std::time::Duration;

use chengshu_core::seam::SharedClock;
use chengshu_store::Store;
use tokio_util::sync::CancellationToken;

use crate::EngineMetrics;
use crate::board::Board;
use crate::patience::{PATIENCE, within};

const EVERY: Duration = Duration::from_secs(2);

pub(crate) async fn run(
    board: Board,
    store: Store,
    clock: SharedClock,
    metrics: EngineMetrics,
    stop: CancellationToken,
) {
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        let error = within(&clock, &store, PATIENCE, store.ping()).await.err();
        // A database that is there but not loaded from yet is not up for anybody.
        if error.is_some() || board.read(|board| board.loaded) {
            metrics.database.set(i64::from(error.is_none()));
            board.database_report(error.as_ref(), clock.now());
        }
    }
}
