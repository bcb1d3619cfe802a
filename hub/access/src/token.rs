//! The form of tokens: a prefix by kind and 32 random bytes that are handed in. Only their SHA-256 is kept; a token is
//! shown once, where it is made.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A person's session (会话).
    Session,
    /// A service's key (服务密钥).
    Key,
    /// A wall's credential (大屏凭证).
    Screen,
}

impl TokenKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Session, Self::Key, Self::Screen];

    /// How its tokens begin: so that whoever finds one knows what it opens, and scanners for leaked secrets find it.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "cs_",
            Self::Key => "ck_",
            Self::Screen => "cw_",
        }
    }
}

/// A token (令牌). Its text comes out by name only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Base64url signs of 32 bytes.
const SIGNS: usize = 43;

impl Token {
    /// A token of 32 bytes from a cryptographic source.
    #[must_use]
    pub fn new(kind: TokenKind, random: [u8; 32]) -> Self {
        Self(format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(random)))
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What is kept of a token. It opens nothing, and comparing two tells nothing of how much of a guess was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(
    /// SHA-256 of the whole text.
    pub [u8; 32],
);

impl TokenHash {
    /// The kind and the hash of what somebody sent; none when it has not the form of a token, and no look-up is needed.
    #[must_use]
    pub fn read(text: &str) -> Option<(TokenKind, Self)> {
        let kind = TokenKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        let signs = text.get(kind.prefix().len()..)?;
        let formed = signs.len() == SIGNS && URL_SAFE_NO_PAD.decode(signs).is_ok_and(|bytes| bytes.len() == 32);
        formed.then(|| (kind, Self(Sha256::digest(text.as_bytes()).into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_and_shows_nothing() {
        for kind in TokenKind::ALL {
            let token = Token::new(kind, [0xfb; 32]);
            assert_eq!(TokenHash::read(token.expose()), Some((kind, token.hash())));
            assert_eq!(format!("{token:?}"), "Token(…)");
        }
        let token = Token::new(TokenKind::Session, [0xfb; 32]);
        assert_eq!(token.expose(), "cs_-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s");
        assert_ne!(token.hash(), Token::new(TokenKind::Key, [0xfb; 32]).hash());
        for bad in [
            "",
            "cs_",
            "cs_abc",
            &token.expose()[3..],
            &format!("{}a", token.expose()),
            "cs_错",
            "eyJhbGciOiJub25lIn0.e30.",
        ] {
            assert_eq!(TokenHash::read(bad), None, "{bad}");
        }
        // the last sign has spare bits: another spelling of the same bytes is not the same token
        let other = token.expose().replace("_s", "_t");
        assert_eq!(TokenHash::read(&other), None);
    }
}
