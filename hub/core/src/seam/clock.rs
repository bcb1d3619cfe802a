//! The one clock, handed in. The real one stands in package `chengshu`; tests hand in one that they move themselves.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::model::Timestamp;

/// Tells the time and waits for it.
pub trait Clock: Send + Sync {
    /// Now, by the hub's clock.
    fn now(&self) -> Timestamp;

    /// A span that never jumps, for measuring and for waiting; its zero means nothing.
    fn monotonic(&self) -> Duration;

    /// Waits for a span.
    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()>;

    /// Waits until `moment`; at once when it has passed.
    fn sleep_until(&self, moment: Timestamp) -> BoxFuture<'static, ()> {
        self.sleep(moment.wait_from(self.now()))
    }
}

/// The clock as it is handed around.
pub type SharedClock = Arc<dyn Clock>;
