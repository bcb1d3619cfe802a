//! Why a copy does not get on: a code for programs and screens, and words for whoever mends it.

use serde::{Deserialize, Serialize};

/// Why a copy does not get on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{words}")]
pub struct Trouble {
    /// `gone` (the file is not where it was), `disk`, `unreachable`, `tls`, `ended` (the receiver hung up), `silent` (no
    /// answer for too long), `database`.
    pub code: String,
    /// What was tried, and what came of it.
    pub words: String,
}

impl Trouble {
    pub(crate) fn new(code: &str, words: impl Into<String>) -> Self {
        Self { code: code.to_owned(), words: words.into() }
    }
}
