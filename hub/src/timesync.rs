//! Whether the hub's own clock follows a time source. Asked of systemd's timedated, which reads the kernel's flag
//! whatever daemon sets it; where nobody can tell, the answer is "unknown", never "fine".

use std::time::Duration;

use chengshu_api::{ClockSync, SyncState};
use chengshu_core::seam::SharedClock;
use prometheus::IntGauge;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60);

/// Asks once a minute. The gauge says 1 synchronised, 0 not, -1 unknown.
pub async fn watch(sync: ClockSync, gauge: IntGauge, clock: SharedClock, stop: CancellationToken) {
    let mut last = None;
    loop {
        let state = ask(&clock).await;
        sync.set(state);
        gauge.set(match state {
            SyncState::Unknown => -1,
            SyncState::Synchronized => 1,
            SyncState::Unsynchronized => 0,
        });
        if last.replace(state) != Some(state) && state == SyncState::Unsynchronized {
            tracing::warn!(
                "the machine's clock follows no time source; times of arrival may be wrong (install chrony)"
            );
        }
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Asks now.
pub async fn ask(clock: &SharedClock) -> SyncState {
    let mut command = Command::new("timedatectl");
    command.args(["show", "--property=NTPSynchronized", "--value"]).kill_on_drop(true);
    let output = tokio::select! {
        output = command.output() => output,
        () = clock.sleep(Duration::from_secs(5)) => return SyncState::Unknown,
    };
    match output {
        Ok(output) if output.status.success() && output.stdout.starts_with(b"yes") => SyncState::Synchronized,
        Ok(output) if output.status.success() && output.stdout.starts_with(b"no") => SyncState::Unsynchronized,
        _ => SyncState::Unknown,
    }
}
