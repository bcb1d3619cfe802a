//! E04: the drill. A hub full of readings is backed up under load; some time later its machine is lost, with only the
//! backup and the archive of WAL left; it is restored elsewhere by the clock. Nothing of before the backup may differ, and
//! what is missing at the end may not be older than a minute.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::world::{GUARD, Managed, World, chengshu, now_ms, until};

/// What the drill measured.
#[derive(Debug)]
pub struct DrillReport {
    /// Readings before the backup.
    pub rows: i64,
    /// Readings after the restore.
    pub restored: i64,
    pub backup: Duration,
    pub backup_mb: u64,
    /// Backup verified, copied, WAL replayed, rows counted.
    pub restore: Duration,
    /// From the loss of the machine back to the newest reading that came back.
    pub missing: Duration,
    /// From the start of the restored hub to `/readyz`.
    pub ready: Duration,
    /// The readings of before the backup are the same, by their hash.
    pub same: bool,
}

/// Readings that arrived before the base backup began, as one hash and their number.
const SUM: &str = "SELECT (coalesce(sum(hashtextextended(concat_ws('|', series, extract(epoch FROM at), lag_ms, value,
                                                                 quality), 0)), 0) % 1000000000000000)::bigint, count(*)
                   FROM reading WHERE at + lag_ms * INTERVAL '1 ms' <= (SELECT taken_at FROM drill)";

/// The drill with `rows` readings and `load` of further ones between the backup and the loss.
pub fn restore_drill(rows: u64, load: Duration) -> anyhow::Result<DrillReport> {
    let (world, elsewhere) = (World::new()?, World::new()?);
    let auto = world.path("auto");
    let section = format!("[backup]\ndir = \"{}\"\nevery_s = 604800\ncheck = false\n", auto.display());
    let mut hub = Managed::start(&world, &section)?;
    fill(&hub, rows)?;
    let publisher = hub.publisher(50)?;
    until("the load arrives", GUARD, || hub.pair("SELECT count(*), 0::bigint FROM series").ok().filter(|n| n.0 >= 50))?;
    hub.execute("CREATE TABLE drill AS SELECT now() - INTERVAL '1 s' AS taken_at")?;
    let (sum, before) = hub.pair(SUM)?;

    let place = world.path("backup");
    let start = Instant::now();
    chengshu(&["backup", "--to", &text(&place), "--config", &text(&hub.config)])?.done()?;
    let backup = start.elapsed();
    std::thread::sleep(load);

    // what is left of the machine: the backup, and the WAL as it is in this moment
    let (lost, wal) = (now_ms(), elsewhere.path("wal"));
    let mut copy = std::process::Command::new("cp");
    anyhow::ensure!(
        copy.args(["-a", "--sparse=always"]).arg(auto.join("wal")).arg(&wal).status()?.success(),
        "cp failed"
    );
    publisher.finish();
    hub.hub.kill();
    hub.wait_gone()?;

    let start = Instant::now();
    let data = elsewhere.path("hub");
    let said = chengshu(&["restore", "--from", &text(&place), "--data", &text(&data), "--wal", &text(&wal)])?.done()?;
    let restore = start.elapsed();
    println!("  {}", said.lines().next().unwrap_or_default());
    let start = Instant::now();
    let second = Managed::start(&elsewhere, "")?;
    let ready = start.elapsed();
    let newest =
        "SELECT (extract(epoch FROM max(at + lag_ms * INTERVAL '1 ms')) * 1000)::bigint, count(*) FROM reading";
    let (newest, restored) = second.pair(newest)?;
    Ok(DrillReport {
        rows: before,
        restored,
        backup,
        backup_mb: size(&place)? / 1_000_000,
        restore,
        missing: Duration::from_millis(u64::try_from(lost - newest).unwrap_or(0)),
        ready,
        same: second.pair(SUM)? == (sum, before),
    })
}

/// A thousand series over a day, behind the hub's back.
fn fill(hub: &Managed, rows: u64) -> anyhow::Result<()> {
    let rounds = rows.div_ceil(1_000) as i64;
    for from in (0..rounds).step_by(500) {
        hub.execute_with(
            "INSERT INTO reading SELECT 1000000 + s, now() - INTERVAL '1 day' + n * INTERVAL '8 s', 5, n % 100, 0
             FROM generate_series($1, $2 - 1) n, generate_series(1, 1000) s",
            from,
            (from + 500).min(rounds),
        )?;
    }
    Ok(())
}

impl DrillReport {
    /// What was promised.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.same, "the readings of before the backup are not the same: {self:?}");
        anyhow::ensure!(self.restore <= Duration::from_secs(600), "the restore took too long: {self:?}");
        anyhow::ensure!(self.missing <= Duration::from_secs(60), "more than a minute is missing: {self:?}");
        Ok(())
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn size(dir: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(dir)? {
        let (path, meta) = {
            let entry = entry?;
            (entry.path(), entry.metadata()?)
        };
        sum += if meta.is_dir() { size(&path)? } else { meta.len() };
    }
    Ok(sum)
}
