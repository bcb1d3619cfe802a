//! Durable ingest: messages a second from the first publish to the last committed row, hub and reference in turn.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::flood::{Load, publish};
use super::{median, nodered, reference};
use crate::world::{Broker, Database, Hub, World, until};

const RUNS: usize = 3;
const GUARD: Duration = Duration::from_secs(180);

/// Prints a line for one and for three readings a message.
pub fn ingest(messages: u64) -> anyhow::Result<()> {
    let world = World::new()?;
    let database = Database::start_durable(&world)?;
    let broker = Broker::start(&world)?;
    let engine = format!("[engine]\nbatch_max = {}\nlinger_ms = {}\n", reference::BATCH, reference::LINGER.as_millis());
    let config = |more: &str| format!("[database]\nurl = \"{}\"\n{}{more}", database.url, broker.section(""));
    // registers the devices, so that every measured run finds them known
    let mut hub = Hub::with_config(&world, &config(""))?;
    let warm = Load { messages: 5_000, devices: 1_000, readings: 3, theme: "bench", rate: None };
    publish(broker.port, warm)?;
    wait_stored(&hub, 15_000)?;
    hub.stop()?;
    println!(
        "durable ingest, {messages} messages of 1,000 devices, batch {} and linger {} ms for both:",
        reference::BATCH,
        reference::LINGER.as_millis()
    );
    for readings in [1, 3] {
        let load = Load { messages, devices: 1_000, readings, theme: "bench", rate: None };
        let (mut ours, mut bare, mut default) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            bare.push(reference_run(&database, &broker, load)?);
            ours.push(hub_run(&world, &database, &broker, load, &config(&engine))?);
            default.push(hub_run(&world, &database, &broker, load, &config(""))?);
        }
        let (ours, bare, default) = (median(ours), median(bare), median(default));
        println!(
            "  {readings} reading(s) a message: hub {ours:.0} msg/s ({:.0} readings/s), reference {bare:.0} msg/s, ratio {:.2}; \
             hub on its defaults {default:.0} msg/s, ratio {:.2}",
            ours * readings as f64,
            ours / bare,
            default / bare
        );
        let few = Load { messages: messages / 3, ..load };
        match nodered::run(&world, &database, &broker, few)? {
            Some([ordinary, batched]) => println!(
                "    Node-RED, not durable when it acknowledges: ordinary flow {ordinary:.0} msg/s, hand-batched {batched:.0}; \
                 hub / hand-batched {:.2}",
                default / batched
            ),
            None => println!("    Node-RED: NODE_RED_HOME names no folder with node_modules/node-red and pg"),
        }
    }
    Ok(())
}

/// What truth costs: this hub beside an older one (`CHENGSHU_BEFORE`, the path of its program) that has neither ledger nor
/// deadlines nor rollups; each on a database of its own.
pub fn before(messages: u64) -> anyhow::Result<()> {
    let Some(program) = std::env::var_os("CHENGSHU_BEFORE").map(PathBuf::from) else {
        println!("beside an older hub: CHENGSHU_BEFORE names no program");
        return Ok(());
    };
    let worlds = [World::new()?, World::new()?];
    let databases = [Database::start_durable(&worlds[0])?, Database::start_durable(&worlds[1])?];
    let brokers = [Broker::start(&worlds[0])?, Broker::start(&worlds[1])?];
    let start = |n: usize| {
        let config = format!("[database]\nurl = \"{}\"\n{}", databases[n].url, brokers[n].section(""));
        if n == 0 { Hub::with_config(&worlds[n], &config) } else { Hub::of(&program, &worlds[n], &config) }
    };
    let load = Load { messages, devices: 1_000, readings: 1, theme: "bench", rate: None };
    let mut rates = [Vec::new(), Vec::new()];
    for run in 0..=RUNS {
        for n in 0..2 {
            let mut hub = start(n)?;
            databases[n].execute("TRUNCATE reading")?; // the first start has made it
            std::thread::sleep(Duration::from_millis(500));
            let begin = Instant::now();
            publish(brokers[n].port, load)?;
            wait_stored(&hub, messages)?;
            let took = begin.elapsed();
            hub.stop()?;
            // the first run registers the devices
            if run > 0 {
                rates[n].push(messages as f64 / took.as_secs_f64());
            }
        }
    }
    let [now, before] = rates.map(median);
    println!(
        "durable ingest with ledger, deadlines and rollups {now:.0} msg/s, before them {before:.0} msg/s, ratio {:.2}",
        now / before
    );
    Ok(())
}

fn reference_run(database: &Database, broker: &Broker, load: Load) -> anyhow::Result<f64> {
    database.execute("TRUNCATE reading")?;
    let (port, url) = (broker.port, database.url.clone());
    let consumer = std::thread::spawn(move || -> anyhow::Result<Instant> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(reference::run(port, &url, load.messages))?;
        Ok(Instant::now())
    });
    std::thread::sleep(Duration::from_millis(500)); // subscribed by then
    let start = Instant::now();
    publish(broker.port, load)?;
    let end = consumer.join().map_err(|_| anyhow::anyhow!("the reference panicked"))??;
    Ok(load.messages as f64 / (end - start).as_secs_f64())
}

fn hub_run(world: &World, database: &Database, broker: &Broker, load: Load, config: &str) -> anyhow::Result<f64> {
    database.execute("TRUNCATE reading")?;
    let mut hub = Hub::with_config(world, config)?;
    std::thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    publish(broker.port, load)?;
    wait_stored(&hub, load.messages * load.readings)?;
    let took = start.elapsed();
    hub.stop()?;
    Ok(load.messages as f64 / took.as_secs_f64())
}

fn wait_stored(hub: &Hub, readings: u64) -> anyhow::Result<()> {
    until("everything is stored", GUARD, || {
        let (_, text) = hub.ask("/metrics", None).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("chengshu_readings_total{outcome=\"stored\"} "))?;
        (line.parse::<f64>().ok()? as u64 >= readings).then_some(())
    })
}
