//! Reads a TOML table key by key and collects mistakes instead of stopping at the first. A key that nobody asked for is
//! a mistake too, with the nearest name that there is.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chengshu_core::model::Net;
use toml::{Table, Value};

const PREFIX: &str = "CHENGSHU__";

/// Something wrong in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    key: String,
    read: String,
    expected: String,
    mend: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: read {}; expected {}", self.key, self.read, self.expected)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "\n    mend it with: {}", self.mend) }
    }
}

/// The whole file, with the environment laid over it.
pub(super) struct Reader {
    root: Table,
    mistakes: Vec<Mistake>,
    sections: Vec<String>,
    keys: Vec<String>,
}

impl Reader {
    pub(super) fn open(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Mistake>> {
        let mut reader = Self::empty();
        if let Some(file) = file {
            let whole = |read: String, expected: &str| {
                vec![Mistake {
                    key: file.display().to_string(),
                    read,
                    expected: expected.to_owned(),
                    mend: String::new(),
                }]
            };
            let text =
                std::fs::read_to_string(file).map_err(|error| whole(error.to_string(), "a file that can be read"))?;
            reader.root = text.parse::<Table>().map_err(|error| whole(at_line(&text, &error), "TOML"))?;
        }
        for (name, value) in environment {
            if let Some(path) = name.strip_prefix(PREFIX) {
                reader.lay_over(&name, &path.to_ascii_lowercase(), value);
            }
        }
        Ok(reader)
    }

    pub(super) fn empty() -> Self {
        Self { root: Table::new(), mistakes: Vec::new(), sections: Vec::new(), keys: Vec::new() }
    }

    #[cfg(test)]
    pub(super) fn push_table(&mut self, name: &str) {
        self.root.insert(name.to_owned(), Value::Array(vec![Value::Table(Table::new())]));
    }

    #[cfg(test)]
    pub(super) fn keys(self) -> Vec<String> {
        self.keys
    }

    fn lay_over(&mut self, name: &str, path: &str, text: String) {
        let parts: Vec<&str> = path.split("__").collect();
        let value = format!("v = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("v"));
        let value = value.unwrap_or(Value::String(text));
        let table = match parts.as_slice() {
            [section, key] => {
                self.root.entry(*section).or_insert_with(|| Value::Table(Table::new())).as_table_mut().zip(Some(key))
            }
            [section, index, key] => {
                let list = self.root.entry(*section).or_insert_with(|| Value::Array(Vec::new())).as_array_mut();
                index.parse::<usize>().ok().zip(list).and_then(|(n, list)| {
                    (n == list.len()).then(|| list.push(Value::Table(Table::new())));
                    list.get_mut(n).and_then(Value::as_table_mut).zip(Some(key))
                })
            }
            _ => None,
        };
        match table {
            Some((table, key)) => drop(table.insert((*key).to_owned(), value)),
            None => self.mistakes.push(Mistake {
                key: name.to_owned(),
                read: "a name that fits no section".to_owned(),
                expected: format!("{PREFIX}SECTION__KEY, or {PREFIX}BROKER__0__KEY for the first broker"),
                mend: format!("{PREFIX}HUB__HTTP=127.0.0.1:8080"),
            }),
        }
    }

    pub(super) fn section(&mut self, name: &str) -> Section<'_> {
        self.sections.push(name.to_owned());
        let table = match self.root.remove(name) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => {
                self.wrong(name, &show(&other), "a section", &format!("[{name}]"));
                Table::new()
            }
        };
        Section { reader: self, name: name.to_owned(), document: name.to_owned(), table, asked: Vec::new() }
    }

    /// The tables of `[[name]]`.
    pub(super) fn list(&mut self, name: &str) -> Vec<Table> {
        self.sections.push(name.to_owned());
        match self.root.remove(name) {
            None => Vec::new(),
            Some(Value::Array(list)) if list.iter().all(Value::is_table) => list
                .into_iter()
                .filter_map(|value| if let Value::Table(table) = value { Some(table) } else { None })
                .collect(),
            Some(other) => {
                self.wrong(name, &show(&other), "a list of sections", &format!("[[{name}]]"));
                Vec::new()
            }
        }
    }

    pub(super) fn item(&mut self, name: &str, number: usize, table: Table) -> Section<'_> {
        Section { reader: self, name: format!("{name}[{number}]"), document: name.to_owned(), table, asked: Vec::new() }
    }

    pub(super) fn wrong(&mut self, key: &str, read: &str, expected: &str, mend: &str) {
        self.mistakes.push(Mistake {
            key: key.to_owned(),
            read: read.to_owned(),
            expected: expected.to_owned(),
            mend: mend.to_owned(),
        });
    }

    pub(super) fn finish(mut self) -> Vec<Mistake> {
        for (name, value) in std::mem::take(&mut self.root) {
            let expected = nearest(&name, &self.sections);
            self.wrong(&name, &show(&value), &expected, "");
        }
        self.mistakes
    }
}

/// One section while it is being read.
pub(super) struct Section<'a> {
    reader: &'a mut Reader,
    name: String,
    /// The section's name in the example file.
    document: String,
    table: Table,
    asked: Vec<String>,
}

impl Section<'_> {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.asked.push(key.to_owned());
        self.reader.keys.push(format!("{}.{key}", self.document));
        self.table.remove(key)
    }

    pub(super) fn mistake(&mut self, key: &str, read: &str, expected: &str, mend: &str) {
        self.reader.wrong(&format!("{}.{key}", self.name), read, expected, mend);
    }

    pub(super) fn optional(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                self.mistake(key, &show(&other), "a text in quotes", &format!("{key} = \"…\""));
                None
            }
        }
    }

    pub(super) fn text(&mut self, key: &str, default: &str) -> String {
        self.optional(key).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.optional(key).map(PathBuf::from)
    }

    /// A list of words; none when the key is not there.
    pub(super) fn words(&mut self, key: &str, example: &str) -> Option<Vec<String>> {
        let value = self.take(key)?;
        let list = value.as_array().cloned().unwrap_or_default();
        let words: Vec<String> = list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect();
        if !value.is_array() || words.len() != list.len() {
            self.mistake(key, &show(&value), "a list of words in quotes", &format!("{key} = {example}"));
        }
        Some(words)
    }

    /// A table within the section; empty when it is not there.
    pub(super) fn table(&mut self, key: &str) -> Table {
        match self.take(key) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => {
                self.mistake(key, &show(&other), "a table", &format!("{key} = {{}}"));
                Table::new()
            }
        }
    }

    /// A list of tables; empty when it is not there.
    pub(super) fn tables(&mut self, key: &str, example: &str) -> Vec<Table> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let tables = |list: &Vec<Value>| list.iter().map(|item| item.as_table().cloned()).collect();
        let list: Option<Vec<Table>> = value.as_array().and_then(tables);
        list.unwrap_or_else(|| {
            self.mistake(key, &show(&value), "a list of tables", example);
            Vec::new()
        })
    }

    pub(super) fn number(&mut self, key: &str, default: u64, least: u64, most: u64) -> u64 {
        let Some(value) = self.take(key) else { return default };
        match value
            .as_integer()
            .and_then(|number| u64::try_from(number).ok())
            .filter(|number| (least..=most).contains(number))
        {
            Some(number) => number,
            None => {
                self.mistake(
                    key,
                    &show(&value),
                    &format!("a whole number from {least} to {most}"),
                    &format!("{key} = {default}"),
                );
                default
            }
        }
    }

    pub(super) fn flag(&mut self, key: &str, default: bool) -> bool {
        match self.take(key) {
            None => default,
            Some(Value::Boolean(flag)) => flag,
            Some(other) => {
                self.mistake(key, &show(&other), "true or false", &format!("{key} = {default}"));
                default
            }
        }
    }

    /// A list of texts; none when it is not there.
    pub(super) fn texts(&mut self, key: &str, example: &str) -> Vec<String> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let texts = |list: &Vec<Value>| list.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        let list: Option<Vec<String>> = value.as_array().and_then(texts);
        list.unwrap_or_else(|| {
            self.mistake(key, &show(&value), "a list of texts", example);
            Vec::new()
        })
    }

    /// A list of networks; none when it is not there.
    pub(super) fn nets(&mut self, key: &str, example: &str) -> Vec<Net> {
        let texts = self.texts(key, example);
        let parsed: Vec<_> = texts.iter().map(|text| Net::parse(text)).collect();
        for bad in parsed.iter().filter_map(|net| net.as_ref().err()) {
            self.mistake(key, &format!("{:?}", bad.read), "addresses, or networks with their lengths", example);
        }
        parsed.into_iter().flatten().collect()
    }

    pub(super) fn one_of(&mut self, key: &str, words: &[&str], default: &str) -> String {
        let word = self.text(key, default);
        if words.contains(&word.as_str()) {
            return word;
        }
        self.mistake(
            key,
            &format!("{word:?}"),
            &format!("one of {}", words.join(", ")),
            &format!("{key} = \"{default}\""),
        );
        default.to_owned()
    }

    pub(super) fn address(&mut self, key: &str, default: &str) -> SocketAddr {
        const LAST: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
        let text = self.text(key, default);
        text.parse().unwrap_or_else(|_| {
            self.mistake(key, &format!("{text:?}"), "an address with a port", &format!("{key} = \"{default}\""));
            LAST
        })
    }

    pub(super) fn url(&mut self, key: &str, schemes: &[&str], example: &str) -> Option<String> {
        let text = self.optional(key)?;
        let url = url::Url::parse(&text)
            .ok()
            .filter(|url| schemes.contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty()));
        if url.is_none() {
            self.mistake(
                key,
                &format!("{:?}", hide_password(&text)),
                &format!("an address such as {example}"),
                &format!("{key} = \"{example}\""),
            );
        }
        url.map(|_| text)
    }

    /// A password of somebody else's system must be one that nobody finds in an example: those are tried first.
    pub(super) fn not_known(&mut self, key: &str, password: &str) {
        if KNOWN.iter().any(|known| known.eq_ignore_ascii_case(password.trim())) {
            let expected =
                "a password of its own; this one stands in examples, and is tried first by whoever means harm";
            self.mistake(key, "an empty or well-known password", expected, "openssl rand -hex 16 makes one");
        }
    }

    /// What is left was asked for by nobody.
    pub(super) fn end(mut self) {
        for (key, value) in std::mem::take(&mut self.table) {
            let expected = nearest(&key, &self.asked);
            self.mistake(&key, &show(&value), &expected, "");
        }
    }
}

/// Passwords of examples, ours among them, and of what is installed by default.
const KNOWN: [&str; 16] = [
    "",
    "secret",
    "password",
    "passwd",
    "admin",
    "123456",
    "12345678",
    "changeme",
    "change-me",
    "default",
    "chengshu",
    "postgres",
    "mosquitto",
    "public",
    "root",
    "test",
];

fn nearest(word: &str, known: &[String]) -> String {
    let best = known.iter().map(|name| (strsim::damerau_levenshtein(word, name), name)).min();
    match best {
        Some((distance, name)) if distance <= 3 => format!("a known key; did you mean `{name}`?"),
        _ => format!("one of {}", known.join(", ")),
    }
}

pub(super) fn show(value: &Value) -> String {
    let text: String = value.to_string().chars().take(60).collect();
    text.replace('\n', " ")
}

/// A mistake must not print a password.
fn hide_password(text: &str) -> String {
    match text.rsplit_once('@').zip(text.split_once("://")) {
        Some(((_, host), (scheme, _))) => format!("{scheme}://…@{host}"),
        None => text.to_owned(),
    }
}

fn at_line(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    format!("line {line}: {}", error.message())
}
