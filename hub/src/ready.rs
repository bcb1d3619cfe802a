//! What a script needs to talk to a demo: addresses and credentials, in one file, written when the hub is ready. Exists
//! in demo only: a real hub hands out no credentials.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use chengshu_identity::DemoAccount;
use serde_json::json;

/// Addresses and credentials.
#[derive(Debug, Clone)]
pub struct Ready {
    /// `http://host:port`
    pub http: String,
    /// `postgres://…`
    pub database: String,
    /// Opens everything.
    pub admin_key: String,
    /// Keys of some roles, by name.
    pub keys: Vec<(&'static str, String)>,
    /// Throw-away accounts: user and password, by role.
    pub accounts: Vec<DemoAccount>,
    /// The managed broker: address, user and password that may publish for every device.
    pub mqtt: Option<(SocketAddr, String, String)>,
    /// Where devices come to it with credentials of their own.
    pub devices: Option<SocketAddr>,
}

/// The file, opened for writing before root is dropped: it may lie where user chengshu cannot write.
pub struct ReadyFile(Child);

/// Writes what comes on its input beside the file and moves it there as a whole; nothing comes, nothing is left.
const WRITER: &str =
    r#"umask 077; rm -f "$1"; cat > "$1.new" && [ -s "$1.new" ] && mv "$1.new" "$1" || rm -f "$1.new""#;

impl ReadyFile {
    /// Starts the writer; an old file goes at once, so that it is not taken for a new one.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let path = std::path::absolute(path)?;
        let _ = std::fs::remove_file(&path);
        let mut command = Command::new("sh");
        command.args(["-c", WRITER, "sh"]).arg(&path).stdin(Stdio::piped());
        Ok(Self(command.spawn().context("starting the writer of the ready file")?))
    }

    /// Writes the file.
    pub fn write(mut self, ready: &Ready) -> anyhow::Result<()> {
        let (mqtt, user, password) = ready.mqtt.as_ref().map_or_else(Default::default, |(address, user, password)| {
            (address.to_string(), user.clone(), password.clone())
        });
        let devices = ready.devices.map(|address| address.to_string()).unwrap_or_default();
        let account = |one: &DemoAccount| (one.role.id(), json!({ "user": one.user, "password": one.password }));
        let accounts: BTreeMap<_, _> = ready.accounts.iter().map(account).collect();
        let text = json!({
            "http": ready.http, "mqtt": mqtt, "mqtt_user": user, "mqtt_password": password,
            "mqtt_devices": devices,
            "database": ready.database, "admin_key": ready.admin_key,
            "keys": ready.keys.iter().cloned().collect::<BTreeMap<_, _>>(), "accounts": accounts
        });
        if let Some(mut input) = self.0.stdin.take() {
            writeln!(input, "{text:#}").context("writing the ready file")?;
        }
        anyhow::ensure!(self.0.wait()?.success(), "the ready file could not be written");
        Ok(())
    }
}
