//! Signing in with a password and, where there is one, the second factor. Whoever fails learns nothing of whether there is
//! such an account; every try is in the audit.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use chengshu_access::{
    Act, AuditLine, Identity, Lock, Outcome, Session, SessionKind, Token, TokenHash, TokenKind, Verdict,
};
use chengshu_core::model::Timestamp;
use chengshu_store::{Login, LoginBy, NewSession, StoreError, Tx};

use crate::identities::Identities;
use crate::proof::random;
use crate::stamp::Stamp;

/// How long a right password waits for its second factor.
const TICKET: Duration = Duration::from_secs(300);
/// Signs of what a browser says of itself that are kept.
const AGENT: usize = 200;

/// Whoever comes.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// From where.
    pub from: Option<IpAddr>,
    /// What the browser says of itself.
    pub agent: &'a str,
}

/// A token for a browser, to be kept in a cookie.
#[derive(Debug, Clone)]
pub struct Cookie {
    /// The token.
    pub token: Token,
    /// Of what kind.
    pub kind: TokenKind,
    /// For so many seconds.
    pub seconds: u32,
}

/// How a sign-in stands.
#[derive(Debug)]
pub enum SignedIn {
    /// In.
    In(Cookie),
    /// The password was right; the code of the second factor is awaited with this ticket.
    Code(Token),
}

/// Why somebody is not in.
#[derive(Debug)]
pub enum NotIn {
    /// Name, password or code is wrong; it is not told which.
    Wrong,
    /// The account is locked, or would be if there were one.
    Locked(Timestamp),
    /// Too many tries from this address.
    TooMany(Timestamp),
    /// The database does not answer.
    Away(StoreError),
    /// The machine has no random bytes, or the hub stops.
    Failed(std::io::Error),
}

impl From<StoreError> for NotIn {
    fn from(error: StoreError) -> Self {
        Self::Away(error)
    }
}

impl From<std::io::Error> for NotIn {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error)
    }
}

/// A new token.
pub(crate) fn token(kind: TokenKind) -> Result<Token, std::io::Error> {
    Ok(Token::new(kind, random()?))
}

impl Identities {
    /// Signs in with a password.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn sign_in(&self, user: &str, password: String, visitor: Visitor<'_>) -> Result<SignedIn, NotIn> {
        let now = self.0.clock.now();
        self.policy().await?;
        self.admit(user, visitor, now).await?;
        let login = self.0.store.login_find(LoginBy::Login(user)).await?;
        let kept = login.as_ref().filter(|login| !login.disabled).and_then(|login| login.password.as_ref());
        let right = self.0.hasher.is(password, kept).await?;
        let Some(login) = login.filter(|_| right) else {
            return Err(self.wrong(user, visitor, "password", now).await);
        };
        if login.totp.is_some() {
            let ticket = token(TokenKind::Session)?;
            self.0.store.ticket_add(&ticket.hash(), login.person, now.after(TICKET)).await?;
            return Ok(SignedIn::Code(ticket));
        }
        let tx = self.0.store.tx().await?;
        self.begin(tx, &login, visitor, "password", now).await.map(SignedIn::In)
    }

    /// The second step: the code of the second factor.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn sign_in_code(&self, ticket: &str, code: &str, visitor: Visitor<'_>) -> Result<Cookie, NotIn> {
        let now = self.0.clock.now();
        let Some((TokenKind::Session, ticket)) = TokenHash::read(ticket) else { return Err(NotIn::Wrong) };
        let person = self.0.store.ticket_find(&ticket, now).await?.ok_or(NotIn::Wrong)?;
        let login = self.0.store.login_find(LoginBy::Person(person)).await?.filter(|login| !login.disabled);
        let login = login.ok_or(NotIn::Wrong)?;
        self.admit(&login.login, visitor, now).await?;
        let secret = self.secret(person, login.totp.as_deref());
        let step = secret.and_then(|secret| secret.check(code, now, login.totp_step).ok());
        let Some(step) = step else { return Err(self.wrong(&login.login, visitor, "totp", now).await) };
        let mut tx = self.0.store.tx().await?;
        if tx.ticket_take(&ticket, now).await? != Some(person) || !tx.totp_take(person, step).await? {
            return Err(NotIn::Wrong); // another request was first
        }
        self.begin(tx, &login, visitor, "totp", now).await
    }

    async fn admit(&self, user: &str, visitor: Visitor<'_>, now: Timestamp) -> Result<(), NotIn> {
        let verdict = self.gate().attempt(user, address(visitor), now);
        let (problem, act) = match verdict {
            Verdict::Check => return Ok(()),
            Verdict::AccountLocked { until } => (NotIn::Locked(until), Act::Login),
            Verdict::AddressLimited { until } => (NotIn::TooMany(until), Act::Limited),
        };
        if self.is_told(visitor.from, now) {
            let line = Stamp::nobody(visitor.from, now).line(act, Outcome::Denied, self.object(user).await?);
            self.0.store.audit_write(&[line]).await?;
        }
        Err(problem)
    }

    /// What the audit calls an account: people type passwords into the field of the name, so only a name that is one.
    async fn object(&self, user: &str) -> Result<Option<String>, StoreError> {
        let login = self.0.store.login_find(LoginBy::Login(user)).await?;
        Ok(login.map(|login| format!("person:{}", login.person)))
    }

    async fn wrong(&self, user: &str, visitor: Visitor<'_>, by: &str, now: Timestamp) -> NotIn {
        let lock = self.gate().wrong(user, now);
        let standing = self.gate().standing(user);
        let keep = async {
            let object = self.object(user).await?;
            let stamp = Stamp::nobody(visitor.from, now);
            let mut lines = vec![with(stamp.line(Act::Login, Outcome::Failed, object.clone()), "by", by)];
            if let (Lock::Locked { until }, Some(_)) = (lock, &object) {
                lines.push(with(stamp.done(Act::AccountLock, object), "until", &until.ms().to_string()));
            }
            if let Some(standing) = standing {
                self.0.store.person_lock_put(user, &standing, now).await?;
            }
            self.0.store.audit_write(&lines).await
        };
        match keep.await {
            Ok(_) => NotIn::Wrong,
            Err(error) => NotIn::Away(error),
        }
    }

    /// Begins a session with its line in the audit, in the transaction that is under way.
    pub(crate) async fn begin(
        &self,
        mut tx: Tx,
        login: &Login,
        visitor: Visitor<'_>,
        by: &str,
        now: Timestamp,
    ) -> Result<Cookie, NotIn> {
        let policy = self.policy().await?;
        let new = token(TokenKind::Session)?;
        let agent: String = visitor.agent.chars().filter(|sign| !sign.is_control()).take(AGENT).collect();
        let session = NewSession {
            hash: new.hash(),
            person: login.person,
            from: visitor.from,
            agent: &agent,
            session: Session::new(SessionKind::Person, login.rights_version, now),
        };
        let begun = tx.session_begin(&session, &policy.0.session).await?;
        let (id, ended) = begun.ok_or(NotIn::Wrong)?;
        tx.person_seen(login.person, now).await?;
        let stamp = Stamp { who: Some(who(login)), from: visitor.from, now };
        let line = with(stamp.done(Act::Login, format!("session:{id}")), "by", by);
        tx.audit_write(&[line]).await?;
        tx.commit().await?;
        self.gate().right(&login.login, address(visitor), now);
        self.0.store.person_lock_put(&login.login, &chengshu_access::Account::default(), now).await?;
        if !ended.is_empty() {
            self.forget();
        }
        Ok(Cookie { token: new, kind: TokenKind::Session, seconds: policy.0.session.absolute_s })
    }
}

fn who(login: &Login) -> Identity {
    Identity::Person { id: login.person.to_string().into(), name: login.name.as_str().into() }
}

/// A line with one more thing to know.
pub(crate) fn with(mut line: AuditLine, name: &str, value: &str) -> AuditLine {
    line.detail.insert(name.to_owned(), value.to_owned());
    line
}

/// A connection without an address counts as one and the same.
fn address(visitor: Visitor<'_>) -> IpAddr {
    visitor.from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}
