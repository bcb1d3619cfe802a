//! What people are told, in their language: a happening is a code with facts, and becomes words only here. Of facts that
//! are missing nothing is said; no name or number of a person is ever among them.

mod digest;
mod facts;
mod one;
mod plain;
mod words;

use chengshu_core::model::{Label, Lang};

pub(crate) use digest::Digest;
pub(crate) use one::one;
pub(crate) use plain::{fit, in_markup};

/// A message for people, before a channel gives it its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// One line that says it all but for the time: a subject, a title.
    pub(crate) title: String,
    /// The same with the time, or what came together in a digest.
    pub(crate) line: String,
    /// What else is known: a name and a value.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Paragraphs of lines, each with a heading.
    pub(crate) lists: Vec<(&'static str, Vec<String>)>,
    /// It asks for somebody: shown in the colour of alarms where there is one.
    pub(crate) is_alarming: bool,
}

/// Who says it: stands below each message.
#[derive(Debug, Clone, Default)]
pub struct Sign {
    /// The district.
    pub district: Option<Label>,
    /// Where browsers reach the hub.
    pub url: Option<String>,
}

impl Sign {
    /// `城枢 · 江城区 https://hub.example`.
    pub(crate) fn line(&self, lang: Lang) -> String {
        let district = self.district.as_ref().map(|label| format!(" · {}", lang.pick(&label.zh, &label.en)));
        let url = self.url.as_ref().map(|url| format!("  {url}"));
        [Some(lang.pick("城枢", "Chengshu").to_owned()), district, url].into_iter().flatten().collect()
    }
}
