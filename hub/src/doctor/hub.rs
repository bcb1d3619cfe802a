//! The running hub, asked through its own API: is it of use, what does it say of its parts, and does a reading still pass
//! from its door to the database.

use serde_json::Value;

use super::Finding;
use super::machine::size;
use crate::client::Client;
use crate::config::Config;

const PART: &str = "hub";

/// What a hub answered.
pub struct Hub {
    client: Client,
    ready: Option<Value>,
}

/// Asks whether a hub answers where the configuration puts it.
pub fn ask(client: Client) -> Hub {
    let ready = client.open("/readyz").ok().filter(|answer| answer["ready"].is_boolean());
    Hub { client, ready }
}

impl Hub {
    /// A hub answers.
    pub fn runs(&self) -> bool {
        self.ready.is_some()
    }

    fn database_down(&self) -> bool {
        let reasons = self.ready.as_ref().and_then(|ready| ready["reasons"].as_array());
        reasons.into_iter().flatten().any(|reason| reason["code"] == "database_down")
    }

    /// Has the hub send a reading that it knows once more: it proves no life, and leaves nothing but one duplicate in the
    /// ledger.
    fn probe(&self) -> Option<Finding> {
        let part = "probe";
        let cure = "the hub's log says more; GET /api/v1/ledger and /api/v1/rejected tell where it stayed";
        let answer = match self.client.post("/api/v1/probe", &[], "application/json", b"") {
            Ok((_, answer)) => answer,
            Err(error) => return Some(Finding::bad(part, format!("a reading was not taken: {error:#}"), cure)),
        };
        if answer["duplicate"].is_u64() && answer["device"].is_null() {
            let text = "no device is live, so no reading could be sent a second time";
            return Some(Finding::note(part, text, "ask again when one is"));
        }
        Some(match (answer["duplicate"].as_u64(), answer["spooled"].as_u64()) {
            (Some(1), _) => {
                let text =
                    format!("a reading of {} passed from the door to the database, which knew it", answer["device"]);
                Finding::good(part, text)
            }
            (_, Some(1)) => {
                Finding::note(part, "a reading came as far as the spool", "see the finding about the database")
            }
            _ if answer["code"] == "not_loaded" => return None,
            _ if answer["code"] == "timeout" && self.database_down() => {
                let text =
                    "the database is away, and the spool's disk had not taken a reading when the time limit came";
                Finding::note(part, text, "see the findings about the database and the disk")
            }
            _ => Finding::bad(part, format!("a known reading was answered with {answer}"), cure),
        })
    }

    /// What it says.
    pub fn findings(&self, config: &Config) -> Vec<Finding> {
        let Some(ready) = &self.ready else {
            let text = format!("no hub answers at {}", self.client.base());
            return vec![Finding::note(
                PART,
                text,
                "systemctl start chengshu, or chengshu run; then ask again for what only it can tell",
            )];
        };
        let mut findings = Vec::new();
        let reasons: Vec<&Value> = ready["reasons"].as_array().into_iter().flatten().collect();
        if reasons.is_empty() {
            findings.push(Finding::good(PART, format!("{} is ready", self.client.base())));
        }
        for reason in reasons {
            let code = reason["code"].as_str().unwrap_or_default();
            findings.push(Finding::bad(PART, reason["text"].as_str().unwrap_or_default(), cure(code)));
        }
        if !self.client.has_key() {
            let text = "its local.key cannot be read, so it was asked no more";
            findings.push(Finding::note(
                PART,
                text,
                "run the doctor as the hub's user or as root, or name its data folder with --data",
            ));
            return findings;
        }
        match self.client.get("/api/v1/status") {
            Ok(status) if status["devices"].is_object() => findings.extend(status_findings(&status)),
            Ok(other) => {
                let words = other["detail"].as_str().unwrap_or("no status").to_owned();
                findings.push(Finding::bad(
                    PART,
                    format!("it refuses this key: {words}"),
                    "name the data folder of the hub that runs with --data",
                ));
                return findings;
            }
            Err(error) => {
                findings.push(Finding::bad(PART, format!("it does not say its status: {error:#}"), "its log says why"))
            }
        }
        findings.extend(self.probe());
        if let Ok(backups) = self.client.get("/api/v1/backups") {
            findings.push(backup(&backups, config));
        }
        findings
    }
}

fn cure(code: &str) -> &'static str {
    match code {
        "starting" => "wait a moment; if it stays, the log says what it waits for",
        "database_down" => "see the finding about the database; what arrives meanwhile is kept in the spool",
        "database_disk_full" | "disk_full" => {
            "make room on the disk (see the finding about it); the hub goes on by itself"
        }
        "spool_full" => "bring the database back; until then raise spool.max_mib if the disk has room",
        "link_down" => "see the finding about that broker",
        _ => "the hub's log says more (journalctl -u chengshu)",
    }
}

fn status_findings(status: &Value) -> Vec<Finding> {
    let devices = &status["devices"];
    let number = |word: &str| devices[word].as_u64().unwrap_or_default();
    let all: u64 = ["live", "stale", "offline", "never"].into_iter().map(number).sum();
    let text = format!(
        "{all} devices: {} live, {} stale, {} offline, {} never heard",
        number("live"),
        number("stale"),
        number("offline"),
        number("never")
    );
    let mut findings = vec![if all > 0 && number("live") == 0 {
        Finding::bad("devices", text, "all at once means a common cause: broker, network or the hub's rights there")
    } else if number("offline") * 5 > all {
        Finding::note(
            "devices",
            text,
            "the maintenance board (#/desk/maintenance) groups them by gateway, maker and area",
        )
    } else {
        Finding::good("devices", text)
    }];
    let spool = &status["spool"];
    let waiting = spool["readings"].as_u64().unwrap_or_default();
    let (bytes, most) = (spool["bytes"].as_u64().unwrap_or_default(), spool["bytes_max"].as_u64().unwrap_or_default());
    findings.push(match spool["state"].as_str() {
        Some("empty") => Finding::good("spool", "nothing waits"),
        state => {
            let text =
                format!("{}: {waiting} readings wait, {} of {}", state.unwrap_or("unknown"), size(bytes), size(most));
            Finding::note("spool", text, "it empties itself when the database answers")
        }
    });
    if let Some(lost) = spool["lost"].as_u64().filter(|lost| *lost > 0) {
        findings.push(Finding::bad(
            "spool",
            format!("{lost} records were lost to damage of its files"),
            "the log names the files; is the disk sound (smartctl, dmesg)?",
        ));
    }
    findings
}

fn backup(backups: &Value, config: &Config) -> Finding {
    let part = "backup";
    if backups["configured"] != true {
        let text = "none is made by itself";
        return Finding::note(part, text, "set backup.dir to a folder on another disk");
    }
    let why = |view: &Value| view["detail"].as_str().unwrap_or("unknown").to_owned();
    if backups["failure"].is_object() {
        let text = format!("the last could not be made: {}", why(&backups["failure"]));
        return Finding::bad(part, text, "mend that, then chengshu backup");
    }
    if backups["last_check"]["ok"] == false {
        let text = format!("the last could not be restored: {}", why(&backups["last_check"]));
        return Finding::bad(part, text, "mend that, then chengshu backup");
    }
    match backups["last"]["bytes"].as_u64() {
        Some(bytes) => {
            let checked = if backups["last_check"]["ok"] == true { ", restored and counted" } else { "" };
            Finding::good(part, format!("the last is {}{checked}", size(bytes)))
        }
        None => {
            let dir = config.backup.dir.as_ref().map_or_else(String::new, |dir| dir.display().to_string());
            Finding::note(part, format!("none has been made in {dir} yet"), "chengshu backup makes one now")
        }
    }
}
