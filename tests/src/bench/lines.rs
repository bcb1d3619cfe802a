//! Field lines under load: what thousands of idle stations cost in memory, and how long a report waits until it is
//! durable and confirmed, as the stations themselves see it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::BytesMut;
use chengshu_core::model::Timestamp;
use chengshu_line::Instrument;
use chengshu_sl651::codec::Station;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::quantile;
use crate::scenario::even_with_heartbeats;
use crate::world::{Broker, Database, Field, Hub, World, listening, more_files, now};

const PROTOCOLS: [&str; 3] = ["sl651", "gb26875", "hj212"];
/// What a device may wait for a confirmation before the bench calls it lost.
const LOST: Duration = Duration::from_secs(30);

fn device(protocol: &str, n: usize) -> Box<dyn Instrument> {
    match protocol {
        "sl651" => {
            let [a, b, c] = [n / 10_000, n / 100 % 100, n % 100].map(|two| (two / 10 * 16 + two % 10) as u8);
            let station = Station([0x44, 0x17, a, b, c]);
            Box::new(chengshu_sl651::Sl651Device::new(chengshu_sl651::DeviceSetup { station, ..Default::default() }))
        }
        "gb26875" => {
            let [low, high] = (n as u16 + 1).to_le_bytes();
            let setup = chengshu_gb26875::DeviceSetup { address: [low, high, 0, 0, 0, 0], ..Default::default() };
            Box::new(chengshu_gb26875::Device::new(setup))
        }
        _ => Box::new(chengshu_hj212::DataLogger::new(&format!("CSBENCH{n:07}"), "39")),
    }
}

fn values(protocol: &str, n: usize) -> Vec<(&'static str, f64)> {
    let n = n as f64;
    match protocol {
        "sl651" => vec![("level", n / 1000.0), ("rain_today", 12.5), ("battery", 12.61)],
        "gb26875" => vec![("temperature", 20.0 + n % 10.0)],
        _ => vec![("pm10", 86.0 + n % 10.0), ("pm25", 41.0), ("temperature", 21.5), ("humidity", 64.0), ("la", 61.3)],
    }
}

struct Rig {
    hub: Hub,
    database: Database,
    _broker: Broker,
    _world: World,
}

impl Rig {
    fn start() -> anyhow::Result<Self> {
        more_files()?;
        let world = World::new()?;
        let database = Database::start_durable(&world)?;
        let broker = Broker::start(&world)?;
        let lines = PROTOCOLS.map(|name| format!("[[line]]\nprotocol = \"{name}\"\ntcp = \"127.0.0.1:0\"\n")).concat();
        let hub = Hub::with_config(
            &world,
            &format!("[database]\nurl = \"{}\"\n{lines}{}", database.url, broker.section("")),
        )?;
        Ok(Self { hub, database, _broker: broker, _world: world })
    }

    fn address(&self, protocol: &str) -> anyhow::Result<SocketAddr> {
        Ok(listening(&self.hub, &format!("{protocol}:main"), 1)?[0])
    }
}

/// Prints what so many stations cost that have reported once and stay connected.
pub fn idle(stations: usize) -> anyhow::Result<()> {
    let rig = Rig::start()?;
    let address = rig.address("sl651")?;
    let settled = || {
        std::thread::sleep(Duration::from_secs(10));
        rig.hub.memory() as f64 / 1e6
    };
    let before = settled();
    let mut connected = Vec::new();
    for first in (0..stations).step_by(250) {
        let last = stations.min(first + 250);
        let mut some = Vec::new();
        for n in first..last {
            let mut field = Field::tcp(device("sl651", n), address)?;
            field.report(&values("sl651", n))?;
            some.push(field);
        }
        some.iter_mut().try_for_each(Field::confirmed)?;
        connected.append(&mut some);
    }
    let (with, peak) = (settled(), rig.hub.memory_peak() as f64 / 1e6);
    drop(connected);
    println!(
        "{stations} idle stations, each reported once: {:.1} MB over {before:.1} MB (goal ≤ 60), {:.1} kB each; highest \
         {peak:.1} MB; when all have hung up {:.1} MB over it",
        with - before,
        (with - before) * 1e3 / stations as f64,
        settled() - before
    );
    Ok(())
}

/// Prints how long a report waits for its confirmation at one report a second from each connection.
pub fn confirmations(connections: usize, seconds: usize) -> anyhow::Result<()> {
    let rig = Rig::start()?;
    let addresses: Vec<SocketAddr> = PROTOCOLS.iter().map(|name| rig.address(name)).collect::<Result<_, _>>()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let rounds = seconds + 3; // the first ones fill caches
    let waits = runtime.block_on(async {
        let mut lines = Vec::new();
        for n in 0..connections {
            let name = PROTOCOLS[n % 3];
            let mut line = Line::connect(name, n, addresses[n % 3], rounds).await?;
            // registers the device
            line.report(now(), 0, n).await?;
            lines.push(line);
        }
        let start = Instant::now() + Duration::from_secs(3);
        let base = now().ms() + 3_000;
        let tasks = lines.into_iter().enumerate().map(|(n, mut line)| {
            let offset = Duration::from_secs_f64(n as f64 / connections as f64);
            tokio::spawn(async move {
                let mut waits = Vec::new();
                for round in 1..=rounds {
                    let after = offset + Duration::from_secs(round as u64 - 1);
                    tokio::time::sleep_until((start + after).into()).await;
                    let at = Timestamp::from_ms(base + after.as_millis() as i64);
                    line.report(at, round, n + round).await?;
                    // from when it was due: a station that had to wait for the one before counts that, too
                    if round > 3 {
                        waits.push((start + after).elapsed().as_secs_f64() * 1e3);
                    }
                }
                anyhow::Ok((line.protocol, waits))
            })
        });
        let mut waits: Vec<(&str, Vec<f64>)> = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            waits.push(task.await??);
        }
        anyhow::Ok(waits)
    })?;
    let of = |name: Option<&str>| {
        let mine = waits.iter().filter(|(protocol, _)| name.is_none_or(|name| name == *protocol));
        let mut all: Vec<f64> = mine.flat_map(|(_, waits)| waits.iter().copied()).collect();
        let most = quantile(&mut all, 1.0);
        (all.len(), quantile(&mut all, 0.5), quantile(&mut all, 0.99), most)
    };
    let (reports, p50, p99, most) = of(None);
    let each: Vec<String> =
        PROTOCOLS.iter().map(|name| format!("{name} {:.0}/{:.0} ms", of(Some(name)).1, of(Some(name)).2)).collect();
    let sums = even_with_heartbeats(&rig.hub, &rig.database)?;
    println!(
        "{reports} reports over {connections} connections in {seconds} s, durable and confirmed: p50 {p50:.0} ms, p99 \
         {p99:.0} ms (goal ≤ 300), most {most:.0} ms ({}); ledger even, {} items stored, {} rejected, {} conflicts; memory {:.0} MB",
        each.join(", "),
        sums.stored,
        sums.rejected,
        sums.conflict,
        rig.hub.memory() as f64 / 1e6
    );
    Ok(())
}

/// A station and its connection.
struct Line {
    protocol: &'static str,
    device: Box<dyn Instrument>,
    stream: TcpStream,
    buffer: BytesMut,
    rounds: usize,
}

impl Line {
    async fn connect(protocol: &'static str, n: usize, address: SocketAddr, rounds: usize) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut device = device(protocol, n);
        stream.write_all(&device.connected(now()).concat()).await?;
        Ok(Self { protocol, device, stream, buffer: BytesMut::new(), rounds })
    }

    /// Reports and waits until that is confirmed.
    async fn report(&mut self, at: Timestamp, round: usize, n: usize) -> anyhow::Result<()> {
        // its times have whole minutes: each report is one of its own, as after an outage
        let minutes = if self.protocol == "sl651" { (self.rounds - round) as i64 } else { 0 };
        let at = Timestamp::from_ms(at.ms() - minutes * 60_000);
        let frames = self.device.report(&values(self.protocol, n), at).concat();
        let confirmed = async {
            self.stream.write_all(&frames).await?;
            while self.device.unconfirmed() > 0 {
                anyhow::ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the hub hung up");
                let answer = self.device.hear(&mut self.buffer, at).concat();
                self.stream.write_all(&answer).await?;
            }
            Ok(())
        };
        tokio::time::timeout(LOST, confirmed).await.context("a report was not confirmed")?
    }
}
