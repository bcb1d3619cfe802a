//! Passwords as argon2id hashes, made and compared beside the runtime: each takes tens of milliseconds and megabytes, so a
//! few at once and the rest waits its turn.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash as Phc, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use chengshu_seal::random;
use chengshu_store::PasswordHash;
use prometheus::IntCounter;
use tokio::sync::Semaphore;

/// OWASP's second choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Hashes at once.
const AT_ONCE: usize = 2;

/// Makes and compares hashes of passwords.
#[derive(Debug, Clone)]
pub struct Hasher {
    places: Arc<Semaphore>,
    /// Compared when there is no account, so that the answer takes as long.
    nobody: Arc<str>,
    /// Passwords that were looked at.
    pub(crate) checks: IntCounter,
}

impl Hasher {
    /// One for the hub.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn new() -> Result<Self, std::io::Error> {
        let nobody = hash("nobody has this password")?.into();
        let words = "passwords that were looked at, of accounts that there are and of names that are nobody's alike";
        let checks = IntCounter::new("chengshu_password_checks_total", words).map_err(std::io::Error::other)?;
        Ok(Self { places: Arc::new(Semaphore::new(AT_ONCE)), nobody, checks })
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// The operating system has no random bytes, or the hub is stopping.
    pub async fn hash(&self, password: String) -> Result<PasswordHash, std::io::Error> {
        self.beside(move || hash(&password)).await?.map(PasswordHash::new)
    }

    /// Whether this is the password. Without an account the same work is done for nothing.
    ///
    /// # Errors
    /// The hub is stopping.
    pub async fn is(&self, password: String, kept: Option<&PasswordHash>) -> Result<bool, std::io::Error> {
        let phc = kept.map_or_else(|| self.nobody.to_string(), |kept| kept.expose().to_owned());
        let known = kept.is_some();
        self.checks.inc();
        self.beside(move || same(&password, &phc) && known).await
    }

    /// Whether it is one of these.
    ///
    /// # Errors
    /// The hub is stopping.
    pub async fn is_one_of(&self, password: String, kept: Vec<PasswordHash>) -> Result<bool, std::io::Error> {
        self.beside(move || kept.iter().any(|kept| same(&password, kept.expose()))).await
    }

    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, std::io::Error> {
        let place = self.places.clone().acquire_owned().await.map_err(std::io::Error::other)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place); // even when nobody waits for the answer any more
            done
        });
        done.await.map_err(std::io::Error::other)
    }
}

fn argon() -> Argon2<'static> {
    // these numbers are within argon2's bounds; were they not, its own defaults (the same today) count
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Result<String, std::io::Error> {
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(refused)?;
    let phc = argon().hash_password(password.as_bytes(), &salt).map_err(refused)?;
    Ok(phc.to_string())
}

fn refused(error: argon2::password_hash::Error) -> std::io::Error {
    std::io::Error::other(error.to_string())
}

/// The parameters of the kept hash count: a hash of before opens after they were raised.
fn same(password: &str, phc: &str) -> bool {
    Phc::new(phc).is_ok_and(|phc| argon().verify_password(password.as_bytes(), &phc).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_is_right_and_nobody_has_one() {
        let hasher = Hasher::new().unwrap();
        let kept = hasher.hash("Kv9#mmLx-tw2".to_owned()).await.unwrap();
        assert!(kept.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.expose());
        assert!(hasher.is("Kv9#mmLx-tw2".to_owned(), Some(&kept)).await.unwrap());
        assert!(!hasher.is("Kv9#mmLx-tw3".to_owned(), Some(&kept)).await.unwrap());
        assert!(!hasher.is("nobody has this password".to_owned(), None).await.unwrap());
        let other = hasher.hash("Kv9#mmLx-tw2".to_owned()).await.unwrap();
        assert_ne!(kept, other, "each has its own salt");
        assert!(hasher.is_one_of("Kv9#mmLx-tw2".to_owned(), vec![other]).await.unwrap());
    }
}
