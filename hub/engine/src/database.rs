//! Asks the database every two seconds whether it is there, so that an idle hub notices too. The loop's own commits
//! report as well; both say the same thing to the board.

use std::time::Duration;

use chengshu_core::seam::SharedClock;
use chengshu_store::{Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::board::Board;

const EVERY: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) async fn run(board: Board, store: Store, clock: SharedClock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        let answer = tokio::select! {
            answer = store.ping() => answer,
            () = clock.sleep(PATIENCE) => Err(StoreError::silent()),
        };
        board.database_report(answer.err().map(|error| error.database_words()), clock.now());
    }
}
