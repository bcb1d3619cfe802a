//! From what was sent to who it is: asked by every request.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chengshu_access::{AddressKey, Bucket, Caller, Grants, Rate, Session, SessionPolicy, State, TokenKind, effective};
use chengshu_core::model::Timestamp;
use chengshu_store::{FoundSession, Policy, SsoLink, StoreError, StoredScreen, StoredService};

use crate::identities::Identities;
use crate::memory::{Entry, Whose};
use crate::proof::Proof;
use crate::signing::Signing;

/// Somebody who is known.
#[derive(Debug, Clone)]
pub struct Known {
    /// What they may.
    pub caller: Caller,
    /// What else is known of them.
    pub found: Found,
    /// Their token should be replaced by a new one.
    pub renew: bool,
}

/// What stands behind a proof.
#[derive(Debug, Clone)]
pub enum Found {
    /// A key of this installation.
    Key,
    /// A person's session.
    Person(PersonFound),
    /// A service.
    Service {
        /// Its number.
        id: i64,
        /// Whether it must sign what it sends.
        signing: Signing,
    },
    /// A wall.
    Screen(ScreenFound),
}

/// A person with their session. Debug tells numbers only.
#[derive(Clone)]
pub struct PersonFound {
    /// Their number.
    pub person: i64,
    /// The name of the account.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What they were granted.
    pub grants: Grants,
    /// What they must do before anything else.
    pub must: Vec<Must>,
    /// They have a second factor.
    pub totp: bool,
    /// They have a password.
    pub password: bool,
    /// The provider that the session began with.
    pub sso: Option<String>,
    /// How a provider knows them.
    pub linked: Option<SsoLink>,
    /// The number of the session.
    pub id: i64,
    /// How it stands.
    pub session: Session,
}

impl std::fmt::Debug for PersonFound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonFound(person {}, session {})", self.person, self.id)
    }
}

/// A wall.
#[derive(Debug, Clone)]
pub struct ScreenFound {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub layout: String,
}

/// What somebody must do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Must {
    /// Renew the password.
    Password,
    /// Set up a second factor.
    Totp,
}

/// Why nobody is known.
#[derive(Debug)]
pub enum NotFound {
    /// It is nobody's, or no longer.
    Nobody,
    /// The database must be asked, and does not answer.
    Away(StoreError),
    /// So often was asked from this address for what is nobody's, or by this key, that one must wait.
    TooMany(Duration),
}

impl From<StoreError> for NotFound {
    fn from(error: StoreError) -> Self {
        Self::Away(error)
    }
}

impl Identities {
    /// Who it is. `counts`: a person has asked, not a page by itself, and so has used the session.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn find(
        &self,
        proof: &Proof,
        from: Option<IpAddr>,
        counts: bool,
        now: Timestamp,
    ) -> Result<Known, NotFound> {
        if let Some(caller) = self.0.secrets.find(proof) {
            return Ok(Known { caller: caller.clone(), found: Found::Key, renew: false });
        }
        let entry = self.entry(proof, from, now).await?;
        let policy = self.policy().await?;
        let mut known = self.judge(&entry, &policy.0, now)?;
        if let Whose::Service(service, bucket) = &entry.whose {
            let spent = bucket.lock().unwrap_or_else(PoisonError::into_inner).take(quota(service), 1.0, now);
            spent.map_err(NotFound::TooMany)?;
        }
        match &mut known.found {
            Found::Person(_) if !counts => return Ok(known),
            Found::Person(person) => person.session.used = now,
            _ => {}
        }
        self.note(&entry, from, now);
        Ok(known)
    }

    /// Who it still is, for an answer that goes on: that is no use of theirs, and nothing is counted.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn still(&self, proof: &Proof, now: Timestamp) -> Result<Known, NotFound> {
        if let Some(caller) = self.0.secrets.find(proof) {
            return Ok(Known { caller: caller.clone(), found: Found::Key, renew: false });
        }
        let entry = self.entry(proof, None, now).await?;
        let policy = self.policy().await?;
        self.judge(&entry, &policy.0, now)
    }

    /// What is known of a token: from memory, or from the store.
    async fn entry(&self, proof: &Proof, from: Option<IpAddr>, now: Timestamp) -> Result<Arc<Entry>, NotFound> {
        let kind = proof.kind.ok_or(NotFound::Nobody)?;
        let (remembered, turn) = self.0.memory.find(&proof.hash);
        if let Some(entry) = remembered {
            return Ok(entry);
        }
        if let Some(from) = from {
            let mut lookups = self.0.lookups.lock().unwrap_or_else(PoisonError::into_inner);
            lookups.take(AddressKey::of(from), 1.0, now).map_err(NotFound::TooMany)?;
        }
        let store = &self.0.store;
        let (whose, used, previous) = match kind {
            TokenKind::Session => {
                let session = store.session_find(&proof.hash, now).await?.ok_or(NotFound::Nobody)?;
                let (used, previous) = (session.stored.session.used, session.is_previous);
                (Whose::Person(session), used, previous)
            }
            TokenKind::Key => {
                let service = store.service_find(&proof.hash).await?.ok_or(NotFound::Nobody)?;
                let bucket = Bucket::full(quota(&service), now);
                let used = service.last_used.unwrap_or(Timestamp::from_ms(0));
                (Whose::Service(service, Mutex::new(bucket)), used, false)
            }
            TokenKind::Screen => {
                let screen = store.screen_find(&proof.hash, now).await?.ok_or(NotFound::Nobody)?;
                let (used, previous) = (screen.session.used, screen.is_previous);
                (Whose::Screen(screen), used, previous)
            }
        };
        let entry = Arc::new(Entry::new(whose, used));
        if !previous {
            self.0.memory.put(proof.hash, entry.clone(), turn);
        }
        Ok(entry)
    }

    /// What an entry is worth at this moment.
    fn judge(&self, entry: &Entry, policy: &Policy, now: Timestamp) -> Result<Known, NotFound> {
        let known = match &entry.whose {
            Whose::Person(found) => person(found, entry.used(), policy, now),
            Whose::Service(service, _) => of_service(service, self.signing(service), now),
            Whose::Screen(screen) => of_screen(screen, &policy.session, now),
        };
        known.ok_or(NotFound::Nobody)
    }

    /// Notes a use, now and then, beside the request.
    fn note(&self, entry: &Arc<Entry>, from: Option<IpAddr>, now: Timestamp) {
        if now.since(entry.used()).unsigned_abs() < NOTED_MS {
            return;
        }
        entry.note(now);
        let (store, entry) = (self.0.store.clone(), entry.clone());
        tokio::spawn(async move {
            let noted = match &entry.whose {
                Whose::Person(found) => store.session_used(found.stored.id, from, now).await,
                Whose::Service(service, _) => store.service_used(service.id, from, now).await,
                Whose::Screen(screen) => store.screen_used(screen.id, from, now).await,
            };
            if let Err(error) = noted {
                tracing::debug!(error = %error.database_words(), "the use of a session could not be noted");
            }
        });
    }
}

/// Uses within this time after a noted one are not noted again: no write for every request.
const NOTED_MS: u64 = 30_000;

fn quota(service: &StoredService) -> Rate {
    let per_minute = f64::from(service.may.quota_per_minute.max(0));
    Rate { per_second: per_minute / 60.0, burst: per_minute }
}

fn person(found: &FoundSession, used: Timestamp, policy: &Policy, now: Timestamp) -> Option<Known> {
    let session = Session { used, ..found.stored.session.clone() };
    if found.disabled || session.state(&policy.session, now) != State::Live {
        return None;
    }
    let must = must(found, policy, now);
    let id = found.person.to_string();
    let caller = if must.is_empty() {
        Caller::person(&id, &found.name, found.grants.clone())
    } else {
        Caller::person_confined(&id, &found.name)
    };
    let renew = !found.is_previous && session.is_rotation_due(&policy.session, found.rights_version, now);
    let found = PersonFound {
        person: found.person,
        login: found.login.clone(),
        name: found.name.clone(),
        grants: found.grants.clone(),
        must,
        totp: found.totp,
        password: found.password_set.is_some(),
        sso: found.sso.clone(),
        linked: found.linked.clone(),
        id: found.stored.id,
        session,
    };
    Some(Known { caller, found: Found::Person(found), renew })
}

fn must(found: &FoundSession, policy: &Policy, now: Timestamp) -> Vec<Must> {
    let mut must = Vec::new();
    // whoever came by single sign-on may have no password, or may not know it
    let set = found.password_set.filter(|_| found.sso.is_none());
    if set.is_some_and(|set| found.must_change || policy.password.is_expired(set, now)) {
        must.push(Must::Password);
    }
    let roles = effective(&found.grants, now).map(|effective| effective.roles).unwrap_or_default();
    if !found.totp && !found.proven && policy.totp_required.iter().any(|role| roles.holds(*role)) {
        must.push(Must::Totp);
    }
    must
}

fn of_service(service: &StoredService, signing: Signing, now: Timestamp) -> Option<Known> {
    if service.revoked || now >= service.may.expires {
        return None;
    }
    let caller = Caller::service(&service.id.to_string(), &service.name, service.may.rights, service.may.scope.clone());
    Some(Known { caller, found: Found::Service { id: service.id, signing }, renew: false })
}

fn of_screen(screen: &StoredScreen, policy: &SessionPolicy, now: Timestamp) -> Option<Known> {
    if screen.session.state(policy, now) != State::Live {
        return None;
    }
    let caller = Caller::screen(&screen.id.to_string(), &screen.entry.layout, screen.entry.scope.clone());
    let (name, layout) = (screen.entry.name.clone(), screen.entry.layout.clone());
    let found = Found::Screen(ScreenFound { id: screen.id, name, layout });
    // a wall that still comes with the one before never got its new one
    let renew = screen.is_previous || screen.session.is_rotation_due(policy, 0, now);
    Some(Known { caller, found, renew })
}
