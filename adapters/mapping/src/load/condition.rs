//! Reads conditions: `{ pointer, equals }` or `{ pointer, missing }`. They compare texts as `Tree::word` writes them.

use toml::Value as Toml;

use super::need_pointer;
use crate::fields::{Fields, show};
use crate::mapping::{Condition, Test};

/// A list of conditions, or one.
pub(super) fn list(fields: &mut Fields<'_>, key: &'static str) -> Vec<Condition> {
    let mend = format!("{key} = {{ pointer = \"/messageType\", equals = \"heartbeat\" }}");
    let tables = fields.tables(key, &mend);
    let mut conditions = Vec::new();
    for (number, table) in tables.into_iter().enumerate() {
        conditions.extend(one(fields.inner(&format!("{key}[{number}]"), table)));
    }
    conditions
}

/// The condition `when` of a value.
pub(super) fn when(fields: &mut Fields<'_>) -> Option<Condition> {
    let table = fields.table("when", "when = { pointer = \"/type\", equals = 1 }")?;
    one(fields.inner("when", table))
}

fn one(mut fields: Fields<'_>) -> Option<Condition> {
    let pointer = need_pointer(&mut fields, "pointer = \"/type\"");
    let equals = fields.take("equals");
    let missing = fields.flag("missing");
    let test = match (&equals, missing) {
        (Some(value), None) => word(value).map(Test::Equals),
        (None, Some(missing)) => Some(Test::Missing(missing)),
        _ => None,
    };
    if test.is_none() {
        let read = equals.as_ref().map_or_else(|| "nothing".to_owned(), show);
        fields.mistake("equals", read, "a text, a number or true/false; or missing = true instead", "equals = 1");
    }
    fields.end();
    Some(Condition { pointer: pointer?, test: test? })
}

fn word(value: &Toml) -> Option<String> {
    match value {
        Toml::String(text) => Some(text.clone()),
        Toml::Integer(number) => Some(number.to_string()),
        Toml::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}
