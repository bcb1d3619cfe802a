//! A JSON message as a tree that pointers walk through. A number that no 64-bit float holds spoils only its own place:
//! such messages are read a second time, value by value. Judges nothing else.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Number, Value};

/// `serde_json`'s own bound, for the second reading: what is deeper is no message.
const DEPTH_MAX: usize = 128;

#[derive(Debug, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    /// A number that no 64-bit float holds, as it was written.
    TooLarge(String),
    Text(String),
    List(Vec<Tree>),
    Object(BTreeMap<String, Tree>),
}

/// Reads one message.
pub(crate) fn read(payload: &[u8]) -> Result<Tree, serde_json::Error> {
    match serde_json::from_slice::<Value>(payload) {
        Ok(value) => Ok(Tree::from(value)),
        Err(error) => serde_json::from_slice::<&RawValue>(payload).ok().and_then(|raw| slow(raw, 0)).ok_or(error),
    }
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text),
            Value::Array(list) => Self::List(list.into_iter().map(Self::from).collect()),
            Value::Object(map) => Self::Object(map.into_iter().map(|(key, value)| (key, Self::from(value))).collect()),
        }
    }
}

/// The second reading. `None` when it is no JSON, or too deep.
fn slow(raw: &RawValue, depth: usize) -> Option<Tree> {
    if depth >= DEPTH_MAX {
        return None;
    }
    let text = raw.get();
    match text.trim_start().bytes().next()? {
        b'{' => {
            let map: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
            let entries = map.into_iter().map(|(key, raw)| Some((key, slow(raw, depth + 1)?)));
            entries.collect::<Option<_>>().map(Tree::Object)
        }
        b'[' => {
            let list: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            list.into_iter().map(|raw| slow(raw, depth + 1)).collect::<Option<_>>().map(Tree::List)
        }
        first => match serde_json::from_str::<Value>(text) {
            Ok(value) => Some(Tree::from(value)),
            Err(_) if first == b'-' || first.is_ascii_digit() => Some(Tree::TooLarge(cut(text))),
            Err(_) => None,
        },
    }
}

impl Tree {
    /// The text of a scalar, as `map`, `words` and `equals` compare it and as names are made of it; `1.0` is `1`.
    pub(crate) fn word(&self) -> Option<String> {
        match self {
            Self::Bool(flag) => Some(flag.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(match number.as_f64().filter(|_| number.is_f64()) {
                Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => format!("{float:.0}"),
                _ => number.to_string(),
            }),
            Self::Null | Self::TooLarge(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// What was read, short enough for a message.
    pub(crate) fn show(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::TooLarge(text) => text.clone(),
            Self::Text(text) => format!("the text {:?}", cut(text)),
            Self::List(_) => "a list".to_owned(),
            Self::Object(_) => "an object".to_owned(),
            Self::Bool(_) | Self::Number(_) => self.word().unwrap_or_default(),
        }
    }
}

/// At most 80 characters of a text from outside.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_too_large_spoils_only_its_place() {
        let Tree::Object(map) = read(br#"{"a":1e400,"b":[1,{"c":-1e999}],"d":18446744073709551615}"#).unwrap() else {
            panic!("no object")
        };
        assert_eq!(map["a"], Tree::TooLarge("1e400".to_owned()));
        assert_eq!(map["d"].word().unwrap(), "18446744073709551615", "an identifier stays exact");
        assert!(matches!(&map["b"], Tree::List(list) if list.len() == 2));
    }

    #[test]
    fn depth_is_bounded_in_both_readings() {
        let deep = format!("{}1e400{}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(read(deep.as_bytes()).is_err());
        assert!(read(b"").is_err() && read(b"{").is_err() && read(b"NaN").is_err() && read(b"\xff").is_err());
    }

    #[test]
    fn words_compare_as_people_write_them() {
        for (json, word) in [("1", "1"), ("1.0", "1"), ("1.5", "1.5"), ("true", "true"), ("\"ON\"", "ON")] {
            assert_eq!(read(json.as_bytes()).unwrap().word().as_deref(), Some(word));
        }
        assert_eq!(read(b"null").unwrap().word(), None);
    }
}
