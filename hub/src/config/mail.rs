//! The server that mails are sent with: `[mail]`. Without a host there is none. A password goes over an encrypted connection or
//! not at all, unless the server is this machine's own.

use std::net::IpAddr;

use chengshu_core::model::AddressGuard;
use chengshu_hooks::{MailSettings, MailTls, is_mailbox};

use super::brokers::file;
use super::reader::{Reader, Section};

const FROM: &str = "城枢 <chengshu@gov.example>";

pub(super) fn read(reader: &mut Reader) -> Option<MailSettings> {
    let mut section = reader.section("mail");
    let host = section.optional("host").filter(|host| !host.is_empty());
    let tls = match section.one_of("tls", &["starttls", "tls", "none"], "starttls").as_str() {
        "tls" => MailTls::Tls,
        "none" => MailTls::None,
        _ => MailTls::StartTls,
    };
    let usual = match tls {
        MailTls::StartTls => 587,
        MailTls::Tls => 465,
        MailTls::None => 25,
    };
    let port = section.number("port", usual, 1, 65_535) as u16;
    let login = login(&mut section);
    let from = section.optional("from");
    let ca = file(&mut section, "ca_file");
    let guard = AddressGuard::new(section.nets("allow_networks", "allow_networks = [\"10.0.0.0/8\"]"));
    let mail = host.map(|host| {
        let address = host.parse::<IpAddr>().ok();
        let is_near = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        if tls == MailTls::None && login.is_some() && !is_near {
            let expected = "starttls or tls: a password would be read on the way";
            section.mistake("tls", "\"none\" with a password", expected, "tls = \"starttls\"");
        }
        if let Some(address) = address.filter(|address| !guard.permits(*address)) {
            let expected = "a network that holds the server: it is no public address";
            section.mistake(
                "allow_networks",
                "nothing that does",
                expected,
                &format!("allow_networks = [\"{address}\"]"),
            );
        }
        let from = from.clone().filter(|from| is_mailbox(from)).unwrap_or_else(|| {
            let read = from.as_ref().map_or_else(|| "nothing".to_owned(), |from| format!("{from:?}"));
            section.mistake("from", &read, "whom mails come from", &format!("from = \"{FROM}\""));
            String::new()
        });
        MailSettings { host, port, tls, login, from, ca, guard }
    });
    section.end();
    mail
}

fn login(section: &mut Section<'_>) -> Option<(String, String)> {
    let user = section.optional("user");
    let written = section.optional("password");
    let from_file = file(section, "password_file").map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    for (key, password) in [("password", &written), ("password_file", &from_file)] {
        if let Some(password) = password {
            section.not_known(key, password);
        }
    }
    let password = from_file.or(written);
    if user.is_some() != password.is_some() {
        let (key, mend) = if user.is_some() {
            ("password_file", "password_file = \"/etc/chengshu/mail.secret\"")
        } else {
            ("user", "user = \"chengshu\"")
        };
        section.mistake(key, "nothing", "both user and password, or neither", mend);
    }
    user.zip(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(text: &str) -> Result<Option<MailSettings>, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        std::fs::write(&path, format!("[mail]\n{text}")).unwrap();
        let mut reader = Reader::open(Some(&path), std::iter::empty()).unwrap();
        let mail = read(&mut reader);
        let mistakes: Vec<String> = reader.finish().iter().map(ToString::to_string).collect();
        if mistakes.is_empty() { Ok(mail) } else { Err(mistakes.join("\n")) }
    }

    #[test]
    fn a_server_is_whole_or_there_is_none() {
        assert!(mail("").unwrap().is_none());
        let good = "host = \"smtp.gov.example\"\nfrom = \"duty@gov.example\"\n";
        let read = mail(good).unwrap().unwrap();
        assert_eq!((read.port, read.tls, read.login), (587, MailTls::StartTls, None));
        assert_eq!(mail(&format!("{good}tls = \"tls\"\n")).unwrap().unwrap().port, 465);
        let known = mail(&format!("{good}user = \"u\"\npassword = \"9c2f6e4d\"\n")).unwrap().unwrap();
        assert!(!format!("{known:?}").contains("9c2f6e4d"));
        for (bad, key) in [
            ("host = \"smtp.gov.example\"\n".to_owned(), "mail.from"),
            ("host = \"h\"\nfrom = \"nobody\"\n".to_owned(), "mail.from"),
            (format!("{good}user = \"u\"\n"), "mail.password_file"),
            (format!("{good}password = \"9c2f6e4d\"\n"), "mail.user"),
            (format!("{good}user = \"u\"\npassword = \"123456\"\n"), "mail.password"),
            (format!("{good}tls = \"none\"\nuser = \"u\"\npassword = \"9c2f6e4d\"\n"), "mail.tls"),
            (format!("{good}tls = \"ssl\"\n"), "mail.tls"),
            ("host = \"10.0.0.1\"\nfrom = \"a@b\"\n".to_owned(), "mail.allow_networks"),
            (format!("{good}ca_file = \"/nowhere\"\n"), "mail.ca_file"),
        ] {
            let told = mail(&bad).unwrap_err();
            assert!(told.contains(key) && !told.contains("9c2f6e4d"), "{bad}\n{told}");
        }
    }
}
