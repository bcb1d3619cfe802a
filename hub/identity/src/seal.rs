//! Secrets at rest: encrypted with a key that lies beside the database, not in it, so that a copy of the database alone
//! opens nothing.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use crate::proof::random;

const NONCE: usize = 24;
/// The form of what is kept.
const VERSION: u8 = 1;

/// Encrypts and decrypts (加密存储). Its Debug shows nothing.
#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// With this key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// Encrypts for one place, e.g. `totp 17`: what is kept there opens nowhere else.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn close(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>, std::io::Error> {
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: secret, aad: place.as_bytes() };
        let closed = self.0.encrypt(&XNonce::from(nonce), payload);
        let closed = closed.map_err(|_| std::io::Error::other("the secret could not be encrypted"))?;
        Ok([&[VERSION], &nonce[..], &closed].concat())
    }

    /// Decrypts what was kept in this place; none when it was not encrypted with this key for it.
    #[must_use]
    pub fn open(&self, place: &str, kept: &[u8]) -> Option<Vec<u8>> {
        let (nonce, closed) = kept.strip_prefix(&[VERSION])?.split_first_chunk::<NONCE>()?;
        self.0.decrypt(&XNonce::from(*nonce), Payload { msg: closed, aad: place.as_bytes() }).ok()
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_own_place_with_its_own_key_only() {
        let seal = Seal::new(&[7; 32]);
        let kept = seal.close("totp 17", b"secret").unwrap();
        assert!(!kept.windows(6).any(|six| six == b"secret"));
        assert_eq!(seal.open("totp 17", &kept).unwrap(), b"secret");
        assert_ne!(kept, seal.close("totp 17", b"secret").unwrap(), "each with its own nonce");
        assert!(seal.open("totp 18", &kept).is_none());
        assert!(Seal::new(&[8; 32]).open("totp 17", &kept).is_none());
        for (at, _) in kept.iter().enumerate() {
            let mut broken = kept.clone();
            broken[at] ^= 1;
            assert!(seal.open("totp 17", &broken).is_none(), "{at}");
            assert!(seal.open("totp 17", &kept[..at]).is_none(), "{at}");
        }
    }
}
