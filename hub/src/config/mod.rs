//! The configuration: one typed TOML file, overridden by the environment (`CHENGSHU__ENGINE__BATCH_MAX=2000`). All
//! mistakes are reported together, each with the key, what was read, what would be right and the line that mends it.
//! Every key stands, with its meaning, in deploy/chengshu.toml; a test compares the two.

mod audit;
mod backup;
mod brokers;
mod front;
mod lines;
mod mail;
mod managed;
mod mappings;
mod reader;
mod sso;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chengshu_access::Rate;
use chengshu_api::ApiLimits;
use chengshu_core::model::{AddressGuard, Label, Limits, TimeLimits};
use chengshu_engine::{EngineOptions, Keep, Unknown};
use chengshu_hooks::{HookOptions, Sign};
use chengshu_mapping::Mappings;
use chengshu_sso::SsoSettings;

pub use backup::{BackupConfig, Captured};
pub use brokers::BrokerConfig;
pub use front::{FrontConfig, TlsConfig};
pub use lines::FieldLine;
pub use managed::ManagedBroker;
pub use reader::Mistake;
use reader::{Reader, Section};

/// How the hub was told to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where its data stands; none lets the hub choose.
    pub data_dir: Option<PathBuf>,
    /// Where it answers HTTP.
    pub http: SocketAddr,
    /// How that door is protected.
    pub front: FrontConfig,
    /// Where browsers reach it, without a slash at the end.
    pub public_url: Option<String>,
    /// Log lines as text or as JSON.
    pub log_json: bool,
    /// What is logged, e.g. `info` or `info,chengshu_engine=debug`.
    pub log_level: String,
    /// Division code of the district.
    pub district_code: String,
    /// Its name.
    pub district_name: Label,
    /// An external database; none runs a managed one.
    pub database_url: Option<String>,
    /// Connections for outside readers.
    pub readers: u32,
    /// A reader's statement may take this long.
    pub reader_timeout: Duration,
    /// External brokers; none runs a managed one.
    pub brokers: Vec<BrokerConfig>,
    /// Where devices speak to the hub in protocols of their own.
    pub lines: Vec<FieldLine>,
    /// The managed broker.
    pub managed: ManagedBroker,
    /// More themes, or changed ones.
    pub topics_dir: Option<PathBuf>,
    /// Declared mappings of foreign JSON.
    pub mappings: Mappings,
    /// Device times outside of these are rejected.
    pub times: TimeLimits,
    /// A payload larger than this is set aside, bytes.
    pub payload_max: usize,
    /// Room of the intake, bytes.
    pub intake_bytes: usize,
    /// Room of the spool, bytes.
    pub spool_bytes: u64,
    /// Room of photos, bytes.
    pub evidence_bytes: u64,
    /// The engine's settings.
    pub engine: EngineOptions,
    /// The API's bounds.
    pub api: ApiLimits,
    /// How receivers are told.
    pub hooks: HookOptions,
    /// Providers of single sign-on.
    pub sso: Vec<SsoSettings>,
    /// Automatic backups.
    pub backup: BackupConfig,
    /// How the audit is kept.
    pub audit: chengshu_audit::Options,
    /// The file that this was read from and those that it names, for backups.
    pub files: Vec<Captured>,
}

const MS: fn(u64) -> Duration = Duration::from_millis;
const SECONDS: fn(u64) -> Duration = Duration::from_secs;

impl Config {
    /// Reads `file` (or only defaults) and the environment.
    ///
    /// # Errors
    /// Every mistake that there is.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Mistake>> {
        let mut reader = Reader::open(file, environment)?;
        let mut config = Self::read(&mut reader);
        config.files = backup::capture(file);
        let mistakes = reader.finish();
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    /// What its address begins with.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.front.tls.is_some() { "https" } else { "http" }
    }

    /// Every key that there is, with its section.
    #[must_use]
    #[cfg(test)]
    pub fn keys() -> Vec<String> {
        let mut reader = Reader::empty();
        reader.push_table("broker");
        reader.push_table("line");
        reader.push_table("sso");
        let _ = Self::read(&mut reader);
        reader.keys()
    }

    fn read(reader: &mut Reader) -> Self {
        let mut hub = reader.section("hub");
        let data_dir = hub.path("data_dir");
        let http = hub.address("http", "127.0.0.1:8080");
        let front = front::read(&mut hub, http);
        let public_url = sso::public_url(&mut hub);
        let log_json = hub.one_of("log_format", &["text", "json"], "text") == "json";
        let log_level = hub.text("log_level", "info");
        let district_code = hub.text("district_code", "441702");
        let district_name = Label {
            zh: hub.text("district_name_zh", "江城区"),
            en: hub.text("district_name_en", "Jiangcheng District"),
        };
        hub.end();

        let mut database = reader.section("database");
        let database_url = database.url("url", &["postgres", "postgresql"], "postgres://user:password@host/chengshu");
        let password = database_url.as_ref().and_then(|text| url::Url::parse(text).ok()?.password().map(str::to_owned));
        if let Some(password) = password {
            database.not_known("url", &password);
        }
        let readers = database.number("readers", 8, 1, 200) as u32;
        let reader_timeout = SECONDS(database.number("reader_timeout_s", 5, 1, 600));
        database.end();

        let managed = managed::read(reader);

        let mut topics = reader.section("topics");
        let topics_dir = topics.path("dir");
        topics.end();

        let mut intake = reader.section("intake");
        let day = 86_400_000;
        let times = TimeLimits {
            past_ms: intake.number("time_past_days", 24, 1, 24) as i64 * day,
            future_ms: intake.number("time_future_hours", 24, 1, 24 * 24) as i64 * 3_600_000,
        };
        let payload_max = intake.number("payload_max_kib", 256, 1, 65_536) as usize * 1024;
        let intake_bytes = intake.number("queue_mib", 32, 1, 4096) as usize * 1024 * 1024;
        intake.end();

        let mut evidence = reader.section("evidence");
        let evidence_bytes = evidence.number("max_mib", 4096, 1, 1 << 20) * 1024 * 1024;
        evidence.end();
        let mut spool = reader.section("spool");
        let spool_bytes = spool.number("max_mib", 2048, 64, 1 << 20) * 1024 * 1024;
        let spool_after = MS(spool.number("after_ms", 2_000, 100, 600_000));
        spool.end();

        let mut retention = reader.section("retention");
        let keep = keep(&mut retention);
        retention.end();

        let mut register = reader.section("register");
        let unknown = match register.one_of("unknown", &["accept", "pending", "reject"], "accept").as_str() {
            "pending" => Unknown::Pending,
            "reject" => Unknown::Reject,
            _ => Unknown::Accept,
        };
        register.end();

        let engine = EngineOptions { spool_after, keep, unknown, ..engine(reader.section("engine")) };
        let api = api(reader.section("api"));
        let sign = Sign { district: Some(district_name.clone()), url: public_url.clone() };
        let hooks = HookOptions { sign, ..hooks(reader.section("webhooks")) };
        let hooks = HookOptions { mail: mail::read(reader), ..hooks };
        let mappings = mappings::read(reader).limited(Limits { payload_max, times });
        let brokers = brokers::read(reader, &mappings);
        let lines = lines::read(reader, Limits { payload_max, times });
        let sso = sso::read(reader, public_url.as_deref());
        Self {
            data_dir,
            http,
            front,
            public_url,
            log_json,
            log_level,
            district_code,
            district_name,
            database_url,
            readers,
            reader_timeout,
            brokers,
            lines,
            managed,
            topics_dir,
            mappings,
            times,
            payload_max,
            intake_bytes,
            spool_bytes,
            evidence_bytes,
            engine,
            api,
            hooks,
            sso,
            backup: backup::read(reader),
            audit: audit::read(reader),
            files: Vec::new(),
        }
    }
}

fn engine(mut section: Section<'_>) -> EngineOptions {
    let default = EngineOptions::default();
    let options = EngineOptions {
        batch_max: section.number("batch_max", default.batch_max as u64, 1, 100_000) as usize,
        linger: MS(section.number("linger_ms", default.linger.as_millis() as u64, 0, 1_000)),
        devices_max: section.number("devices_max", default.devices_max as u64, 1, 2_000_000) as usize,
        metrics_per_device_max: section.number(
            "metrics_per_device_max",
            default.metrics_per_device_max as u64,
            1,
            1_000,
        ) as usize,
        checkpoint_every: SECONDS(section.number("checkpoint_every_s", default.checkpoint_every.as_secs(), 1, 600)),
        ..default
    };
    section.end();
    options
}

/// Readings may arrive 24 days late: whatever is worked out of them must be kept for longer.
fn keep(section: &mut Section<'_>) -> Keep {
    let default = EngineOptions::default().keep;
    Keep {
        reading_days: section.number("reading_days", default.reading_days.into(), 60, 36_500) as u32,
        minute_days: section.number("minute_days", default.minute_days.into(), 60, 36_500) as u32,
        hour_days: section.number("hour_days", default.hour_days.into(), 60, 36_500) as u32,
    }
}

fn api(mut section: Section<'_>) -> ApiLimits {
    let default = ApiLimits::default();
    let limits = ApiLimits {
        request_timeout: SECONDS(section.number("request_timeout_s", default.request_timeout.as_secs(), 1, 600)),
        concurrent: section.number("concurrent", default.concurrent as u64, 1, 100_000) as usize,
        streams: section.number("streams", default.streams as u64, 1, 100_000) as usize,
        connections: section.number("connections", default.connections as u64, 16, 100_000) as usize,
        rate: Rate {
            per_second: section.number("requests_per_s", default.rate.per_second as u64, 1, 100_000) as f64,
            burst: section.number("requests_burst", default.rate.burst as u64, 10, 1_000_000) as f64,
        },
    };
    section.end();
    limits
}

fn hooks(mut section: Section<'_>) -> HookOptions {
    let default = HookOptions::default();
    let allow = section.nets("allow", "allow = [\"10.0.0.0/8\"]");
    let give_up = section.number("give_up_after_s", default.give_up_after.as_secs(), 1, 30 * 86_400);
    let per_minute = section.number("messages_per_minute", default.messages_per_minute as u64, 4, 600) as usize;
    section.end();
    let guard = AddressGuard::new(allow);
    HookOptions { guard, give_up_after: SECONDS(give_up), messages_per_minute: per_minute, ..default }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("chengshu.toml");
        std::fs::write(&file, text).unwrap();
        let environment = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Config::load(Some(&file), environment).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let text = "[hub]\nhttp = 8080\nlog_format = \"xml\"\nhtpp = \"x\"\n[engine]\nbatch_max = 0\nlinger_ms = \"soon\"\n[enigne]\nx = 1\n[database]\nurl = \"mysql://h/d\"\n[[broker]]\nname = \"Main\"\nurl = \"mqtt://\"\nversion = \"4\"\nclient_key_file = \"/nowhere\"\n";
        let mistakes = load(text, &[]).unwrap_err();
        let all = mistakes.join("\n");
        for part in [
            "hub.http",
            "hub.log_format",
            "hub.htpp",
            "did you mean `http`",
            "engine.batch_max",
            "engine.linger_ms",
            "enigne",
            "did you mean `engine`",
            "database.url",
            "broker[0].name",
            "broker[0].url",
            "broker[0].version",
            "broker[0].client_key_file",
        ] {
            assert!(all.contains(part), "{part} is missing in:\n{all}");
        }
        assert!(mistakes.iter().all(|mistake| mistake.contains("expected")), "{all}");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let config = load(
            "[engine]\nbatch_max = 7\n[[broker]]\nname = \"a\"\nurl = \"mqtt://h:1\"\n",
            &[
                ("CHENGSHU__ENGINE__BATCH_MAX", "9"),
                ("CHENGSHU__BROKER__0__PASSWORD", "6f1d0a"),
                ("CHENGSHU__BROKER__0__USER", "u"),
                ("PATH", "x"),
            ],
        )
        .unwrap();
        assert_eq!(config.engine.batch_max, 9);
        assert_eq!(config.brokers[0].password.as_deref(), Some("6f1d0a"));
        assert!(load("", &[("CHENGSHU__ENGINE__BATCHMAX", "9")]).unwrap_err()[0].contains("batch_max"));
    }

    #[test]
    fn the_example_names_every_key_and_no_other() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/chengshu.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let mut section = String::new();
        let mut documented = Vec::new();
        for line in text.lines() {
            let line = line.trim_start_matches("# ").trim_start_matches('#').trim();
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                section = name.trim_matches(['[', ']']).to_owned();
            } else if let Some((key, _)) =
                line.split_once(" = ").filter(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
            {
                documented.push(format!("{section}.{key}"));
            }
        }
        let (mut expected, mut found) = (Config::keys(), documented);
        expected.sort();
        found.sort();
        found.dedup();
        assert_eq!(found, expected);
    }

    #[test]
    fn s04_passwords_of_examples_and_a_door_open_to_all_are_refused() {
        let example = include_str!("../../../deploy/chengshu.toml").replace("# url = \"postgres", "url = \"postgres");
        assert!(load(&example, &[]).unwrap_err()[0].contains("well-known password"));
        let broker =
            |password: &str| format!("[[broker]]\nurl = \"mqtt://h:1\"\nuser = \"u\"\npassword = \"{password}\"\n");
        for known in ["", "secret", "Admin", "123456"] {
            assert!(load(&broker(known), &[]).unwrap_err()[0].contains("broker[0].password"), "{known}");
        }
        load(&broker("9c2f6e4d"), &[]).unwrap();
        let mistakes = load("[hub]\nhttp = \"0.0.0.0:8080\"\n", &[]).unwrap_err();
        assert!(mistakes[0].contains("hub.http") && mistakes[0].contains("TLS"), "{mistakes:?}");
        load("[hub]\nhttp = \"0.0.0.0:8080\"\nplain_http = true\n", &[]).unwrap();
        let halves =
            load("[hub]\ntls_cert_file = \"/nowhere\"\ntrusted_proxies = [\"10.0.0.0/99\"]\n", &[]).unwrap_err();
        assert!(halves.iter().any(|one| one.contains("hub.tls_key_file")), "{halves:?}");
        assert!(halves.iter().any(|one| one.contains("hub.trusted_proxies")), "{halves:?}");
    }

    #[test]
    fn a_file_that_is_no_toml_says_where() {
        let mistakes = load("[hub\nhttp = 1", &[]).unwrap_err();
        assert!(mistakes[0].contains("line 1"), "{mistakes:?}");
    }
}
