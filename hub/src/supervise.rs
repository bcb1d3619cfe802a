//! Keeps a part running: an adapter that ends or panics is started again after a growing pause, and nobody else
//! notices. A part cannot stop the process.

use std::time::Duration;

use chengshu_core::seam::{AdapterContext, AdapterFactory, LinkState};
use futures_util::FutureExt as _;
use rand::RngExt as _;

const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_MOST: Duration = Duration::from_secs(30);
/// One that ran for this long begins again with the first pause.
const HEALTHY: Duration = Duration::from_secs(60);

/// Runs an adapter until its context says stop.
pub async fn adapter(factory: AdapterFactory, context: AdapterContext) {
    let mut pause = PAUSE_FIRST;
    while !context.stop.is_cancelled() {
        let started = context.clock.monotonic();
        let link = &context.link;
        let run = std::panic::AssertUnwindSafe(factory(context.clone())).catch_unwind().await;
        let reason = match run {
            Ok(Ok(())) => "it ended by itself".to_owned(),
            Ok(Err(error)) => format!("{:#}", anyhow::Error::new(error)),
            Err(_) => "it panicked; the log has the place".to_owned(),
        };
        if context.stop.is_cancelled() {
            return;
        }
        if context.clock.monotonic() - started > HEALTHY {
            pause = PAUSE_FIRST;
        }
        tracing::error!(link = %link.id, reason, pause_s = pause.as_secs_f64(), "adapter ended; starting it again");
        link.report(LinkState::Down, Some(("adapter_ended", reason)), context.clock.now());
        let jitter = rand::rng().random_range(0.8..1.2);
        tokio::select! {
            () = context.clock.sleep(pause.mul_f64(jitter)) => pause = (pause * 2).min(PAUSE_MOST),
            () = context.stop.cancelled() => return,
        }
    }
}
