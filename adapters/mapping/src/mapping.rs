//! What one declared mapping says, checked: every pointer, name and pattern in here is well formed. How it is read from
//! TOML stands in `load`, how a message goes through it in `decode`.

use std::collections::BTreeMap;

use chengshu_core::model::Limits;

use crate::number::Convert;
use crate::pattern::Pattern;
use crate::pointer::{Pointer, Scope};
use crate::text::Text;
use crate::tree::Tree;

/// How one foreign form of message becomes readings (报文映射).
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(crate) name: String,
    pub(crate) topic: Option<Pattern>,
    pub(crate) path: Option<Pattern>,
    pub(crate) theme: Text,
    pub(crate) device: Text,
    pub(crate) at: Option<At>,
    /// The list whose members are the records; none: the message is one record.
    pub(crate) each: Option<Pointer>,
    pub(crate) values: Vec<Value>,
    pub(crate) online: Option<Online>,
    pub(crate) skip: Vec<Condition>,
    pub(crate) limits: Limits,
}

/// Where the device's time stands.
#[derive(Debug, Clone)]
pub(crate) struct At {
    pub(crate) pointer: Pointer,
    pub(crate) format: Format,
    /// Missing means: when it arrived. Otherwise it is a fault.
    pub(crate) or_arrival: bool,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Ms,
    S,
    Rfc3339,
}

/// One declared value.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) metric: Text,
    pub(crate) pointer: Pointer,
    /// Not the value itself, but each member of the object there.
    pub(crate) members: bool,
    pub(crate) convert: Convert,
    pub(crate) missing: Missing,
    pub(crate) when: Option<Condition>,
}

/// What it means that nothing, or null, stands where a value should.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Missing {
    Reject,
    Skip,
    /// Senders of protobuf JSON leave zeros out. Holds only if the object around it is there.
    Is(f64),
}

/// Where the message says whether the device is there.
#[derive(Debug, Clone)]
pub(crate) struct Online {
    pub(crate) pointer: Pointer,
    pub(crate) words: BTreeMap<String, bool>,
    pub(crate) skip_missing: bool,
    pub(crate) when: Option<Condition>,
}

/// Something that a record may say.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) pointer: Pointer,
    pub(crate) test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    Equals(String),
    /// True: nothing stands there. False: something does.
    Missing(bool),
}

impl Condition {
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> bool {
        let found = self.pointer.find(scope).ok().filter(|found| **found != Tree::Null);
        match &self.test {
            Test::Equals(word) => found.and_then(Tree::word).is_some_and(|read| read == *word),
            Test::Missing(wanted) => found.is_none() == *wanted,
        }
    }
}

impl Mapping {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The MQTT filter of its topics, `application/+/device/+/event/up`; none when it takes none.
    #[must_use]
    pub fn topic_filter(&self) -> Option<String> {
        Some(self.topic.as_ref()?.with(|_| "+".to_owned()))
    }

    /// Its path as it was declared, `/push/telecom/{device}`; none when it has none.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_ref().map(Pattern::as_str)
    }

    /// A topic or path that it takes, with the names of the placeholders in their places: for trying it by hand.
    #[must_use]
    pub fn example_source(&self) -> String {
        let pattern = self.topic.as_ref().or(self.path.as_ref());
        pattern.map(|pattern| pattern.with(str::to_owned)).unwrap_or_default()
    }

    pub(crate) fn catch<'a>(&'a self, source: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        [&self.topic, &self.path].into_iter().flatten().find_map(|pattern| pattern.catch(source))
    }
}
