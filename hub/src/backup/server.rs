//! A PostgreSQL that is started for one purpose and stopped after it: to back up a hub that does not run, or to prove that
//! a restored cluster answers. Not restarted when it ends; its own last words are then the error.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use chengshu_core::seam::SharedClock;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;

use super::tools;

/// How it is started.
pub struct Launch<'a> {
    /// Folder of the programs.
    pub bin: &'a Path,
    /// The cluster.
    pub data: &'a Path,
    /// The folder of its socket.
    pub socket: &'a Path,
    /// Settings over those of the cluster.
    pub settings: Vec<(&'static str, String)>,
    /// Where it writes what it says.
    pub log: PathBuf,
}

/// One that answers.
pub struct Server {
    child: Child,
}

impl Server {
    /// Starts it and waits until it answers, however long it replays WAL; but not longer than it lives. Dropped, it is
    /// killed.
    pub async fn start(launch: Launch<'_>, clock: &SharedClock) -> anyhow::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let log = std::fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&launch.log);
        let log = log.with_context(|| format!("writing {}", launch.log.display()))?;
        let mut command = tools::command(&launch.bin.join("postgres"));
        command.arg("-D").arg(launch.data);
        for (name, value) in &launch.settings {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdout(log.try_clone()?).stderr(log).process_group(0);
        let mut child = command.spawn().context("starting PostgreSQL")?;
        let (begun, mut told) = (clock.monotonic(), clock.monotonic());
        loop {
            tokio::select! {
                status = child.wait() => {
                    let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                    anyhow::bail!("PostgreSQL ended ({status}): {}", last_words(&launch.log));
                }
                () = clock.sleep(Duration::from_millis(200)) => {}
            }
            if answers(&launch).await? {
                return Ok(Self { child });
            }
            if clock.monotonic() - told > Duration::from_secs(10) {
                told = clock.monotonic();
                let seconds = (told - begun).as_secs();
                tracing::info!(seconds, "PostgreSQL recovers: {}", last_words(&launch.log));
            }
        }
    }

    /// Stops it; in order (everything is then on the disk), or at once when nobody needs it any more.
    pub async fn stop(mut self, in_order: bool, clock: &SharedClock) -> anyhow::Result<()> {
        let signal = if in_order { Signal::SIGINT } else { Signal::SIGQUIT };
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok()).context("PostgreSQL ended by itself")?;
        kill(Pid::from_raw(pid), signal).context("stopping PostgreSQL")?;
        let status = tokio::select! {
            status = self.child.wait() => status.context("waiting for PostgreSQL")?,
            () = clock.sleep(Duration::from_secs(600)) => anyhow::bail!("PostgreSQL did not stop within ten minutes"),
        };
        anyhow::ensure!(status.success() || !in_order, "PostgreSQL ended with {status}");
        Ok(())
    }
}

async fn answers(launch: &Launch<'_>) -> anyhow::Result<bool> {
    let mut command = tools::command(&launch.bin.join("pg_isready"));
    command.arg("-h").arg(launch.socket).args(["-q", "-t", "5"]).stderr(Stdio::null());
    Ok(command.status().await.context("running pg_isready")?.success())
}

/// The lines that say why it ended, or what it did last.
fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let asked = ["starting up", "not accepting", "Hot standby mode", "shut down"]; // our own question whether it answers
    let lines: Vec<&str> = text.lines().filter(|line| !asked.iter().any(|words| line.contains(words))).collect();
    let grave = |line: &&&str| ["FATAL", "PANIC", "ERROR"].iter().any(|word| line.contains(word));
    let first = lines.iter().filter(grave).take(3).copied().collect::<Vec<_>>();
    if first.is_empty() { lines.last().copied().unwrap_or_default().to_owned() } else { first.join("; ") }
}
