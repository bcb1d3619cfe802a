//! Commands that ask a running hub: the same calls that the dashboards make, with a key of its data
//! folder. Only the hub itself may write; a command beside it never touches its database.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;
use ureq::tls::TlsConfig;

use crate::config::Config;

/// A hub that should answer where the configuration puts it.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    key: Option<String>,
}

impl Client {
    /// Nobody is called yet. `patience`: how long any answer may take; none waits.
    pub fn new(config: &Config, key: Option<String>, patience: Option<Duration>) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).timeout_global(patience);
        // The hub is on this very machine and its certificate names another host. Whoever else held its port would be
        // shown the key just as well without TLS.
        let tls = TlsConfig::builder().disable_verification(true).build();
        let base = format!("{}://{}", config.scheme(), config.http);
        Self { agent: agent.tls_config(tls).build().into(), base, key }
    }

    /// The hub at this address.
    pub fn at(base: &str, key: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
        Self { agent: agent.build().into(), base: base.to_owned(), key: Some(key.to_owned()) }
    }

    /// Where it is called.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// There is a key to show.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Asks without the key: whoever holds the port may be somebody else.
    pub fn open(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.agent.get(format!("{}{path}", self.base)).call();
        self.read(answer).map(|(_, value)| value)
    }

    /// Asks with the key.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let answer = request.header("Authorization", self.bearer()).call();
        self.read(answer).map(|(_, value)| value)
    }

    /// Sends with the key: whether it was taken, and the answer.
    pub fn post(&self, path: &str, query: &[(&str, &str)], media: &str, body: &[u8]) -> anyhow::Result<(bool, Value)> {
        let request = self.agent.post(format!("{}{path}", self.base)).query_pairs(query.iter().copied());
        let answer = request.header("Authorization", self.bearer()).header("Content-Type", media).send(body);
        self.read(answer)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.key.as_deref().unwrap_or_default())
    }

    fn read(&self, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> anyhow::Result<(bool, Value)> {
        let silent = || format!("no hub answers at {}; is it running with this configuration?", self.base);
        let mut answer = answer.with_context(silent)?;
        let text = answer.body_mut().read_to_string().context("reading the hub's answer")?;
        Ok((answer.status().is_success(), serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }
}

/// The key to show: that of the environment's `CHENGSHU_KEY`, else what lies in the data folder that is named or one of the
/// usual ones: of a demo the one that opens everything, of a hub the one of its own tools.
pub fn key(config: &Config, data: Option<&PathBuf>) -> anyhow::Result<String> {
    if let Some(key) = std::env::var("CHENGSHU_KEY").ok().filter(|key| !key.trim().is_empty()) {
        return Ok(key.trim().to_owned());
    }
    let usual = [PathBuf::from("data"), PathBuf::from("/var/lib/chengshu")];
    let named = data.into_iter().chain(&config.data_dir);
    for dir in named.chain(&usual) {
        for name in [ADMIN, LOCAL] {
            if let Ok(key) = std::fs::read_to_string(dir.join(name)) {
                return Ok(key.trim().to_owned());
            }
        }
    }
    anyhow::bail!("the hub's local.key cannot be read; name its data folder with --data, and run as its user or root")
}

/// The key of the hub's own tools.
pub const LOCAL: &str = "local.key";
/// The key that opens everything; in a demo only.
pub const ADMIN: &str = "admin.key";
