//! A child process that is kept running. It hears of the hub's death from the kernel (through `setpriv --pdeathsig`),
//! so that a killed hub leaves no database and no broker behind that the next one would trip over.
//!
//! Crate postgresql_embedded is not used: it starts PostgreSQL through pg_ctl, which detaches it from the hub.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use chengshu_core::seam::SharedClock;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// What to run and how to end it.
#[derive(Debug, Clone)]
pub struct Spec {
    /// For the log.
    pub name: &'static str,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// The signal that ends it gracefully.
    pub goodbye: Signal,
    /// How long it may take to end.
    pub grace: Duration,
}

const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_MOST: Duration = Duration::from_secs(10);

/// Runs the child until `stop`, again and again if it ends by itself.
pub async fn keep(spec: Spec, clock: SharedClock, stop: CancellationToken) {
    let mut pause = PAUSE_FIRST;
    while !stop.is_cancelled() {
        let started = clock.monotonic();
        match spawn(&spec) {
            Ok(child) => run(&spec, child, &clock, &stop).await,
            Err(error) => {
                tracing::error!(part = spec.name, program = %spec.program.display(), %error, "cannot be started")
            }
        }
        if stop.is_cancelled() {
            return;
        }
        if clock.monotonic() - started > Duration::from_secs(30) {
            pause = PAUSE_FIRST;
        }
        tracing::error!(part = spec.name, pause_s = pause.as_secs_f64(), "ended by itself; starting it again");
        tokio::select! {
            () = clock.sleep(pause) => pause = (pause * 2).min(PAUSE_MOST),
            () = stop.cancelled() => return,
        }
    }
}

fn spawn(spec: &Spec) -> std::io::Result<Child> {
    let signal = spec.goodbye.as_str().trim_start_matches("SIG");
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal, "--"]).arg(&spec.program).args(&spec.args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    command.spawn()
}

async fn run(spec: &Spec, mut child: Child, clock: &SharedClock, stop: &CancellationToken) {
    let name = spec.name;
    if let Some(stderr) = child.stderr.take() {
        tokio::spawn(log(name, BufReader::new(stderr)));
    }
    if let Some(stdout) = child.stdout.take() {
        tokio::spawn(log(name, BufReader::new(stdout)));
    }
    tokio::select! {
        status = child.wait() => {
            tracing::warn!(part = name, status = ?status.ok(), "ended");
            return;
        }
        () = stop.cancelled() => {}
    }
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) {
        let _ = kill(Pid::from_raw(pid), spec.goodbye); // one that has just ended needs no signal
    }
    tokio::select! {
        _ = child.wait() => {}
        () = clock.sleep(spec.grace) => {
            tracing::warn!(part = name, grace_s = spec.grace.as_secs(), "did not end in time; killed");
            let _ = child.kill().await;
        }
    }
}

async fn log(part: &'static str, reader: BufReader<impl tokio::io::AsyncRead + Unpin>) {
    let mut lines = reader.lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains("ERROR") || line.contains("FATAL") || line.contains("PANIC") || line.contains("Error") {
            tracing::warn!(part, "{line}");
        } else {
            tracing::debug!(part, "{line}");
        }
    }
}
