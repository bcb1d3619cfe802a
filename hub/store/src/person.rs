//! People with accounts: who they are and how their account stands. How they prove it stands in `credential`.

use std::fmt;

use chengshu_access::{Account, Grants, Personal, Phone, Role, SessionPolicy};
use chengshu_core::model::Timestamp;

use crate::credential::PasswordHash;
use crate::grant::read_grants;
use crate::json::{from_json, to_json};
use crate::pg::PgTime;
use crate::{SsoLink, Store, StoreError, Tx};

/// What people say of a person. Debug tells the account only: it is for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonEntry {
    /// The name of the account; upper and lower case are the same.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The department, as in the register.
    pub department: Option<String>,
    /// The telephone number.
    pub phone: Option<Personal<Phone>>,
}

impl fmt::Debug for PersonEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonEntry({})", self.login)
    }
}

/// A person as stored, with how their account stands.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPerson {
    /// Stable.
    pub id: i64,
    /// What people said.
    pub entry: PersonEntry,
    /// May not sign in.
    pub disabled: bool,
    /// Has a second factor.
    pub totp: bool,
    /// How a provider of single sign-on knows them.
    pub sso: Option<SsoLink>,
    /// When the password was set; none: there is none.
    pub password_set: Option<Timestamp>,
    /// Must renew the password.
    pub must_change: bool,
    /// When the account was made.
    pub created: Timestamp,
    /// When they last signed in.
    pub last_login: Option<Timestamp>,
    /// Sessions that live.
    pub sessions: i64,
    /// Wrong tries and locks.
    pub lock: Account,
    /// What they were granted.
    pub grants: Grants,
    /// Counts changes of what they may.
    pub rights_version: i64,
    /// Counts all changes that people made.
    pub version: i64,
}

/// Which people.
#[derive(Debug, Clone, Default)]
pub struct PersonFilter {
    /// Only the one with this number.
    pub id: Option<i64>,
    /// Only those whose account or name holds this.
    pub text: Option<String>,
    /// Only those that were granted the role, in force or not.
    pub role: Option<Role>,
    /// Only those of the department.
    pub department: Option<String>,
    /// Only those of these departments: how far the asking right reaches.
    pub departments: Option<Vec<String>>,
    /// Only those after this number.
    pub after: Option<i64>,
    /// At most this many.
    pub limit: i64,
}

/// What became of a change that named the version it was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Done; this is the version now.
    Done(i64),
    /// There is no such thing.
    Absent,
    /// Somebody else was faster.
    Stale,
    /// The name of the account is another person's.
    Taken,
}

impl Store {
    /// People, by number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_list(
        &self,
        filter: &PersonFilter,
        policy: &SessionPolicy,
        now: Timestamp,
    ) -> Result<Vec<StoredPerson>, StoreError> {
        let ago = |seconds: u32| PgTime(Timestamp::from_ms(now.ms().saturating_sub(i64::from(seconds) * 1000)));
        let rows = sqlx::query!(
            r#"SELECT id, login, name, department, phone, disabled, totp IS NOT NULL AS "totp!", sso_issuer, sso_subject, sso_name,
                      CASE WHEN password IS NOT NULL THEN password_set END AS "password_set: PgTime", must_change,
                      created AS "created: PgTime", last_login AS "last_login: PgTime", rights_version, version,
                      (SELECT count(*) FROM session WHERE person = p.id AND NOT revoked AND began > $7 AND used > $8) AS "sessions!",
                      (SELECT account::text FROM person_lock WHERE person = p.id) AS account,
                      ARRAY(SELECT document::text FROM person_grant WHERE person = p.id ORDER BY id) AS "grants!: Vec<String>"
               FROM person p
               WHERE ($1::bigint IS NULL OR id = $1) AND ($2::bigint IS NULL OR id > $2)
                 AND ($3::text IS NULL OR strpos(lower(login), lower($3)) > 0 OR strpos(lower(name), lower($3)) > 0)
                 AND ($4::text IS NULL OR EXISTS (SELECT FROM person_grant WHERE person = p.id AND document->'roles' ? $4))
                 AND ($5::text IS NULL OR department = $5) AND ($6::text[] IS NULL OR department = ANY ($6))
               ORDER BY id LIMIT $9"#,
            filter.id,
            filter.after,
            filter.text,
            filter.role.map(Role::id),
            filter.department,
            filter.departments.as_deref(),
            ago(policy.absolute_s) as _,
            ago(policy.idle_s) as _,
            filter.limit,
        )
        .fetch_all(&self.readers())
        .await?;
        let person = rows.into_iter().map(|row| {
            Ok(StoredPerson {
                id: row.id,
                entry: PersonEntry {
                    login: row.login,
                    name: row.name,
                    department: row.department,
                    phone: row.phone.map(Personal::new),
                },
                disabled: row.disabled,
                totp: row.totp,
                sso: row.sso_issuer.zip(row.sso_subject).map(|(issuer, subject)| SsoLink {
                    issuer,
                    subject,
                    name: row.sso_name,
                }),
                password_set: row.password_set.map(|at| at.0),
                must_change: row.must_change,
                created: row.created.0,
                last_login: row.last_login.map(|at| at.0),
                sessions: row.sessions,
                lock: row.account.as_deref().map(from_json).transpose()?.unwrap_or_default(),
                grants: read_grants(row.id, &row.grants),
                rights_version: row.rights_version,
                version: row.version,
            })
        });
        person.collect()
    }

    /// Keeps how an account stands with wrong tries, so that a restart forgets no lock. What is older than what is kept
    /// is not taken; nothing happens when nobody has the account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_lock_put(&self, login: &str, account: &Account, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO person_lock (person, account, changed)
             SELECT id, $2::text::jsonb, $3 FROM person WHERE lower(login) = lower(btrim($1))
             ON CONFLICT (person) DO UPDATE SET account = excluded.account, changed = excluded.changed
             WHERE person_lock.changed <= excluded.changed",
            login,
            to_json(account)?,
            PgTime(now) as _,
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }

    /// All that is kept about wrong tries, by the name of the account: for a hub that starts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_locks(&self) -> Result<Vec<(String, Account)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT login, account::text AS "account!" FROM person_lock JOIN person ON person.id = person_lock.person"#
        )
        .fetch_all(&self.writers())
        .await?;
        rows.into_iter().map(|row| Ok((row.login, from_json(&row.account)?))).collect()
    }
}

impl Tx {
    /// Makes an account without grants; none when its name is taken. A password that was given by somebody else must be
    /// changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_add(
        &mut self,
        entry: &PersonEntry,
        password: Option<&PasswordHash>,
        must_change: bool,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let id = sqlx::query_scalar!(
            "INSERT INTO person (login, name, department, phone, password, must_change, password_set, created)
             VALUES (btrim($1), $2, $3, $4, $5::text, $6, CASE WHEN $5::text IS NOT NULL THEN $7::timestamptz END, $7)
             ON CONFLICT (lower(login)) DO NOTHING RETURNING id",
            entry.login,
            entry.name,
            entry.department,
            entry.phone.as_ref().map(Personal::to_store),
            password.map(PasswordHash::expose),
            must_change,
            PgTime(now) as _,
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// Changes what people say of a person.
    ///
    /// # Errors
    /// [`StoreError`]; also when somebody took the name of the account in this very moment.
    pub async fn person_put(&mut self, id: i64, entry: &PersonEntry, version: i64) -> Result<Changed, StoreError> {
        let row = sqlx::query!(
            r#"SELECT version, EXISTS (SELECT FROM person o WHERE lower(o.login) = lower(btrim($2)) AND o.id <> $1) AS "taken!"
               FROM person WHERE id = $1 FOR UPDATE"#,
            id,
            entry.login,
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        match row {
            None => return Ok(Changed::Absent),
            Some(row) if row.version != version => return Ok(Changed::Stale),
            Some(row) if row.taken => return Ok(Changed::Taken),
            Some(_) => {}
        }
        let version = sqlx::query_scalar!(
            "UPDATE person SET login = btrim($2), name = $3, department = $4, phone = $5, version = version + 1
             WHERE id = $1 RETURNING version",
            id,
            entry.login,
            entry.name,
            entry.department,
            entry.phone.as_ref().map(Personal::to_store),
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(Changed::Done(version))
    }

    /// Disables an account, which ends its sessions and tickets, or enables it. False: there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_disable(&mut self, id: i64, disabled: bool) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE person SET disabled = $2, version = version + 1, rights_version = rights_version + 1 WHERE id = $1",
            id,
            disabled,
        )
        .execute(&mut *self.tx)
        .await?;
        if disabled {
            self.session_end_all(id, None).await?;
        }
        Ok(done.rows_affected() == 1)
    }

    /// Forgets wrong tries and locks of an account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_unlock(&mut self, id: i64) -> Result<(), StoreError> {
        sqlx::query!("DELETE FROM person_lock WHERE person = $1", id).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Notes that somebody has signed in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn person_seen(&mut self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query!("UPDATE person SET last_login = $2 WHERE id = $1", id, PgTime(now) as _)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
