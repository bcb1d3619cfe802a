//! The real clock: the only place that asks the system what time it is.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chengshu_core::model::Timestamp;
use chengshu_core::seam::Clock;
use futures_util::future::BoxFuture;

/// The system's clock.
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// The system's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the one clock that all others stand for")]
    pub fn new() -> Self {
        Self { origin: Instant::now() }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock that all others stand for")]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}
