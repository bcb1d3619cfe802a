//! One mistake in a declared mapping: whose, which key, what was read, what would be right, and the line that mends it.
//! They are collected, never thrown one by one.

/// Something wrong in a file of mappings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The mapping's name, or `mapping[2]` when it has none.
    pub name: String,
    /// The key, e.g. `values[0].pointer`.
    pub key: String,
    /// What was read.
    pub read: String,
    /// What would be right.
    pub expected: String,
    /// The line that mends it; empty where there is none.
    pub mend: String,
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: read {}; expected {}", self.name, self.key, self.read, self.expected)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "\n    mend it with: {}", self.mend) }
    }
}

/// Every mistake of one file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} mistake(s) in the mappings:{}", .0.len(), list(.0))]
pub struct Mistakes(pub Vec<Mistake>);

fn list(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(|mistake| format!("\n  {mistake}")).collect()
}
