//! One thing that was looked at: how it is, and what would cure it.

use std::fmt::Write as _;

use serde::Serialize;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Could not be looked at, or should be looked at some day.
    Note,
    /// Ill.
    Bad,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, e.g. `database`.
    pub part: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was found.
    pub text: String,
    /// What would cure it; none for what is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
}

impl Finding {
    pub fn good(part: &str, text: impl Into<String>) -> Self {
        Self { part: part.to_owned(), verdict: Verdict::Good, text: text.into(), cure: None }
    }

    pub fn note(part: &str, text: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { part: part.to_owned(), verdict: Verdict::Note, text: text.into(), cure: Some(cure.into()) }
    }

    pub fn bad(part: &str, text: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { verdict: Verdict::Bad, ..Self::note(part, text, cure) }
    }
}

/// All of them, to be read on a terminal.
pub fn report(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.part.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Finding { part, verdict, text: found, cure } in findings {
        let word = match verdict {
            Verdict::Good => "ok  ",
            Verdict::Note => "note",
            Verdict::Bad => "BAD ",
        };
        let _ = writeln!(text, "{word}  {part:width$}  {found}"); // a String takes everything
        if let Some(cure) = cure {
            let _ = writeln!(text, "      {:width$}  → {cure}", "");
        }
    }
    let count = |wanted| findings.iter().filter(|finding| finding.verdict == wanted).count();
    let _ =
        write!(text, "{} good, {} to note, {} bad", count(Verdict::Good), count(Verdict::Note), count(Verdict::Bad));
    text
}
