//! Reads the fields of one TOML table and notes everything that is missing, unknown or of the wrong form, each with its
//! line. It goes on after a mistake, so that one look finds all of them; what the values mean is checked elsewhere.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::folder::TOPIC;
use crate::mistakes::{Mistakes, line_of, short};

/// Where the keys of a table stand.
#[derive(Default)]
pub(crate) struct Lines {
    start: usize,
    keys: BTreeMap<String, usize>,
}

impl Lines {
    /// The line of a key; of the table where the key was left out.
    pub(crate) fn of(&self, key: &str) -> usize {
        self.keys.get(key).copied().unwrap_or(self.start)
    }
}

/// A table that is being read.
pub(crate) struct Fields<'s> {
    source: &'s str,
    table: DeTable<'s>,
    lines: Lines,
    /// What the table is, for messages: `rule`, `kind`, …
    what: &'static str,
    asked: Vec<&'static str>,
}

impl<'s> Fields<'s> {
    /// Begins with a table that starts at byte `start` of `source`.
    pub(crate) fn new(source: &'s str, what: &'static str, table: DeTable<'s>, start: usize) -> Self {
        let keys = table.iter().map(|(key, _)| (key.get_ref().to_string(), line_of(source, key.span().start)));
        let lines = Lines { start: line_of(source, start), keys: keys.collect() };
        Self { source, table, lines, what, asked: vec![] }
    }

    /// A field that must be there. `expected` says what would be right.
    pub(crate) fn need<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        expected: &str,
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        if !self.table.contains_key(key) {
            self.absent(key, expected, mistakes);
            return None;
        }
        self.may(key, expected, mistakes)
    }

    /// Notes that a field should have been there, unless it is there and could not be read, which was noted already.
    pub(crate) fn absent(&mut self, key: &'static str, expected: &str, mistakes: &mut Mistakes) {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        if !self.lines.keys.contains_key(key) {
            mistakes.add(TOPIC, self.lines.start, format!("{}: {key} is missing; expected {expected}", self.what));
        }
    }

    /// Whether a field is there and has not been read yet.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The line of a field.
    pub(crate) fn line(&self, key: &str) -> usize {
        self.lines.of(key)
    }

    /// Makes something of the parts of a field.
    pub(crate) fn form<T: DeserializeOwned>(
        &self,
        key: &'static str,
        parts: toml::Table,
        expected: &str,
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        let result = T::deserialize(parts);
        if let Err(error) = &result {
            let what = self.what;
            mistakes.add(TOPIC, self.lines.of(key), format!("{what}: {key}: {}; expected {expected}", error.message()));
        }
        result.ok()
    }

    /// A field that may be left out.
    pub(crate) fn may<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        expected: &str,
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        self.asked.push(key);
        let (_, value) = self.table.remove_entry(key)?;
        let read = short(self.source.get(value.span()).unwrap_or_default());
        let result = T::deserialize(ValueDeserializer::from(value));
        if result.is_err() {
            mistakes.add(TOPIC, self.lines.of(key), format!("{}: {key} is {read}; expected {expected}", self.what));
        }
        result.ok()
    }

    /// A list of tables; empty where it was left out.
    pub(crate) fn tables(&mut self, key: &'static str, what: &'static str, mistakes: &mut Mistakes) -> Vec<Self> {
        self.asked.push(key);
        let Some((_, value)) = self.table.remove_entry(key) else { return vec![] };
        let mut tables = vec![];
        let mut refuse = |value: &Spanned<DeValue<'_>>| {
            let read = short(self.source.get(value.span()).unwrap_or_default());
            let line = line_of(self.source, value.span().start);
            mistakes.add(TOPIC, line, format!("{}: {key} is {read}; expected a list of tables", self.what));
        };
        if !value.get_ref().is_array() {
            refuse(&value);
        } else if let DeValue::Array(items) = value.into_inner() {
            for item in items {
                let start = item.span().start;
                if !item.get_ref().is_table() {
                    refuse(&item);
                } else if let DeValue::Table(table) = item.into_inner() {
                    tables.push(Self::new(self.source, what, table, start));
                }
            }
        }
        tables
    }

    /// Whatever has not been asked for is unknown. Hands back where the keys stand.
    pub(crate) fn finish(self, mistakes: &mut Mistakes) -> Lines {
        for (key, _) in &self.table {
            let key = key.get_ref();
            let known = self.asked.join(", ");
            mistakes.add(
                TOPIC,
                self.lines.of(key),
                format!("{}: {key} is unknown; expected one of {known}", self.what),
            );
        }
        self.lines
    }
}
