//! D01 and D07: the hub killed or stopped again and again under load. What the broker acknowledged to the publisher is
//! owed by the hub, whatever happens to it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rand::RngExt as _;

use super::ledger::{Sums, even};
use crate::world::{Broker, Database, GUARD, Hub, Obligation, Publisher, World, until};

/// What a round of kills left behind.
#[derive(Debug, Default)]
pub struct KillReport {
    pub rounds: u32,
    pub published: u64,
    pub acknowledged: usize,
    pub stored: usize,
    /// Acknowledged but not stored: must be 0.
    pub lost: usize,
    /// Rows beyond one per number: must be 0.
    pub duplicate_rows: usize,
    /// Rows that nobody published: must be 0.
    pub foreign_rows: usize,
    /// From the start of the process to the first fresh reading, slowest round.
    pub slowest_fresh: Duration,
    /// Slowest end after SIGTERM.
    pub slowest_stop: Duration,
    /// The ledger at rest.
    pub ledger: Sums,
}

/// SIGKILL at a random moment, `rounds` times.
pub fn hub_kills(rounds: u32, per_second: u64) -> anyhow::Result<KillReport> {
    rounds_of(rounds, per_second, |hub, report| {
        std::thread::sleep(Duration::from_millis(rand::rng().random_range(200..2_500)));
        hub.kill();
        let _ = report;
        Ok(())
    })
}

/// SIGTERM under load, `rounds` times.
pub fn hub_stops(rounds: u32, per_second: u64) -> anyhow::Result<KillReport> {
    rounds_of(rounds, per_second, |hub, report| {
        std::thread::sleep(Duration::from_millis(700));
        report.slowest_stop = report.slowest_stop.max(hub.stop()?);
        Ok(())
    })
}

fn rounds_of(
    rounds: u32,
    per_second: u64,
    mut end: impl FnMut(&mut Hub, &mut KillReport) -> anyhow::Result<()>,
) -> anyhow::Result<KillReport> {
    let world = World::new()?;
    let database = Database::start(&world)?;
    let broker = Broker::start(&world)?;
    let mut hub = Hub::start(&world, &database, &broker)?;
    let mut report = KillReport { rounds, ..KillReport::default() };
    let publisher = Publisher::start(broker.port, per_second);
    for _ in 0..rounds {
        end(&mut hub, &mut report)?;
        let before = publisher.published();
        let start = Instant::now();
        hub.up()?;
        until("a reading published after the start is seen", GUARD, || {
            newest(&hub).filter(|newest| *newest >= before)
        })?;
        report.slowest_fresh = report.slowest_fresh.max(start.elapsed());
    }
    report.published = publisher.published();
    let acknowledged = publisher.finish();
    settle(&database, &acknowledged)?;
    count(&database, &acknowledged, &mut report)?;
    report.ledger = even(&hub, &database)?;
    hub.stop()?;
    Ok(report)
}

/// The largest number among the latest values.
fn newest(hub: &Hub) -> Option<u64> {
    let latest = hub.get("/api/v1/latest?theme=test").ok()?;
    let devices = latest["devices"].as_array()?.iter();
    devices.filter_map(|device| device["metrics"]["x"]["value"].as_f64()).map(|value| (value * 8.0) as u64).max()
}

/// Waits until everything that is owed has arrived, or nothing more comes.
pub(super) fn settle(database: &Database, acknowledged: &HashSet<u64>) -> anyhow::Result<()> {
    let mut last = (-1, Instant::now());
    loop {
        let rows = database.count("SELECT count(*) FROM reading")?;
        if rows as usize >= acknowledged.len() {
            return Ok(());
        }
        if rows != last.0 {
            last = (rows, Instant::now());
        }
        if last.1.elapsed() > Duration::from_secs(15) {
            return Ok(()); // the count will say what is missing
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

pub(super) fn count(database: &Database, acknowledged: &HashSet<u64>, report: &mut KillReport) -> anyhow::Result<()> {
    let rows = database.rows()?;
    let mut stored = HashSet::new();
    for (device, _, value) in &rows {
        match Obligation::number(device, *value) {
            None => report.foreign_rows += 1,
            Some(n) if !stored.insert(n) => report.duplicate_rows += 1,
            Some(_) => {}
        }
    }
    report.acknowledged = acknowledged.len();
    report.stored = stored.len();
    report.lost = acknowledged.difference(&stored).count();
    Ok(())
}

impl KillReport {
    /// What must hold whatever the machine.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.acknowledged > 0, "nothing was published: {self:?}");
        anyhow::ensure!(self.lost == 0 && self.duplicate_rows == 0 && self.foreign_rows == 0, "{self:?}");
        Ok(())
    }
}
