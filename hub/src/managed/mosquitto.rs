//! The managed broker: mosquitto on loopback with generated credentials and the limits without which it loses data
//! silently (measured: its defaults drop all but 1,000 queued messages while the subscriber is away).

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chengshu_core::seam::SharedClock;
use nix::sys::signal::Signal;
use tokio::process::Command;

use super::child::Spec;
use super::secret;

/// The broker and who may log in.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Where it listens.
    pub address: SocketAddr,
    /// The hub's own user and password.
    pub hub: (String, String),
    /// A user who may publish for every device.
    pub field: (String, String),
    config: PathBuf,
    program: PathBuf,
}

impl Broker {
    /// Writes the broker's files under `dir`. Port 0 picks a free one. `more` are the topics of declared mappings.
    pub async fn prepare(dir: &Path, listen: SocketAddr, more: &[String]) -> anyhow::Result<Self> {
        let program = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"]
            .into_iter()
            .map(PathBuf::from)
            .find(|path| path.exists());
        let program = program.context("mosquitto is not installed; run deploy/setup.sh, or set managed.broker = false and name an external [[broker]]")?;
        let dir = dir.join("mosquitto");
        std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
        let address = free(listen)?;
        let hub = ("chengshu-hub".to_owned(), secret::keep(&dir.join("hub.secret"))?);
        let field = ("field".to_owned(), secret::keep(&dir.join("field.secret"))?);
        let broker = Self { address, hub, field, config: dir.join("mosquitto.conf"), program };
        broker.write_files(&dir, more).await?;
        Ok(broker)
    }

    /// How the supervisor runs it. SIGTERM makes it save its sessions.
    pub fn spec(&self) -> Spec {
        Spec {
            name: "mosquitto",
            program: self.program.clone(),
            args: vec!["-c".to_owned(), self.config.to_string_lossy().into_owned()],
            goodbye: Signal::SIGTERM,
            grace: Duration::from_secs(5),
        }
    }

    /// Waits until it takes connections.
    pub async fn wait_ready(&self, clock: &SharedClock) -> anyhow::Result<()> {
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(self.address).await.is_ok() {
                return Ok(());
            }
            clock.sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("the managed broker did not listen on {} within 10 s", self.address)
    }

    async fn write_files(&self, dir: &Path, more: &[String]) -> anyhow::Result<()> {
        let passwords = dir.join("passwords");
        let plain = format!("{}:{}\n{}:{}\n", self.hub.0, self.hub.1, self.field.0, self.field.1);
        secret::write_private(&passwords, &plain)?;
        // -U hashes the whole file in place: no password ever stands in a command line
        let output = Command::new("mosquitto_passwd")
            .arg("-U")
            .arg(&passwords)
            .output()
            .await
            .context("running mosquitto_passwd")?;
        anyhow::ensure!(
            output.status.success(),
            "mosquitto_passwd failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let topics = |right: &str| more.iter().map(|topic| format!("topic {right} {topic}\n")).collect::<String>();
        let rights = format!(
            "user {}\ntopic read city/#\ntopic write city/+/+/alarm\ntopic write city/+/+/command\n{}\nuser {}\ntopic readwrite city/#\n{}",
            self.hub.0,
            topics("read"),
            self.field.0,
            topics("readwrite")
        );
        secret::write_private(&dir.join("rights"), &rights)?;
        secret::write_private(&self.config, &self.settings(dir))
    }

    fn settings(&self, dir: &Path) -> String {
        format!(
            "# Written by chengshu at every start.\n\
             listener {port} {ip}\n\
             allow_anonymous false\n\
             password_file {dir}/passwords\n\
             acl_file {dir}/rights\n\
             # 20 in flight and 1,000 queued, the rest dropped silently: not with readings\n\
             max_inflight_messages 10000\n\
             max_queued_messages 5000000\n\
             max_queued_bytes 2000000000\n\
             message_size_limit 1048576\n\
             max_keepalive 600\n\
             set_tcp_nodelay true\n\
             # queue and sessions on disk every 5 s; never autosave_on_changes: it rewrites all at each message\n\
             persistence true\n\
             persistence_location {dir}/\n\
             autosave_on_changes false\n\
             autosave_interval 5\n\
             persistent_client_expiration 7d\n\
             log_dest stderr\n\
             log_type error\n\
             log_type warning\n",
            port = self.address.port(),
            ip = self.address.ip(),
            dir = dir.display(),
        )
    }
}

/// The address itself, or a free port for port 0. A predecessor that a killed hub has left gets a moment to end.
fn free(listen: SocketAddr) -> anyhow::Result<SocketAddr> {
    let mut last = None;
    for _ in 0..50 {
        match TcpListener::bind(listen) {
            Ok(listener) => return listener.local_addr().context("reading the port"),
            Err(error) => last = Some(error),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let error = last.map_or_else(String::new, |error| error.to_string());
    anyhow::bail!("the managed broker cannot listen on {listen}: {error}; stop whoever does, or choose another address")
}
