//! What must hold of the ledger whatever happened: at rest the equation is even, and what it calls stored is what the
//! database holds.

use std::time::Duration;

use serde_json::Value;

use crate::world::{Database, Hub, until};

/// The sums of all adapters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub received: u64,
    pub stored: u64,
    pub duplicate: u64,
    pub conflict: u64,
    pub rejected: u64,
    pub spooled: u64,
    pub in_flight: u64,
    pub difference: i64,
}

/// As the hub tells it.
pub fn sums(hub: &Hub) -> anyhow::Result<Sums> {
    let ledger = hub.get("/api/v1/ledger")?;
    let mut sums = Sums::default();
    for line in ledger["adapters"].as_array().into_iter().flatten() {
        let number = |key: &str| line[key].as_u64().unwrap_or(u64::MAX); // a negative one would show
        sums.received += number("received");
        sums.stored += number("stored");
        sums.duplicate += number("duplicate");
        sums.conflict += number("conflict");
        sums.rejected +=
            line["rejected"].as_object().into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum::<u64>();
        sums.spooled += number("spooled");
        sums.in_flight += number("in_flight");
        sums.difference += line["difference"].as_i64().unwrap_or(i64::MAX);
    }
    Ok(sums)
}

/// D12: waits for rest, then checks the equation, what the database holds, and the sums by device and day.
pub fn even(hub: &Hub, database: &Database) -> anyhow::Result<Sums> {
    let (rest, rows) = at_rest(hub, database)?;
    anyhow::ensure!(rows == rest.stored, "{rows} rows are stored, the ledger says {rest:?}");
    Ok(rest)
}

/// The same where devices send heartbeats: a word of presence is counted as stored and makes no row.
pub fn even_with_heartbeats(hub: &Hub, database: &Database) -> anyhow::Result<Sums> {
    let (rest, rows) = at_rest(hub, database)?;
    anyhow::ensure!(rows <= rest.stored, "{rows} rows are stored, the ledger says {rest:?}");
    Ok(rest)
}

/// The sums when nothing moves any more, and the rows of readings and events.
fn at_rest(hub: &Hub, database: &Database) -> anyhow::Result<(Sums, u64)> {
    let mut last = None;
    let rest = until("the ledger comes to rest", Duration::from_secs(60), || {
        let now = sums(hub).ok()?;
        let still = last.replace(now) == Some(now);
        std::thread::sleep(Duration::from_millis(300));
        (still && now.spooled == 0 && now.in_flight == 0).then_some(now)
    })?;
    anyhow::ensure!(rest.difference == 0, "the ledger is not even: {rest:?}");
    let rows = database.count("SELECT count(*) FROM reading")? + database.count("SELECT count(*) FROM event")?;
    let by_device = database.count(
        "WITH day AS (SELECT sum(stored) AS n FROM ledger_day),
              line AS (SELECT sum(s) AS n FROM ledger_line, unnest(stored) AS s)
         SELECT (coalesce(day.n, 0) + coalesce(line.n, 0))::int8 FROM day, line",
    )?;
    anyhow::ensure!(by_device as u64 == rest.stored, "by device {by_device} were stored, in all {rest:?}");
    Ok((rest, rows as u64))
}

/// The spool as the hub tells it.
pub fn spool(hub: &Hub) -> anyhow::Result<Value> {
    Ok(hub.get("/api/v1/status")?["spool"].clone())
}
