//! Secrets at rest: encrypted with a key that lies beside the database, not in it, so that a copy of the database alone
//! opens nothing. When the key changes, the older ones still open what they closed until it has been closed anew.

use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand::TryRng as _;
use rand::rngs::SysRng;

const NONCE: usize = 24;
/// The form of what is kept.
const VERSION: u8 = 1;
/// Before it stands what an older hub kept in the clear: it opens nowhere, and is closed by [`Seal::turn`].
const CLEAR: u8 = 0;

/// Encrypts and decrypts (加密存储). Its Debug shows nothing.
#[derive(Clone)]
pub struct Seal {
    newest: XChaCha20Poly1305,
    older: Arc<[XChaCha20Poly1305]>,
}

impl Seal {
    /// With this key; `older` ones open only.
    #[must_use]
    pub fn new(key: &[u8; 32], older: &[[u8; 32]]) -> Self {
        let cipher = |key: &[u8; 32]| XChaCha20Poly1305::new(&Key::from(*key));
        Self { newest: cipher(key), older: older.iter().map(cipher).collect() }
    }

    /// Encrypts for one place, e.g. `totp 17`: what is kept there opens nowhere else.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn close(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>, std::io::Error> {
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: secret, aad: place.as_bytes() };
        let closed = self.newest.encrypt(&XNonce::from(nonce), payload);
        let closed = closed.map_err(|_| std::io::Error::other("the secret could not be encrypted"))?;
        Ok([&[VERSION], &nonce[..], &closed].concat())
    }

    /// Decrypts what was kept in this place; none when it was encrypted with no key of ours, or for another place.
    #[must_use]
    pub fn open(&self, place: &str, kept: &[u8]) -> Option<Vec<u8>> {
        open(&self.newest, place, kept).or_else(|| self.open_older(place, kept))
    }

    /// Encrypts anew what an older key encrypted, or nobody; none when there is nothing to do, or nothing to be done.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn turn(&self, place: &str, kept: &[u8]) -> Result<Option<Vec<u8>>, std::io::Error> {
        let clear = kept.strip_prefix(&[CLEAR]).map(<[u8]>::to_vec);
        clear.or_else(|| self.open_older(place, kept)).map(|secret| self.close(place, &secret)).transpose()
    }

    fn open_older(&self, place: &str, kept: &[u8]) -> Option<Vec<u8>> {
        self.older.iter().find_map(|cipher| open(cipher, place, kept))
    }
}

fn open(cipher: &XChaCha20Poly1305, place: &str, kept: &[u8]) -> Option<Vec<u8>> {
    let (nonce, closed) = kept.strip_prefix(&[VERSION])?.split_first_chunk::<NONCE>()?;
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: closed, aad: place.as_bytes() }).ok()
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

/// Random bytes of the operating system, for secrets.
///
/// # Errors
/// It has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], std::io::Error> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_own_place_with_its_own_key_only() {
        let seal = Seal::new(&[7; 32], &[]);
        let kept = seal.close("totp 17", b"secret").unwrap();
        assert!(!kept.windows(6).any(|six| six == b"secret"));
        assert_eq!(seal.open("totp 17", &kept).unwrap(), b"secret");
        assert_ne!(kept, seal.close("totp 17", b"secret").unwrap(), "each with its own nonce");
        assert!(seal.open("totp 18", &kept).is_none());
        assert!(Seal::new(&[8; 32], &[]).open("totp 17", &kept).is_none());
        for (at, _) in kept.iter().enumerate() {
            let mut broken = kept.clone();
            broken[at] ^= 1;
            assert!(seal.open("totp 17", &broken).is_none(), "{at}");
            assert!(seal.open("totp 17", &kept[..at]).is_none(), "{at}");
        }
    }

    #[test]
    fn a_new_key_takes_over_what_the_old_one_closed() {
        let old = Seal::new(&[7; 32], &[]);
        let both = Seal::new(&[8; 32], &[[6; 32], [7; 32]]);
        let kept = old.close("totp 17", b"secret").unwrap();
        assert_eq!(both.open("totp 17", &kept).unwrap(), b"secret", "until it was closed anew");
        assert_eq!(both.turn("totp 18", &kept).unwrap(), None, "what lies in another's place is left there");

        let turned = both.turn("totp 17", &kept).unwrap().unwrap();
        let new = Seal::new(&[8; 32], &[]);
        assert_eq!(new.open("totp 17", &turned).unwrap(), b"secret");
        assert!(old.open("totp 17", &turned).is_none());
        assert_eq!(both.turn("totp 17", &turned).unwrap(), None, "once");
    }

    #[test]
    fn what_lies_in_the_clear_opens_nowhere_and_is_closed() {
        let seal = Seal::new(&[7; 32], &[]);
        let clear = [&[CLEAR], &b"secret"[..]].concat();
        assert!(seal.open("webhook 1", &clear).is_none());
        let turned = seal.turn("webhook 1", &clear).unwrap().unwrap();
        assert_eq!(seal.open("webhook 1", &turned).unwrap(), b"secret");
    }
}
