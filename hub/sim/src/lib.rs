//! A simulated district (模拟城区) for demo and drills: water, fire safety and building sites of 江城区, told over MQTT like
//! real stations would, on an ordinary day or by a script. It reaches the hub by the broker only, never by a side door,
//! and what it says is plausible rather than true.

mod battery;
mod field;
mod fire;
mod hours;
mod housing;
mod kinds;
mod link;
mod links;
mod map;
mod noise;
mod payload;
mod placing;
mod plan;
mod rain;
mod river;
mod schedule;
mod script;
mod shared;
mod sky;
mod station;
#[cfg(test)]
mod tests;
mod tide;
mod water;
mod world;

use chengshu_core::seam::SharedClock;
use tokio::task::{JoinSet, spawn_blocking};
use tokio_util::sync::CancellationToken;

use field::Voice;
pub use field::{FieldLine, FieldProtocol};
use link::Link;
use map::District;
pub use script::{Script, UnknownScript};
use shared::Shared;
use sky::Day;
use world::World;

/// The simulated district lives by Beijing time, whatever the host's zone.
const BEIJING_S: f64 = 8.0 * 3600.0;

/// What to simulate, and which broker to tell.
#[derive(Clone)]
pub struct SimConfig {
    /// The broker's host name or address.
    pub host: String,
    /// The broker's port.
    pub port: u16,
    /// User at the broker; empty = anonymous.
    pub user: String,
    /// Password at the broker.
    pub password: String,
    /// How many devices there are.
    pub devices: usize,
    /// Seconds of the simulated world per real second, 0 to 3600. Devices report in real time all the same.
    pub speed: f64,
    /// The same seed gives the same district and the same weather.
    pub seed: u64,
    /// Where stations speak in the field's own protocols; empty: none do.
    pub field: Vec<FieldLine>,
    /// What happens besides an ordinary day.
    pub script: Option<Script>,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 1883,
            user: String::new(),
            password: String::new(),
            devices: 200,
            speed: 1.0,
            seed: 441_702,
            field: Vec::new(),
            script: None,
        }
    }
}

impl std::fmt::Debug for SimConfig {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { host, port, user, devices, speed, seed, script, .. } = self;
        let script = script.map_or("none".to_owned(), |script| script.to_string());
        write!(f, "SimConfig {{ {user}@{host}:{port}, devices: {devices}, speed: {speed}, ")?;
        write!(f, "seed: {seed}, script: {script} }}")
    }
}

/// Why there is no simulation. A broker that is away is no reason: its links wait for it.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The number of devices cannot be simulated.
    #[error("devices is {0}; expected 1 to 100000")]
    Devices(usize),
    /// The speed cannot be simulated.
    #[error("speed is {0}; expected more than 0 and at most 3600")]
    Speed(f64),
    /// The map data inside the binary are broken.
    #[error("the simulated district's map data cannot be read")]
    Map,
    /// A part of the simulation ended unexpectedly.
    #[error("a part of the simulation ended")]
    Ended(#[source] tokio::task::JoinError),
}

/// Runs the district until `stop`. Then all connections are dropped without a good-bye, and the broker publishes the
/// devices' last wills, as it would if the real ones went dark.
///
/// # Errors
/// [`SimError`] for a configuration that cannot be simulated, or a defect of the simulation itself.
pub async fn run(config: SimConfig, clock: SharedClock, stop: CancellationToken) -> Result<(), SimError> {
    check(&config)?;
    let district = District::load()?;
    let (count, seed) = (config.devices, config.seed);
    let day = Day { starts_s: clock.now().ms() as f64 / 1000.0 + BEIJING_S, script: config.script };
    let lines = config.field.clone();
    let warm_up = move || {
        let devices = plan::plan(&district, count, seed);
        let players: Vec<_> = lines
            .iter()
            .flat_map(|line| field::cast(line.protocol, &devices, &district).into_iter().map(|player| (player, *line)))
            .collect();
        (World::new(&devices, seed, day), devices, players)
    };
    let (world, devices, players) = spawn_blocking(warm_up).await.map_err(SimError::Ended)?;
    let shared = Shared::new(config, clock, world);
    tracing::info!(config = ?shared.config, "simulated district starts");

    let mut tasks = JoinSet::new();
    for (number, devices) in links::grouped(devices).into_iter().enumerate() {
        tasks.spawn(Link { number, devices }.keep(shared.clone()));
    }
    for (number, (player, line)) in players.into_iter().enumerate() {
        tasks.spawn(Voice::new(player, line).keep(number, shared.clone()));
    }
    let turning = shared.clone();
    tasks.spawn(async move { turning.turn().await });
    tokio::select! {
        () = stop.cancelled() => Ok(()),
        Some(Err(error)) = tasks.join_next() => Err(SimError::Ended(error)),
    }
}

/// Names and places of the field stations, as a table for `chengshu import`: no field protocol tells them.
///
/// # Errors
/// [`SimError`] for a configuration that cannot be simulated.
pub fn field_table(config: &SimConfig) -> Result<String, SimError> {
    check(config)?;
    let district = District::load()?;
    let devices = plan::plan(&district, config.devices, config.seed);
    let players = config.field.iter().flat_map(|line| field::cast(line.protocol, &devices, &district));
    Ok(field::table(&players.collect::<Vec<_>>()))
}

fn check(config: &SimConfig) -> Result<(), SimError> {
    if !(1..=100_000).contains(&config.devices) {
        return Err(SimError::Devices(config.devices));
    }
    if !(config.speed > 0.0 && config.speed <= 3600.0) {
        return Err(SimError::Speed(config.speed));
    }
    Ok(())
}
