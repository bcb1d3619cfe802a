//! Single sign-on: sign-ins under way at a provider, each taken once by the browser that began it; links of accounts; and
//! grants that a provider's claims gave. Believes no provider, and decrypts nothing.

use chengshu_access::{Grant, Grants, TokenHash};
use chengshu_core::model::Timestamp;

use crate::grant::read_grants;
use crate::json::to_json;
use crate::pg::PgTime;
use crate::{Store, StoreError, Tx};

/// A sign-in that goes to a provider.
#[derive(Debug, Clone, Copy)]
pub struct NewSsoAttempt<'a> {
    /// The hash of what the address will carry back.
    pub state: TokenHash,
    /// The hash of what the browser's cookie holds.
    pub browser: TokenHash,
    /// The provider.
    pub provider: &'a str,
    /// Who wants their account linked; none: whoever comes back signs in.
    pub person: Option<i64>,
    /// What the hub must know when it comes back, encrypted.
    pub sealed: &'a [u8],
    /// Until when it is good.
    pub until: Timestamp,
}

/// A sign-in that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoAttempt {
    /// Who wants their account linked.
    pub person: Option<i64>,
    /// As it was put.
    pub sealed: Vec<u8>,
}

/// How a provider knows a person. No Debug: it may hold a name.
#[derive(Clone, PartialEq, Eq)]
pub struct SsoLink {
    /// The provider's own name of itself.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// What the account is called there.
    pub name: Option<String>,
}

impl std::fmt::Debug for SsoLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SsoLink({})", self.issuer)
    }
}

/// What a person was granted by a provider's claims, and by people.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcedGrants {
    /// By the claims.
    pub sourced: Grants,
    /// By people, or another provider.
    pub others: Grants,
}

impl Store {
    /// Keeps a sign-in that goes to a provider, and forgets those that are over. False: `most` are under way already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sso_attempt_add(
        &self,
        new: &NewSsoAttempt<'_>,
        now: Timestamp,
        most: i64,
    ) -> Result<bool, StoreError> {
        sqlx::query!("DELETE FROM sso_attempt WHERE until <= $1", PgTime(now) as _).execute(&self.writers()).await?;
        let done = sqlx::query!(
            "INSERT INTO sso_attempt (state, browser, provider, person, sealed, until)
             SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM sso_attempt) < $7",
            new.state.0.as_slice(),
            new.browser.0.as_slice(),
            new.provider,
            new.person,
            new.sealed,
            PgTime(new.until) as _,
            most,
        )
        .execute(&self.writers())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes a sign-in that came back: for one alone, of all that try it at once, and for the browser that began it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn sso_attempt_take(
        &self,
        state: &TokenHash,
        browser: &TokenHash,
        provider: &str,
        now: Timestamp,
    ) -> Result<Option<SsoAttempt>, StoreError> {
        let row = sqlx::query!(
            "DELETE FROM sso_attempt WHERE state = $1 AND browser = $2 AND provider = $3 AND until > $4
             RETURNING person, sealed",
            state.0.as_slice(),
            browser.0.as_slice(),
            provider,
            PgTime(now) as _,
        )
        .fetch_optional(&self.writers())
        .await?;
        Ok(row.map(|row| SsoAttempt { person: row.person, sealed: row.sealed }))
    }

    /// How a provider knows the person; none: no account is linked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn sso_link(&self, person: i64) -> Result<Option<SsoLink>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT sso_issuer AS "issuer!", sso_subject AS "subject!", sso_name FROM person WHERE id = $1 AND sso_issuer IS NOT NULL"#,
            person
        )
        .fetch_optional(&self.writers())
        .await?;
        Ok(row.map(|row| SsoLink { issuer: row.issuer, subject: row.subject, name: row.sso_name }))
    }
}

impl Tx {
    /// Says how a provider knows the person. False: that one is somebody else, or there is no such person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sso_bind(&mut self, person: i64, link: &SsoLink) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE person SET sso_issuer = $2, sso_subject = $3, sso_name = $4, version = version + 1
             WHERE id = $1 AND NOT EXISTS (SELECT FROM person WHERE sso_issuer = $2 AND sso_subject = $3 AND id <> $1)",
            person,
            link.issuer,
            link.subject,
            link.name,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// No provider knows the person any more, and what one's claims gave is taken away. False: none did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sso_unbind(&mut self, person: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE person SET sso_issuer = NULL, sso_subject = NULL, sso_name = NULL, version = version + 1,
                               rights_version = rights_version + 1
             WHERE id = $1 AND sso_issuer IS NOT NULL",
            person
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("DELETE FROM person_grant WHERE person = $1 AND source IS NOT NULL", person)
            .execute(&mut *self.tx)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// What the person was granted, by this source and otherwise. Held until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grants_of_source(&mut self, person: i64, source: &str) -> Result<SourcedGrants, StoreError> {
        sqlx::query!("SELECT id FROM person WHERE id = $1 FOR UPDATE", person).fetch_optional(&mut *self.tx).await?;
        let rows = sqlx::query!(
            r#"SELECT document::text AS "document!", source IS NOT DISTINCT FROM $2 AS "sourced!"
               FROM person_grant WHERE person = $1 ORDER BY id"#,
            person,
            source,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let of = |sourced: bool| {
            let rows = rows.iter().filter(|row| row.sourced == sourced);
            read_grants(person, &rows.map(|row| row.document.clone()).collect::<Vec<_>>())
        };
        Ok(SourcedGrants { sourced: of(true), others: of(false) })
    }

    /// Puts these grants in the place of all that came from this source; answers the new version of the rights.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grants_put_sourced(&mut self, person: i64, source: &str, grants: &[Grant]) -> Result<i64, StoreError> {
        let documents = grants.iter().map(to_json).collect::<Result<Vec<String>, StoreError>>()?;
        sqlx::query!("DELETE FROM person_grant WHERE person = $1 AND source = $2", person, source)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query!(
            "INSERT INTO person_grant (person, document, source)
             SELECT $1, document::jsonb, $3 FROM unnest($2::text[]) WITH ORDINALITY AS d (document, n) ORDER BY n",
            person,
            &documents,
            source,
        )
        .execute(&mut *self.tx)
        .await?;
        let version = sqlx::query_scalar!(
            "UPDATE person SET rights_version = rights_version + 1, version = version + 1 WHERE id = $1 RETURNING rights_version",
            person
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(version)
    }
}
