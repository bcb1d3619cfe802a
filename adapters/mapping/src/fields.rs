//! Reads one TOML table key by key and notes what is missing, unknown or of the wrong form. It goes on after a mistake,
//! so that one look finds all of them; what the values mean is checked in `load`.

use toml::{Table, Value};

use crate::mistake::Mistake;

/// A table that is being read.
pub(crate) struct Fields<'m> {
    name: String,
    prefix: String,
    table: Table,
    asked: Vec<&'static str>,
    mistakes: &'m mut Vec<Mistake>,
}

impl<'m> Fields<'m> {
    pub(crate) fn new(name: &str, table: Table, mistakes: &'m mut Vec<Mistake>) -> Self {
        Self { name: name.to_owned(), prefix: String::new(), table, asked: Vec::new(), mistakes }
    }

    /// A table inside this one.
    pub(crate) fn inner(&mut self, key: &str, table: Table) -> Fields<'_> {
        let prefix = format!("{}{key}.", self.prefix);
        Fields { name: self.name.clone(), prefix, table, asked: Vec::new(), mistakes: self.mistakes }
    }

    pub(crate) fn mistake(&mut self, key: &str, read: impl Into<String>, expected: impl Into<String>, mend: &str) {
        self.mistakes.push(Mistake {
            name: self.name.clone(),
            key: format!("{}{key}", self.prefix),
            read: read.into(),
            expected: expected.into(),
            mend: mend.to_owned(),
        });
    }

    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.asked.push(key);
        self.table.remove(key)
    }

    /// What `read` makes of a value; a mistake when it makes nothing of it.
    fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        mend: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        let result = read(&value);
        if result.is_none() {
            self.mistake(key, show(&value), expected, mend);
        }
        result
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        self.read(key, "a text in quotes", &format!("{key} = \"…\""), |value| value.as_str().map(str::to_owned))
    }

    /// A text that must be there.
    pub(crate) fn need(&mut self, key: &'static str, expected: &str, mend: &str) -> Option<String> {
        if !self.table.contains_key(key) {
            self.asked.push(key);
            self.mistake(key, "nothing", expected, mend);
            return None;
        }
        self.text(key)
    }

    pub(crate) fn number(&mut self, key: &'static str) -> Option<f64> {
        self.read(key, "a finite number", &format!("{key} = 0.01"), number)
    }

    pub(crate) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.read(key, "true or false", &format!("{key} = true"), Value::as_bool)
    }

    pub(crate) fn table(&mut self, key: &'static str, mend: &str) -> Option<Table> {
        self.read(key, "a table", mend, |value| value.as_table().cloned())
    }

    /// A list of tables, or one table for a list of one.
    pub(crate) fn tables(&mut self, key: &'static str, mend: &str) -> Vec<Table> {
        let read = |value: &Value| match value {
            Value::Table(table) => Some(vec![table.clone()]),
            Value::Array(list) => list.iter().map(|item| item.as_table().cloned()).collect(),
            _ => None,
        };
        self.read(key, "a list of tables", mend, read).unwrap_or_default()
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The text of a key that is not being read yet.
    pub(crate) fn peek(&self, key: &str) -> Option<&str> {
        self.table.get(key).and_then(Value::as_str)
    }

    /// Whether a mistake was noted about this key already.
    pub(crate) fn has_mistake(&self, key: &str) -> bool {
        let key = format!("{}{key}", self.prefix);
        self.mistakes.iter().any(|mistake| mistake.name == self.name && mistake.key.starts_with(&key))
    }

    /// Everything in this table is unknown but `known`, which was taken already.
    pub(crate) fn unknown(mut self, known: &'static str) {
        self.asked.push(known);
        self.end();
    }

    /// What is left was asked for by nobody.
    pub(crate) fn end(mut self) {
        for (key, value) in std::mem::take(&mut self.table) {
            let nearest = self.asked.iter().map(|name| (strsim::damerau_levenshtein(&key, name), *name)).min();
            let (expected, mend) = match nearest {
                Some((distance, name)) if distance <= 3 => {
                    (format!("a known key; did you mean `{name}`?"), format!("{name} = {}", show(&value)))
                }
                _ => (format!("one of {}", self.asked.join(", ")), String::new()),
            };
            self.mistake(&key, show(&value), expected, &mend);
        }
    }
}

pub(crate) fn number(value: &Value) -> Option<f64> {
    let number = value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
    number.filter(|number| number.is_finite())
}

pub(crate) fn show(value: &Value) -> String {
    let text: String = value.to_string().chars().take(60).collect();
    text.replace('\n', " ")
}
