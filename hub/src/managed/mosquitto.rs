//! The managed broker: mosquitto with generated credentials and the limits without which it loses data silently (measured:
//! its defaults drop all but 1,000 queued messages while the subscriber is away).
//!
//! Its doors: a Unix socket for the hub alone; one on loopback, and one with TLS, for devices, where the client id is always
//! the user name, so that nobody throws somebody else out; and only where it is configured one for a shared user.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chengshu_broker::{FIELD, Fixed, HUB, PasswordHash};
use chengshu_core::seam::SharedClock;
use chengshu_seal::random;
use nix::sys::signal::Signal;

use super::child::{Ear, Pulse, Spec};
use super::{postgres, secret};
use crate::config::ManagedBroker;

const CONFIG: &str = "mosquitto.conf";
/// What of the two files is about devices: kept apart, so that they come in after a restart without the database.
const DEVICES: &str = "devices";
/// The hub's own door, beside the database's.
pub const SOCKET: &str = "mqtt.sock";

/// The broker and who may log in.
#[derive(Debug, Clone)]
pub struct Broker {
    /// The hub's own door.
    pub socket: PathBuf,
    /// The hub's own user and password.
    pub hub: (String, String),
    /// The door of the user who may publish for every device, with name and password.
    pub shared: Option<(SocketAddr, String, String)>,
    /// Where devices come, with TLS or on loopback.
    pub devices: SocketAddr,
    /// Doors and limits as configured; ports are settled.
    pub config: ManagedBroker,
    /// Lines of the two files for users that are no devices.
    fixed: (String, String),
    dir: PathBuf,
    program: PathBuf,
}

impl Broker {
    /// Writes the broker's files under `data`. Port 0 picks a free one. `more` are the topics of declared mappings.
    pub fn prepare(data: &Path, config: &ManagedBroker, more: &[String]) -> anyhow::Result<Self> {
        let program = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"]
            .into_iter()
            .map(PathBuf::from)
            .find(|path| path.exists());
        let program =
            program.context("mosquitto is not installed; run deploy/setup.sh, or name an external [[broker]]")?;
        let dir = data.join("mosquitto");
        std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
        let devices = free(config.listen)?;
        let shared = config.shared.map(free).transpose()?;
        let tls = config.tls.clone();
        if let Some(tls) = &tls {
            free(tls.listen)?;
            for path in [&tls.cert, &tls.key] {
                std::fs::read(path).with_context(|| format!("the broker's user cannot read {}", path.display()))?;
            }
        }
        let hub = (HUB.to_owned(), secret::keep(&dir.join("hub.secret"))?);
        let field = shared.map(|_| secret::keep(&dir.join("field.secret"))).transpose()?;
        let broker = Self {
            socket: postgres::socket_dir(data)?.join(SOCKET),
            fixed: fixed(&hub.1, field.as_deref(), more)?,
            hub,
            shared: shared.zip(field).map(|(address, password)| (address, FIELD.to_owned(), password)),
            devices,
            config: ManagedBroker { listen: devices, shared, tls, ..config.clone() },
            dir,
            program,
        };
        let known =
            |name: &str| std::fs::read_to_string(broker.dir.join(name).with_extension(DEVICES)).unwrap_or_default();
        broker.write("passwords", &known("passwords"))?;
        broker.write("rights", &known("rights"))?;
        broker.listen(config.refusals_below > 0)?;
        Ok(broker)
    }

    /// How the supervisor runs it. SIGTERM makes it save its sessions.
    pub fn spec(&self, ears: impl Fn() -> Ear + Send + Sync + 'static, pulse: Pulse) -> Spec {
        Spec {
            name: "mosquitto",
            program: self.program.clone(),
            args: vec!["-c".to_owned(), self.dir.join(CONFIG).to_string_lossy().into_owned()],
            goodbye: Signal::SIGTERM,
            grace: Duration::from_secs(5),
            ears: Some(std::sync::Arc::new(ears)),
            pulse,
        }
    }

    /// Waits until it takes connections.
    pub async fn wait_ready(&self, clock: &SharedClock) -> anyhow::Result<()> {
        for _ in 0..200 {
            let own = tokio::net::UnixStream::connect(&self.socket).await;
            if own.is_ok() && tokio::net::TcpStream::connect(self.devices).await.is_ok() {
                return Ok(());
            }
            clock.sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("the managed broker did not listen on {} within 10 s", self.devices)
    }

    /// Where devices come, for people.
    pub fn doors(&self) -> Vec<String> {
        let tls = self.config.tls.iter().map(|tls| format!("mqtts://{}", tls.listen));
        tls.chain([format!("mqtt://{}", self.devices)]).collect()
    }

    /// Writes what the files say of devices; it counts from the next reload on.
    pub fn equip(&self, passwords: &str, rights: &str) -> anyhow::Result<()> {
        self.write("passwords", passwords)?;
        self.write("rights", rights)
    }

    fn write(&self, name: &str, devices: &str) -> anyhow::Result<()> {
        let path = self.dir.join(name);
        let fixed = if name == "rights" { &self.fixed.1 } else { &self.fixed.0 };
        secret::write_private(&path.with_extension(DEVICES), devices)?;
        secret::write_private(&path, &format!("{fixed}{devices}"))
    }

    /// Writes the configuration: with or without the lines that tell who is refused what, which cost the broker two thirds
    /// more of its time for each message.
    pub fn listen(&self, refusals: bool) -> anyhow::Result<()> {
        secret::write_private(&self.dir.join(CONFIG), &self.settings(refusals))
    }

    fn settings(&self, refusals: bool) -> String {
        let ManagedBroker { listen, tls, shared, .. } = &self.config;
        let own_id = "use_username_as_clientid true\n"; // else one device could throw out another, and read its queue
        let mut text = format!(
            "# Written by chengshu at every start. Never per_listener_settings: with it a session that was restored from disk\n\
             # has no rights until its owner is back, and what is published meanwhile is lost.\n\
             allow_anonymous false\n\
             password_file {dir}/passwords\n\
             acl_file {dir}/rights\n\
             listener 0 {socket}\n\
             listener {port} {ip}\n{own_id}",
            dir = self.dir.display(),
            socket = self.socket.display(),
            port = listen.port(),
            ip = listen.ip(),
        );
        if let Some(tls) = tls {
            text += &format!(
                "listener {} {}\n{own_id}certfile {}\nkeyfile {}\ntls_version tlsv1.2\n",
                tls.listen.port(),
                tls.listen.ip(),
                tls.cert.display(),
                tls.key.display(),
            );
        }
        if let Some(shared) = shared {
            text += &format!("listener {} {}\n", shared.port(), shared.ip());
        }
        let debug = if refusals { "log_type debug\n" } else { "" };
        text + &format!(
            "# 20 in flight and 1,000 queued, the rest dropped silently: not with readings\n\
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
             log_timestamp false\n\
             log_type error\n\
             log_type warning\n\
             log_type notice\n\
             log_type subscribe\n\
             {debug}",
            dir = self.dir.display(),
        )
    }
}

/// What the two files say of the hub itself and of the shared user.
fn fixed(hub: &str, field: Option<&str>, more: &[String]) -> anyhow::Result<(String, String)> {
    let all = |first: &[&str], more: &[String]| -> Vec<String> {
        first.iter().map(|topic| (*topic).to_owned()).chain(more.iter().cloned()).collect()
    };
    // generated passwords: no number of rounds makes them harder to guess, see crate broker
    let hash = |password: &str| Ok::<_, std::io::Error>(PasswordHash::of(password, random()?, 1));
    let reads = all(&["city/#"], more);
    let writes = all(&["city/+/+/alarm", "city/+/+/command"], &[]);
    let mut users = vec![Fixed { name: HUB.to_owned(), hash: hash(hub)?, reads: reads.clone(), writes }];
    if let Some(field) = field {
        users.push(Fixed { name: FIELD.to_owned(), hash: hash(field)?, writes: reads.clone(), reads });
    }
    let head = "# Written by chengshu; changes here are written over.\n";
    let passwords: String = users.iter().map(Fixed::password).collect();
    let rights: String = users.iter().map(Fixed::rights).collect();
    Ok((passwords, format!("{head}{rights}")))
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
