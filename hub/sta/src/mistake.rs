//! What is wrong with a question, in words.

/// A question that cannot be answered: what was read and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {read:?}; expected {expected}")]
pub struct Mistake {
    /// Where in the question, e.g. `$filter`.
    pub what: String,
    /// What was read (cut at 80 characters).
    pub read: String,
    /// What would be right.
    pub expected: String,
}

impl Mistake {
    /// A mistake; what was read is cut at 80 characters.
    #[must_use]
    pub fn new(what: impl Into<String>, read: &str, expected: impl Into<String>) -> Self {
        Self { what: what.into(), read: read.chars().take(80).collect(), expected: expected.into() }
    }
}
