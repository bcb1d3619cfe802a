//! Child processes that end with the test process. They are started from one thread that never ends, because the
//! kernel's notice of the parent's death is about that thread; and as user chengshu when the tests run as root.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User, chown};

const USER: &str = "chengshu";

type Order = (Command, Sender<std::io::Result<Child>>);

fn spawner() -> &'static Mutex<Sender<Order>> {
    static SPAWNER: OnceLock<Mutex<Sender<Order>>> = OnceLock::new();
    SPAWNER.get_or_init(|| {
        let (orders, queue) = channel::<Order>();
        std::thread::spawn(move || {
            for (mut command, answer) in queue {
                let _ = answer.send(command.spawn());
            }
        });
        Mutex::new(orders)
    })
}

/// Gives a file or folder to the user that the hub runs as.
pub(crate) fn give_away(path: &Path) -> anyhow::Result<()> {
    if Uid::effective().is_root() {
        let user = User::from_name(USER)?.context("user chengshu is missing; run deploy/setup.sh test")?;
        chown(path, Some(user.uid), Some(user.gid))?;
    }
    Ok(())
}

/// A command run as the hub's user.
pub(crate) fn as_user(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    if Uid::effective().is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--init-groups"]);
    }
    command.args(["--pdeathsig", "KILL", "--", program]);
    command
}

/// Runs a command to its end.
pub(crate) fn complete(mut command: Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{command:?} failed: {error}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A child that is killed when it is dropped.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a command; its output goes to `log`.
    pub fn start(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let (answer, result) = channel();
        let text = format!("{command:?}");
        spawner().lock().expect("the spawner never panics").send((command, answer)).context("the spawner has gone")?;
        let child = result.recv()?.with_context(|| text)?;
        Ok(Self { child })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Nothing for one that has been waited for: its number may be somebody else's by now.
    pub fn signal(&mut self, signal: Signal) {
        if self.running() {
            let _ = kill(Pid::from_raw(self.child.id() as i32), signal);
        }
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        let _ = self.child.wait();
    }

    /// Sends `signal` and answers how long it took to end; killed after `guard`.
    pub fn end(&mut self, signal: Signal, guard: Duration) -> anyhow::Result<Duration> {
        let start = Instant::now();
        self.signal(signal);
        while self.running() {
            if start.elapsed() > guard {
                self.kill();
                anyhow::bail!("it did not end within {} s of {signal}", guard.as_secs());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(start.elapsed())
    }

    /// Files that are open now, connections among them.
    pub fn files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }

    /// Resident memory now, bytes.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most resident memory that it has ever had, bytes.
    pub fn memory_peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
