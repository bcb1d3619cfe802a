//! New passwords: one's own, and one-time ones that administrators hand out. Whoever gets a new one is signed out
//! everywhere else.

use std::time::Duration;

use chengshu_access::{Act, Fault, Outcome, PasswordPolicy, Role, check_password};
use chengshu_seal::random;
use chengshu_store::{Login, LoginBy, PasswordHash, StoreError};

use crate::identities::Identities;
use crate::login::{NotIn, Visitor};
use crate::stamp::Stamp;

/// Why nothing was changed.
#[derive(Debug)]
pub enum NotChanged {
    /// There is no such person, or somebody else was faster.
    Absent,
    /// The password of now is wrong.
    Wrong,
    /// The new one is not good.
    Password(Vec<Fault>),
    /// The policy asks for it.
    Required,
    /// There is no password: they sign in elsewhere.
    NoPassword,
    /// So often was a wrong one given that one must wait.
    Locked(Duration),
    /// Nobody else is an administrator of this kind.
    Last(Role),
    /// The database does not answer.
    Away(StoreError),
    /// The machine has no random bytes, or the hub stops.
    Failed(std::io::Error),
}

impl From<StoreError> for NotChanged {
    fn from(error: StoreError) -> Self {
        Self::Away(error)
    }
}

impl From<std::io::Error> for NotChanged {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Identities {
    /// A new password of one's own; all other sessions end.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn password_change(
        &self,
        person: i64,
        session: i64,
        old: String,
        new: String,
        stamp: &Stamp,
    ) -> Result<(), NotChanged> {
        let login = self.0.store.login_find(LoginBy::Person(person)).await?.ok_or(NotChanged::Absent)?;
        self.confirm(&login, old, Act::PasswordChange, stamp).await?;
        let policy = self.policy().await?;
        let policy = &policy.0.password;
        let faults = check_password::<fn(&str) -> bool>(policy, &[&login.login, &login.name], &new, []);
        if !faults.is_empty() {
            return Err(NotChanged::Password(faults));
        }
        let mut history = self.0.store.password_history(person).await?;
        history.truncate(policy.history.max(1) as usize);
        if self.0.hasher.is_one_of(new.clone(), history).await? {
            return Err(NotChanged::Password(vec![Fault::UsedBefore { history: policy.history.max(1) }]));
        }
        let hash = self.0.hasher.hash(new).await?;
        let mut tx = self.0.store.tx().await?;
        let put = tx.password_put(person, login.password.as_ref(), &hash, false, policy.history, stamp.now).await?;
        if !put {
            return Err(NotChanged::Absent);
        }
        tx.session_end_all(person, Some(session)).await?;
        tx.audit_write(&[stamp.done(Act::PasswordChange, format!("person:{person}"))]).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }

    /// Looks at the password of somebody who is in, once more. It counts like a sign-in: whoever has stolen a session guesses
    /// no more often than a stranger.
    pub(crate) async fn confirm(
        &self,
        login: &Login,
        password: String,
        act: Act,
        stamp: &Stamp,
    ) -> Result<(), NotChanged> {
        if login.password.is_none() {
            return Err(NotChanged::NoPassword);
        }
        let visitor = Visitor { from: stamp.from, agent: "" };
        self.admit(&login.login, visitor, stamp.now).await.map_err(|refused| match refused {
            NotIn::Locked(until) | NotIn::TooMany(until) => NotChanged::Locked(until.wait_from(stamp.now)),
            NotIn::Away(error) => NotChanged::Away(error),
            NotIn::Failed(error) => NotChanged::Failed(error),
            NotIn::Wrong | NotIn::Sso(_) => NotChanged::Wrong,
        })?;
        if !self.0.hasher.is(password, login.password.as_ref()).await? {
            self.keep_wrong(&login.login, stamp.line(act, Outcome::Failed, None), stamp).await?;
            return Err(NotChanged::Wrong);
        }
        Ok(self.right(&login.login, visitor, stamp.now).await?)
    }

    /// A one-time password that an administrator hands out; all sessions end.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn password_reset(&self, person: i64, stamp: &Stamp) -> Result<String, NotChanged> {
        let login = self.0.store.login_find(LoginBy::Person(person)).await?.ok_or(NotChanged::Absent)?;
        let policy = self.policy().await?;
        let (password, hash) = self.one_time(&[&login.login, &login.name]).await?;
        let mut tx = self.0.store.tx().await?;
        let remembered = policy.0.password.history;
        if !tx.password_put(person, None, &hash, true, remembered, stamp.now).await? {
            return Err(NotChanged::Absent);
        }
        tx.session_end_all(person, None).await?;
        tx.audit_write(&[stamp.done(Act::PasswordReset, format!("person:{person}"))]).await?;
        tx.commit().await?;
        self.forget();
        Ok(password)
    }

    /// A password for somebody with these names, to be shown once, and its hash.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn one_time(&self, names: &[&str]) -> Result<(String, PasswordHash), NotChanged> {
        let policy = self.policy().await?;
        let password = made(&policy.0.password, names)?;
        let hash = self.0.hasher.hash(password.clone()).await?;
        Ok((password, hash))
    }
}

/// Signs that nobody takes for another one when they are read aloud.
const SIGNS: &[u8; 64] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_+=*#%";

/// A random password that the policy takes.
fn made(policy: &PasswordPolicy, names: &[&str]) -> Result<String, std::io::Error> {
    let length = (policy.min_length.max(14) as usize).min(64);
    loop {
        let bytes: [u8; 64] = random()?;
        let password: String =
            bytes.iter().take(length).map(|byte| char::from(SIGNS[usize::from(byte & 63)])).collect();
        if check_password::<fn(&str) -> bool>(policy, names, &password, []).is_empty() {
            return Ok(password);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_passwords_are_good_and_no_two_are_the_same() {
        let policy = PasswordPolicy { classes: 4, ..PasswordPolicy::default() };
        let all: std::collections::HashSet<String> =
            (0..100).map(|_| made(&policy, &["zhang", "张三"]).unwrap()).collect();
        assert_eq!(all.len(), 100);
        assert!(all.iter().all(|one| one.len() == 14), "{all:?}");
    }
}
