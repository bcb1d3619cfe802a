//! Who may do what: pure decisions, no I/O. For now there is one administrator with every right; identities, roles
//! and scopes join here and change no handler.

/// Which objects a caller may see (数据范围). Every store read that returns objects takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    All,
}

impl Scope {
    /// True when objects of `theme` are within the scope.
    #[must_use]
    pub fn covers_theme(&self, _theme: &str) -> bool {
        match self {
            Self::All => true,
        }
    }
}

/// Whoever asks (调用者): every handler receives one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// For logs and audit.
    pub name: String,
    /// What they may see.
    pub scope: Scope,
}

impl Caller {
    /// The holder of the administrator's key.
    #[must_use]
    pub fn admin() -> Self {
        Self { name: "admin".to_owned(), scope: Scope::All }
    }
}

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: no data of the city passes here.
    Open,
    /// Somebody who is known; what they see is cut to their scope.
    Known,
}
