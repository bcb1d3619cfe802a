//! What somebody sends to show who they are.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chengshu_access::{Caller, TokenHash, TokenKind};
use sha2::{Digest, Sha256};

/// What was sent (凭证), as its hash only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Proof {
    /// What kind of token it has the form of; none: a key of this installation.
    pub(crate) kind: Option<TokenKind>,
    pub(crate) hash: TokenHash,
}

impl Proof {
    /// Reads what was sent; any text is a proof of something.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match TokenHash::read(text) {
            Some((kind, hash)) => Self { kind: Some(kind), hash },
            None => Self { kind: None, hash: TokenHash(Sha256::digest(text.as_bytes()).into()) },
        }
    }

    /// The same, if it is one of this kind.
    #[must_use]
    pub fn only(text: &str, kind: TokenKind) -> Option<Self> {
        Some(Self::of(text)).filter(|proof| proof.kind == Some(kind))
    }

    /// The kind of token that it has the form of.
    #[must_use]
    pub fn kind(&self) -> Option<TokenKind> {
        self.kind
    }
}

/// Keys that stand in files of this installation, and who holds them: the hub's own tools, and in the demo everybody.
#[derive(Debug, Clone, Default)]
pub struct Secrets(HashMap<[u8; 32], Caller>);

impl Secrets {
    /// One more key. Hashes are compared, which tells nothing of how much of a guess was right.
    #[must_use]
    pub fn with(mut self, key: &str, caller: Caller) -> Self {
        self.0.insert(Proof::of(key).hash.0, caller);
        self
    }

    pub(crate) fn find(&self, proof: &Proof) -> Option<&Caller> {
        self.0.get(&proof.hash.0)
    }
}

/// Bytes as text that an address and a cookie take.
pub(crate) fn spelled(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
