//! D03, D04, D10, D16: the database is silent, late, or its disk is full; the spool carries the hub meanwhile.

use std::process::Command;
use std::time::{Duration, Instant};

use super::kills::{KillReport, count, settle};
use super::ledger::{even, spool, sums};
use crate::world::{Broker, Database, GUARD, Hub, Publisher, World, until};

/// What an absence of the database left behind.
#[derive(Debug, Default)]
pub struct AbsenceReport {
    pub kills: KillReport,
    /// From the fault to the status page saying so.
    pub said_after: Duration,
    /// What `/readyz` said meanwhile.
    pub words: String,
    /// Acknowledged to the publisher while the database was away.
    pub acknowledged_meanwhile: u64,
    /// Most that lay in the spool.
    pub spooled: u64,
    /// From the healing to an empty spool.
    pub drained_after: Duration,
    /// Largest memory of the hub, MB.
    pub memory_mb: u64,
}

impl AbsenceReport {
    /// What must hold whatever the machine.
    pub fn check(&self) -> anyhow::Result<()> {
        self.kills.check()?;
        anyhow::ensure!(self.spooled > 0 && self.acknowledged_meanwhile > 0, "the spool was not used: {self:?}");
        Ok(())
    }
}

/// The database takes connections and questions and says nothing, for `silent`; then it heals.
pub fn database_silent(per_second: u64, silent: Duration) -> anyhow::Result<AbsenceReport> {
    let world = World::new()?;
    let database = Database::start(&world)?;
    let (chaos, url) = database.behind_chaos()?;
    let broker = Broker::start(&world)?;
    let mut hub = Hub::with_config(&world, &format!("[database]\nurl = \"{url}\"\n{}", broker.section("")))?;
    let publisher = Publisher::start(broker.port, per_second);
    until("something is stored", GUARD, || (sums(&hub).ok()?.stored > 100).then_some(()))?;
    chaos.fall_silent();
    let fault = Instant::now();
    let words = until("the hub says that the database is away", GUARD, || not_ready(&hub, "database_down"))?;
    let mut report = AbsenceReport { words, said_after: fault.elapsed(), ..AbsenceReport::default() };
    watch(&hub, &publisher, &mut report, silent.saturating_sub(fault.elapsed()))?;
    let latest = hub.get("/api/v1/latest?theme=test")?;
    let state = &latest["devices"][0]["state"];
    anyhow::ensure!(state == "live", "a device that speaks is called {state} because the database is away");
    chaos.heal();
    finish(&hub, &database, publisher, &mut report)?;
    anyhow::ensure!(hub.get("/api/v1/alarms?limit=1").is_ok(), "readers are served again");
    hub.stop()?;
    Ok(report)
}

/// The hub starts before its database.
pub fn database_late(per_second: u64, late: Duration) -> anyhow::Result<AbsenceReport> {
    let world = World::new()?;
    let mut database = Database::prepare(&world)?;
    let broker = Broker::start(&world)?;
    let config = format!("[database]\nurl = \"{}\"\n{}", database.url, broker.section(""));
    let mut hub = Hub::with_config_alive(&world, &config)?;
    let fault = Instant::now();
    let mut report = AbsenceReport { words: not_ready(&hub, "starting").unwrap_or_default(), ..Default::default() };
    anyhow::ensure!(report.words.contains("starting"), "the hub does not say that it has no database yet");
    let (status, body) = hub.ask("/api/v1/latest", Some(&hub.key))?;
    anyhow::ensure!(
        status == 503 && body.contains("database_unavailable"),
        "{status} {body}: there are not no devices"
    );
    // without a database only the hub's own tools are known to it
    let local = std::fs::read_to_string(hub.data().join("local.key"))?;
    let service = std::mem::replace(&mut hub.key, local);
    // the hub's subscription must be there before anything is owed
    until("the link is up", GUARD, || (hub.get("/api/v1/links").ok()?["links"][0]["state"] == "up").then_some(()))?;
    let publisher = Publisher::start(broker.port, per_second);
    watch(&hub, &publisher, &mut report, late.saturating_sub(fault.elapsed()))?;
    database.up()?;
    hub.key = service;
    hub.wait_ready()?;
    finish(&hub, &database, publisher, &mut report)?;
    hub.stop()?;
    Ok(report)
}

/// D10: the disk of the spool fills up while the database is away; then there is room again. `None` where a small disk
/// cannot be mounted.
pub fn disk_full(per_second: u64) -> anyhow::Result<Option<AbsenceReport>> {
    let world = World::new()?;
    let disk = world.path("hub");
    std::fs::create_dir_all(&disk)?;
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=24m,mode=0777", "tmpfs"]).arg(&disk).output()?;
    if !mounted.status.success() {
        return Ok(None);
    }
    let disk = Mounted(disk);
    let mut database = Database::start(&world)?;
    let broker = Broker::start(&world)?;
    let mut hub = Hub::start(&world, &database, &broker)?;
    let filler = disk.0.join("filler");
    std::fs::write(&filler, vec![1; 22 << 20])?;
    let publisher = Publisher::start(broker.port, per_second);
    until("something is stored", GUARD, || (sums(&hub).ok()?.stored > 100).then_some(()))?;
    database.down();
    let fault = Instant::now();
    let words = until("the hub says that its disk is full", GUARD, || not_ready(&hub, "disk_full"))?;
    let mut report = AbsenceReport { words, said_after: fault.elapsed(), ..AbsenceReport::default() };
    std::thread::sleep(Duration::from_secs(2));
    anyhow::ensure!(hub.running(), "the hub ended\n{}", hub.log());
    std::fs::remove_file(&filler)?;
    watch(&hub, &publisher, &mut report, Duration::from_secs(3))?;
    database.up()?;
    finish(&hub, &database, publisher, &mut report)?;
    hub.stop()?;
    drop(hub);
    drop(disk);
    Ok(Some(report))
}

struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

/// Looks at the hub for a while; it must answer all the time.
fn watch(hub: &Hub, publisher: &Publisher, report: &mut AbsenceReport, span: Duration) -> anyhow::Result<()> {
    let (start, before) = (Instant::now(), publisher.acknowledged());
    while start.elapsed() < span {
        let state = spool(hub)?;
        report.spooled = report.spooled.max(state["readings"].as_u64().unwrap_or(0));
        report.memory_mb = report.memory_mb.max(hub.memory() >> 20);
        std::thread::sleep(Duration::from_millis(250));
    }
    report.acknowledged_meanwhile = publisher.acknowledged() - before;
    Ok(())
}

fn finish(hub: &Hub, database: &Database, publisher: Publisher, report: &mut AbsenceReport) -> anyhow::Result<()> {
    let healed = Instant::now();
    until("the hub is content again", GUARD, || hub.get("/readyz").ok())?;
    until("the spool is empty", GUARD, || (spool(hub).ok()?["state"] == "empty").then_some(()))?;
    report.drained_after = healed.elapsed();
    report.kills.published = publisher.published();
    let acknowledged = publisher.finish();
    settle(database, &acknowledged)?;
    count(database, &acknowledged, &mut report.kills)?;
    report.kills.ledger = even(hub, database)?;
    Ok(())
}

fn not_ready(hub: &Hub, code: &str) -> Option<String> {
    let (status, body) = hub.ask("/readyz", None).ok()?;
    (status == 503 && body.contains(code)).then_some(body)
}
