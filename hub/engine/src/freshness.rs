//! Time passes for the silent too: four times a second those devices are judged whose time has come, and once a second
//! links that changed are noticed. Without this, a dead device would look alive until somebody asked.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_core::seam::{LinkState, SharedClock};
use tokio_util::sync::CancellationToken;

use crate::EngineMetrics;
use crate::board::{Board, BoardState};
use crate::rollups::Rollups;
use crate::spool::SharedSpool;

const EVERY: Duration = Duration::from_millis(250);
const LINKS_EVERY: u32 = 4;
/// Less than this is drift that a time source corrects.
const STEP_MS: i64 = 1_500;

/// What is told besides the board, once a second.
pub(crate) struct Told {
    pub(crate) metrics: EngineMetrics,
    pub(crate) spool: SharedSpool,
    pub(crate) rollups: Rollups,
}

pub(crate) async fn run(board: Board, clock: SharedClock, told: Told, stop: CancellationToken) {
    let mut turn = 0;
    let mut last = (clock.now(), clock.monotonic());
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        let now = clock.now();
        let step = step(last, (now, clock.monotonic()));
        last = (now, clock.monotonic());
        if step != 0 {
            tracing::warn!(step_ms = step, "the hub's clock was set; what was heard keeps its age");
            board.write(|board| board.clock_was_set(step, now));
        }
        turn = (turn + 1) % LINKS_EVERY;
        // looked for under the lock for reading: most of the time nobody's time has come
        let overdue = board.read(|board| board.overdue(now));
        if !overdue.is_empty() {
            board.write(|board| sweep_devices(board, &overdue, now));
        }
        if turn == 0 {
            board.write(|board| sweep_links(board, now));
            tell(&board, &told, now);
        }
    }
}

/// By how much the wall clock was set since the last look, ms; 0 when it only ran.
fn step(last: (Timestamp, Duration), now: (Timestamp, Duration)) -> i64 {
    let ran = i64::try_from(now.1.saturating_sub(last.1).as_millis()).unwrap_or(i64::MAX);
    let step = now.0.since(last.0).saturating_sub(ran);
    if step.abs() > STEP_MS { step } else { 0 }
}

fn tell(board: &Board, Told { metrics, spool, rollups }: &Told, now: Timestamp) {
    let gauge = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let status = spool.status();
    metrics.spool.set(gauge(status.bytes));
    metrics.spool_lost.set(gauge(status.lost.records));
    metrics.rollup_lag.set(rollups.true_until().map_or(0, |until| now.since(until).max(0) / 1000));
    board.read(|board| {
        let counts = board.counts();
        for (state, count) in
            [("live", counts.live), ("stale", counts.stale), ("offline", counts.offline), ("never", counts.never)]
        {
            metrics.devices.with_label_values(&[state]).set(i64::from(count));
        }
        for slot in board.links() {
            let up = slot.link.last_report().state == LinkState::Up;
            let link = slot.link.id.as_str();
            metrics.link.with_label_values(&[link]).set(i64::from(up));
            if let Some(peers) = slot.link.peer_count() {
                metrics.peers.with_label_values(&[link]).set(gauge(peers));
            }
            for (code, count) in slot.link.deviations() {
                metrics.deviations.with_label_values(&[link, code]).set(gauge(count));
            }
            let entry = board.ledger.entry(&slot.link, spool);
            for (outcome, items) in [
                ("received", entry.received),
                ("stored", entry.sums.stored),
                ("duplicate", entry.sums.duplicate),
                ("conflict", entry.sums.conflict),
                ("rejected", entry.sums.rejected.values().sum()),
                ("spooled", entry.spooled),
                ("in_flight", entry.in_flight),
            ] {
                metrics.ledger.with_label_values(&[link, outcome]).set(gauge(items));
            }
        }
    });
}

fn sweep_devices(board: &mut BoardState, overdue: &[u32], now: Timestamp) {
    let changed: Vec<u32> = overdue.iter().copied().filter(|number| board.judge(*number, now)).collect();
    board.devices_changed(changed, now);
}

/// Links count as changed once a second: their rate and lag move with time.
fn sweep_links(board: &mut BoardState, now: Timestamp) {
    for slot in &mut board.links {
        slot.advance(now);
    }
    let seq = board.next_seq();
    board.links_changed = seq;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_told_from_one_that_runs() {
        let at = |ms: i64, mono: u64| (Timestamp::from_ms(ms), Duration::from_millis(mono));
        assert_eq!(step(at(10_000, 500), at(10_250, 750)), 0);
        assert_eq!(step(at(10_000, 500), at(11_000, 750)), 0, "drift");
        assert_eq!(step(at(10_000, 500), at(3_610_250, 750)), 3_600_000);
        assert_eq!(step(at(10_000_000, 500), at(6_400_250, 750)), -3_600_000);
        assert_eq!(step(at(10_000, 500), at(70_000, 60_500)), 0, "the machine slept: time passed for everybody");
    }
}
