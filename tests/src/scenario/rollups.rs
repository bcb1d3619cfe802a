//! D14 and D15: readings in any order, corrected and withdrawn: the rows are those that were sent, nothing newer is
//! pushed back, and every bucket of the rollups equals what the readings say.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use serde_json::json;

use super::ledger::{Sums, even};
use crate::world::{Broker, Database, GUARD, Hub, World, now_ms, publish_all, until};

/// What was done and found.
#[derive(Debug, Default)]
pub struct RollupReport {
    pub readings: usize,
    pub corrections: u32,
    pub minutes: i64,
    pub hours: i64,
    pub days: i64,
    /// Buckets that do not equal the readings: must be 0.
    pub unequal: i64,
    /// Buckets that the API answers otherwise than the readings: must be 0.
    pub answered_wrong: usize,
    pub ledger: Sums,
}

/// Device and time.
type Key = (i64, i64);
/// What must be stored; none was withdrawn.
type Readings = BTreeMap<Key, Option<f64>>;

const DEVICES: i64 = 8;
const MINUTE: i64 = 60_000;

/// Sends `readings` of the last 24 hours in random order, a tenth of them twice, as a device does that was offline, in
/// `parts` with random corrections and withdrawals in between.
pub fn shuffled_day(readings: usize, parts: usize, corrections: u32) -> anyhow::Result<RollupReport> {
    let world = World::new()?;
    let database = Database::start(&world)?;
    let broker = Broker::start(&world)?;
    let mut hub = Hub::start(&world, &database, &broker)?;
    let mut random = rand::rng();
    let now = now_ms();
    // eighths are exact in sums whatever the order
    let value = |n: i64| (n % 1000) as f64 / 8.0;
    let mut sent: Vec<Key> = (0..readings as i64)
        .map(|n| (n % DEVICES, now - 3 * MINUTE - n / DEVICES * (23 * 60 * MINUTE) / (readings as i64 / DEVICES + 1)))
        .collect();
    let of: BTreeMap<Key, f64> = sent.iter().enumerate().map(|(n, key)| (*key, value(n as i64))).collect();
    let twice: Vec<Key> = sent.iter().step_by(10).copied().collect();
    sent.extend(twice);
    sent.shuffle(&mut random);
    // a fresh value first: what comes later from the past must not push it back
    let fresh = (0..DEVICES).map(|device| (topic(device), json!({"ts": now, "x": -1.0}).to_string().into_bytes()));
    publish_all(broker.port, &fresh.collect::<Vec<_>>())?;
    let mut expected: Readings = (0..DEVICES).map(|device| ((device, now), Some(-1.0))).collect();
    let mut report = RollupReport { readings: sent.len(), ..RollupReport::default() };
    for part in sent.chunks(sent.len().div_ceil(parts)) {
        let mut lists: BTreeMap<i64, Vec<serde_json::Value>> = BTreeMap::new();
        for key in part {
            lists.entry(key.0).or_default().push(json!({"ts": key.1, "values": {"x": of[key]}}));
            let slot = expected.entry(*key).or_default();
            *slot = slot.or(Some(of[key])); // one that was corrected stays so, one that was withdrawn comes again
        }
        let messages = lists.iter().flat_map(|(device, list)| {
            list.chunks(50).map(|chunk| (topic(*device), json!(chunk).to_string().into_bytes()))
        });
        publish_all(broker.port, &messages.collect::<Vec<_>>())?;
        let rows = expected.values().flatten().count() as i64;
        until("this part is stored", GUARD, || {
            (database.count("SELECT count(*) FROM reading").ok()? == rows).then_some(())
        })?;
        for _ in 0..corrections / parts as u32 {
            let key = part[random.random_range(0..part.len())];
            let new = random.random_bool(0.6).then(|| f64::from(random.random_range(0..8000)) / 8.0);
            let body =
                json!({"device": device(key.0), "metric": "x", "at": key.1, "value": new, "reason": "random test"});
            let (status, text) = hub.call("POST", "/api/v1/corrections", Some(&hub.key), Some(body))?;
            match (status, expected[&key], new) {
                (200, _, _) => drop(expected.insert(key, new)),
                (404, None, None) => {} // withdrawn before
                _ => anyhow::bail!("a correction answered {status} {text}"),
            }
            report.corrections += 1;
        }
    }
    finish(&hub, &database, &expected, &mut report)?;
    hub.stop()?;
    Ok(report)
}

fn finish(hub: &Hub, database: &Database, expected: &Readings, report: &mut RollupReport) -> anyhow::Result<()> {
    let rows = expected.values().flatten().count();
    until("every row is there", GUARD, || {
        (database.count("SELECT count(*) FROM reading").ok()? == rows as i64).then_some(())
    })?;
    for (device, _, value) in database.rows()? {
        let of_device = expected.range((number(&device), i64::MIN)..=(number(&device), i64::MAX));
        anyhow::ensure!(of_device.clone().any(|(_, v)| *v == Some(value)), "{device} has {value}, which nobody sent");
    }
    for n in 0..DEVICES {
        let latest = hub.latest(&device(n), "x");
        anyhow::ensure!(latest == Some(-1.0), "the latest value of {} was pushed back to {latest:?}", device(n));
    }
    anyhow::ensure!(
        hub.get("/api/v1/alarms")?["alarms"].as_array().is_none_or(Vec::is_empty),
        "an alarm from the past"
    );
    // Before and after the rollups have caught up, the API must say what the readings say.
    report.answered_wrong += wrong_answers(hub, expected)?;
    until("the rollups have caught up", Duration::from_secs(180), || {
        (database.count("SELECT coalesce(sum(cardinality(series)), 0)::int8 FROM rollup_dirty").ok()? <= DEVICES)
            .then_some(())
    })?;
    report.answered_wrong += wrong_answers(hub, expected)?;
    (report.minutes, report.hours, report.days) = (
        database.count("SELECT count(*) FROM rollup_minute")?,
        database.count("SELECT count(*) FROM rollup_hour")?,
        database.count("SELECT count(*) FROM rollup_day")?,
    );
    // the minute of the fresh values is not over for long: it may still be missing
    report.unequal = database.count(
        "SELECT (SELECT count(*) FROM
           (SELECT series, time_bucket('1 minute', at) AS at, count(*) AS n, sum(value) AS s, min(value) AS a, max(value) AS b,
                   first(value, at) AS f, last(value, at) AS l
            FROM reading WHERE quality & 77 = 0 AND value >= 0 GROUP BY 1, 2) raw
           FULL JOIN (SELECT * FROM rollup_minute WHERE min >= 0) r USING (series, at)
           WHERE (raw.n, raw.s, raw.a, raw.b, raw.f, raw.l) IS DISTINCT FROM (r.count::int8, r.sum, r.min, r.max, r.first, r.last))
         + (SELECT count(*) FROM
           (SELECT series, time_bucket('1 hour', at) AS at, count(*) AS n, sum(value) AS s, min(value) AS a, max(value) AS b
            FROM reading WHERE quality & 77 = 0 AND at < now() - INTERVAL '1 hour' GROUP BY 1, 2) raw
           FULL JOIN (SELECT * FROM rollup_hour WHERE at < date_trunc('hour', now() - INTERVAL '1 hour')) r USING (series, at)
           WHERE coalesce(raw.at, r.at) < date_trunc('hour', now() - INTERVAL '1 hour')
             AND (raw.n, raw.s, raw.a, raw.b) IS DISTINCT FROM (r.count::int8, r.sum, r.min, r.max))
         + (SELECT count(*) FROM
           (SELECT series, sum(count) AS n, sum(sum) AS s, min(min) AS a, max(max) AS b,
                   time_bucket('1 day', at, origin => '1970-01-01T00:00:00+08'::timestamptz) AS at
            FROM rollup_hour GROUP BY series, 6) h
           FULL JOIN rollup_day r USING (series, at)
           WHERE (h.n, h.s, h.a, h.b) IS DISTINCT FROM (r.count::int8, r.sum, r.min, r.max))",
    )?;
    report.ledger = even_but_withdrawn(hub, database, report)?;
    Ok(())
}

/// The ledger counts what was received; withdrawn readings are rows no longer.
fn even_but_withdrawn(hub: &Hub, database: &Database, report: &RollupReport) -> anyhow::Result<Sums> {
    if report.corrections == 0 {
        return even(hub, database);
    }
    let sums = super::ledger::sums(hub)?;
    anyhow::ensure!(sums.difference == 0 && sums.spooled == 0, "the ledger is not even: {sums:?}");
    Ok(sums)
}

/// Buckets of an hour and of 17 minutes that the API answers otherwise than the expected readings say.
fn wrong_answers(hub: &Hub, expected: &Readings) -> anyhow::Result<usize> {
    let (to, mut wrong) = (now_ms(), 0);
    let from = to - 25 * 60 * MINUTE;
    for (word, length) in [("1h", 60 * MINUTE), ("17m", 17 * MINUTE)] {
        for n in 0..DEVICES {
            let path =
                format!("/api/v1/readings?device={}&metric=x&from={from}&to={to}&bucket={word}&agg=sum", device(n));
            let answer = hub.get(&path)?;
            let mut buckets: BTreeMap<i64, f64> = BTreeMap::new();
            for ((_, at), value) in expected.range((n, from)..(n, to)) {
                let Some(value) = value else { continue };
                let origin = 8 * 60 * MINUTE;
                *buckets.entry((at + origin).div_euclid(length) * length - origin).or_default() += value;
            }
            let answered: BTreeMap<i64, f64> = answer["points"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|point| Some((point[0].as_i64()?, point[1].as_f64()?)))
                .collect();
            if answered != buckets {
                wrong += 1;
            }
        }
    }
    Ok(wrong)
}

fn device(n: i64) -> String {
    format!("R-{n}")
}

fn number(device: &str) -> i64 {
    device.trim_start_matches("R-").parse().unwrap_or(-1)
}

fn topic(n: i64) -> String {
    format!("city/test/{}/telemetry", device(n))
}
