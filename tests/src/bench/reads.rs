//! Questions: latest values of ten thousand devices, and a day of one series among ten million readings.

use std::time::Instant;

use super::flood::{Load, publish};
use super::median;
use crate::world::{Broker, Database, GUARD, Hub, World, now_ms, until};

/// Prints the time of each question, as a client sees it over HTTP.
pub fn reads() -> anyhow::Result<()> {
    let world = World::new()?;
    let database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let hub = Hub::start(&world, &database, &broker)?;
    publish(broker.port, Load { messages: 10_000, devices: 10_000, readings: 3, theme: "bench", rate: None })?;
    let latest = "/api/v1/latest?limit=10000";
    until("latest values of 10,000 devices", GUARD, || {
        let page = hub.get(latest).ok()?;
        let full = page["devices"]
            .as_array()?
            .iter()
            .filter(|device| device["metrics"].as_object().is_some_and(|m| m.len() == 3));
        (full.count() == 10_000).then_some(())
    })?;
    println!("latest values of 10,000 devices × 3 metrics: {:.1} ms", time(&hub, latest)?);

    // behind the hub's back: the hub is measured reading, not writing
    println!("one series, 24 h raw, readings lying in the order of arrival:");
    let mut rows = 0;
    for (step, insert) in [
        // one a minute
        (
            "1440 × 6,945 series",
            "INSERT INTO reading SELECT s, now() - INTERVAL '1 day' + n * INTERVAL '1 min', 5, n % 100, 0
                 FROM generate_series(1, 1440) n, generate_series(1, 6945) s ORDER BY n, s",
        ),
        (
            "10,000 × 1,000 series",
            "INSERT INTO reading SELECT s, now() - INTERVAL '1 day' + n * INTERVAL '8640 ms', 5, n % 100, 0
                 FROM generate_series(0, 9999) n, generate_series(1, 1000) s ORDER BY n, s",
        ),
    ] {
        database.execute("TRUNCATE reading")?;
        database.execute(insert)?;
        // a day's readings have long been vacuumed and written when somebody asks for them
        database.execute("VACUUM ANALYZE reading")?;
        database.execute("CHECKPOINT")?;
        rows = database.count("SELECT count(*) FROM reading")?;
        let (from, to) = (now_ms() - 90_000_000, now_ms());
        let device = device_of_series(&hub)?;
        let raw = format!("/api/v1/readings?device={device}&metric=level&from={from}&to={to}");
        let points = hub.get(&raw)?["points"].as_array().map_or(0, Vec::len);
        let (all, bucketed) = (time(&hub, &raw)?, time(&hub, &format!("{raw}&max_points=500"))?);
        println!("  {step}: {points} points of {rows} readings {all:.1} ms, in 500 buckets {bucketed:.1} ms");
    }
    sensorthings(&hub, rows)
}

/// The same store as SensorThings shows it.
fn sensorthings(hub: &Hub, rows: i64) -> anyhow::Result<()> {
    let list = "/sta/v1.1/Datastreams(500)/Observations?$top=1000";
    let page = hub.get(list)?["value"].as_array().map_or(0, Vec::len);
    println!("SensorThings, a page of {page} Observations of {rows}: {:.1} ms", time(hub, list)?);
    println!("the same with its count: {:.1} ms", time(hub, &format!("{list}&$count=true"))?);
    println!("the same as dataArray: {:.1} ms", time(hub, &format!("{list}&$resultFormat=dataArray"))?);
    let hour = format!("{list}&$filter=phenomenonTime%20lt%20now()%20sub%20duration'PT12H'%20and%20result%20gt%2050");
    println!("the same half a day back, by value: {:.1} ms", time(hub, &hour)?);
    let newest = "/sta/v1.1/Things?$top=100&$expand=Datastreams($expand=Observations($top=1))";
    println!("100 Things with their Datastreams, each with its newest Observation: {:.1} ms", time(hub, newest)?);
    let things = "/sta/v1.1/Things?$top=1000&$filter=properties/state%20eq%20'live'&$count=true";
    println!("1,000 Things of 10,000, filtered and counted: {:.1} ms", time(hub, things)?);
    Ok(())
}

/// Some device whose `level` is among the first thousand series.
fn device_of_series(hub: &Hub) -> anyhow::Result<String> {
    let page = hub.get("/api/v1/devices?limit=1")?;
    Ok(page["devices"][0]["device"].as_str().unwrap_or_default().to_owned())
}

pub(super) fn time(hub: &Hub, path: &str) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for _ in 0..20 {
        let start = Instant::now();
        hub.download(path)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(times))
}
