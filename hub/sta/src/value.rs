//! A value in a question or an answer.

use std::borrow::Cow;
use std::cmp::Ordering;

use chengshu_core::model::Timestamp;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Val<'a> {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// A moment.
    Time(Timestamp),
    /// A length of time, ms.
    Span(i64),
    /// A list of words.
    Words(Vec<&'static str>),
    /// Longitude and latitude.
    Place(f64, f64),
}

impl<'a> Val<'a> {
    /// A text, or nothing.
    #[must_use]
    pub fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(Cow::Borrowed(text)))
    }

    /// A moment, or nothing.
    #[must_use]
    pub fn time(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Null, Self::Time)
    }

    /// A number, or nothing.
    #[must_use]
    pub fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Null, Self::Number)
    }

    /// The same, borrowing nothing.
    #[must_use]
    pub fn owned(self) -> Val<'static> {
        match self {
            Self::Null => Val::Null,
            Self::Bool(bool) => Val::Bool(bool),
            Self::Number(number) => Val::Number(number),
            Self::Text(text) => Val::Text(Cow::Owned(text.into_owned())),
            Self::Time(at) => Val::Time(at),
            Self::Span(ms) => Val::Span(ms),
            Self::Words(words) => Val::Words(words),
            Self::Place(lng, lat) => Val::Place(lng, lat),
        }
    }

    /// As a text, where it has the sense of one.
    pub(crate) fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Words(words) => Some(Cow::Owned(words.join(","))),
            _ => None,
        }
    }

    /// Which is the greater; none when they do not compare (nothing compares with nothing only as equal).
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, Self::Null) => Some(Ordering::Equal),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Span(a), Self::Span(b)) => Some(a.cmp(b)),
            _ => Some(self.as_text()?.cmp(&other.as_text()?)),
        }
    }

    /// An order of all values, for lists: nothing comes first, as the smallest.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            (_, Self::Null) => Ordering::Greater,
            _ => self.compare(other).unwrap_or(Ordering::Equal),
        }
    }
}
