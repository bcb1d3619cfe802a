//! What stands between a password and the second factor, and between a fresh database and its first administrator: tickets
//! that are good once. Makes none of them up.

use chengshu_access::TokenHash;
use chengshu_core::model::Timestamp;

use crate::pg::PgTime;
use crate::{Store, StoreError, Tx};

impl Store {
    /// Keeps a ticket of somebody whose password was right, or for whom the provider `sso` vouches.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ticket_add(
        &self,
        hash: &TokenHash,
        person: i64,
        sso: Option<&str>,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO login_ticket (hash, person, sso, until) VALUES ($1, $2, $3, $4)",
            hash.0.as_slice(),
            person,
            sso,
            PgTime(until) as _,
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }

    /// Whose ticket it is and which provider vouched, while it is good; it stays good.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ticket_find(
        &self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(i64, Option<String>)>, StoreError> {
        let row = sqlx::query!(
            "SELECT person, sso FROM login_ticket WHERE hash = $1 AND used IS NULL AND until > $2",
            hash.0.as_slice(),
            PgTime(now) as _,
        )
        .fetch_optional(&self.writers())
        .await?;
        Ok(row.map(|row| (row.person, row.sso)))
    }

    /// Puts a token for making the first administrator in the place of one that nobody used. False: there was a first
    /// administrator, and never will be another one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn setup_put(&self, hash: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.tx().await?.tx;
        sqlx::query!("DELETE FROM setup_token WHERE used IS NULL").execute(&mut *tx).await?;
        let done = sqlx::query!(
            "INSERT INTO setup_token (hash, made) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM setup_token WHERE used IS NOT NULL)",
            hash.0.as_slice(),
            PgTime(now) as _,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// True while there is a token for making the first administrator.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn setup_is_open(&self) -> Result<bool, StoreError> {
        let open = sqlx::query_scalar!(r#"SELECT coalesce(bool_and(used IS NULL), false) AS "open!" FROM setup_token"#)
            .fetch_one(&self.writers())
            .await?;
        Ok(open)
    }
}

impl Tx {
    /// Takes a ticket: its person for one alone, of all that try it at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ticket_take(&mut self, hash: &TokenHash, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let person = sqlx::query_scalar!(
            "UPDATE login_ticket SET used = $2 WHERE hash = $1 AND used IS NULL AND until > $2 RETURNING person",
            hash.0.as_slice(),
            PgTime(now) as _,
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(person)
    }

    /// Takes the token for making the first administrator: true for one alone, of all that try it at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn setup_take(&mut self, hash: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE setup_token SET used = $2 WHERE hash = $1 AND used IS NULL",
            hash.0.as_slice(),
            PgTime(now) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
