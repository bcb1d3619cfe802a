//! The second factor of a person: its secret is kept encrypted, and is worth something when its owner has proved it.

use chengshu_access::{Act, Secret};
use chengshu_seal::random;
use chengshu_store::{LoginBy, SealedAt};

use crate::identities::Identities;
use crate::login::NotIn;
use crate::people::NotChanged;
use crate::stamp::Stamp;

impl Identities {
    /// The secret of a person, as it was kept.
    pub(crate) fn secret(&self, person: i64, kept: Option<&[u8]>) -> Option<Secret> {
        let bytes = self.0.seal.open(&SealedAt::Factor(person).place(), kept?)?;
        Some(Secret::new(bytes.try_into().ok()?))
    }

    /// A new secret for the authenticator; it counts when a code of it was typed.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn totp_offer(&self, person: i64) -> Result<Secret, NotIn> {
        let secret = Secret::new(random()?);
        let kept = self.0.seal.close(&SealedAt::Factor(person).place(), secret.bytes())?;
        let mut tx = self.0.store.tx().await?;
        if !tx.totp_begin(person, &kept).await? {
            return Err(NotIn::Wrong);
        }
        tx.commit().await?;
        Ok(secret)
    }

    /// The first code: from now on the second factor is asked for.
    ///
    /// # Errors
    /// [`NotIn::Wrong`] when the code is.
    pub async fn totp_confirm(&self, person: i64, code: &str, stamp: &Stamp) -> Result<(), NotIn> {
        let login = self.0.store.login_find(LoginBy::Person(person)).await?.ok_or(NotIn::Wrong)?;
        let kept = login.totp_pending.as_deref().ok_or(NotIn::Wrong)?;
        let secret = self.secret(person, Some(kept)).ok_or(NotIn::Wrong)?;
        let step = secret.check(code, stamp.now, None).map_err(|_| NotIn::Wrong)?;
        let mut tx = self.0.store.tx().await?;
        if !tx.totp_confirm(person, kept, step).await? {
            return Err(NotIn::Wrong);
        }
        tx.audit_write(&[stamp.done(Act::SecondFactor, format!("person:{person}"))]).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }

    /// Takes the own second factor away, unless the policy asks for it.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn totp_remove(&self, person: i64, password: String, stamp: &Stamp) -> Result<(), NotChanged> {
        let login = self.0.store.login_find(LoginBy::Person(person)).await?.ok_or(NotChanged::Absent)?;
        let policy = self.policy().await?;
        let held = login.grants.iter().filter(|grant| grant.in_force(stamp.now));
        if held.flat_map(|grant| grant.roles.iter()).any(|role| policy.0.totp_required.contains(&role)) {
            return Err(NotChanged::Required);
        }
        self.confirm(&login, password, Act::SecondFactor, stamp).await?;
        let mut tx = self.0.store.tx().await?;
        tx.totp_remove(person).await?;
        let line = crate::login::with(stamp.done(Act::SecondFactor, format!("person:{person}")), "removed", "true");
        tx.audit_write(&[line]).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }
}
