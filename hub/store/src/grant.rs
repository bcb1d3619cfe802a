//! What people were granted: documents of hub/access, replaced as a whole. Whether they may be given is decided there.

use chengshu_access::{Grant, Grants, Role};
use chengshu_core::model::Timestamp;

use crate::json::to_json;
use crate::pg::PgTime;
use crate::{Changed, Store, StoreError, Tx};

/// Grants of a person as stored. One that cannot be read gives nothing: in doubt the answer is no.
pub(crate) fn read_grants(person: i64, documents: &[String]) -> Grants {
    let read = |document: &String| {
        serde_json::from_str::<Grant>(document)
            .inspect_err(|error| tracing::error!(person, %error, "a stored grant cannot be read; it gives nothing"))
            .ok()
    };
    documents.iter().filter_map(read).collect()
}

impl Store {
    /// What a person was granted, and the version that it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn grants_get(&self, person: i64) -> Result<Option<(Grants, i64)>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT rights_version,
                      ARRAY(SELECT document::text FROM person_grant WHERE person = p.id ORDER BY id) AS "grants!: Vec<String>"
               FROM person p WHERE id = $1"#,
            person
        )
        .fetch_optional(&self.writers())
        .await?;
        Ok(row.map(|row| (read_grants(person, &row.grants), row.rights_version)))
    }
}

impl Tx {
    /// Puts these grants in the place of all that the person has, if they still are at the version. Their sessions see it
    /// at once: they carry the version under which they were made. The answer holds the new version of the rights.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grants_put(
        &mut self,
        person: i64,
        grants: &[Grant],
        rights_version: Option<i64>,
    ) -> Result<Changed, StoreError> {
        let documents = grants.iter().map(to_json).collect::<Result<Vec<String>, StoreError>>()?;
        let now = sqlx::query_scalar!("SELECT rights_version FROM person WHERE id = $1 FOR UPDATE", person)
            .fetch_optional(&mut *self.tx)
            .await?;
        match now {
            None => return Ok(Changed::Absent),
            Some(now) if rights_version.is_some_and(|version| version != now) => return Ok(Changed::Stale),
            Some(_) => {}
        }
        // one that a provider's claims gave and that stays as it was is still the provider's to take away
        sqlx::query!(
            "WITH gone AS (DELETE FROM person_grant WHERE person = $1 RETURNING document, source)
             INSERT INTO person_grant (person, document, source)
             SELECT $1, document::jsonb, (SELECT source FROM gone WHERE gone.document = d.document::jsonb ORDER BY source LIMIT 1)
             FROM unnest($2::text[]) WITH ORDINALITY AS d (document, n) ORDER BY n",
            person,
            &documents,
        )
        .execute(&mut *self.tx)
        .await?;
        let version = sqlx::query_scalar!(
            "UPDATE person SET rights_version = rights_version + 1, version = version + 1 WHERE id = $1 RETURNING rights_version",
            person
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(Changed::Done(version))
    }

    /// How many people who are not disabled have the role now, without `except`. Whoever asks so decides alone until the
    /// transaction ends: that the last administrator stays, or that there is none yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn role_count(&mut self, role: Role, except: Option<i64>, now: Timestamp) -> Result<i64, StoreError> {
        // "role" in ASCII; held until the end of the transaction
        sqlx::query!("SELECT 1 AS one FROM pg_advisory_xact_lock(x'726f6c65'::bigint)")
            .fetch_one(&mut *self.tx)
            .await?;
        let count = sqlx::query_scalar!(
            r#"SELECT count(DISTINCT person.id) AS "count!" FROM person JOIN person_grant ON person_grant.person = person.id
               WHERE NOT disabled AND document->'roles' ? $1 AND person.id IS DISTINCT FROM $2
                 AND coalesce(timestamptz 'epoch' + (document->>'from')::bigint * interval '1 ms' <= $3, true)
                 AND coalesce(timestamptz 'epoch' + (document->>'until')::bigint * interval '1 ms' > $3, true)"#,
            role.id(),
            except,
            PgTime(now) as _,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count)
    }
}
