//! A PostgreSQL cluster of the test's own, which it may kill and start again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::signal::Signal;
use sqlx::{Connection as _, PgConnection, Row as _};

use super::process::{Process, as_user, complete};
use super::{Chaos, GUARD, World, until};

pub struct Database {
    bin: PathBuf,
    data: PathBuf,
    log: PathBuf,
    process: Option<Process>,
    pub url: String,
}

impl Database {
    /// A fresh cluster with an empty database. Flushing is off: these tests kill processes, not the machine.
    pub fn start(world: &World) -> anyhow::Result<Self> {
        Self::with_settings(world, "fsync = off\nfull_page_writes = off\n")
    }

    /// The same, flushing as a real one does.
    pub fn start_durable(world: &World) -> anyhow::Result<Self> {
        Self::with_settings(
            world,
            "shared_buffers = 1GB\nmax_wal_size = 4GB\ncheckpoint_timeout = 15min\nwal_compression = on\n",
        )
    }

    fn with_settings(world: &World, settings: &str) -> anyhow::Result<Self> {
        let bin = installed()?;
        let data = world.path("postgres");
        let mut initdb = as_user(&bin.join("initdb").to_string_lossy());
        initdb.arg("-D").arg(&data).args(["-N", "-U", "chengshu", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]);
        complete(initdb)?;
        let socket = world.path("");
        let conf = format!(
            "\nlisten_addresses = ''\nunix_socket_directories = '{}'\nshared_preload_libraries = 'timescaledb'\n\
             timescaledb.telemetry_level = off\nmax_connections = 60\n{settings}",
            socket.display()
        );
        let file = data.join("postgresql.conf");
        std::fs::write(&file, std::fs::read_to_string(&file)? + &conf)?;
        let host = socket.to_string_lossy().replace('/', "%2F");
        let url = format!("postgres://chengshu:none@localhost/postgres?host={host}");
        let mut database = Self { bin, data, log: world.path("postgres.log"), process: None, url };
        database.up()?;
        Ok(database)
    }

    /// Starts the server and waits until it answers.
    pub fn up(&mut self) -> anyhow::Result<()> {
        let mut command = as_user(&self.bin.join("postgres").to_string_lossy());
        command.arg("-D").arg(&self.data);
        self.process = Some(Process::start(command, &self.log)?);
        let url = self.url.clone();
        until("the database answers", GUARD, || block_on(PgConnection::connect(&url)).ok())?;
        Ok(())
    }

    /// A proxy in front of it, and its address through that.
    pub fn behind_chaos(&self) -> anyhow::Result<(Chaos, String)> {
        let socket = self.data.parent().context("a folder")?.join(".s.PGSQL.5432");
        let chaos = Chaos::start(socket)?;
        let url = format!("postgres://chengshu:none@127.0.0.1:{}/postgres?sslmode=disable", chaos.port);
        Ok((chaos, url))
    }

    /// A cluster that is made, but not started yet.
    pub fn prepare(world: &World) -> anyhow::Result<Self> {
        let mut database = Self::start(world)?;
        database.down();
        Ok(database)
    }

    /// SIGQUIT: PostgreSQL's immediate shutdown, which recovers at the next start.
    pub fn down(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.end(Signal::SIGQUIT, Duration::from_secs(10));
        }
    }

    /// One number.
    pub fn count(&self, query: &'static str) -> anyhow::Result<i64> {
        block_on(async {
            let mut connection = PgConnection::connect(&self.url).await?;
            Ok(sqlx::query_scalar::<_, i64>(query).fetch_one(&mut connection).await?)
        })
    }

    /// One text.
    pub fn text(&self, query: &'static str) -> anyhow::Result<String> {
        block_on(async {
            let mut connection = PgConnection::connect(&self.url).await?;
            Ok(sqlx::query_scalar::<_, String>(query).fetch_one(&mut connection).await?)
        })
    }

    /// Every stored row as (device, metric, value).
    pub fn rows(&self) -> anyhow::Result<Vec<(String, String, f64)>> {
        let query = "SELECT device, metric, value FROM reading JOIN series ON series.id = reading.series";
        block_on(async {
            let mut connection = PgConnection::connect(&self.url).await?;
            Ok(sqlx::query_as(query).fetch_all(&mut connection).await?)
        })
    }

    /// The first column of what some statements answer, as texts.
    pub fn lines(&self, statements: String) -> anyhow::Result<Vec<String>> {
        block_on(async {
            let mut connection = PgConnection::connect(&self.url).await?;
            let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).fetch_all(&mut connection).await?;
            Ok(rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<_, _>>()?)
        })
    }

    /// Runs statements that a test has put together.
    pub fn run(&self, statements: String) -> anyhow::Result<()> {
        block_on(async {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&mut connection).await?;
            Ok(())
        })
    }

    /// The address for another role, without a password.
    pub fn url_as(&self, role: &str) -> String {
        self.url.replacen("chengshu:none", &format!("{role}:none"), 1)
    }

    /// Runs a statement.
    pub fn execute(&self, statement: &'static str) -> anyhow::Result<()> {
        block_on(async {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::raw_sql(statement).execute(&mut connection).await?;
            Ok(())
        })
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

fn installed() -> anyhow::Result<PathBuf> {
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql")?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    versions.retain(|path| {
        let number = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Path::new(&format!("/usr/share/postgresql/{number}/extension/timescaledb.control")).exists()
    });
    versions.sort();
    Ok(versions.pop().context("no PostgreSQL with TimescaleDB; run deploy/setup.sh test")?.join("bin"))
}
