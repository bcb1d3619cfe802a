//! How long the engine waits for a database that has taken a question and says nothing. A connection that never answers
//! must stop nobody: whoever waited goes on, and the pools are made anew.

use std::time::Duration;

use chengshu_core::seam::SharedClock;
use chengshu_store::{Store, StoreError};

/// What a background question may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// Waits for `answer`, but not longer than `span`.
pub(crate) async fn within<T>(
    clock: &SharedClock,
    store: &Store,
    span: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::select! {
        answer = answer => answer,
        () = clock.sleep(span) => {
            store.renew();
            Err(StoreError::silent())
        }
    }
}
