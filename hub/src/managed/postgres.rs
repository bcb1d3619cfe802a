//! The managed PostgreSQL + TimescaleDB cluster: made once by initdb, tuned to the machine, reached by a Unix socket
//! in the data folder only. Never touches a cluster that it has not made.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chengshu_core::seam::SharedClock;
use nix::sys::signal::Signal;
use tokio::process::Command;

use super::child::{Pulse, Spec};
use crate::backup::archive;

/// Where the cluster is and how it is reached.
#[derive(Debug, Clone)]
pub struct Cluster {
    data: PathBuf,
    socket: PathBuf,
    bin: PathBuf,
    archive: Option<PathBuf>,
}

const DATABASE: &str = "chengshu";

impl Cluster {
    /// The cluster under `dir`; made if there is none. It puts its WAL aside in `archive`, if that is named.
    pub async fn prepare(dir: &Path, archive: Option<&Path>) -> anyhow::Result<Self> {
        let archive = archive.map(Path::to_path_buf);
        let cluster = Self { data: dir.join("postgres"), socket: socket_dir(dir)?, bin: installed()?, archive };
        if !cluster.data.join("PG_VERSION").exists() {
            cluster.init().await?;
        }
        cluster.check_version()?;
        std::fs::write(cluster.data.join("chengshu.conf"), cluster.settings())
            .context("writing the cluster's settings")?;
        cluster.archive.as_ref().map_or(Ok(()), |_| archive::announce_histories(&cluster.data))?;
        Ok(cluster)
    }

    /// The cluster that a hub has left under `dir`, as it is.
    pub fn existing(dir: &Path) -> anyhow::Result<Self> {
        let cluster = Self { data: dir.join("postgres"), socket: socket_dir(dir)?, bin: installed()?, archive: None };
        anyhow::ensure!(cluster.data.join("PG_VERSION").exists(), "there is no database under {}", dir.display());
        cluster.check_version()?;
        Ok(cluster)
    }

    /// The folder of its programs.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// The folder of its data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Whether a PostgreSQL runs on it now.
    pub fn runs(&self) -> bool {
        running(&self.data).is_some()
    }

    /// How its owner reaches it.
    pub fn url(&self) -> String {
        self.url_as("chengshu")
    }

    /// How the hub reaches it when it works: as a role that can neither change the form of tables nor the audit. The
    /// owner's migrations make that role.
    pub fn worker_url(&self) -> String {
        self.url_as(concat!("chengshu", "_hub"))
    }

    fn url_as(&self, role: &str) -> String {
        let host: String = url::form_urlencoded::byte_serialize(self.socket.to_string_lossy().as_bytes()).collect();
        // the password is not asked for (trust); without one the client would look for a file in the home of root
        format!("postgres://{role}:none@localhost/{DATABASE}?host={host}")
    }

    /// How the supervisor runs it. SIGINT is PostgreSQL's fast shutdown.
    pub fn spec(&self) -> Spec {
        Spec {
            name: "postgres",
            program: self.bin.join("postgres"),
            args: vec!["-D".to_owned(), self.data.to_string_lossy().into_owned()],
            goodbye: Signal::SIGINT,
            grace: Duration::from_secs(8),
            ears: None,
            pulse: Pulse::default(),
        }
    }

    /// Waits until a cluster that a killed hub has left is gone, so that two never share the data.
    pub async fn wait_for_predecessor(&self, clock: &SharedClock) -> anyhow::Result<()> {
        for _ in 0..150 {
            if !self.runs() {
                return Ok(());
            }
            clock.sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!(
            "another PostgreSQL still runs on {}; is a second hub using this data folder?",
            self.data.display()
        )
    }

    /// Waits until it answers, and makes the database.
    pub async fn wait_ready(&self, clock: &SharedClock) -> anyhow::Result<()> {
        let mut last = String::new();
        for _ in 0..300 {
            match self.psql("SELECT 1", "postgres").await {
                Ok(_) => return self.make_database().await,
                Err(error) => last = format!("{error:#}"),
            }
            clock.sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("the managed PostgreSQL did not answer within 15 s: {last}")
    }

    async fn make_database(&self) -> anyhow::Result<()> {
        let exists = self.psql(&format!("SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"), "postgres").await?;
        if exists.trim().is_empty() {
            self.psql(&format!("CREATE DATABASE {DATABASE}"), "postgres").await?;
        }
        Ok(())
    }

    async fn psql(&self, statement: &str, database: &str) -> anyhow::Result<String> {
        let mut command = Command::new(self.bin.join("psql"));
        command
            .arg("-h")
            .arg(&self.socket)
            .args(["-U", "chengshu", "-d", database, "-XAtqc", statement])
            .kill_on_drop(true);
        let output = command.output().await.context("running psql")?;
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    async fn init(&self) -> anyhow::Result<()> {
        tracing::info!(data = %self.data.display(), "making the database cluster");
        let mut command = Command::new(self.bin.join("initdb"));
        // Without -N the new cluster is flushed once; trust is safe on a socket in a folder of mode 0700.
        command.arg("-D").arg(&self.data).args([
            "-U",
            "chengshu",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
        ]);
        let output = command.output().await.context("running initdb")?;
        anyhow::ensure!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        let conf = self.data.join("postgresql.conf");
        let mut text = std::fs::read_to_string(&conf).context("reading the cluster's settings")?;
        text.push_str("\ninclude 'chengshu.conf'\n");
        std::fs::write(&conf, text).context("writing the cluster's settings")
    }

    fn check_version(&self) -> anyhow::Result<()> {
        let made = std::fs::read_to_string(self.data.join("PG_VERSION")).context("reading PG_VERSION")?;
        same_version(made.trim(), &self.bin)
    }

    /// Settings for this machine; synchronous_commit stays on: what is acknowledged is on disk.
    fn settings(&self) -> String {
        let memory_mb = memory_mb();
        let shared = (memory_mb / 4).clamp(128, 4096);
        format!(
            "# Written by chengshu at every start; put your own settings into postgresql.conf behind the include.\n\
             listen_addresses = ''\n\
             unix_socket_directories = '{socket}'\n\
             shared_preload_libraries = 'timescaledb'\n\
             timescaledb.telemetry_level = off\n\
             max_connections = 60\n\
             shared_buffers = {shared}MB\n\
             effective_cache_size = {cache}MB\n\
             maintenance_work_mem = 128MB\n\
             work_mem = 16MB\n\
             max_wal_size = 4GB\n\
             checkpoint_timeout = 15min\n\
             checkpoint_completion_target = 0.9\n\
             wal_compression = on\n\
             random_page_cost = 1.1\n\
             max_locks_per_transaction = 256\n\
             log_line_prefix = ''\n\
             log_checkpoints = off\n\
             {archive}",
            socket = self.socket.display().to_string().replace('\'', "''"),
            cache = memory_mb / 2,
            archive = self.archive.as_deref().map_or_else(String::new, archive::settings),
        )
    }
}

/// The process that runs on a cluster's data.
pub fn running(data: &Path) -> Option<i32> {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let pid = text.lines().next()?.trim().parse::<i32>().ok()?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    (name.trim() == "postgres").then_some(pid)
}

/// Refuses data of a PostgreSQL other than the one that is installed.
pub fn ensure_installed(major: i32) -> anyhow::Result<()> {
    same_version(&major.to_string(), &installed()?)
}

fn same_version(made: &str, bin: &Path) -> anyhow::Result<()> {
    let installed = bin.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    anyhow::ensure!(
        made == installed,
        "the data was made by PostgreSQL {made}, but PostgreSQL {installed} is installed; install the former or move the data over with pg_upgrade"
    );
    Ok(())
}

/// A socket's path is limited to 107 bytes: a data folder with a long name gets its socket in the run-time folder.
pub fn socket_dir(dir: &Path) -> anyhow::Result<PathBuf> {
    let here = dir.join("run");
    let dir = if here.as_os_str().len() < 80 {
        here
    } else {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hash = DefaultHasher::new();
        dir.hash(&mut hash);
        std::env::temp_dir().join(format!("chengshu-{:x}", hash.finish()))
    };
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)
        .with_context(|| format!("making {}", dir.display()))?;
    Ok(dir)
}

/// The newest installed PostgreSQL that has TimescaleDB.
fn installed() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut numbers: Vec<u32> = versions.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    let with_extension = numbers
        .iter()
        .rev()
        .find(|number| Path::new(&format!("/usr/share/postgresql/{number}/extension/timescaledb.control")).exists());
    match (with_extension, numbers.last()) {
        (Some(number), _) => Ok(PathBuf::from(format!("/usr/lib/postgresql/{number}/bin"))),
        (None, Some(number)) => anyhow::bail!(
            "PostgreSQL {number} is installed without TimescaleDB; run deploy/setup.sh, which installs or builds it, or set database.url to a server that has it"
        ),
        (None, None) => anyhow::bail!(
            "no PostgreSQL under /usr/lib/postgresql; run deploy/setup.sh, or set database.url to a server"
        ),
    }
}

fn memory_mb() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kb.unwrap_or(2 * 1024 * 1024) / 1024
}
