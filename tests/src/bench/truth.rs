//! What truth costs: questions to the rollups, the spool's way in and out, and the deadlines of a hundred thousand
//! devices.

use std::time::{Duration, Instant};

use super::flood::{Load, publish};
use super::{quantile, reads};
use crate::scenario::spool;
use crate::world::{Broker, Database, GUARD, Hub, World, now_ms, until};

/// Hours of a device over a month and of all devices over a day, on ten million readings (`big`: a hundred million).
pub fn rollups(big: bool) -> anyhow::Result<()> {
    let world = World::new()?;
    let database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let hub = Hub::start(&world, &database, &broker)?;
    publish(broker.port, Load { messages: 10_000, devices: 10_000, readings: 1, theme: "bench", rate: None })?;
    until("10,000 devices are known", GUARD, || {
        let page = hub.get("/api/v1/latest?limit=10000").ok()?;
        (page["devices"].as_array()?.len() == 10_000).then_some(())
    })?;
    until("its own rollups are true", 3 * GUARD, || {
        (database.count("SELECT count(*) FROM rollup_dirty").ok()? == 0).then_some(())
    })?;
    database.execute("TRUNCATE rollup_minute, rollup_hour, rollup_day")?;
    // a reading every 86 s (9 s) over a day of every device, a minute's one over a month of the first
    database.execute(if big {
        "TRUNCATE reading; INSERT INTO reading SELECT s, now() - INTERVAL '1 day' + n * INTERVAL '8640 ms', 5, n % 100, 0
         FROM generate_series(0, 9999) n, generate_series(1, 10000) s"
    } else {
        "TRUNCATE reading; INSERT INTO reading SELECT s, now() - INTERVAL '1 day' + n * INTERVAL '86400 ms', 5, n % 100, 0
         FROM generate_series(0, 999) n, generate_series(1, 10000) s"
    })?;
    database.execute(
        "INSERT INTO reading SELECT 1, now() - INTERVAL '31 days' + n * INTERVAL '1 minute', 5, n % 100, 0
         FROM generate_series(0, 43199) n ON CONFLICT DO NOTHING;
         INSERT INTO rollup_hour SELECT series, time_bucket('1 hour', at), count(*), sum(value), min(value), max(value),
           first(value, at), last(value, at) FROM reading GROUP BY 1, 2;
         DELETE FROM rollup_dirty; ANALYZE",
    )?;
    let rows = database.count("SELECT count(*) FROM reading")?;
    let first = database.text("SELECT device FROM series WHERE id = 1")?;
    let (now, hour) = (now_ms(), 3_600_000);
    let month = format!(
        "/api/v1/readings?device={first}&metric=level&from={}&to={}&bucket=1h",
        now - 31 * 24 * hour,
        now - 24 * hour
    );
    let points = hub.get(&month)?["points"].as_array().map_or(0, Vec::len);
    println!(
        "hours of a device over a month ({points} points) of {rows} readings: {:.1} ms",
        reads::time(&hub, &month)?
    );
    let day = format!("/api/v1/hours?theme=bench&metric=level&from={}&to={now}", now - 23 * hour);
    let devices = hub.get(&day)?["devices"].as_array().map_or(0, Vec::len);
    println!("hours of {devices} devices over a day: {:.1} ms", reads::time(&hub, &day)?);
    Ok(())
}

/// How fast the spool takes readings, fsynced, and how fast it is drained.
pub fn spooling(messages: u64) -> anyhow::Result<()> {
    let world = World::new()?;
    let mut database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let hub = Hub::start(&world, &database, &broker)?;
    let load = Load { messages: 5_000, devices: 1_000, readings: 3, theme: "bench", rate: None };
    publish(broker.port, load)?;
    until("it is stored", GUARD, || (database.count("SELECT count(*) FROM reading").ok()? == 15_000).then_some(()))?;
    database.down();
    until("the hub has noticed", GUARD, || (hub.ask("/readyz", None).ok()?.0 == 503).then_some(()))?;
    publish(broker.port, Load { messages: 1, ..load })?; // the first one waits two seconds for the database
    until("it spools", GUARD, || (spool(&hub).ok()?["state"] == "spooling").then_some(()))?;
    let readings = messages * 3;
    let start = Instant::now();
    // other times than those that are stored
    publish(broker.port, Load { messages, devices: 999, ..load })?;
    until("everything is in the spool", Duration::from_secs(180), || {
        (spool(&hub).ok()?["readings"].as_u64()? >= readings).then_some(())
    })?;
    let into = readings as f64 / start.elapsed().as_secs_f64();
    database.up()?;
    until("the hub has noticed", GUARD, || (hub.ask("/readyz", None).ok()?.0 == 200).then_some(()))?;
    let start = Instant::now();
    until("the spool is empty", Duration::from_secs(300), || (spool(&hub).ok()?["state"] == "empty").then_some(()))?;
    let out = readings as f64 / start.elapsed().as_secs_f64();
    println!(
        "spool, fsynced: {into:.0} readings/s in, {out:.0} readings/s drained with rules, ratio out/in {:.2}",
        out / into
    );
    Ok(())
}

/// How late a hundred thousand devices are called offline, as a wall hears it, and what they cost in memory.
pub fn deadlines(devices: u64) -> anyhow::Result<()> {
    let world = World::new()?;
    let database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let hub = Hub::start(&world, &database, &broker)?;
    let load = Load { messages: devices, devices, readings: 1, theme: "water", rate: Some(4_000) };
    let port = broker.port;
    let publisher = std::thread::spawn(move || publish(port, load));
    let mut stream = hub.stream("topics=device&rate=25", None)?;
    let (mut late, start) = (Vec::new(), Instant::now());
    while (late.len() as u64) < devices && start.elapsed() < Duration::from_secs(300) {
        let Some((event, data)) = stream.next_event()? else { break };
        if event != "delta" {
            continue;
        }
        for item in data["items"].as_array().into_iter().flatten().filter(|item| item["state"] == "offline") {
            let (Some(t), Some(heard)) = (data["t"].as_i64(), item["last_heard"].as_i64()) else { continue };
            late.push((t - heard - 60_000) as f64);
        }
    }
    publisher.join().map_err(|_| anyhow::anyhow!("the publisher panicked"))??;
    let (p50, most) = (quantile(&mut late, 0.5), quantile(&mut late, 1.0));
    let early = late.iter().filter(|late| **late < 0.0).count();
    println!(
        "offline after the deadline, {} devices: p50 {p50:.0} ms, most {most:.0} ms, {early} too early; memory {:.0} MB",
        late.len(),
        hub.memory() as f64 / 1e6
    );
    Ok(())
}
