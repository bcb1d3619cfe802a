//! External brokers: `[[broker]]`, any number of them. Certificates and passwords are read from files here, so that a
//! missing one is reported with all other mistakes and not at three in the morning.

use std::path::Path;

use chengshu_mapping::{Mapping, Mappings};
use chengshu_mqtt::{MqttTls, MqttVersion};

use super::reader::{Reader, Section};

/// The authorities that the system believes.
const SYSTEM_CA: &str = "/etc/ssl/certs/ca-certificates.crt";

/// One external broker.
#[derive(Debug, Clone)]
pub struct BrokerConfig {
    /// Its name; the link is called `mqtt:{name}`.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Version of the protocol.
    pub version: MqttVersion,
    /// User.
    pub user: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// TLS, if the address says mqtts.
    pub tls: Option<MqttTls>,
    /// The believed authorities are those of a file of its own, not the system's.
    pub own_ca: bool,
    /// Shared-subscription group.
    pub group: Option<String>,
    /// Client id; none lets the hub make one that stays.
    pub client_id: Option<String>,
    /// Mappings whose topics are subscribed to here; none: all that there are.
    pub mappings: Option<Vec<String>>,
}

pub(super) fn read(reader: &mut Reader, mappings: &Mappings) -> Vec<BrokerConfig> {
    let tables = reader.list("broker");
    let mut names = Vec::new();
    let mut brokers = Vec::new();
    for (number, table) in tables.into_iter().enumerate() {
        let mut section = reader.item("broker", number, table);
        let broker = one(&mut section, mappings);
        if names.contains(&broker.name) {
            section.mistake(
                "name",
                &format!("{:?}", broker.name),
                "a name that no other broker has",
                "name = \"second\"",
            );
        }
        names.push(broker.name.clone());
        section.end();
        brokers.push(broker);
    }
    brokers
}

fn one(section: &mut Section<'_>, known: &Mappings) -> BrokerConfig {
    let name = section.text("name", "main");
    if name.is_empty()
        || name.len() > 40
        || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        section.mistake("name", &format!("{name:?}"), "1 to 40 of a-z 0-9 -", "name = \"main\"");
    }
    let example = "mqtts://broker.example:8883";
    let url = section.url("url", &["mqtt", "mqtts"], example).and_then(|text| url::Url::parse(&text).ok());
    let secure = url.as_ref().is_some_and(|url| url.scheme() == "mqtts");
    let version = match section.one_of("version", &["3.1.1", "5"], "3.1.1").as_str() {
        "5" => MqttVersion::V5,
        _ => MqttVersion::V311,
    };
    let user = section.optional("user");
    let password = section.optional("password");
    let from_file = file(section, "password_file").map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    if let Some(password) = password.as_ref().filter(|_| from_file.is_none()) {
        section.not_known("password", password);
    }
    if let Some(password) = &from_file {
        section.not_known("password_file", password);
    }
    let ca = file(section, "ca_file");
    let own_ca = ca.is_some();
    let certificate = file(section, "client_cert_file");
    let key = file(section, "client_key_file");
    if certificate.is_some() != key.is_some() {
        section.mistake(
            "client_cert_file",
            "only one of certificate and key",
            "both or neither",
            "client_key_file = \"/etc/chengshu/client.key\"",
        );
    }
    let tls = secure.then(|| MqttTls {
        ca: ca.or_else(|| std::fs::read(SYSTEM_CA).ok()).unwrap_or_default(),
        client: certificate.zip(key),
    });
    let port = url.as_ref().and_then(url::Url::port).unwrap_or(if secure { 8883 } else { 1883 });
    let mappings = section.words("mappings", "[]");
    for name in mappings.iter().flatten().filter(|name| known.find(name).is_none()) {
        let known: Vec<&str> = known.iter().map(Mapping::name).collect();
        let expected = match known.as_slice() {
            [] => "a mapping that [mapping] names; it names none".to_owned(),
            known => format!("one of {}", known.join(", ")),
        };
        section.mistake("mappings", &format!("{name:?}"), &expected, "mappings = []");
    }
    BrokerConfig {
        name,
        host: url.as_ref().and_then(url::Url::host_str).unwrap_or_default().to_owned(),
        port,
        version,
        user,
        password: from_file.or(password),
        tls,
        own_ca,
        group: section.optional("group"),
        client_id: section.optional("client_id"),
        mappings,
    }
}

/// What stands in the file that a key names.
pub(super) fn file(section: &mut Section<'_>, key: &str) -> Option<Vec<u8>> {
    let path = section.path(key)?;
    match std::fs::read(Path::new(&path)) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            section.mistake(key, &format!("{}: {error}", path.display()), "a file that the hub's user can read", "");
            None
        }
    }
}
