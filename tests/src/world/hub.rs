//! The hub as a black box: the real binary, asked over HTTP like anybody asks it.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::signal::Signal;
use serde_json::Value;

use super::process::{Process, give_away};
use super::{Broker, Database, GUARD, World, binary, free_port, until};

pub struct Hub {
    process: Option<Process>,
    /// Another program than the one that was built with the tests.
    program: Option<PathBuf>,
    command: Vec<String>,
    log: PathBuf,
    data: PathBuf,
    pub http: String,
    /// Opens whatever a service may.
    pub key: String,
    database: String,
}

impl Hub {
    /// A hub on the test's own database and broker.
    pub fn start(world: &World, database: &Database, broker: &Broker) -> anyhow::Result<Self> {
        Self::with_config(world, &format!("[database]\nurl = \"{}\"\n{}", database.url, broker.section("")))
    }

    /// A hub with these sections in its configuration; keys before the first section belong to `[hub]`.
    pub fn with_config(world: &World, sections: &str) -> anyhow::Result<Self> {
        let mut hub = Self::configured(world, sections)?;
        hub.up()?;
        Ok(hub)
    }

    /// The same with another program: an older one, to be compared with.
    pub(crate) fn of(program: &Path, world: &World, sections: &str) -> anyhow::Result<Self> {
        let mut hub = Self { program: Some(program.to_path_buf()), ..Self::configured(world, sections)? };
        hub.up()?;
        Ok(hub)
    }

    /// The same at a port that is known before.
    pub fn with_config_at(world: &World, port: u16, sections: &str) -> anyhow::Result<Self> {
        let mut hub = Self::configured_at(world, port, sections)?;
        hub.up()?;
        Ok(hub)
    }

    /// The same, but it is enough that it lives.
    pub fn with_config_alive(world: &World, sections: &str) -> anyhow::Result<Self> {
        let mut hub = Self::configured(world, sections)?;
        hub.alive()?;
        Ok(hub)
    }

    fn configured(world: &World, sections: &str) -> anyhow::Result<Self> {
        Self::configured_at(world, free_port()?, sections)
    }

    /// Sections begin within `[hub]`.
    fn configured_at(world: &World, port: u16, sections: &str) -> anyhow::Result<Self> {
        let file = world.path("chengshu.toml");
        let data = world.path("hub");
        std::fs::write(
            &file,
            format!("[hub]\nhttp = \"127.0.0.1:{port}\"\ndata_dir = \"{}\"\n{sections}", data.display()),
        )?;
        let command = vec!["run".to_owned(), "--config".to_owned(), file.to_string_lossy().into_owned()];
        let external = sections.split_once("[database]").and_then(|(_, rest)| rest.split('"').nth(1));
        // sections begin within [hub]; the managed broker has a certificate of the same name
        let own = sections.split("\n[").next().unwrap_or_default();
        let scheme = if !own.starts_with("[") && own.contains("tls_cert_file") { "https" } else { "http" };
        let mut hub = Self::prepared(world, data, command, format!("{scheme}://127.0.0.1:{port}"));
        hub.database = external.map_or_else(|| managed(&hub.data), str::to_owned);
        Ok(hub)
    }

    fn prepared(world: &World, data: PathBuf, command: Vec<String>, http: String) -> Self {
        let (log, key, database) = (world.path("hub.log"), String::new(), String::new());
        Self { process: None, program: None, command, log, data, http, key, database }
    }

    /// A demo on embedded defaults; answers the ready file.
    pub fn demo(world: &World, devices: usize) -> anyhow::Result<(Self, Value)> {
        let data = world.path("demo");
        std::fs::create_dir_all(&data)?;
        give_away(&data)?;
        let ready = world.path("ready.json");
        let _ = std::fs::remove_file(&ready); // that of an earlier run
        let command =
            ["demo", "--http", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", "--devices"].map(str::to_owned).into_iter();
        let command =
            command.chain([devices.to_string(), "--data".into(), path(&data), "--ready-file".into(), path(&ready)]);
        let mut hub = Self::prepared(world, data, command.collect(), String::new());
        hub.launch()?;
        let text =
            until("the demo is ready", GUARD, || std::fs::read_to_string(&ready).ok()).with_context(|| hub.log())?;
        let file: Value = serde_json::from_str(&text)?;
        hub.http = file["http"].as_str().unwrap_or_default().to_owned();
        hub.key = file["admin_key"].as_str().unwrap_or_default().to_owned();
        until("the demo answers", GUARD, || hub.get("/readyz").ok())?;
        Ok((hub, file))
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where its database is.
    pub fn database(&self) -> &str {
        &self.database
    }

    fn launch(&mut self) -> anyhow::Result<()> {
        let mut command = Command::new("setpriv");
        let program = self.program.clone().map_or_else(binary::hub, Ok)?;
        command.args(["--pdeathsig", "KILL", "--"]).arg(program).args(&self.command);
        command.env("NO_COLOR", "1");
        self.process = Some(Process::start(command, &self.log)?);
        Ok(())
    }

    /// Starts it and waits until it is of use.
    pub fn up(&mut self) -> anyhow::Result<()> {
        self.launch()?;
        self.wait_ready()
    }

    /// The same, but it is enough that it lives: its database may be away.
    pub fn alive(&mut self) -> anyhow::Result<()> {
        self.launch()?;
        until("the hub lives", GUARD, || self.ask("/healthz", None).ok()).with_context(|| self.log())?;
        let _ = self.enter(); // its database may be away; then the key is good as soon as the hub is ready
        Ok(())
    }

    pub fn wait_ready(&mut self) -> anyhow::Result<()> {
        let start = std::time::Instant::now();
        while self.get("/readyz").is_err() {
            let running = self.process.as_mut().is_some_and(Process::running);
            anyhow::ensure!(running && start.elapsed() < GUARD, "the hub is not ready\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.enter()
    }

    /// Enters the service of the tests, as the hub itself would: it may all that services may.
    fn enter(&mut self) -> anyhow::Result<()> {
        if self.key.is_empty() {
            self.key = super::keys::new();
        }
        super::keys::enter(&self.database, &self.key)
    }

    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// SIGTERM; answers how long it took.
    pub fn stop(&mut self) -> anyhow::Result<Duration> {
        let mut process = self.process.take().context("the hub is not running")?;
        process.end(Signal::SIGTERM, Duration::from_secs(20)).with_context(|| self.log())
    }

    pub fn running(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::running)
    }

    pub fn memory(&self) -> u64 {
        self.process.as_ref().map_or(0, Process::memory)
    }

    /// Files and connections that it holds.
    pub fn files(&self) -> usize {
        self.process.as_ref().map_or(0, Process::files)
    }

    pub fn memory_peak(&self) -> u64 {
        self.process.as_ref().map_or(0, Process::memory_peak)
    }

    /// The last lines of its log.
    pub fn log(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    /// GET with the key; an error for any status but 2xx.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        let (status, body) = self.ask(path, Some(&self.key))?;
        anyhow::ensure!((200..300).contains(&status), "{path}: {status} {body}");
        Ok(serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    /// GET with any key or none: status and body.
    pub fn ask(&self, path: &str, key: Option<&str>) -> anyhow::Result<(u16, String)> {
        self.call("GET", path, key, None)
    }

    /// POST with the key; an error for any status but 2xx.
    pub fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        let (status, body) = self.call("POST", path, Some(&self.key), Some(body))?;
        anyhow::ensure!((200..300).contains(&status), "{path}: {status} {body}");
        Ok(serde_json::from_str(&body)?)
    }

    /// Any method with any key or none: status and body.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<Value>,
    ) -> anyhow::Result<(u16, String)> {
        let bytes =
            if ["POST", "PUT"].contains(&method) { body.unwrap_or(Value::Null).to_string() } else { String::new() };
        let (status, answer) = self.exchange(method, path, key, "application/json", bytes.as_bytes())?;
        Ok((status, String::from_utf8_lossy(&answer).into_owned()))
    }

    /// POSTs a file with the key: status and the answer.
    pub fn upload(&self, path: &str, bytes: &[u8]) -> anyhow::Result<(u16, Value)> {
        let (status, answer) = self.exchange("POST", path, Some(&self.key), "application/octet-stream", bytes)?;
        Ok((status, serde_json::from_slice(&answer)?))
    }

    /// POSTs with the key and more headers: status and the answer to the byte.
    pub fn send(&self, path: &str, headers: &[(&str, &str)], bytes: &[u8]) -> anyhow::Result<(u16, String)> {
        let (status, answer) = self.exchange_with("POST", path, Some(&self.key), headers, bytes)?;
        Ok((status, String::from_utf8(answer)?))
    }

    /// Any request with the key and these headers; the body of the answer is read by whoever wants it.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> anyhow::Result<ureq::http::Response<ureq::Body>> {
        let config = super::client()
            .timeout_recv_response(Some(GUARD))
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .proxy(None);
        let agent: ureq::Agent = config.build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.http));
        request = request.header("Authorization", format!("Bearer {}", self.key));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(if body.is_empty() { agent.run(request.body(())?)? } else { agent.run(request.body(body.to_vec())?)? })
    }

    /// GETs a file with the key.
    pub fn download(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let (status, answer) = self.exchange("GET", path, Some(&self.key), "", &[])?;
        anyhow::ensure!(status == 200, "{path}: {status}");
        Ok(answer)
    }

    /// Any method, any body: status and answer.
    pub fn exchange(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        media: &str,
        bytes: &[u8],
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        self.exchange_with(method, path, key, &[("Content-Type", media)], bytes)
    }

    fn exchange_with(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        headers: &[(&str, &str)],
        bytes: &[u8],
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let config = super::client()
            .timeout_global(Some(Duration::from_secs(20)))
            .http_status_as_error(false)
            .allow_non_standard_methods(true) // a body goes with whatever is asked
            .proxy(None);
        let agent: ureq::Agent = config.build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.http));
        if let Some(key) = key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let mut response = if bytes.is_empty() {
            agent.run(request.body(())?)?
        } else {
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            agent.run(request.body(bytes.to_vec())?)?
        };
        Ok((response.status().as_u16(), response.body_mut().with_config().limit(1 << 30).read_to_vec()?))
    }

    /// The latest value of a metric, once there is one.
    pub fn latest(&self, device: &str, metric: &str) -> Option<f64> {
        self.get(&format!("/api/v1/devices/{device}/latest")).ok()?["metrics"][metric]["value"].as_f64()
    }

    /// Opens the live stream.
    pub fn stream(&self, query: &str, last_event_id: Option<&str>) -> anyhow::Result<Stream> {
        let config = super::client().timeout_recv_body(Some(GUARD * 30)).proxy(None); // beats come every five seconds
        let agent: ureq::Agent = config.build().into();
        let mut request = agent.get(format!("{}/api/v1/stream?{query}", self.http));
        request = request.header("Authorization", format!("Bearer {}", self.key));
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        let body = request.call()?.into_body();
        Ok(Stream { reader: BufReader::new(Box::new(body.into_reader())), last_id: None, items: VecDeque::new() })
    }
}

/// A live stream, event by event.
pub struct Stream {
    reader: BufReader<Box<dyn std::io::Read + Send>>,
    pub last_id: Option<String>,
    /// Items that came together with one that was found, and their topic.
    items: VecDeque<(String, Value)>,
}

impl Stream {
    /// The next event: its name and its data. `None` when the stream has ended.
    pub fn next_event(&mut self) -> anyhow::Result<Option<(String, Value)>> {
        let (mut name, mut data) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let line = line.trim_end();
            if line.is_empty() {
                return Ok(Some((name, serde_json::from_str(&data)?)));
            }
            match line.split_once(": ") {
                Some(("event", value)) => name = value.to_owned(),
                Some(("data", value)) => data = value.to_owned(),
                Some(("id", value)) => self.last_id = Some(value.to_owned()),
                _ => {}
            }
        }
    }

    /// Reads until an item of `topic` (in a snapshot or a delta) passes `check`.
    pub fn find(&mut self, topic: &str, check: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let start = std::time::Instant::now();
        loop {
            while let Some((of, item)) = self.items.pop_front() {
                if of == topic && check(&item) {
                    return Ok(item);
                }
            }
            anyhow::ensure!(start.elapsed() < GUARD, "nothing in topic {topic} passed");
            let Some((name, data)) = self.next_event()? else {
                anyhow::bail!("the stream ended before anything in topic {topic} passed")
            };
            let items = if name == "delta" && data["topic"] == topic { &data["items"] } else { &data[topic] };
            self.items.extend(items.as_array().into_iter().flatten().map(|item| (topic.to_owned(), item.clone())));
        }
    }
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The managed database of a hub in this folder.
fn managed(data: &Path) -> String {
    let host = data.join("run").to_string_lossy().replace('/', "%2F");
    format!("postgres://chengshu:none@localhost/chengshu?host={host}")
}
