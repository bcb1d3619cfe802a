//! The machine: its ports, its clock, its disk.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use chengshu_api::SyncState;
use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use nix::sys::statvfs::statvfs;

use super::{Finding, certificate};
use crate::config::Config;
use crate::timesync;

/// Fewer days than this should be looked at; fewer than a third of it are ill.
const DAYS_WANTED: u64 = 30;
/// Less than this is ill whatever the growth.
const FREE_LEAST: u64 = 2 << 30;

/// Whether the hub's ports are free, or its own.
pub fn ports(config: &Config, hub_runs: bool) -> Vec<Finding> {
    let port = |part: &str, address: SocketAddr, key: &str| match TcpListener::bind(address) {
        Ok(_) if hub_runs => {
            Finding::note(part, format!("{address} is free, though a hub answers"), "is it another hub?")
        }
        Ok(_) => Finding::good(part, format!("{address} is free")),
        Err(_) if hub_runs => Finding::good(part, format!("{address} is held by the running hub")),
        Err(error) => Finding::bad(
            part,
            format!("{address} cannot be listened on: {error}; and no hub answers"),
            format!("`ss -ltnp | grep :{}` names who does; stop it, or set {key} to another address", address.port()),
        ),
    };
    let mut findings = vec![port("port http", config.http, "hub.http")];
    if config.brokers.is_empty() {
        let managed = &config.managed;
        findings.push(port("port mqtt", managed.listen, "managed.broker_listen"));
        findings.extend(managed.tls.iter().map(|tls| port("port mqtts", tls.listen, "managed.tls_listen")));
        findings.extend(managed.shared.map(|shared| port("port mqtt shared", shared, "managed.shared_listen")));
    }
    findings
}

/// How long the certificate of the door is good for.
pub fn certificate(config: &Config, now: Timestamp) -> Vec<Finding> {
    let Some(tls) = &config.front.tls else { return Vec::new() };
    certificate::look("https", "the door's certificate", "hub.tls_cert_file", &tls.certificate, now)
}

/// Whether the clock follows a time source.
pub async fn clock(clock: &SharedClock) -> Finding {
    match timesync::ask(clock).await {
        SyncState::Synchronized => {
            Finding::good("clock", format!("follows a time source; {}", clock.now().to_rfc3339()))
        }
        SyncState::Unsynchronized => Finding::bad(
            "clock",
            format!(
                "follows no time source; it says {}: times of arrival and ages may be wrong",
                clock.now().to_rfc3339()
            ),
            "apt install chrony, and name the network's time server in /etc/chrony/chrony.conf",
        ),
        SyncState::Unknown => Finding::note(
            "clock",
            format!("nobody on this machine can tell whether it is right; it says {}", clock.now().to_rfc3339()),
            "compare it with a clock that you trust; with systemd, timedatectl tells",
        ),
    }
}

/// How much room is left, and for how long. `growth`: bytes a day, where it is known.
pub fn disk(data: &Path, growth: Option<u64>) -> Vec<Finding> {
    let there = data.ancestors().find(|dir| dir.exists()).unwrap_or(Path::new("/"));
    let free = match statvfs(there) {
        Ok(stat) => stat.blocks_available() * stat.fragment_size(),
        Err(error) => {
            let text = format!("the disk of {} cannot be asked: {error}", there.display());
            return vec![Finding::note("disk", text, "run the doctor as the hub's user or as root")];
        }
    };
    let text = format!("{} free for {}", size(free), data.display());
    let cure =
        "a larger disk, shorter retention.* (days that readings are kept), or backups on another disk (backup.dir)";
    vec![judge(free, growth, text, cure)]
}

fn judge(free: u64, growth: Option<u64>, text: String, cure: &str) -> Finding {
    let days = growth.filter(|bytes| *bytes > 0).map(|bytes| free / bytes);
    let text = match (days, growth) {
        (Some(days), Some(growth)) => {
            format!("{text}; readings take {} a day: {days} days are left before retention frees any", size(growth))
        }
        _ => format!("{text}; how fast it fills is known after the first whole day"),
    };
    match days {
        _ if free < FREE_LEAST => Finding::bad("disk", text, cure),
        Some(days) if days < DAYS_WANTED / 3 => Finding::bad("disk", text, cure),
        Some(days) if days < DAYS_WANTED => Finding::note("disk", text, cure),
        _ => Finding::good("disk", text),
    }
}

/// Bytes as people say them.
pub fn size(bytes: u64) -> String {
    match bytes as f64 {
        bytes if bytes < 1e6 => format!("{:.0} kB", bytes / 1e3),
        bytes if bytes < 1e9 => format!("{:.0} MB", bytes / 1e6),
        bytes => format!("{:.1} GB", bytes / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_disk_is_judged_by_its_room_and_by_its_days() {
        let verdict = |free, growth| judge(free, growth, String::new(), "").verdict;
        assert_eq!(verdict(100 << 30, None), Verdict::Good);
        assert_eq!(verdict(1 << 30, None), Verdict::Bad, "hardly any room");
        assert_eq!(verdict(100 << 30, Some(1 << 30)), Verdict::Good);
        assert_eq!(verdict(20 << 30, Some(1 << 30)), Verdict::Note);
        assert_eq!(verdict(9 << 30, Some(1 << 30)), Verdict::Bad);
        let finding = judge(20 << 30, Some(1 << 30), "x".to_owned(), "");
        assert!(finding.text.contains("20 days are left"), "{}", finding.text);
    }

    #[test]
    fn a_port_that_is_taken_is_named_with_its_key() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut config = Config::load(None, std::iter::empty()).unwrap();
        config.http = holder.local_addr().unwrap();
        let findings = ports(&config, false);
        assert_eq!(findings[0].verdict, Verdict::Bad);
        assert!(findings[0].cure.as_deref().unwrap_or_default().contains("hub.http"));
        assert_eq!(ports(&config, true)[0].verdict, Verdict::Good, "the running hub may hold it");
    }
}
