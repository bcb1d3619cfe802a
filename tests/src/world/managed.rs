//! A hub that runs its own database and broker, as one without configuration does; and its other commands.

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{Connection as _, PgConnection};

use super::database::block_on;
use super::{Hub, Publisher, World, binary, free_port};

pub struct Managed {
    pub hub: Hub,
    /// Where the shared user comes.
    pub mqtt: u16,
    /// Where devices come with credentials of their own.
    pub devices: u16,
    pub data: PathBuf,
    pub config: PathBuf,
}

/// A stored reading: device, metric, device time (ms), time of arrival (ms), value times eight.
pub type Row = (String, String, i64, i64, i64);

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub good: bool,
    pub code: Option<i32>,
    pub out: String,
    pub error: String,
}

impl Managed {
    /// On the folder `hub` of the world, which a restore may have filled.
    pub fn start(world: &World, sections: &str) -> anyhow::Result<Self> {
        Self::start_with(world, "", sections)
    }

    /// With more keys in the section of the managed broker.
    pub fn start_with(world: &World, keys: &str, sections: &str) -> anyhow::Result<Self> {
        let (mqtt, devices) = (free_port()?, free_port()?);
        let hub = Hub::with_config(
            world,
            &format!(
                "[managed]\nbroker_listen = \"127.0.0.1:{devices}\"\nshared_listen = \"127.0.0.1:{mqtt}\"\n{keys}{sections}"
            ),
        )?;
        Ok(Self { hub, mqtt, devices, data: world.path("hub"), config: world.path("chengshu.toml") })
    }

    pub fn password(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.data.join("mosquitto/field.secret"))?.trim().to_owned())
    }

    pub fn publisher(&self, per_second: u64) -> anyhow::Result<Publisher> {
        Ok(Publisher::start_as(self.mqtt, per_second, Some(("field", &self.password()?))))
    }

    /// Publishes one value.
    pub fn publish(&self, device: &str, value: f64) -> anyhow::Result<()> {
        let (port, topic) = (self.mqtt.to_string(), format!("city/test/{device}/telemetry"));
        let (payload, password) = (format!("{{\"x\":{value}}}"), self.password()?);
        let mut command = std::process::Command::new("mosquitto_pub");
        command.args(["-h", "127.0.0.1", "-p", &port, "-u", "field", "-P", &password, "-q", "1", "-t", &topic]);
        anyhow::ensure!(command.args(["-m", &payload]).status()?.success(), "mosquitto_pub failed");
        Ok(())
    }

    async fn connect(&self) -> anyhow::Result<PgConnection> {
        let socket = self.data.join("run").to_string_lossy().replace('/', "%2F");
        Ok(PgConnection::connect(&format!("postgres://chengshu:none@localhost/chengshu?host={socket}")).await?)
    }

    pub fn execute(&self, statement: &'static str) -> anyhow::Result<()> {
        block_on(async {
            sqlx::raw_sql(statement).execute(&mut self.connect().await?).await?;
            Ok(())
        })
    }

    /// The same as the role that the hub works as; the error's code and words.
    pub fn try_as_hub(&self, statement: &'static str) -> Result<(), (String, String)> {
        let socket = self.data.join("run").to_string_lossy().replace('/', "%2F");
        let url = format!("postgres://{}:none@localhost/chengshu?host={socket}", concat!("chengshu", "_hub"));
        block_on(async {
            let mut connection = PgConnection::connect(&url).await.expect("the hub's role signs in");
            let done = sqlx::raw_sql(statement).execute(&mut connection).await;
            done.map(|_| ()).map_err(|error| {
                let error = error.into_database_error().expect("the database's own words");
                (error.code().unwrap_or_default().into_owned(), error.message().to_owned())
            })
        })
    }

    /// With `$1` and `$2`.
    pub fn execute_with(&self, statement: &'static str, one: i64, two: i64) -> anyhow::Result<()> {
        block_on(async {
            sqlx::query(statement).bind(one).bind(two).execute(&mut self.connect().await?).await?;
            Ok(())
        })
    }

    /// Two numbers.
    pub fn pair(&self, query: &'static str) -> anyhow::Result<(i64, i64)> {
        block_on(async { Ok(sqlx::query_as(query).fetch_one(&mut self.connect().await?).await?) })
    }

    /// Every stored reading.
    pub fn rows(&self) -> anyhow::Result<Vec<Row>> {
        let query = "SELECT device, metric, (extract(epoch FROM at) * 1000)::bigint,
                            (extract(epoch FROM at) * 1000)::bigint + lag_ms, (value * 8)::bigint
                     FROM reading JOIN series ON series.id = reading.series ORDER BY 1, 2, 3";
        block_on(async { Ok(sqlx::query_as(query).fetch_all(&mut self.connect().await?).await?) })
    }

    /// Stops all processes of its PostgreSQL where they are, or lets them go on.
    pub fn freeze(&self, stop: bool) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(self.data.join("postgres/postmaster.pid"))?;
        let postmaster: i32 = text.lines().next().unwrap_or_default().trim().parse()?;
        let children = std::process::Command::new("pgrep").args(["-P", &postmaster.to_string()]).output()?;
        let children = String::from_utf8_lossy(&children.stdout).into_owned();
        let signal = if stop { Signal::SIGSTOP } else { Signal::SIGCONT };
        for pid in children.split_whitespace().filter_map(|pid| pid.parse().ok()).chain([postmaster]) {
            let _ = kill(Pid::from_raw(pid), signal); // one that has just ended needs none
        }
        Ok(())
    }

    /// Waits until its PostgreSQL is gone, as it soon is when the hub was killed.
    pub fn wait_gone(&self) -> anyhow::Result<()> {
        let file = self.data.join("postgres/postmaster.pid");
        super::until("the database of the killed hub ends", super::GUARD, || (!file.exists()).then_some(()))
    }
}

/// Runs another command of the program.
pub fn chengshu(args: &[&str]) -> anyhow::Result<Said> {
    let output = std::process::Command::new(binary::hub()?).args(args).env("NO_COLOR", "1").output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Said {
        good: output.status.success(),
        code: output.status.code(),
        out: text(&output.stdout),
        error: text(&output.stderr),
    })
}

impl Said {
    /// It did what it was told.
    pub fn done(self) -> anyhow::Result<String> {
        anyhow::ensure!(self.good, "{}\n{}", self.out, self.error);
        Ok(self.out)
    }

    /// It refused, with these words.
    pub fn refused(self, words: &str) -> anyhow::Result<()> {
        anyhow::ensure!(!self.good && self.error.contains(words), "{words}: {}\n{}", self.out, self.error);
        Ok(())
    }
}

/// Whether everything under `dir` belongs to one user and is closed to others.
pub fn closed_to_others(dir: &std::path::Path) -> anyhow::Result<()> {
    let owner = dir.metadata()?.uid();
    for entry in std::fs::read_dir(dir)? {
        let (path, meta) = {
            let entry = entry?;
            (entry.path(), entry.metadata()?)
        };
        anyhow::ensure!(meta.uid() == owner, "{} belongs to {}", path.display(), meta.uid());
        anyhow::ensure!(meta.mode() & 0o077 == 0, "{} has mode {:o}", path.display(), meta.mode());
        if meta.is_dir() {
            closed_to_others(&path)?;
        }
    }
    Ok(())
}
