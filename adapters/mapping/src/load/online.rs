//! Reads `online`: where the message says whether the device is there, and in which words.

use std::collections::BTreeMap;

use super::{condition, need_pointer};
use crate::fields::{Fields, show};
use crate::mapping::Online;

const EXAMPLE: &str = "online = { pointer = \"/status\", words = { 1 = true, 0 = false } }";

pub(super) fn read(fields: &mut Fields<'_>) -> Option<Online> {
    let table = fields.table("online", EXAMPLE)?;
    let mut fields = fields.inner("online", table);
    let pointer = need_pointer(&mut fields, "pointer = \"/status\"");
    let mend = "words = { online = true, offline = false }";
    let table = fields.table("words", mend);
    let mut words = BTreeMap::new();
    for (word, value) in table.iter().flatten() {
        match value.as_bool() {
            Some(online) => drop(words.insert(word.clone(), online)),
            None => fields.mistake(&format!("words.{word}"), show(value), "true (there) or false (gone)", mend),
        }
    }
    if table.is_none() {
        let usual = [("true", true), ("1", true), ("online", true), ("false", false), ("0", false), ("offline", false)];
        words = usual.into_iter().map(|(word, online)| (word.to_owned(), online)).collect();
    }
    let skip_missing = fields.text("missing").is_some_and(|text| match text.as_str() {
        "skip" => true,
        "reject" => false,
        _ => {
            fields.mistake("missing", format!("{text:?}"), "\"reject\" or \"skip\"", "missing = \"skip\"");
            false
        }
    });
    let when = condition::when(&mut fields);
    fields.end();
    Some(Online { pointer: pointer?, words, skip_missing, when })
}
