//! From TOML to checked mappings. Every mistake is noted with the line that mends it, and reading goes on; a mapping
//! with a mistake is not among what comes back.

mod at;
mod condition;
mod online;
mod value;

use chengshu_core::model::{DeviceId, Limits, ThemeId};
use toml::{Table, Value as Toml};

use crate::fields::{Fields, show};
use crate::mapping::Mapping;
use crate::mistake::Mistake;
use crate::pattern::{self, Pattern};
use crate::pointer::{self, Pointer};
use crate::text::Text;

/// Values of one mapping: a form of message is a page, not a book.
const VALUES_MAX: usize = 200;

/// What a `[[mapping]]` may not be without, for whoever begins one.
const FIRST: &str = "[[mapping]]\nname = \"lora\"\ntopic = \"application/{app}/device/{device}/event/up\"";

/// Reads the whole file.
pub(crate) fn file(mut table: Table, mistakes: &mut Vec<Mistake>) -> Vec<Mapping> {
    let list = table.remove("mapping");
    Fields::new("the file", table, mistakes).unknown("mapping");
    let tables: Vec<Table> = match list {
        Some(Toml::Array(list)) if list.iter().all(Toml::is_table) => {
            list.into_iter().filter_map(|item| if let Toml::Table(table) = item { Some(table) } else { None }).collect()
        }
        other => {
            let read = other.as_ref().map_or_else(|| "nothing".to_owned(), show);
            Fields::new("the file", Table::new(), mistakes).mistake("mapping", read, "a list of [[mapping]]", FIRST);
            Vec::new()
        }
    };
    let mut names: Vec<String> = Vec::new();
    let mut mappings = Vec::new();
    for (number, table) in tables.into_iter().enumerate() {
        let given = table.get("name").and_then(Toml::as_str).map(str::to_owned);
        let label = given.clone().unwrap_or_else(|| format!("mapping[{number}]"));
        let before = mistakes.len();
        let mut fields = Fields::new(&label, table, mistakes);
        if given.as_ref().is_some_and(|name| names.contains(name)) {
            fields.mistake("name", format!("{label:?}"), "a name that no other mapping has", "name = \"second\"");
        }
        names.extend(given);
        let mapping = one(fields);
        mappings.extend(mapping.filter(|_| mistakes.len() == before));
    }
    mappings
}

fn one(mut fields: Fields<'_>) -> Option<Mapping> {
    let name = fields.need("name", "1 to 40 of a-z 0-9 -", "name = \"lora\"");
    if let Some(name) = name.as_ref().filter(|name| !is_plain(name)) {
        fields.mistake("name", format!("{name:?}"), "1 to 40 of a-z 0-9 -", "name = \"lora\"");
    }
    let names = names(&fields);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let topic = pattern(&mut fields, "topic", Pattern::topic, pattern::TOPIC);
    let path = pattern(&mut fields, "path", Pattern::path, pattern::PATH);
    if topic.is_none() && path.is_none() {
        let mend = "topic = \"application/{app}/device/{device}/event/up\"";
        fields.mistake("topic", "neither topic nor path", "one of them, or both", mend);
    }
    let theme = text(&mut fields, "theme", &names, "theme = \"water\"", |text| ThemeId::parse(text).is_ok());
    let device = text(&mut fields, "device", &names, "device = \"{device}\"", |text| DeviceId::parse(text).is_ok());
    let at = at::read(&mut fields);
    let each = pointer(&mut fields, "each", "each = \"/records\"");
    let tables = fields.tables("values", value::EXAMPLE);
    let count = tables.len();
    if count > VALUES_MAX {
        fields.mistake("values", format!("{count} of them"), format!("at most {VALUES_MAX}"), "");
    }
    let mut values = Vec::new();
    for (number, table) in tables.into_iter().enumerate() {
        values.extend(value::read(fields.inner(&format!("values[{number}]"), table), &names));
    }
    let declares_online = fields.has("online");
    let online = online::read(&mut fields);
    if count == 0 && !declares_online && !fields.has_mistake("values") {
        fields.mistake("values", "nothing", "at least one value, or online", &format!("values = [{}]", value::EXAMPLE));
    }
    let skip = condition::list(&mut fields, "skip_when");
    fields.end();
    Some(Mapping {
        name: name?,
        topic: topic.flatten(),
        path: path.flatten(),
        theme: theme?,
        device: device?,
        at,
        each,
        values,
        online,
        skip,
        limits: Limits::default(),
    })
}

fn is_plain(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The placeholders that may be used: with both patterns, only what both catch can be relied upon. Taken from the texts,
/// so that a pattern with a mistake throws no shadow on what uses it.
fn names(fields: &Fields<'_>) -> Vec<String> {
    let inside = |text: &str| -> Vec<String> {
        let parts = text.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        parts.map(str::to_owned).collect()
    };
    let mut all = ["topic", "path"].into_iter().filter_map(|key| fields.peek(key).map(inside));
    let Some(first) = all.next() else { return Vec::new() };
    all.fold(first, |names, other| names.into_iter().filter(|name| other.contains(name)).collect())
}

/// The outer option says whether the key was there at all.
fn pattern(
    fields: &mut Fields<'_>,
    key: &'static str,
    parse: fn(&str) -> Option<Pattern>,
    expected: &str,
) -> Option<Option<Pattern>> {
    if !fields.has(key) {
        fields.take(key);
        return None;
    }
    let Some(text) = fields.text(key) else { return Some(None) };
    let pattern = parse(&text);
    if pattern.is_none() {
        let expected = format!("{expected}; {{names}} of a-z 0-9 _, each once and a whole segment; not below city/");
        let mended: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
        let mended = mended.join("/").replace(['+', '#'], "{device}");
        let slash = if key == "path" { "/" } else { "" };
        fields.mistake(key, format!("{text:?}"), expected, &format!("{key} = \"{slash}{mended}\""));
    }
    Some(pattern)
}

fn text(
    fields: &mut Fields<'_>,
    key: &'static str,
    names: &[&str],
    mend: &str,
    good: impl Fn(&str) -> bool,
) -> Option<Text> {
    let text = fields.need(key, "a text, a {placeholder}, a pointer or a template of them", mend)?;
    Text::parse(&text, names, false, good)
        .map_err(|expected| fields.mistake(key, format!("{text:?}"), expected, mend))
        .ok()
}

/// A pointer that may be left out.
fn pointer(fields: &mut Fields<'_>, key: &'static str, mend: &str) -> Option<Pointer> {
    let text = fields.text(key)?;
    checked(fields, key, &text, mend)
}

/// A pointer that must be there.
fn need_pointer(fields: &mut Fields<'_>, mend: &str) -> Option<Pointer> {
    let text = fields.need("pointer", pointer::EXPECTED, mend)?;
    checked(fields, "pointer", &text, mend)
}

fn checked(fields: &mut Fields<'_>, key: &'static str, text: &str, mend: &str) -> Option<Pointer> {
    let pointer = Pointer::parse(text);
    if pointer.is_none() {
        let mended = format!("{key} = \"/{}\"", text.trim_start_matches("$.").replace(['.', '~'], "/"));
        let mend = if text.is_empty() || text.contains('~') { mend } else { &mended };
        fields.mistake(key, format!("{text:?}"), pointer::EXPECTED, mend);
    }
    pointer
}
