//! A mosquitto of the test's own, with the limits that the managed one has; with TLS and client certificates if asked.

use std::path::PathBuf;
use std::process::Command;

use nix::sys::signal::Signal;

use super::process::{Process, as_user, complete, give_away};
use super::{GUARD, World, free_port, until};

pub struct Broker {
    pub port: u16,
    pub tls: Option<Tls>,
    config: PathBuf,
    log: PathBuf,
    process: Option<Process>,
}

/// Certificates made for the test.
pub struct Tls {
    pub port: u16,
    pub ca: PathBuf,
    pub client_cert: PathBuf,
    pub client_key: PathBuf,
}

impl Broker {
    pub fn start(world: &World) -> anyhow::Result<Self> {
        Self::launch(world, false)
    }

    /// A second listener that wants a client certificate.
    pub fn start_tls(world: &World) -> anyhow::Result<Self> {
        Self::launch(world, true)
    }

    fn launch(world: &World, secure: bool) -> anyhow::Result<Self> {
        let port = free_port()?;
        let dir = world.path("broker");
        std::fs::create_dir_all(&dir)?;
        give_away(&dir)?;
        let mut text = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {dir}/\n\
             autosave_interval 5\nmax_inflight_messages 10000\nmax_queued_messages 5000000\nset_tcp_nodelay true\n\
             log_dest stderr\nlog_type error\nlog_type warning\n",
            dir = dir.display()
        );
        let tls = if secure { Some(certificates(&dir)?) } else { None };
        if let Some(tls) = &tls {
            text += &format!(
                "listener {} 127.0.0.1\nallow_anonymous true\ncafile {}\ncertfile {}/server.pem\nkeyfile {}/server.key\nrequire_certificate true\n",
                tls.port,
                tls.ca.display(),
                dir.display(),
                dir.display()
            );
        }
        let config = dir.join("mosquitto.conf");
        std::fs::write(&config, text)?;
        let mut broker = Self { port, tls, config, log: world.path("broker.log"), process: None };
        broker.up()?;
        Ok(broker)
    }

    pub fn up(&mut self) -> anyhow::Result<()> {
        let mut command = as_user("/usr/sbin/mosquitto");
        command.arg("-c").arg(&self.config);
        self.process = Some(Process::start(command, &self.log)?);
        let address = format!("127.0.0.1:{}", self.port);
        until("the broker listens", GUARD, || std::net::TcpStream::connect(&address).ok())?;
        Ok(())
    }

    /// Ends it; `gently` lets it save its sessions.
    pub fn down(&mut self, gently: bool) {
        if let Some(mut process) = self.process.take() {
            let signal = if gently { Signal::SIGTERM } else { Signal::SIGKILL };
            let _ = process.end(signal, std::time::Duration::from_secs(10));
        }
    }

    /// Forgets queues and sessions, as a broker without persistence does.
    pub fn forget(&self) -> anyhow::Result<()> {
        let database = self.config.with_file_name("mosquitto.db");
        if database.exists() {
            std::fs::remove_file(database)?;
        }
        Ok(())
    }

    /// The `[[broker]]` section of a configuration.
    pub fn section(&self, more: &str) -> String {
        format!("[[broker]]\nurl = \"mqtt://127.0.0.1:{}\"\nclient_id = \"hub\"\n{more}\n", self.port)
    }
}

/// An authority, and certificates of it for a server and a client, under `dir`.
pub(crate) fn certificates(dir: &std::path::Path) -> anyhow::Result<Tls> {
    let openssl = |args: &str| {
        let mut command = Command::new("openssl");
        command.args(args.split_whitespace()).current_dir(dir);
        complete(command)
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!(
        "req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca -addext basicConstraints=critical,CA:TRUE"
    ))?;
    std::fs::write(dir.join("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")?;
    for name in ["server", "client"] {
        openssl(&format!("req {key} -keyout {name}.key -out {name}.csr -subj /CN={name}"))?;
        openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem -days 2 -extfile san"
        ))?;
        give_away(&dir.join(format!("{name}.key")))?;
        give_away(&dir.join(format!("{name}.pem")))?;
    }
    let port = free_port()?;
    Ok(Tls { port, ca: dir.join("ca.pem"), client_cert: dir.join("client.pem"), client_key: dir.join("client.key") })
}
