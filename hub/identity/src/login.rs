//! Signing in with a password and, where there is one, the second factor. Whoever fails learns nothing of whether there is
//! such an account; every try is in the audit.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use chengshu_access::{
    Act, AuditLine, Identity, Lock, Outcome, Session, SessionKind, Token, TokenHash, TokenKind, Verdict,
};
use chengshu_core::model::Timestamp;
use chengshu_seal::random;
use chengshu_store::{Login, LoginBy, NewSession, StoreError, Tx};

use crate::identities::Identities;
use crate::sso::SsoRefused;
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
    /// A provider vouches for somebody who is not let in.
    Sso(SsoRefused),
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

/// How somebody has proved who they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way<'a> {
    /// For the audit: password, totp, sso, setup.
    pub(crate) by: &'a str,
    /// The provider that vouches.
    pub(crate) sso: Option<&'a str>,
    /// It has shown a second factor, or is trusted with it.
    pub(crate) proven: bool,
}

impl<'a> Way<'a> {
    pub(crate) const fn local(by: &'a str) -> Self {
        Self { by, sso: None, proven: false }
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
            return self.ticket(&login, None, now).await;
        }
        let tx = self.0.store.tx().await?;
        self.begin(tx, &login, visitor, Way::local("password"), now).await.map(SignedIn::In)
    }

    /// The first step is done, by the password or by the provider `sso`; the code is awaited.
    pub(crate) async fn ticket(&self, login: &Login, sso: Option<&str>, now: Timestamp) -> Result<SignedIn, NotIn> {
        let ticket = token(TokenKind::Session)?;
        self.0.store.ticket_add(&ticket.hash(), login.person, sso, now.after(TICKET)).await?;
        Ok(SignedIn::Code(ticket))
    }

    /// The second step: the code of the second factor.
    ///
    /// # Errors
    /// [`NotIn`].
    pub async fn sign_in_code(&self, ticket: &str, code: &str, visitor: Visitor<'_>) -> Result<Cookie, NotIn> {
        let now = self.0.clock.now();
        let Some((TokenKind::Session, ticket)) = TokenHash::read(ticket) else { return Err(NotIn::Wrong) };
        let (person, sso) = self.0.store.ticket_find(&ticket, now).await?.ok_or(NotIn::Wrong)?;
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
        let way = Way { sso: sso.as_deref(), ..Way::local("totp") };
        self.begin(tx, &login, visitor, way, now).await
    }

    pub(crate) async fn admit(&self, user: &str, visitor: Visitor<'_>, now: Timestamp) -> Result<(), NotIn> {
        self.restore_locks().await?;
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
        let stamp = Stamp::nobody(visitor.from, now);
        match self.keep_wrong(user, with(stamp.line(Act::Login, Outcome::Failed, None), "by", by), &stamp).await {
            Ok(()) => NotIn::Wrong,
            Err(error) => NotIn::Away(error),
        }
    }

    /// Counts a wrong try, with its line in the audit and, when the account is locked by it, one of that.
    pub(crate) async fn keep_wrong(&self, user: &str, line: AuditLine, stamp: &Stamp) -> Result<(), StoreError> {
        let lock = self.gate().wrong(user, stamp.now);
        let standing = self.gate().standing(user);
        let object = self.object(user).await?;
        let mut lines = vec![AuditLine { object: object.clone(), ..line }];
        if let (Lock::Locked { until }, Some(_)) = (lock, &object) {
            lines.push(with(stamp.done(Act::AccountLock, object), "until", &until.ms().to_string()));
        }
        if let Some(standing) = standing {
            self.0.store.person_lock_put(user, &standing, stamp.now).await?;
        }
        self.0.store.audit_write(&lines).await?;
        Ok(())
    }

    /// A try was right: it is given back to the account and the address.
    pub(crate) async fn right(&self, user: &str, visitor: Visitor<'_>, now: Timestamp) -> Result<(), StoreError> {
        self.gate().right(user, address(visitor), now);
        self.0.store.person_lock_put(user, &chengshu_access::Account::default(), now).await
    }

    /// Begins a session with its line in the audit, in the transaction that is under way.
    pub(crate) async fn begin(
        &self,
        mut tx: Tx,
        login: &Login,
        visitor: Visitor<'_>,
        way: Way<'_>,
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
            sso: way.sso,
            proven: way.proven,
        };
        let begun = tx.session_begin(&session, &policy.0.session).await?;
        let (id, ended) = begun.ok_or(NotIn::Wrong)?;
        tx.person_seen(login.person, now).await?;
        let stamp = Stamp { who: Some(who(login)), from: visitor.from, now };
        let line = with(stamp.done(Act::Login, format!("session:{id}")), "by", way.by);
        let line = if let Some(provider) = way.sso { with(line, "provider", provider) } else { line };
        tx.audit_write(&[line]).await?;
        tx.commit().await?;
        if way.by != "sso" {
            // a provider's word says nothing of who guesses the password here
            self.right(&login.login, visitor, now).await?;
        }
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
