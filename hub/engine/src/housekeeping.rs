//! Keeps bounded what is bounded, every ten minutes. A failure is logged and tried again the next time.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_store::Store;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(600);
const KPI_KEEP_MS: i64 = 31 * 86_400_000;
const REJECTED_KEEP: i64 = 200_000;

pub(crate) async fn run(store: Store, clock: SharedClock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        let before = Timestamp::from_ms(clock.now().ms() - KPI_KEEP_MS);
        match store.housekeeping(before, REJECTED_KEEP).await {
            Ok(rows) => tracing::debug!(rows, "housekeeping done"),
            Err(error) => {
                tracing::warn!(error = %error.database_words(), "housekeeping failed; it will be tried again")
            }
        }
    }
}
