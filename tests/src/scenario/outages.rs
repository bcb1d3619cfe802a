//! D02 and D05: the database or the broker goes away under load and comes back. The hub stays up, says so, and loses
//! nothing that the broker still had.

use std::time::{Duration, Instant};

use super::kills::{KillReport, count, settle};
use super::ledger::even;
use crate::world::{Broker, Database, GUARD, Hub, Publisher, World, until};

/// What outages left behind.
#[derive(Debug, Default)]
pub struct OutageReport {
    pub kills: KillReport,
    /// From the outage to `/readyz` saying so, slowest.
    pub slowest_degraded: Duration,
    /// From the end of the outage to `/readyz` being content again, slowest.
    pub slowest_recovered: Duration,
}

/// The database is ended with SIGQUIT for `down`, `rounds` times.
pub fn database_outages(rounds: u32, per_second: u64, down: Duration) -> anyhow::Result<OutageReport> {
    let world = World::new()?;
    let mut database = Database::start(&world)?;
    let broker = Broker::start(&world)?;
    let mut hub = Hub::start(&world, &database, &broker)?;
    let publisher = Publisher::start(broker.port, per_second);
    let mut report = OutageReport::default();
    for _ in 0..rounds {
        std::thread::sleep(Duration::from_millis(500));
        database.down();
        let start = Instant::now();
        until("the hub says that the database is away", GUARD, || degraded(&hub, "database_down"))?;
        report.slowest_degraded = report.slowest_degraded.max(start.elapsed());
        std::thread::sleep(down.saturating_sub(start.elapsed()));
        database.up()?;
        let start = Instant::now();
        until("the hub is content again", GUARD, || hub.get("/readyz").ok())?;
        report.slowest_recovered = report.slowest_recovered.max(start.elapsed());
    }
    anyhow::ensure!(hub.running(), "the hub ended\n{}", hub.log());
    finish(publisher, &database, &mut report, rounds)?;
    report.kills.ledger = even(&hub, &database)?;
    hub.stop()?;
    Ok(report)
}

/// The broker is restarted, keeping its sessions or forgetting them. What was published while nobody listened is not
/// owed; what the hub must do is subscribe again and go on.
pub fn broker_outages(rounds: u32, keep_sessions: bool) -> anyhow::Result<Duration> {
    let world = World::new()?;
    let database = Database::start(&world)?;
    let mut broker = Broker::start(&world)?;
    let hub = Hub::start(&world, &database, &broker)?;
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        broker.down(keep_sessions);
        until("the hub says that the link is down", GUARD, || degraded(&hub, "link_down"))?;
        if !keep_sessions {
            broker.forget()?;
        }
        broker.up()?;
        let start = Instant::now();
        let value = f64::from(round) + 0.5;
        until("a value published after the outage is seen", GUARD, || {
            publish_once(broker.port, value).ok()?;
            hub.latest("T-1", "x").filter(|seen| *seen == value)
        })?;
        slowest = slowest.max(start.elapsed());
    }
    Ok(slowest)
}

fn publish_once(port: u16, value: f64) -> anyhow::Result<()> {
    let mut command = std::process::Command::new("mosquitto_pub");
    let payload = format!("{{\"x\":{value}}}");
    command.args([
        "-h",
        "127.0.0.1",
        "-p",
        &port.to_string(),
        "-q",
        "1",
        "-t",
        "city/test/T-1/telemetry",
        "-m",
        &payload,
    ]);
    anyhow::ensure!(command.status()?.success(), "mosquitto_pub failed");
    Ok(())
}

fn degraded(hub: &Hub, code: &str) -> Option<()> {
    let (status, body) = hub.ask("/readyz", None).ok()?;
    (status == 503 && body.contains(code)).then_some(())
}

fn finish(publisher: Publisher, database: &Database, report: &mut OutageReport, rounds: u32) -> anyhow::Result<()> {
    report.kills.rounds = rounds;
    report.kills.published = publisher.published();
    let acknowledged = publisher.finish();
    settle(database, &acknowledged)?;
    count(database, &acknowledged, &mut report.kills)
}
