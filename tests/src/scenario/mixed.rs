//! E01: everything at once for a while: load, walls, and one fault after the other. What was acknowledged is there at the
//! end, the ledger is even, and the hub has not grown.

use std::time::{Duration, Instant};

use super::kills::{KillReport, count, settle};
use super::ledger::even;
use crate::world::{Broker, Database, GUARD, Hub, Publisher, World, until};

/// What was done and found.
#[derive(Debug, Default)]
pub struct MixedReport {
    pub kills: KillReport,
    pub faults: u32,
    /// Slowest way back to `/readyz`.
    pub slowest_recovery: Duration,
    /// Memory after the warm-up and at the end, MB.
    pub memory_mb: (u64, u64),
}

const WALLS: usize = 50;
const ROUND: Duration = Duration::from_secs(60);

/// Runs for `minutes`, a fault a minute: hub killed, database ended, database silent, broker restarted.
pub fn mixed(minutes: u32, per_second: u64) -> anyhow::Result<MixedReport> {
    let world = World::new()?;
    let mut database = Database::start(&world)?;
    let (chaos, url) = database.behind_chaos()?;
    let mut broker = Broker::start(&world)?;
    let mut hub = Hub::with_config(&world, &format!("[database]\nurl = \"{url}\"\n{}", broker.section("")))?;
    let publisher = Publisher::start(broker.port, per_second);
    let mut report = MixedReport::default();
    for minute in 0..minutes {
        let round = Instant::now();
        let walls: Vec<_> = (0..WALLS).filter_map(|_| hub.stream("rate=4", None).ok()).collect();
        let readers: Vec<_> = walls
            .into_iter()
            .map(|mut stream| std::thread::spawn(move || while matches!(stream.next_event(), Ok(Some(_))) {}))
            .collect();
        std::thread::sleep(Duration::from_secs(20));
        if minute == 1 {
            report.memory_mb.0 = hub.memory() >> 20;
        }
        let fault = Instant::now();
        match minute % 4 {
            0 => {
                hub.kill();
                hub.up()?;
            }
            1 => {
                database.down();
                std::thread::sleep(Duration::from_secs(10));
                database.up()?;
            }
            2 => {
                chaos.fall_silent();
                std::thread::sleep(Duration::from_secs(10));
                chaos.heal();
            }
            _ => {
                broker.down(true);
                broker.up()?;
            }
        }
        until("the hub is of use again", GUARD, || hub.get("/readyz").ok())?;
        report.slowest_recovery = report.slowest_recovery.max(fault.elapsed());
        report.faults += 1;
        report.memory_mb.1 = hub.memory() >> 20;
        std::thread::sleep(ROUND.saturating_sub(round.elapsed()));
        drop(readers); // they end with the hub at the latest
    }
    report.kills.published = publisher.published();
    let acknowledged = publisher.finish();
    settle(&database, &acknowledged)?;
    count(&database, &acknowledged, &mut report.kills)?;
    report.kills.ledger = even(&hub, &database)?;
    report.kills.check()?;
    hub.stop()?;
    Ok(report)
}
