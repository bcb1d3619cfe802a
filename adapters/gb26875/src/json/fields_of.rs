//! Reads fields out of a JSON object that a person may have written. Every mistake names the field, what was read and
//! what would be right.

use serde_json::{Map, Value};

use super::unhex;
use crate::codec::{Label, System, text_bytes};

/// An object and where it stands.
pub(super) struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value, path: &str) -> Result<Self, String> {
        let map = value.as_object().ok_or_else(|| {
            let name = path.trim_end_matches('.');
            format!(
                "{} is {}; expected an object",
                if name.is_empty() { "the frame" } else { name },
                shown(Some(value))
            )
        })?;
        Ok(Self { map, path: path.to_owned() })
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn wrong<T>(&self, name: &str, expected: &str) -> Result<T, String> {
        Err(format!("{}{name} is {}; expected {expected}", self.path, shown(self.map.get(name))))
    }

    pub(super) fn whole<T: TryFrom<i64>>(&self, name: &str, expected: &str) -> Result<T, String> {
        let read = self.get(name).and_then(Value::as_i64).and_then(|whole| T::try_from(whole).ok());
        read.map_or_else(|| self.wrong(name, expected), Ok)
    }

    pub(super) fn byte(&self, name: &str) -> Result<u8, String> {
        self.whole(name, "a whole number 0 to 255")
    }

    pub(super) fn maybe_byte(&self, name: &str) -> Result<Option<u8>, String> {
        self.get(name).map(|_| self.byte(name)).transpose()
    }

    pub(super) fn word(&self, name: &str) -> Result<u16, String> {
        self.whole(name, "a whole number 0 to 65535")
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, String> {
        self.get(name).and_then(Value::as_str).map_or_else(|| self.wrong(name, "a text"), Ok)
    }

    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        self.text(name).ok().and_then(unhex).map_or_else(|| self.wrong(name, "an even number of hex digits"), Ok)
    }

    pub(super) fn exactly<const N: usize>(&self, name: &str) -> Result<[u8; N], String> {
        let bytes = self.text(name).ok().and_then(unhex).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or_else(|| self.wrong(name, &format!("{} hex digits", N * 2)), Ok)
    }

    pub(super) fn list(&self, name: &str) -> Result<&'a Vec<Value>, String> {
        self.get(name).and_then(Value::as_array).map_or_else(|| self.wrong(name, "a list"), Ok)
    }

    pub(super) fn system(&self) -> Result<System, String> {
        Ok(System { kind: self.byte("sys_type")?, address: self.byte("sys_addr")? })
    }

    /// The time of this name: its hex where that was kept, zeros for null, none where its note says that it was left
    /// out.
    pub(super) fn time(&self, name: &str) -> Result<Option<Label>, String> {
        let hex = format!("{name}_hex");
        if self.get(&hex).is_some() {
            return self.exactly(&hex).map(|label| Some(Label(label)));
        }
        match self.get(name) {
            None if self.get(&format!("{name}_note")).is_some() => Ok(None),
            None => Ok(Some(Label::default())),
            Some(Value::String(text)) => match Label::parse(text) {
                Some(label) => Ok(Some(label)),
                None => self.wrong(name, "a time such as 2024-11-01 08:30:00 (years 2000 to 2255), or null"),
            },
            Some(_) => self.wrong(name, "a time such as 2024-11-01 08:30:00, or null"),
        }
    }

    /// A text in GB 18030, `text_hex` before `text`.
    pub(super) fn gb_text(&self, most: usize) -> Result<Vec<u8>, String> {
        let bytes = if self.get("text_hex").is_some() {
            self.bytes("text_hex")?
        } else if self.get("text").is_some() {
            text_bytes(self.text("text")?).into_owned()
        } else {
            Vec::new()
        };
        if bytes.len() > most {
            return Err(format!("{}text has {} bytes in GB 18030; expected at most {most}", self.path, bytes.len()));
        }
        Ok(bytes)
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "missing".to_owned(),
        Some(value) => value.to_string().chars().take(60).collect(),
    }
}
