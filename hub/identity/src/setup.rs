//! The first administrator: made once in the life of a database, by whoever has the link that the first start prints.

use chengshu_access::{Act, Fault, Grant, Role, Token, TokenHash, TokenKind, check_password};
use chengshu_store::{LoginBy, PersonEntry};

use crate::identities::Identities;
use crate::login::{Cookie, NotIn, Visitor, Way, token};
use crate::stamp::Stamp;

/// Why there is no first administrator.
#[derive(Debug)]
pub enum NotSetUp {
    /// The link is worth nothing, or no longer.
    Over,
    /// The password is not good.
    Password(Vec<Fault>),
    /// Something else.
    Not(NotIn),
}

impl<E: Into<NotIn>> From<E> for NotSetUp {
    fn from(error: E) -> Self {
        Self::Not(error.into())
    }
}

impl Identities {
    /// The token with which the first administrator is made, while there is none; the one of before is worth nothing.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn invite(&self) -> Result<Option<Token>, NotIn> {
        let new = token(TokenKind::Session)?;
        Ok(self.0.store.setup_put(&new.hash(), self.0.clock.now()).await?.then_some(new))
    }

    /// True while there is nobody.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn is_setup_open(&self) -> Result<bool, chengshu_store::StoreError> {
        self.0.store.setup_is_open().await
    }

    /// Makes the first system administrator, who is in at once.
    ///
    /// # Errors
    /// [`NotSetUp`].
    pub async fn set_up(
        &self,
        token: &str,
        entry: PersonEntry,
        password: String,
        visitor: Visitor<'_>,
    ) -> Result<Cookie, NotSetUp> {
        let now = self.0.clock.now();
        let Some((_, token)) = TokenHash::read(token) else { return Err(NotSetUp::Over) };
        if !self.0.store.setup_is_open().await? {
            return Err(NotSetUp::Over);
        }
        let policy = self.policy().await?;
        let names = [entry.login.as_str(), entry.name.as_str()];
        let faults = check_password::<fn(&str) -> bool>(&policy.0.password, &names, &password, []);
        if !faults.is_empty() {
            return Err(NotSetUp::Password(faults));
        }
        let hash = self.0.hasher.hash(password).await?;
        let mut tx = self.0.store.tx().await?;
        if !tx.setup_take(&token, now).await? {
            return Err(NotSetUp::Over);
        }
        let person = tx.person_add(&entry, Some(&hash), false, now).await?.ok_or(NotSetUp::Over)?;
        tx.grants_put(person, &[Grant::from(Role::SystemAdmin)], None).await?;
        let stamp = Stamp::nobody(visitor.from, now);
        tx.audit_write(&[stamp.done(Act::FirstAdmin, format!("person:{person}"))]).await?;
        tx.commit().await?;
        let login = self.0.store.login_find(LoginBy::Person(person)).await?.ok_or(NotSetUp::Over)?;
        let tx = self.0.store.tx().await?;
        Ok(self.begin(tx, &login, visitor, Way::local("setup"), now).await?)
    }
}
