//! Walls: enrolled by a code, known by a credential that renews itself. A wall whose answer got lost on the way comes back with
//! the credential before.

use std::net::IpAddr;

use chengshu_access::{Scope, Session, SessionKind, TokenHash};
use chengshu_core::model::Timestamp;

use crate::json::{from_json, to_json};
use crate::pg::PgTime;
use crate::session::address;
use crate::{Store, StoreError, Tx};

/// What people say of a wall.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenEntry {
    /// Its name.
    pub name: String,
    /// What it shows, e.g. `wall` or `theme/water`.
    pub layout: String,
    /// What it may see.
    pub scope: Scope,
}

/// A wall as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredScreen {
    /// Stable.
    pub id: i64,
    /// What people said.
    pub entry: ScreenEntry,
    /// When somebody typed its code.
    pub enrolled: Timestamp,
    /// How its credential stands; it began when it was last renewed.
    pub session: Session,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// From where.
    pub last_from: Option<IpAddr>,
    /// It was found by the credential before the last renewal.
    pub is_previous: bool,
}

/// What a wall is told that asks for its credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Nobody has typed its code yet.
    Waiting,
    /// It is enrolled with this number, and its credential is good.
    Enrolled(i64),
    /// Its code is too old, or the credential was fetched already.
    Over,
}

impl Store {
    /// Walls by number, or the one with a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn screen_list(
        &self,
        id: Option<i64>,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredScreen>, StoreError> {
        self.screens(id, None, Timestamp::from_ms(0), after, limit).await
    }

    /// The wall of a credential, whether that is still good or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn screen_find(&self, hash: &TokenHash, now: Timestamp) -> Result<Option<StoredScreen>, StoreError> {
        Ok(self.screens(None, Some(hash), now, None, 1).await?.pop())
    }

    async fn screens(
        &self,
        id: Option<i64>,
        hash: Option<&TokenHash>,
        now: Timestamp,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredScreen>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, name, layout, scope::text AS "scope!", enrolled AS "enrolled: PgTime", renewed AS "renewed: PgTime",
                      last_used AS "last_used: PgTime", last_from, revoked, coalesce(previous = $2, false) AS "is_previous!"
               FROM screen
               WHERE ($1::bigint IS NULL OR id = $1)
                 AND ($2::bytea IS NULL OR hash = $2 OR (previous = $2 AND previous_until > $3))
                 AND ($4::bigint IS NULL OR id > $4)
               ORDER BY id LIMIT $5"#,
            id,
            hash.map(|hash| hash.0.as_slice()),
            PgTime(now) as _,
            after,
            limit,
        )
        .fetch_all(&self.writers())
        .await?;
        let screen = rows.into_iter().map(|row| {
            Ok(StoredScreen {
                id: row.id,
                entry: ScreenEntry { name: row.name, layout: row.layout, scope: from_json(&row.scope)? },
                enrolled: row.enrolled.0,
                session: Session {
                    kind: SessionKind::Screen,
                    began: row.renewed.0,
                    used: row.last_used.unwrap_or(row.renewed).0,
                    revoked: row.revoked,
                    // its rights are read with it each time
                    rights_version: 0,
                },
                last_used: row.last_used.map(|at| at.0),
                last_from: row.last_from.and_then(|from| from.parse().ok()),
                is_previous: row.is_previous,
            })
        });
        screen.collect()
    }

    /// Notes that a wall was there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn screen_used(&self, id: i64, from: Option<IpAddr>, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE screen SET last_used = greatest(last_used, $2), last_from = $3 WHERE id = $1",
            id,
            PgTime(now) as _,
            address(from),
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }

    /// Renews the credential of a wall: true for one alone, of all that try it at once. The old one is good until `grace`; a
    /// wall that still comes with it a minute later never got the new one, and is given another.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn screen_renew(
        &self,
        old: &TokenHash,
        new: &TokenHash,
        now: Timestamp,
        grace: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE screen SET hash = $2, previous = $1, renewed = $3,
                               previous_until = CASE WHEN hash = $1 THEN $4 ELSE previous_until END
             WHERE NOT revoked
               AND (hash = $1 OR (previous = $1 AND previous_until > $3 AND renewed <= $3::timestamptz - INTERVAL '1 minute'))",
            old.0.as_slice(),
            new.0.as_slice(),
            PgTime(now) as _,
            PgTime(grace) as _,
        )
        .execute(&self.writers())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps the code and the secret of a wall that wants to be enrolled. False: the code is another wall's just now, or
    /// `most` walls wait already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn screen_ask(
        &self,
        code: &TokenHash,
        secret: &TokenHash,
        until: Timestamp,
        now: Timestamp,
        most: i64,
    ) -> Result<bool, StoreError> {
        sqlx::query!("DELETE FROM screen_enrolment WHERE until <= $1", PgTime(now) as _)
            .execute(&self.writers())
            .await?;
        let done = sqlx::query!(
            "INSERT INTO screen_enrolment (code, secret, until)
             SELECT $1, $2, $3 WHERE (SELECT count(*) FROM screen_enrolment) < $4 ON CONFLICT DO NOTHING",
            code.0.as_slice(),
            secret.0.as_slice(),
            PgTime(until) as _,
            most,
        )
        .execute(&self.writers())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

impl Tx {
    /// Somebody typed the code of a wall: its number, for one alone of all that try it at once. None: nobody shows it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn screen_enrol(
        &mut self,
        code: &TokenHash,
        entry: &ScreenEntry,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let shown = sqlx::query!(
            "SELECT screen FROM screen_enrolment WHERE code = $1 AND screen IS NULL AND until > $2 FOR UPDATE",
            code.0.as_slice(),
            PgTime(now) as _,
        );
        if shown.fetch_optional(&mut *self.tx).await?.is_none() {
            return Ok(None);
        }
        let id = sqlx::query_scalar!(
            "WITH made AS (INSERT INTO screen (name, layout, scope, enrolled, renewed)
                           VALUES ($2, $3, $4::text::jsonb, $5, $5) RETURNING id)
             UPDATE screen_enrolment SET screen = made.id FROM made WHERE code = $1 RETURNING made.id",
            code.0.as_slice(),
            entry.name,
            entry.layout,
            to_json(&entry.scope)?,
            PgTime(now) as _,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(Some(id))
    }

    /// A wall asks for its credential with the secret that it holds; it gets one once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn screen_claim(
        &mut self,
        secret: &TokenHash,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let row = sqlx::query!(
            "SELECT screen FROM screen_enrolment WHERE secret = $1 AND until > $2 FOR UPDATE",
            secret.0.as_slice(),
            PgTime(now) as _,
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some(row) = row else { return Ok(Claim::Over) };
        let Some(screen) = row.screen else { return Ok(Claim::Waiting) };
        let done = sqlx::query!(
            "UPDATE screen SET hash = $2, renewed = $3 WHERE id = $1 AND hash IS NULL AND NOT revoked",
            screen,
            hash.0.as_slice(),
            PgTime(now) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("DELETE FROM screen_enrolment WHERE secret = $1", secret.0.as_slice())
            .execute(&mut *self.tx)
            .await?;
        Ok(if done.rows_affected() == 1 { Claim::Enrolled(screen) } else { Claim::Over })
    }

    /// Changes what people say of a wall. False: there is none, or it was revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn screen_put(&mut self, id: i64, entry: &ScreenEntry) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE screen SET name = $2, layout = $3, scope = $4::text::jsonb WHERE id = $1 AND NOT revoked",
            id,
            entry.name,
            entry.layout,
            to_json(&entry.scope)?,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Revokes the credential of a wall. False: there is none, or it was revoked before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn screen_revoke(&mut self, id: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!("UPDATE screen SET revoked = true WHERE id = $1 AND NOT revoked", id);
        Ok(done.execute(&mut *self.tx).await?.rows_affected() == 1)
    }
}
