//! A whole district's register: a table of ten thousand devices brought in, lists over a hundred thousand of them, and two
//! hundred screens that watch at once.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::flood::{Load, publish};
use super::{median, quantile};
use crate::world::{Broker, Database, GUARD, Hub, World, now_ms, until};

/// Prints how long an import of ten thousand devices takes, checked and taken.
pub fn import() -> anyhow::Result<()> {
    let mut figures = Vec::new();
    for _ in 0..3 {
        let world = World::new()?;
        let database = Database::start_durable(&world)?;
        let broker = Broker::start(&world)?;
        let hub = Hub::start(&world, &database, &broker)?;
        figures.push(bring(&hub, 0, 10_000)?);
    }
    println!("import of 10,000 devices (CSV, checked and taken): {:.2} s", median(figures));
    Ok(())
}

/// Prints what a page of each list takes when there are a hundred thousand devices.
pub fn lists() -> anyhow::Result<()> {
    let world = World::new()?;
    let database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let hub = Hub::start(&world, &database, &broker)?;
    for n in 0..10 {
        bring(&hub, n * 10_000, 10_000)?;
    }
    // a third of them has spoken
    publish(broker.port, Load { messages: 33_000, devices: 33_000, readings: 3, theme: "water", rate: None })?;
    until("a third of them has spoken", GUARD, || {
        (hub.get("/api/v1/status").ok()?["devices"]["never"].as_u64()? <= 67_000).then_some(())
    })?;
    let all = hub.get("/api/v1/status")?["devices"].clone();
    println!("lists over {all}, p50 and p99 of 100 calls each:");
    for path in [
        "/api/v1/devices?limit=1000",
        "/api/v1/devices?limit=1000&after=B-50000",
        "/api/v1/devices?limit=1000&q=b-9999",
        "/api/v1/devices?limit=1000&area=a7&kind=river_level&state=never",
        "/api/v1/latest?limit=1000",
        "/api/v1/unseen?limit=500",
        "/api/v1/maintenance",
        "/api/v1/parts",
        "/api/v1/alarms",
        "/api/v1/ledger/devices",
    ] {
        let mut times = Vec::new();
        for _ in 0..100 {
            let start = Instant::now();
            let (status, _) = hub.ask(path, Some(&hub.key))?;
            anyhow::ensure!(status == 200, "{path}: {status}");
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        println!("  {path}: {:.1} ms, {:.1} ms", quantile(&mut times, 0.5), quantile(&mut times, 0.99));
    }
    Ok(())
}

/// Prints how late two hundred screens hear what the hub tells four times a second.
pub fn streams(count: usize) -> anyhow::Result<()> {
    const SECONDS: u64 = 20;
    let world = World::new()?;
    let database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let hub = std::sync::Arc::new(Hub::start(&world, &database, &broker)?);
    publish(broker.port, Load { messages: 2_000, devices: 2_000, readings: 1, theme: "water", rate: None })?;
    let load = Load { messages: 200 * (SECONDS + 6), devices: 2_000, readings: 1, theme: "water", rate: Some(200) };
    let port = broker.port;
    let publisher = std::thread::spawn(move || publish(port, load));
    let screen = |hub: std::sync::Arc<Hub>| -> anyhow::Result<(Vec<f64>, usize)> {
        let mut stream = hub.stream("topics=device&rate=4", None)?;
        let (start, mut delays) = (Instant::now(), Vec::new());
        while start.elapsed() < Duration::from_secs(SECONDS) {
            let Some((event, data)) = stream.next_event()? else { break };
            // the first seconds send two hundred snapshots: not the steady state
            if event == "delta" && start.elapsed() > Duration::from_secs(5) {
                delays.extend(data["t"].as_i64().map(|t| (now_ms() - t) as f64));
            }
        }
        let deltas = delays.len();
        Ok((delays, deltas))
    };
    let screens: Vec<_> = (0..count)
        .map(|_| {
            let hub = hub.clone();
            std::thread::spawn(move || screen(hub))
        })
        .collect();
    let (mut delays, mut fewest) = (Vec::new(), usize::MAX);
    for screen in screens {
        let (of_one, deltas) = screen.join().map_err(|_| anyhow::anyhow!("a screen panicked"))??;
        delays.extend(of_one);
        fewest = fewest.min(deltas);
    }
    publisher.join().map_err(|_| anyhow::anyhow!("the publisher panicked"))??;
    let (p50, p99) = (quantile(&mut delays, 0.5), quantile(&mut delays, 0.99));
    println!(
        "{count} live streams × 4 updates/s: p50 {p50:.0} ms, p99 {p99:.0} ms from the hub to the screen; the poorest got {:.1} updates/s",
        fewest as f64 / (SECONDS - 5) as f64
    );
    Ok(())
}

/// Brings in `count` devices from number `first` on; seconds.
fn bring(hub: &Hub, first: usize, count: usize) -> anyhow::Result<f64> {
    let mut table = String::from("device,theme,kind,name,lng,lat,area,department,vendor,groups\n");
    for n in first..first + count {
        writeln!(
            table,
            "B-{n:05},water,river_level,测站 {n},{:.5},{:.5},a{},d{},v{},g{}",
            111.6 + (n % 500) as f64 * 1e-3,
            21.6 + (n / 500) as f64 * 1e-3,
            n % 20,
            n % 7,
            n % 11,
            n % 3
        )?;
    }
    let start = Instant::now();
    let (status, report) = hub.upload("/api/v1/import/devices?format=csv", table.as_bytes())?;
    anyhow::ensure!(status == 200 && report["created"] == count, "{status} {report}");
    Ok(start.elapsed().as_secs_f64())
}
