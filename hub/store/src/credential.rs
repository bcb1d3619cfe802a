//! How people prove who they are: password and second factor. Hashes, checks and decrypts nothing; that a step
//! of the second factor is good once is decided here, in one statement.

use std::fmt;

use chengshu_access::Grants;
use chengshu_core::model::Timestamp;

use crate::grant::read_grants;
use crate::pg::PgTime;
use crate::{Store, StoreError, Tx};

/// The hash of a password: argon2id as PHC text. It comes out by name only.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes the PHC text.
    #[must_use]
    pub fn new(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// The PHC text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What a sign-in must know of an account. No Debug: it holds secrets and a name.
#[derive(Clone)]
pub struct Login {
    /// Whose it is.
    pub person: i64,
    /// The name of the account as it was entered.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// May not sign in.
    pub disabled: bool,
    /// The password; none: single sign-on alone.
    pub password: Option<PasswordHash>,
    /// When it was set.
    pub password_set: Option<Timestamp>,
    /// It must be renewed.
    pub must_change: bool,
    /// The secret of the second factor, encrypted by whoever put it.
    pub totp: Option<Vec<u8>>,
    /// One that its owner has not proved yet.
    pub totp_pending: Option<Vec<u8>>,
    /// The last step that was used.
    pub totp_step: Option<i64>,
    /// What they were granted.
    pub grants: Grants,
    /// Counts changes of what they may.
    pub rights_version: i64,
}

/// Which account is meant.
#[derive(Clone, Copy)]
pub enum LoginBy<'a> {
    /// The one of this name.
    Login(&'a str),
    /// The one of this person.
    Person(i64),
    /// The one that a provider knows by this subject.
    Sso {
        /// The provider.
        issuer: &'a str,
        /// Who it is there.
        subject: &'a str,
    },
}

impl Store {
    /// The account somebody wants to sign in to.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn login_find(&self, by: LoginBy<'_>) -> Result<Option<Login>, StoreError> {
        let (login, person, sso) = match by {
            LoginBy::Login(login) => (Some(login), None, None),
            LoginBy::Person(id) => (None, Some(id), None),
            LoginBy::Sso { issuer, subject } => (None, None, Some((issuer, subject))),
        };
        let row = sqlx::query!(
            r#"SELECT id, login, name, disabled, password, password_set AS "password_set: PgTime", must_change, totp, totp_pending,
                      totp_step, rights_version,
                      ARRAY(SELECT document::text FROM person_grant WHERE person = p.id ORDER BY id) AS "grants!: Vec<String>"
               FROM person p
               WHERE lower(login) = lower(btrim($1::text)) OR id = $2 OR (sso_issuer = $3 AND sso_subject = $4)"#,
            login,
            person,
            sso.map(|(issuer, _)| issuer),
            sso.map(|(_, subject)| subject),
        )
        .fetch_optional(&self.writers())
        .await?;
        Ok(row.map(|row| Login {
            person: row.id,
            login: row.login,
            name: row.name,
            disabled: row.disabled,
            password: row.password.map(PasswordHash),
            password_set: row.password_set.map(|at| at.0),
            must_change: row.must_change,
            totp: row.totp,
            totp_pending: row.totp_pending,
            totp_step: row.totp_step,
            grants: read_grants(row.id, &row.grants),
            rights_version: row.rights_version,
        }))
    }

    /// The passwords of a person that must not come again, newest first, the present one among them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn password_history(&self, person: i64) -> Result<Vec<PasswordHash>, StoreError> {
        let all = sqlx::query_scalar!(
            r#"SELECT array_remove(password || password_history, NULL) AS "all!: Vec<String>" FROM person WHERE id = $1"#,
            person
        )
        .fetch_optional(&self.writers())
        .await?;
        Ok(all.unwrap_or_default().into_iter().map(PasswordHash).collect())
    }
}

impl Tx {
    /// A new password; the old one is remembered with the newest `remembered` before it. False: it is no longer `old`
    /// (when that was said), or there is no such person. Sessions are ended by the caller, who knows which.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn password_put(
        &mut self,
        person: i64,
        old: Option<&PasswordHash>,
        new: &PasswordHash,
        must_change: bool,
        remembered: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE person SET password = $2, password_set = $3, must_change = $4, version = version + 1,
                               password_history = (array_remove(password || password_history, NULL))[1:$5]
             WHERE id = $1 AND ($6::text IS NULL OR password = $6)",
            person,
            new.expose(),
            PgTime(now) as _,
            must_change,
            i32::try_from(remembered).unwrap_or(i32::MAX),
            old.map(PasswordHash::expose),
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A secret of a second factor that its owner must prove first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn totp_begin(&mut self, person: i64, encrypted: &[u8]) -> Result<bool, StoreError> {
        let done = sqlx::query!("UPDATE person SET totp_pending = $2 WHERE id = $1", person, encrypted)
            .execute(&mut *self.tx)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The owner has proved the secret with the code of `step`. False: it is no longer the one that waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn totp_confirm(&mut self, person: i64, encrypted: &[u8], step: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE person SET totp = totp_pending, totp_pending = NULL, totp_step = $3, version = version + 1
             WHERE id = $1 AND totp_pending = $2",
            person,
            encrypted,
            step,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes the second factor away. False: there was none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn totp_remove(&mut self, person: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE person SET totp = NULL, totp_pending = NULL, totp_step = NULL, version = version + 1
             WHERE id = $1 AND (totp IS NOT NULL OR totp_pending IS NOT NULL)",
            person
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes a step of the second factor: true for one alone, of all that try it at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn totp_take(&mut self, person: i64, step: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE person SET totp_step = $2 WHERE id = $1 AND totp IS NOT NULL AND (totp_step IS NULL OR totp_step < $2)",
            person,
            step,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
