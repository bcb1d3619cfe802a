//! Secrets of devices and what is kept of them, in the form of mosquitto's password file (`$7$`: PBKDF2 with SHA-512). A
//! secret is shown once, where it is made.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pbkdf2::pbkdf2_hmac;
use sha2::Sha512;
use subtle::ConstantTimeEq as _;

/// Signs of a secret; each holds five bits.
const SIGNS: usize = 28;
/// No i, l, o and u: people type them at the roadside (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Rounds of a hash made here. See the crate's head for why one is enough and more would stop the broker.
const ROUNDS: u32 = 1;
/// Rounds that are counted at most when somebody else's hash is read.
const ROUNDS_MAX: u32 = 100_000;
/// As long as mosquitto makes them.
const SALT: usize = 12;
const HASH: usize = 64;

/// A secret of a device (设备口令): 140 bits. Its text comes out by name only.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// From bytes of a cryptographic source.
    #[must_use]
    pub fn new(random: [u8; SIGNS]) -> Self {
        Self(random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect())
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it; the salt is from a cryptographic source, too.
    #[must_use]
    pub fn hash(&self, salt: [u8; SALT]) -> PasswordHash {
        PasswordHash::of(&self.0, salt, ROUNDS)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is kept of a secret: `$7$rounds$salt$hash`, as mosquitto reads it. It opens nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    rounds: u32,
    salt: [u8; SALT],
    hash: [u8; HASH],
}

/// A text that is no such hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no hash as mosquitto keeps it; expected $7$rounds$salt$hash")]
pub struct NoHash;

impl PasswordHash {
    /// The hash of a password that somebody else chose: of the hub's own users, as configured.
    #[must_use]
    pub fn of(password: &str, salt: [u8; SALT], rounds: u32) -> Self {
        let mut hash = [0; HASH];
        pbkdf2_hmac::<Sha512>(password.as_bytes(), &salt, rounds, &mut hash);
        Self { rounds, salt, hash }
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// [`NoHash`].
    pub fn read(text: &str) -> Result<Self, NoHash> {
        let mut parts = text.strip_prefix("$7$").ok_or(NoHash)?.split('$');
        let (Some(rounds), Some(salt), Some(hash), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NoHash);
        };
        let rounds = rounds.parse().ok().filter(|rounds| (1..=ROUNDS_MAX).contains(rounds)).ok_or(NoHash)?;
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_| NoHash);
        let salt = bytes(salt)?.try_into().map_err(|_| NoHash)?;
        let hash = bytes(hash)?.try_into().map_err(|_| NoHash)?;
        Ok(Self { rounds, salt, hash })
    }

    /// Whether this is the password; how long it takes tells nothing.
    #[must_use]
    pub fn is(&self, password: &str) -> bool {
        Self::of(password, self.salt, self.rounds).hash.ct_eq(&self.hash).into()
    }
}

impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "$7${}${}${}", self.rounds, STANDARD.encode(self.salt), STANDARD.encode(self.hash))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_form_that_mosquitto_writes() {
        // mosquitto_passwd 2.0.11: `mosquitto_passwd -c -b f W-1 open-sesame`
        let line = include_str!("../vectors/mosquitto_passwd.txt").trim();
        let (user, kept) = line.split_once(':').unwrap();
        let hash = PasswordHash::read(kept).unwrap();
        assert_eq!((user, hash.rounds), ("W-1", 101));
        assert!(hash.is("open-sesame") && !hash.is("open-sesamf") && !hash.is(""));
        assert_eq!(hash.to_string(), kept);
    }

    #[test]
    fn a_secret_opens_its_own_hash_and_no_other() {
        let secret = Secret::new([0xff; SIGNS]);
        assert_eq!(secret.expose(), "z".repeat(28));
        let hash = secret.hash([7; SALT]);
        assert_eq!(PasswordHash::read(&hash.to_string()), Ok(hash.clone()));
        assert!(hash.is(secret.expose()) && !hash.is(Secret::new([0; SIGNS]).expose()));
        assert_ne!(hash, secret.hash([8; SALT]), "the salt counts");
        assert_eq!(format!("{secret:?} {hash:?}"), "Secret(…) PasswordHash(…)");
    }

    #[test]
    fn what_is_no_hash_is_not_read() {
        let good = Secret::new([1; SIGNS]).hash([1; SALT]).to_string();
        for bad in [
            "",
            "$7$",
            "$6$x$y",
            "plain",
            &good.replace("$1$", "$0$"),
            &good.replace("$1$", "$100001$"),
            &good.replace("$1$", "$x$"),
            &good[..good.len() - 4],
            &format!("{good}$"),
        ] {
            assert_eq!(PasswordHash::read(bad), Err(NoHash), "{bad}");
        }
    }
}
