//! The `[audit]` section: how long the audit is kept, and where it is copied to. Certificates are read here, so that a
//! missing one is reported with all other mistakes.

use chengshu_audit::{CopyFile, KEEP_DAYS_LEAST, Options, SyslogTarget, Tls};

use super::brokers::file;
use super::reader::{Reader, Section};

pub(super) fn read(reader: &mut Reader) -> Options {
    let mut section = reader.section("audit");
    let days = section.number("keep_days", KEEP_DAYS_LEAST.into(), 0, 36_500) as u32;
    if days < KEEP_DAYS_LEAST {
        section.mistake(
            "keep_days",
            &days.to_string(),
            "at least 180: the law asks for six months (网络安全法 第二十一条), and the database forgets nothing younger",
            "keep_days = 180",
        );
    }
    let path = section.path("copy_file");
    if let Some(path) = path.as_ref().filter(|path| !path.is_absolute() || path.file_name().is_none()) {
        let read = format!("{:?}", path.display().to_string());
        section.mistake(
            "copy_file",
            &read,
            "the full path of a file",
            "copy_file = \"/mnt/log-host/chengshu-audit.ndjson\"",
        );
    }
    let bytes_most = section.number("copy_file_mib", 64, 1, 65_536) << 20;
    let file = path.map(|path| CopyFile { path, bytes_most });
    let syslog = syslog(&mut section);
    section.end();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    Options { keep_days: days, file, syslog, host }
}

fn syslog(section: &mut Section<'_>) -> Option<SyslogTarget> {
    let address = section.url("syslog", &["tcp+tls", "tcp"], "tcp+tls://log.example:6514");
    let ca = file(section, "ca_file");
    let (certificate, key) = (file(section, "client_cert_file"), file(section, "client_key_file"));
    if certificate.is_some() != key.is_some() {
        section.mistake(
            "client_cert_file",
            "only one of certificate and key",
            "both or neither",
            "client_key_file = \"/etc/chengshu/audit.key\"",
        );
    }
    let address = address?;
    let url = url::Url::parse(&address).ok()?;
    let secure = url.scheme() == "tcp+tls";
    if !secure && (ca.is_some() || certificate.is_some()) {
        let expected = "tcp+tls:// where certificates are named";
        section.mistake("syslog", &format!("{address:?}"), expected, "syslog = \"tcp+tls://log.example:6514\"");
    }
    let tls = secure.then(|| Tls { ca, client: certificate.zip(key) });
    let port = url.port().unwrap_or(if secure { 6514 } else { 514 });
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    Some(SyslogTarget { address, host, port, tls })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> (Options, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        std::fs::write(&path, text).unwrap();
        let mut reader = Reader::open(Some(&path), std::iter::empty()).unwrap();
        let options = read(&mut reader);
        let mistakes: Vec<String> = reader.finish().iter().map(ToString::to_string).collect();
        (options, mistakes.join("\n"))
    }

    #[test]
    fn less_than_half_a_year_is_a_mistake_that_says_why() {
        for days in ["0", "179"] {
            let (_, mistakes) = load(&format!("[audit]\nkeep_days = {days}\n"));
            for part in ["audit.keep_days", days, "at least 180", "第二十一条", "mend it with: keep_days = 180"] {
                assert!(mistakes.contains(part), "{part} in {mistakes}");
            }
        }
        assert_eq!(load("").0.keep_days, 180);
        let (options, mistakes) = load("[audit]\nkeep_days = 365\n");
        assert_eq!((options.keep_days, mistakes.as_str()), (365, ""));
    }

    #[test]
    fn receivers_are_read_with_their_ports_and_what_is_wrong_is_told() {
        for (text, host, port, tls) in [
            ("tcp+tls://log.example", "log.example", 6514, true),
            ("tcp+tls://[fd00::1]:7000", "fd00::1", 7000, true),
            ("tcp://10.0.0.9:1514", "10.0.0.9", 1514, false),
            ("tcp://log", "log", 514, false),
        ] {
            let (options, mistakes) = load(&format!("[audit]\nsyslog = {text:?}\n"));
            let target = options.syslog.unwrap();
            assert_eq!((target.host.as_str(), target.port, target.tls.is_some()), (host, port, tls), "{mistakes}");
        }
        for (text, part) in [
            ("syslog = \"udp://log:514\"", "audit.syslog"),
            ("copy_file = \"audit.ndjson\"", "full path"),
            ("syslog = \"tcp+tls://log\"\nca_file = \"/nowhere\"", "audit.ca_file"),
            ("client_cert_file = \"/dev/null\"", "both or neither"),
            ("syslog = \"tcp://log\"\nca_file = \"/dev/null\"", "tcp+tls:// where certificates"),
        ] {
            let (_, mistakes) = load(&format!("[audit]\n{text}\n"));
            assert!(mistakes.contains(part), "{text}: {mistakes}");
        }
    }
}
