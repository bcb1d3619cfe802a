//! Time passes for the silent too: once a second every device is judged anew, and links that changed are noticed.
//! Without this, a dead device would look alive until somebody asked.

use std::time::Duration;

use chengshu_core::seam::{LinkState, SharedClock};
use tokio_util::sync::CancellationToken;

use crate::EngineMetrics;
use crate::board::{Board, BoardState};

const EVERY: Duration = Duration::from_secs(1);

pub(crate) async fn run(board: Board, clock: SharedClock, metrics: EngineMetrics, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        let now = clock.now();
        let counts = board.write(|board| {
            sweep_devices(board, now);
            sweep_links(board, now);
            board.counts()
        });
        for (state, count) in
            [("live", counts.live), ("stale", counts.stale), ("offline", counts.offline), ("never", counts.never)]
        {
            metrics.devices.with_label_values(&[state]).set(i64::from(count));
        }
        board.read(|board| {
            for slot in board.links() {
                let up = slot.link.last_report().state == LinkState::Up;
                metrics.link.with_label_values(&[slot.link.id.as_str()]).set(i64::from(up));
            }
        });
    }
}

fn sweep_devices(board: &mut BoardState, now: chengshu_core::model::Timestamp) {
    let judged = board.devices.iter_mut().enumerate().filter_map(|(n, slot)| slot.judge(now).then_some(n as u32));
    let changed: Vec<u32> = judged.collect();
    board.devices_changed(changed, now);
}

/// Links count as changed once a second: their rate and lag move with time.
fn sweep_links(board: &mut BoardState, now: chengshu_core::model::Timestamp) {
    for slot in &mut board.links {
        slot.advance(now);
    }
    let seq = board.next_seq();
    board.links_changed = seq;
}
