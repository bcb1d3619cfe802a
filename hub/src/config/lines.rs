//! Field lines: `[[line]]`, any number of them, each a protocol that devices speak to the hub directly. What is peculiar to a
//! protocol stands under `settings`, by the names of its README.

use std::net::SocketAddr;
use std::time::Duration;

use chengshu_core::model::{Limits, ThemeId};
use chengshu_line::LineConfig;
use toml::{Table, Value};

use super::reader::{Reader, Section};
use crate::field::{Field, PROTOCOLS};

/// A listener and what is spoken there.
#[derive(Debug, Clone)]
pub struct FieldLine {
    /// Its name; the link is called `{protocol}:{name}`.
    pub name: String,
    /// Addresses and limits.
    pub line: LineConfig,
    /// The protocol with its settings.
    pub field: Field,
}

impl FieldLine {
    /// One on a free port of the loopback, as the demo has it.
    pub fn demo(protocol: &str, limits: Limits) -> Option<Self> {
        let free = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        let field = Field::new(protocol, Table::new(), limits).ok()?;
        let line = LineConfig { tcp: free, udp: field.has_udp().then_some(free).flatten(), ..LineConfig::new() };
        Some(Self { name: "demo".to_owned(), line, field })
    }
}

pub(super) fn read(reader: &mut Reader, limits: Limits) -> Vec<FieldLine> {
    let tables = reader.list("line");
    let mut lines: Vec<FieldLine> = Vec::new();
    for (number, table) in tables.into_iter().enumerate() {
        let mut section = reader.item("line", number, table);
        if let Some(line) = one(&mut section, limits) {
            if lines.iter().any(|other| (&other.name, other.field.name()) == (&line.name, line.field.name())) {
                let read = format!("{:?}", line.name);
                let expected = "a name that no other line of this protocol has";
                section.mistake("name", &read, expected, "name = \"second\"");
            }
            lines.push(line);
        }
        section.end();
    }
    lines
}

fn one(section: &mut Section<'_>, limits: Limits) -> Option<FieldLine> {
    let protocol = section.one_of("protocol", &PROTOCOLS, PROTOCOLS[0]);
    let name = section.text("name", "main");
    if name.is_empty()
        || name.len() > 40
        || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        section.mistake("name", &format!("{name:?}"), "1 to 40 of a-z 0-9 -", "name = \"main\"");
    }
    let tcp = address(section, "tcp");
    let udp = address(section, "udp");
    if tcp.is_none() && udp.is_none() {
        section.mistake("tcp", "neither tcp nor udp", "where the hub shall listen", "tcp = \"0.0.0.0:5100\"");
    }
    let line = LineConfig {
        tcp,
        udp,
        peers_max: section.number("peers_max", 20_000, 1, 60_000) as usize,
        first_word: Duration::from_secs(section.number("first_word_s", 60, 1, 3_600)),
        ..LineConfig::new()
    };
    let mut settings = section.table("settings");
    for key in ["theme", "prefix"] {
        if let Some(text) = section.optional(key) {
            if key == "theme" && ThemeId::parse(&text).is_err() {
                section.mistake(key, &format!("{text:?}"), "the id of a theme", "theme = \"water\"");
                continue;
            }
            settings.insert(key.to_owned(), Value::String(text));
        }
    }
    match Field::new(&protocol, settings, limits) {
        Ok(field) => {
            if udp.is_some() && !field.has_udp() {
                section.mistake("udp", "an address", "nothing: this protocol is spoken over TCP only", "");
            }
            Some(FieldLine { name, line, field })
        }
        Err(wrong) => {
            let expected = format!("the settings of {protocol}; see adapters/{protocol}/README.md");
            section.mistake("settings", &wrong, &expected, "settings = {}");
            None
        }
    }
}

fn address(section: &mut Section<'_>, key: &str) -> Option<SocketAddr> {
    let text = section.optional(key)?;
    let address = text.parse().ok();
    if address.is_none() {
        let mend = format!("{key} = \"0.0.0.0:5100\"");
        section.mistake(key, &format!("{text:?}"), "an address with a port", &mend);
    }
    address
}
