//! A world of its own for each test: folder, database, broker, hub. Everything that it started ends with it, and with
//! the test process, however that ends.

mod binary;
mod broker;
mod browser;
mod certificates;
mod chaos;
mod database;
mod field;
mod hub;
pub mod keys;
mod managed;
mod mqtt;
mod oidc;
mod process;
mod publisher;
mod receiver;
mod robot;
mod smtp;
mod surfer;
mod syslog;
pub mod wire;

use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use broker::{Broker, Tls};
pub use browser::Browser;
pub use certificates::Certificates;
pub use chaos::Chaos;
pub use database::Database;
pub use field::{Field, counted, listening, more_files, now};
pub use hub::{Hub, Stream};
pub use managed::{Managed, Row, Said, chengshu, closed_to_others};
pub use mqtt::{Login, Mqtt};
pub use oidc::Oidc;
pub use process::Process;
pub(crate) use process::{as_user, give_away};
pub use publisher::{Obligation, Publisher, publish_all};
pub use receiver::{HANGS, Message, Receiver};
pub use robot::Robot;
pub use smtp::Smtp;
pub use surfer::{Page, Surfer, escaped};
pub use syslog::{Heard, Syslog};

/// How long a test waits for anything before it gives up: a hang guard, not a measure.
pub const GUARD: Duration = Duration::from_secs(60);

/// A folder that user chengshu can reach, removed at the end.
pub struct World {
    dir: tempfile::TempDir,
}

impl World {
    pub fn new() -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("chengshu-test-").tempdir()?;
        process::give_away(dir.path())?;
        Ok(Self { dir })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A folder in it that the hub may write to.
    pub fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.path(name);
        std::fs::create_dir_all(&path)?;
        process::give_away(&path)?;
        Ok(path)
    }
}

/// How a client of the tests asks: an error is an answer, no proxy is asked, and whose certificate it is does not matter
/// here. Those who look at certificates are openssl and curl.
pub(crate) fn client() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    let tls = ureq::tls::TlsConfig::builder().disable_verification(true).build();
    ureq::Agent::config_builder().tls_config(tls)
}

/// Waits until `check` answers, or fails with `what`.
pub fn until<T>(what: &str, guard: Duration, mut check: impl FnMut() -> Option<T>) -> anyhow::Result<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = check() {
            return Ok(answer);
        }
        anyhow::ensure!(start.elapsed() < guard, "after {} s still not: {what}", guard.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as i64
}

/// A port that nobody uses now.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A world with everything in it; `more` goes into the hub's configuration.
pub fn whole(more: &str) -> (World, Database, Broker, Hub) {
    let start = || -> anyhow::Result<_> {
        let world = World::new()?;
        let database = Database::start(&world)?;
        let broker = Broker::start(&world)?;
        let sections = format!("[database]\nurl = \"{}\"\n{more}{}", database.url, broker.section(""));
        let hub = Hub::with_config(&world, &sections)?;
        Ok((world, database, broker, hub))
    };
    start().unwrap_or_else(|error| panic!("no world to test in: {error:?}"))
}
