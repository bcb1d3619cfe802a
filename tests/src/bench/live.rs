//! From the publisher's socket to the live stream, and the memory of a hub with many devices.

use std::time::{Duration, Instant};

use super::flood::{Load, publish};
use super::quantile;
use crate::world::{Broker, Database, Hub, World, now_ms};

/// Prints the delay from publish to live stream at 2,000 messages a second.
pub fn latency() -> anyhow::Result<()> {
    let world = World::new()?;
    let database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let hub = Hub::start(&world, &database, &broker)?;
    for (name, query) in [("default rate", "topics=device"), ("wall, rate=4", "topics=device&rate=4")] {
        let seconds = 15;
        let load = Load { messages: 2_000 * seconds, devices: 2_000, readings: 1, theme: "bench", rate: Some(2_000) };
        let port = broker.port;
        let publisher = std::thread::spawn(move || publish(port, load));
        let mut stream = hub.stream(query, None)?;
        let start = Instant::now();
        let mut delays = Vec::new();
        while start.elapsed() < Duration::from_secs(seconds) {
            let Some((event, data)) = stream.next_event()? else { break };
            let now = now_ms();
            // the first seconds register two thousand devices: not the steady state
            if event != "delta" || start.elapsed() < Duration::from_secs(4) {
                continue;
            }
            let items = data["items"].as_array().into_iter().flatten();
            delays.extend(items.filter_map(|item| item["metrics"]["level"]["at"].as_i64()).map(|at| (now - at) as f64));
        }
        publisher.join().map_err(|_| anyhow::anyhow!("the publisher panicked"))??;
        let (p50, p99) = (quantile(&mut delays, 0.5), quantile(&mut delays, 0.99));
        println!(
            "publish → live stream at 2,000 msg/s ({name}): p50 {p50:.0} ms, p99 {p99:.0} ms over {} values",
            delays.len()
        );
    }
    Ok(())
}

/// Prints the resident memory with 20,000 devices, at the beginning and after `minutes` of traffic.
pub fn memory(minutes: u64) -> anyhow::Result<()> {
    let world = World::new()?;
    let database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let mut hub = Hub::start(&world, &database, &broker)?;
    let every = Load { messages: 40_000, devices: 20_000, readings: 3, theme: "bench", rate: None };
    publish(broker.port, every)?;
    std::thread::sleep(Duration::from_secs(5));
    let megabytes = |hub: &Hub| hub.memory() as f64 / 1e6;
    let first = megabytes(&hub);
    let mut marks = vec![format!("{first:.0}")];
    for _ in 0..minutes {
        publish(broker.port, Load { messages: 120_000, rate: Some(2_000), ..every })?;
        marks.push(format!("{:.0}", megabytes(&hub)));
    }
    println!("memory with 20,000 devices × 3 metrics at 2,000 msg/s, MB each minute: {}", marks.join(" "));
    hub.stop()?;
    let start = Instant::now();
    hub.up()?;
    println!("cold start with 20,000 devices to /readyz: {:.2} s", start.elapsed().as_secs_f64());
    drop(hub);
    let world = World::new()?;
    let start = Instant::now();
    let (_hub, _) = Hub::demo(&world, 0)?;
    println!("first start ever (initdb, broker, migrations) to /readyz: {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}
