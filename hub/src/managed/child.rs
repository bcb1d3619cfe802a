//! A child process that is kept running. It hears of the hub's death from the kernel (through `setpriv --pdeathsig`),
//! so that a killed hub leaves no database and no broker behind that the next one would trip over.
//!
//! Crate postgresql_embedded is not used: it starts PostgreSQL through pg_ctl, which detaches it from the hub.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chengshu_core::seam::SharedClock;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// Hears the lines of one life of a child; true: the line needs no log.
pub type Ear = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What to run and how to end it.
#[derive(Clone)]
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
    /// Makes an ear for each life of it; none: its lines are logged.
    pub ears: Option<Arc<dyn Fn() -> Ear + Send + Sync>>,
    /// Where it can be signalled.
    pub pulse: Pulse,
}

/// The child that runs now (进程句柄), if one does.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<Option<(Pid, Duration)>>>);

impl Pulse {
    /// When the child that runs was started, by the time that the machine has run.
    pub fn since(&self) -> Option<Duration> {
        self.beat().map(|(_, since)| since)
    }

    /// Signals the child that runs.
    pub fn signal(&self, signal: Signal) {
        let beat = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((pid, _)) = *beat {
            let _ = kill(pid, signal); // one that has just ended reads everything anew when it is started
        }
    }

    fn beat(&self) -> Option<(Pid, Duration)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, beat: Option<(Pid, Duration)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = beat;
    }
}

const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_MOST: Duration = Duration::from_secs(10);

/// Runs the child until `stop`, again and again if it ends by itself.
pub async fn keep(spec: Spec, clock: SharedClock, stop: CancellationToken) {
    let mut pause = PAUSE_FIRST;
    while !stop.is_cancelled() {
        let started = clock.monotonic();
        match spawn(&spec) {
            Ok(child) => {
                let pid = child.id().and_then(|id| i32::try_from(id).ok());
                spec.pulse.set(pid.map(|pid| (Pid::from_raw(pid), started)));
                run(&spec, child, &clock, &stop).await;
                spec.pulse.set(None);
            }
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
        tokio::spawn(log(name, BufReader::new(stderr), spec.ears.as_ref().map(|ears| ears())));
    }
    if let Some(stdout) = child.stdout.take() {
        tokio::spawn(log(name, BufReader::new(stdout), None));
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

async fn log(part: &'static str, mut reader: BufReader<impl AsyncRead + Unpin>, ear: Option<Ear>) {
    let mut bytes = Vec::new();
    // to the very end, whatever stands in it: a child whose words nobody takes stands still
    while let Ok(1..) = reader.read_until(b'\n', &mut bytes).await {
        let line = String::from_utf8_lossy(bytes.trim_ascii_end());
        if !ear.as_ref().is_some_and(|ear| ear(&line)) {
            if line.contains("ERROR") || line.contains("FATAL") || line.contains("PANIC") || line.contains("Error") {
                tracing::warn!(part, "{line}");
            } else {
                tracing::debug!(part, "{line}");
            }
        }
        drop(line);
        bytes.clear();
    }
}
