//! Single sign-on: which account it is for whom a provider vouches, what their claims give and take away, and how accounts
//! come to be linked. That the provider has said so is proved elsewhere (crate `sso`); an account is never found by its name.

use std::time::Duration;

use chengshu_access::{Act, Grant, Identity, Outcome, Role, TokenHash, Vouched, check_grants, is_login};
use chengshu_core::model::Timestamp;
use chengshu_seal::random;
use chengshu_store::{Login, LoginBy, NewSsoAttempt, PersonEntry, SsoLink, StoreError, Tx};
use sha2::{Digest, Sha256};

use crate::identities::Identities;
use crate::login::{NotIn, SignedIn, Visitor, Way, with};
use crate::people::NotChanged;
use crate::proof::spelled;
use crate::stamp::Stamp;

/// How long somebody may take at the provider.
const UNDER_WAY: Duration = Duration::from_secs(600);
/// Sign-ins under way at once: whoever begins them all day fills nothing.
const MOST: i64 = 20_000;
/// Characters of what an address carries back.
const STATE: usize = 128;
/// Characters of a person's name.
const NAME: usize = 100;

/// Why somebody is not let in for whom a provider vouches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SsoRefused {
    /// No account is linked.
    NotLinked,
    /// The account is disabled.
    Disabled,
    /// The new account would have the name of another one.
    NameTaken,
    /// The provider says no name that an account can have.
    NoName,
    /// Another account is linked with it.
    LinkedElsewhere,
}

impl SsoRefused {
    /// For the page, and the audit.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotLinked => "not_linked",
            Self::Disabled => "disabled",
            Self::NameTaken => "name_taken",
            Self::NoName => "no_name",
            Self::LinkedElsewhere => "linked_elsewhere",
        }
    }
}

/// A sign-in that came back from a provider, for the first and last time.
#[derive(Clone)]
pub struct SsoReturn {
    /// What was to be kept of it.
    pub secret: Vec<u8>,
    /// Who wants their account linked.
    pub person: Option<i64>,
}

fn hash(text: &str) -> TokenHash {
    TokenHash(Sha256::digest(text.as_bytes()).into())
}

fn place(provider: &str, state: &str) -> String {
    format!("sso {provider} {state}")
}

impl Identities {
    /// Keeps what must be known when somebody comes back from a provider; answers what their browser is to hold. `browser` is
    /// what it holds already, from another tab. None: too many are under way.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn sso_begin(
        &self,
        provider: &str,
        state: &str,
        secret: &[u8],
        browser: Option<&str>,
        person: Option<i64>,
    ) -> Result<Option<String>, NotIn> {
        let now = self.0.clock.now();
        let held = browser.filter(|held| held.len() == 43 && held.bytes().all(|byte| byte.is_ascii_graphic()));
        let browser = match held {
            Some(held) => held.to_owned(),
            None => spelled(&random::<32>()?),
        };
        let sealed = self.0.seal.close(&place(provider, state), secret)?;
        let (state, until) = (hash(state), now.after(UNDER_WAY));
        let new = NewSsoAttempt { state, browser: hash(&browser), provider, person, sealed: &sealed, until };
        Ok(self.0.store.sso_attempt_add(&new, now, MOST).await?.then_some(browser))
    }

    /// Takes what was kept; none: it is unknown, over, was taken, or is another browser's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sso_take(&self, provider: &str, state: &str, browser: &str) -> Result<Option<SsoReturn>, StoreError> {
        if state.len() > STATE {
            return Ok(None);
        }
        let now = self.0.clock.now();
        let taken = self.0.store.sso_attempt_take(&hash(state), &hash(browser), provider, now).await?;
        Ok(taken.and_then(|taken| {
            let secret = self.0.seal.open(&place(provider, state), &taken.sealed)?;
            Some(SsoReturn { secret, person: taken.person })
        }))
    }

    /// A sign-in by a provider came to nothing: a line in the audit, if the address has not filled it already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sso_failed(
        &self,
        provider: &str,
        why: &str,
        person: Option<i64>,
        visitor: Visitor<'_>,
    ) -> Result<(), StoreError> {
        let now = self.0.clock.now();
        if !self.is_told(visitor.from, now) {
            return Ok(());
        }
        let object = person.map(|person| format!("person:{person}"));
        let line = Stamp::nobody(visitor.from, now).line(Act::Login, Outcome::Failed, object);
        let line = with(with(with(line, "by", "sso"), "provider", provider), "why", why);
        self.0.store.audit_write(&[line]).await?;
        Ok(())
    }

    /// Signs in somebody for whom a provider vouches.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn sso_sign_in(
        &self,
        provider: &str,
        vouched: &Vouched,
        visitor: Visitor<'_>,
    ) -> Result<SignedIn, NotIn> {
        let now = self.0.clock.now();
        let by = LoginBy::Sso { issuer: &vouched.issuer, subject: &vouched.subject };
        let find = || self.0.store.login_find(by);
        let known = match find().await? {
            Some(login) => Ok(login),
            None => match self.sso_account(provider, vouched, visitor, now).await? {
                Ok(()) => find().await?.ok_or(SsoRefused::NotLinked),
                Err(refused) => Err(refused),
            },
        };
        let refused = match &known {
            Ok(login) if login.disabled => Some((SsoRefused::Disabled, Some(login.person))),
            Ok(_) => None,
            Err(refused) => Some((*refused, None)),
        };
        if let Some((refused, person)) = refused {
            self.sso_failed(provider, refused.code(), person, visitor).await?;
            return Err(NotIn::Sso(refused));
        }
        let mut login = known.map_err(NotIn::Sso)?;
        if let Some(grants) = &vouched.grants
            && self.sso_grants(provider, login.person, grants, visitor, now).await?
        {
            login = find().await?.ok_or(NotIn::Wrong)?;
        }
        if login.totp.is_some() && !vouched.proven {
            return self.ticket(&login, Some(provider), now).await;
        }
        let tx = self.0.store.tx().await?;
        let way = Way { by: "sso", sso: Some(provider), proven: vouched.proven };
        self.begin(tx, &login, visitor, way, now).await.map(SignedIn::In)
    }

    /// An account for somebody who has none, without any right and without a password.
    async fn sso_account(
        &self,
        provider: &str,
        vouched: &Vouched,
        visitor: Visitor<'_>,
        now: Timestamp,
    ) -> Result<Result<(), SsoRefused>, StoreError> {
        if !vouched.creates {
            return Ok(Err(SsoRefused::NotLinked));
        }
        let Some(login) = vouched.account.as_deref().filter(|account| is_login(account)) else {
            return Ok(Err(SsoRefused::NoName));
        };
        let name = vouched.name.as_deref().unwrap_or(login);
        let name: String = name.chars().filter(|sign| !sign.is_control()).take(NAME).collect();
        let entry = PersonEntry { login: login.to_owned(), name, department: None, phone: None };
        let mut tx = self.0.store.tx().await?;
        let Some(person) = tx.person_add(&entry, None, false, now).await? else {
            return Ok(Err(SsoRefused::NameTaken));
        };
        if !tx.sso_bind(person, &sso_link_of(vouched)).await? {
            return Ok(Err(SsoRefused::LinkedElsewhere)); // another request was first
        }
        let line = hub(visitor, now).done(Act::AccountCreate, format!("person:{person}"));
        tx.audit_write(&[with(with(line, "by", "sso"), "provider", provider)]).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Brings what somebody has by a provider's claims to what they claim now; true when that changed anything. What people
    /// granted stays; where the two exclude each other, the claims give nothing.
    async fn sso_grants(
        &self,
        provider: &str,
        person: i64,
        claimed: &[Grant],
        visitor: Visitor<'_>,
        now: Timestamp,
    ) -> Result<bool, NotIn> {
        let mut tx = self.0.store.tx().await?;
        let held = tx.grants_of_source(person, provider).await?;
        let both: Vec<Grant> = held.others.iter().chain(claimed).cloned().collect();
        let conflict = check_grants(&both).err();
        let wanted = if conflict.is_some() { &[][..] } else { claimed };
        if *held.sourced == *wanted {
            return Ok(false);
        }
        let after: Vec<Grant> = held.others.iter().chain(wanted).cloned().collect();
        if let Some(role) = last(&mut tx, person, &held.sourced, &after, now).await? {
            tracing::warn!(person, %role, "the last of these administrators keeps the role, whatever the provider claims");
            return Ok(false);
        }
        tx.grants_put_sourced(person, provider, wanted).await?;
        let outcome = if conflict.is_some() { Outcome::Failed } else { Outcome::Done };
        let line = hub(visitor, now).line(Act::GrantChange, outcome, format!("person:{person}"));
        let line = with(with(line, "by", "sso"), "provider", provider);
        let line = with(with(line, "before", &json(&held.sourced)), "after", &json(wanted));
        let why = conflict.map(|conflict| conflict.to_string());
        let line = if let Some(why) = &why { with(line, "why", why) } else { line };
        tx.audit_write(&[line]).await?;
        tx.commit().await?;
        self.forget();
        Ok(true)
    }

    /// Links an account with somebody at a provider, in the place of whoever it was linked with.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn sso_link(&self, person: i64, provider: &str, link: &SsoLink, stamp: &Stamp) -> Result<(), NotIn> {
        let mut tx = self.0.store.tx().await?;
        tx.sso_unbind(person).await?;
        if !tx.sso_bind(person, link).await? {
            return Err(NotIn::Sso(SsoRefused::LinkedElsewhere));
        }
        let line = stamp.done(Act::AccountLink, format!("person:{person}"));
        // who it is there may be a number of somebody's identity card: the audit knows it again, and does not tell it
        let subject = hash(&format!("{} {}", link.issuer, link.subject));
        let line = with(with(line, "provider", provider), "subject_hash", &spelled(&subject.0));
        tx.audit_write(&[line]).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }

    /// The own link is taken away by whoever knows the password; all other sessions end.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn sso_unlink_own(
        &self,
        person: i64,
        session: i64,
        password: String,
        stamp: &Stamp,
    ) -> Result<(), NotChanged> {
        self.sso_confirm(person, password, stamp).await?;
        self.sso_unlink(person, Some(session), stamp).await
    }

    /// Takes a link away, with what came by it; all sessions but one end.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn sso_unlink(&self, person: i64, except: Option<i64>, stamp: &Stamp) -> Result<(), NotChanged> {
        let link = self.0.store.sso_link(person).await?.ok_or(NotChanged::Absent)?;
        let mut tx = self.0.store.tx().await?;
        let before = self.0.store.grants_get(person).await?.ok_or(NotChanged::Absent)?.0;
        if !tx.sso_unbind(person).await? {
            return Err(NotChanged::Absent);
        }
        let after = tx.grants_of_source(person, "").await?.others;
        if let Some(role) = last(&mut tx, person, &before, &after, stamp.now).await? {
            return Err(NotChanged::Last(role));
        }
        tx.session_end_all(person, except).await?;
        let line = with(stamp.done(Act::AccountLink, format!("person:{person}")), "issuer", &link.issuer);
        tx.audit_write(&[with(line, "removed", "true")]).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }

    /// Somebody who is in shows that it is them, before their account is linked or unlinked.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn sso_confirm(&self, person: i64, password: String, stamp: &Stamp) -> Result<(), NotChanged> {
        let login: Login = self.0.store.login_find(LoginBy::Person(person)).await?.ok_or(NotChanged::Absent)?;
        self.confirm(&login, password, Act::AccountLink, stamp).await
    }
}

/// The kind of administrator that there would be none of.
async fn last(
    tx: &mut Tx,
    person: i64,
    before: &[Grant],
    after: &[Grant],
    now: Timestamp,
) -> Result<Option<Role>, StoreError> {
    let holds = |grants: &[Grant], role| grants.iter().any(|grant| grant.roles.holds(role));
    for role in [Role::SystemAdmin, Role::SecurityAdmin] {
        if holds(before, role) && !holds(after, role) && tx.role_count(role, Some(person), now).await? == 0 {
            return Ok(Some(role));
        }
    }
    Ok(None)
}

/// How a provider knows somebody for whom it vouches.
#[must_use]
pub fn sso_link_of(vouched: &Vouched) -> SsoLink {
    SsoLink {
        issuer: vouched.issuer.clone(),
        subject: vouched.subject.clone(),
        name: vouched.account.clone().or_else(|| vouched.name.clone()),
    }
}

/// The hub does by itself what its configuration says.
fn hub(visitor: Visitor<'_>, now: Timestamp) -> Stamp {
    Stamp { who: Some(Identity::Local), from: visitor.from, now }
}

fn json(grants: &[Grant]) -> String {
    serde_json::to_string(grants).unwrap_or_default()
}
