//! A short text in the two languages of the house. Rendered at the edge; never parsed.

use serde::{Deserialize, Serialize};

/// A name or label: zh is the source, en complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}
