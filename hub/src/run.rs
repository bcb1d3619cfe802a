//! From the configuration to a running hub and back: drop root, log, start, wait for a signal, stop. The first signal
//! stops in order within ten seconds, the second at once.

use std::io::IsTerminal as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chengshu_core::model::Limits;
use chengshu_core::seam::SharedClock;
use chengshu_identity::DemoAccount;
use chengshu_sim::SimConfig;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::clock::SystemClock;
use crate::config::{Config, FieldLine};
use crate::field::PROTOCOLS;
use crate::people;
use crate::ready::{Ready, ReadyFile};
use crate::wiring::{self, Mode, Running};
use crate::{Demo, say, user};

/// Files that may be open at once, where the system allows it.
const FILES: u64 = 65_536;

/// Runs the hub.
pub fn hub(config: Config) -> anyhow::Result<()> {
    let data = user::settle(config.data_dir.as_deref())?;
    logging(&config);
    more_files();
    runtime()?.block_on(async move {
        let clock: SharedClock = Arc::new(SystemClock::new());
        let mut signals = Signals::listen()?;
        let Some(running) = starting(&config, &data, &Mode::default(), &clock, &mut signals).await? else {
            return Ok(());
        };
        say(&format!("城枢 answers at {}", running.ready.http));
        let public = config.public_url.clone().unwrap_or_else(|| running.ready.http.clone());
        let inviting = people::invite(running.identities.clone(), running.ring.clone(), clock.clone(), public, data);
        tokio::spawn(inviting);
        wait_and_stop(running, signals, CancellationToken::new()).await
    })
}

/// Runs the hub with a simulated district.
pub fn demo(mut config: Config, demo: Demo) -> anyhow::Result<()> {
    anyhow::ensure!(demo.speed.is_finite() && demo.speed > 0.0, "--speed is {}; expected a number above 0", demo.speed);
    let ready_file = demo.ready_file.as_deref().map(ReadyFile::open).transpose()?;
    let data = user::settle(demo.data.as_deref().or(config.data_dir.as_deref()))?;
    logging(&config);
    more_files();
    config.http = demo.http.unwrap_or_else(|| or_free(config.http));
    // simulators and scripts come by the usual door, as the shared user; devices with credentials by another
    let usual = demo.mqtt.unwrap_or_else(|| or_free(config.managed.listen));
    config.managed.shared = Some(usual);
    config.managed.listen = or_free(SocketAddr::from((Ipv4Addr::LOCALHOST, 1884)));
    config.brokers.clear();
    let field = demo.field.unwrap_or(demo.devices >= 500);
    if config.lines.is_empty() && field {
        let limits = Limits { payload_max: config.payload_max, times: config.times };
        config.lines = PROTOCOLS.iter().filter_map(|protocol| FieldLine::demo(protocol, limits)).collect();
    }
    runtime()?.block_on(async move {
        let clock: SharedClock = Arc::new(SystemClock::new());
        let mut signals = Signals::listen()?;
        let Some(running) = starting(&config, &data, &Mode { demo: true }, &clock, &mut signals).await? else {
            return Ok(());
        };
        let accounts = people::demo(&running.identities, &running.ring).await;
        let ready = Ready { accounts, ..running.ready.clone() };
        let stop_sim = CancellationToken::new();
        if let Some((broker, user, password)) = ready.mqtt.clone().filter(|_| demo.devices > 0) {
            let sim = SimConfig {
                host: broker.ip().to_string(),
                port: broker.port(),
                user,
                password,
                devices: demo.devices,
                speed: demo.speed,
                seed: demo.seed,
                field: if field { running.field.clone() } else { Vec::new() },
                script: demo.script,
            };
            let (clock, stop) = (clock.clone(), stop_sim.clone());
            let client = Client::at(&ready.http, &ready.admin_key);
            tokio::spawn(async move {
                enter(&sim, client).await;
                if let Err(error) = chengshu_sim::run(sim, clock, stop).await {
                    tracing::error!(error = format!("{:#}", anyhow::Error::new(error)), "the simulation ended");
                }
            });
        }
        if let Some(file) = ready_file {
            file.write(&ready)?;
        }
        say(&format!("城枢 · 演示数据 (simulated data)\n  open  {}/#key={}", ready.http, ready.admin_key));
        for DemoAccount { role, user, password } in &ready.accounts {
            say(&format!("  {user:<16} {password}  {}", role.zh()));
        }
        wait_and_stop(running, signals, stop_sim).await
    })
}

/// Enters the field stations' names and places, by the same door as people do.
async fn enter(sim: &SimConfig, client: Client) {
    if sim.field.is_empty() {
        return;
    }
    let table = match chengshu_sim::field_table(sim) {
        Ok(table) => table,
        Err(error) => return tracing::error!(%error, "the simulated stations are not entered"),
    };
    let import = move || client.post("/api/v1/import/devices", &[("format", "csv")], "text/csv", table.as_bytes());
    match tokio::task::spawn_blocking(import).await {
        Ok(Ok((true, _))) => {}
        Ok(Ok((false, answer))) => tracing::error!(%answer, "the simulated stations are not entered"),
        Ok(Err(error)) => tracing::error!(%error, "the simulated stations are not entered"),
        Err(error) => tracing::error!(%error, "the simulated stations are not entered"),
    }
}

/// Starts, unless a signal comes first.
async fn starting(
    config: &Config,
    data: &Path,
    mode: &Mode,
    clock: &SharedClock,
    signals: &mut Signals,
) -> anyhow::Result<Option<Running>> {
    tokio::select! {
        running = wiring::start(config, data, mode, clock.clone()) => running.map(Some),
        () = signals.next() => Ok(None),
    }
}

async fn wait_and_stop(running: Running, mut signals: Signals, first: CancellationToken) -> anyhow::Result<()> {
    let failed = running.failed.clone();
    tokio::select! {
        () = signals.next() => tracing::info!("stopping; a second signal stops at once"),
        () = failed.cancelled() => {}
    }
    first.cancel();
    tokio::select! {
        () = running.stop() => {}
        () = signals.next() => tracing::warn!("stopped at once"),
    }
    anyhow::ensure!(
        !failed.is_cancelled(),
        "a part that the hub cannot do without has ended; the log says which and why"
    );
    Ok(())
}

/// Connections are files: the usual 1,024 are too few for a door that thousands may hold on to.
fn more_files() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(soft, hard)| setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(FILES)), hard));
    if let Err(error) = raised {
        tracing::warn!(%error, "the number of files that may be open cannot be raised; see `ulimit -n`");
    }
}

/// The async world, on all cores.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")
}

/// The log, on standard error.
pub fn logging(config: &Config) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(&config.log_level).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if config.log_json { builder.json().init() } else { builder.with_target(false).init() }
}

/// The default address, or a free port beside it when somebody else has it: a demo should start anyway.
fn or_free(address: SocketAddr) -> SocketAddr {
    if TcpListener::bind(address).is_ok() {
        return address;
    }
    tracing::warn!(%address, "taken by another program; the demo takes a free port instead");
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// SIGTERM and SIGINT.
struct Signals {
    term: tokio::signal::unix::Signal,
    int: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("listening for signals");
        Ok(Self { term: listen(SignalKind::terminate())?, int: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }
}
