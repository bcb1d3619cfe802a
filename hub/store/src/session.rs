//! Sessions of people: found by the hash of their token, rotated by one alone, ended by many. Whether one lives is decided by
//! hub/access.

use std::net::IpAddr;

use chengshu_access::{Grants, Session, SessionKind, SessionPolicy, TokenHash, to_end};
use chengshu_core::model::Timestamp;

use crate::grant::read_grants;
use crate::pg::PgTime;
use crate::{SsoLink, Store, StoreError, Tx};

/// An address as it is kept: an IPv4 address in IPv6 is the former.
pub(crate) fn address(from: Option<IpAddr>) -> Option<String> {
    from.map(|from| from.to_canonical().to_string())
}

/// A session that begins.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// The hash of its token.
    pub hash: TokenHash,
    /// Whose.
    pub person: i64,
    /// From where.
    pub from: Option<IpAddr>,
    /// What the browser says of itself.
    pub agent: &'a str,
    /// How it stands: [`Session::new`].
    pub session: Session,
    /// The provider that it begins with; none: a password.
    pub sso: Option<&'a str>,
    /// The provider has shown a second factor, or is trusted with it.
    pub proven: bool,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSession {
    /// Its number; not its token.
    pub id: i64,
    /// How it stands.
    pub session: Session,
    /// From where it was last used.
    pub from: Option<IpAddr>,
    /// What the browser says of itself.
    pub agent: String,
}

/// A session with all that a request must know: whose it is, what they may, and whether they owe something first. No Debug:
/// it holds a name.
#[derive(Clone, PartialEq)]
pub struct FoundSession {
    /// The session.
    pub stored: StoredSession,
    /// It was found by the token before its last rotation: answer, but rotate no more.
    pub is_previous: bool,
    /// Whose.
    pub person: i64,
    /// The name of the account.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The account is disabled: the session is worth nothing.
    pub disabled: bool,
    /// What they were granted.
    pub grants: Grants,
    /// The version of that.
    pub rights_version: i64,
    /// They must renew the password whatever the policy says.
    pub must_change: bool,
    /// When the password was set; none: there is none.
    pub password_set: Option<Timestamp>,
    /// They have a second factor.
    pub totp: bool,
    /// The provider that the session began with; none: a password.
    pub sso: Option<String>,
    /// The provider has shown a second factor, or is trusted with it.
    pub proven: bool,
    /// How a provider of single sign-on knows the person.
    pub linked: Option<SsoLink>,
}

impl Store {
    /// The session of a token, whether it still lives or not.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn session_find(&self, hash: &TokenHash, now: Timestamp) -> Result<Option<FoundSession>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT s.id, s.began AS "began: PgTime", s.used AS "used: PgTime", s.from_ip, s.agent, s.revoked, s.sso, s.proven, p.sso_issuer, p.sso_subject, p.sso_name,
                      s.rights_version AS token_version, s.hash <> $1 AS "is_previous!", p.id AS person, p.login, p.name, p.disabled,
                      p.rights_version, p.must_change, p.totp IS NOT NULL AS "totp!",
                      CASE WHEN p.password IS NOT NULL THEN p.password_set END AS "password_set: PgTime",
                      ARRAY(SELECT document::text FROM person_grant WHERE person = p.id ORDER BY id) AS "grants!: Vec<String>"
               FROM session s JOIN person p ON p.id = s.person
               WHERE s.hash = $1 OR (s.previous = $1 AND s.previous_until > $2)"#,
            hash.0.as_slice(),
            PgTime(now) as _,
        )
        .fetch_optional(&self.writers())
        .await?;
        Ok(row.map(|row| FoundSession {
            stored: StoredSession {
                id: row.id,
                session: Session {
                    kind: SessionKind::Person,
                    began: row.began.0,
                    used: row.used.0,
                    revoked: row.revoked,
                    rights_version: row.token_version,
                },
                from: row.from_ip.and_then(|from| from.parse().ok()),
                agent: row.agent,
            },
            is_previous: row.is_previous,
            person: row.person,
            login: row.login,
            name: row.name,
            disabled: row.disabled,
            grants: read_grants(row.person, &row.grants),
            rights_version: row.rights_version,
            must_change: row.must_change,
            password_set: row.password_set.map(|at| at.0),
            totp: row.totp,
            sso: row.sso,
            proven: row.proven,
            linked: row.sso_issuer.zip(row.sso_subject).map(|(issuer, subject)| SsoLink {
                issuer,
                subject,
                name: row.sso_name,
            }),
        }))
    }

    /// Notes that a session was used; see [`Session::is_use_due`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn session_used(&self, id: i64, from: Option<IpAddr>, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE session SET used = greatest(used, $2), from_ip = $3 WHERE id = $1 AND NOT revoked",
            id,
            PgTime(now) as _,
            address(from),
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }

    /// Gives a session a new token: true for one alone, of all that try it at once. The old token is good until `grace`,
    /// for requests that are under way.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn session_rotate(
        &self,
        old: &TokenHash,
        new: &TokenHash,
        rotated: &Session,
        grace: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE session SET hash = $2, previous = $1, previous_until = $3, began = $4, used = greatest(used, $5), rights_version = $6
             WHERE hash = $1 AND NOT revoked",
            old.0.as_slice(),
            new.0.as_slice(),
            PgTime(grace) as _,
            PgTime(rotated.began) as _,
            PgTime(rotated.used) as _,
            rotated.rights_version,
        )
        .execute(&self.writers())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The sessions of a person that were not ended, newest first; whether they live is for the policy to say.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn session_list(&self, person: i64) -> Result<Vec<StoredSession>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        session_list(&mut connection, person).await
    }

    /// Forgets sessions that nobody has used since, and tickets that ended before; answers how many rows went.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn session_sweep(&self, unused_since: Timestamp) -> Result<u64, StoreError> {
        let gone = sqlx::query!("DELETE FROM session WHERE used < $1", PgTime(unused_since) as _)
            .execute(&self.writers())
            .await?
            .rows_affected();
        let tickets = sqlx::query!("DELETE FROM login_ticket WHERE until < $1", PgTime(unused_since) as _)
            .execute(&self.writers())
            .await?;
        Ok(gone + tickets.rows_affected())
    }
}

impl Tx {
    /// Begins a session, and ends the oldest that are too many by the policy; answers its number and theirs. None: the
    /// account is disabled, or there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_begin(
        &mut self,
        new: &NewSession<'_>,
        policy: &SessionPolicy,
    ) -> Result<Option<(i64, Vec<i64>)>, StoreError> {
        // two sign-ins at once see one another: the person's row is held
        let person = sqlx::query!("SELECT id FROM person WHERE id = $1 AND NOT disabled FOR UPDATE", new.person);
        if person.fetch_optional(&mut *self.tx).await?.is_none() {
            return Ok(None);
        }
        let all = session_list(&mut self.tx, new.person).await?;
        let ended = to_end(all.iter().map(|one| (one.id, &one.session)), policy, new.session.used);
        sqlx::query!("UPDATE session SET revoked = true WHERE id = ANY ($1)", &ended).execute(&mut *self.tx).await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO session (hash, person, began, used, from_ip, agent, rights_version, sso, proven)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
            new.hash.0.as_slice(),
            new.person,
            PgTime(new.session.began) as _,
            PgTime(new.session.used) as _,
            address(new.from),
            new.agent,
            new.session.rights_version,
            new.sso,
            new.proven,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(Some((id, ended)))
    }

    /// Ends a session of a person. False: they have no such session that lives.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_end(&mut self, person: i64, id: i64) -> Result<bool, StoreError> {
        let done =
            sqlx::query!("UPDATE session SET revoked = true WHERE person = $1 AND id = $2 AND NOT revoked", person, id)
                .execute(&mut *self.tx)
                .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends all sessions of a person but one, and their tickets; answers the numbers of those that ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_end_all(&mut self, person: i64, except: Option<i64>) -> Result<Vec<i64>, StoreError> {
        sqlx::query!("DELETE FROM login_ticket WHERE person = $1", person).execute(&mut *self.tx).await?;
        let ended = sqlx::query_scalar!(
            "UPDATE session SET revoked = true WHERE person = $1 AND NOT revoked AND id IS DISTINCT FROM $2 RETURNING id",
            person,
            except,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(ended)
    }
}

async fn session_list(connection: &mut sqlx::PgConnection, person: i64) -> Result<Vec<StoredSession>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, began AS "began: PgTime", used AS "used: PgTime", from_ip, agent, revoked, rights_version
           FROM session WHERE person = $1 AND NOT revoked ORDER BY id DESC"#,
        person
    )
    .fetch_all(connection)
    .await?;
    let session = rows.into_iter().map(|row| StoredSession {
        id: row.id,
        session: Session {
            kind: SessionKind::Person,
            began: row.began.0,
            used: row.used.0,
            revoked: row.revoked,
            rights_version: row.rights_version,
        },
        from: row.from_ip.and_then(|from| from.parse().ok()),
        agent: row.agent,
    });
    Ok(session.collect())
}
