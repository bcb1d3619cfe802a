//! Services of departments and their keys: found by the hash of the key. Quotas are counted elsewhere.

use std::net::IpAddr;

use chengshu_access::{Right, Rights, Scope, TokenHash};
use chengshu_core::model::Timestamp;

use crate::json::{from_json, to_json};
use crate::pg::PgTime;
use crate::session::address;
use crate::{Store, StoreError, Tx};

/// What a service may, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceRights {
    /// What it may.
    pub rights: Rights,
    /// How far that reaches.
    pub scope: Scope,
    /// Until just before this moment.
    pub expires: Timestamp,
    /// So many requests in a minute.
    pub quota_per_minute: i32,
}

/// A service as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredService {
    /// Stable.
    pub id: i64,
    /// Its name for people.
    pub name: String,
    /// Whose it is, as in the register.
    pub department: Option<String>,
    /// What it may.
    pub may: ServiceRights,
    /// When it was made.
    pub created: Timestamp,
    /// When its key was last used.
    pub last_used: Option<Timestamp>,
    /// From where.
    pub last_from: Option<IpAddr>,
    /// Its key opens nothing any more.
    pub revoked: bool,
    /// The secret with which it signs what it sends, encrypted by whoever put it; none: it need not sign.
    pub signing: Option<Vec<u8>>,
}

/// Which services.
#[derive(Debug, Clone, Default)]
pub struct ServiceFilter {
    /// Only the one with this number.
    pub id: Option<i64>,
    /// Only the one with this key.
    pub hash: Option<TokenHash>,
    /// Only those of these departments: how far the asking right reaches.
    pub departments: Option<Vec<String>>,
    /// Only those before this number.
    pub before: Option<i64>,
    /// At most this many.
    pub limit: i64,
}

impl Store {
    /// Services, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_list(&self, filter: &ServiceFilter) -> Result<Vec<StoredService>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, name, department, rights::text AS "rights!", scope::text AS "scope!", expires AS "expires: PgTime",
                      quota_per_minute, created AS "created: PgTime", last_used AS "last_used: PgTime", last_from, revoked,
                      signing
               FROM service
               WHERE ($1::bigint IS NULL OR id = $1) AND ($2::bytea IS NULL OR hash = $2)
                 AND ($3::text[] IS NULL OR department = ANY ($3)) AND ($4::bigint IS NULL OR id < $4)
               ORDER BY id DESC LIMIT $5"#,
            filter.id,
            filter.hash.as_ref().map(|hash| hash.0.as_slice()),
            filter.departments.as_deref(),
            filter.before,
            filter.limit,
        )
        .fetch_all(&self.writers())
        .await?;
        let service = rows.into_iter().map(|row| {
            // a right that a later version took away gives nothing
            let rights: Vec<String> = from_json(&row.rights)?;
            Ok(StoredService {
                id: row.id,
                name: row.name,
                department: row.department,
                may: ServiceRights {
                    rights: rights.iter().filter_map(|right| Right::of(right)).collect(),
                    scope: from_json(&row.scope)?,
                    expires: row.expires.0,
                    quota_per_minute: row.quota_per_minute,
                },
                created: row.created.0,
                last_used: row.last_used.map(|at| at.0),
                last_from: row.last_from.and_then(|from| from.parse().ok()),
                revoked: row.revoked,
                signing: row.signing,
            })
        });
        service.collect()
    }

    /// The service of a key, whether it still opens anything or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_find(&self, hash: &TokenHash) -> Result<Option<StoredService>, StoreError> {
        let filter = ServiceFilter { hash: Some(*hash), limit: 1, ..ServiceFilter::default() };
        Ok(self.service_list(&filter).await?.pop())
    }

    /// Notes that a key was used.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn service_used(&self, id: i64, from: Option<IpAddr>, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE service SET last_used = greatest(last_used, $2), last_from = $3 WHERE id = $1",
            id,
            PgTime(now) as _,
            address(from),
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }
}

impl Tx {
    /// Makes a service with a key; answers its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_add(
        &mut self,
        hash: &TokenHash,
        (name, department): (&str, Option<&str>),
        may: &ServiceRights,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let id = sqlx::query_scalar!(
            "INSERT INTO service (hash, name, department, rights, scope, expires, quota_per_minute, created)
             VALUES ($1, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, $7, $8) RETURNING id",
            hash.0.as_slice(),
            name,
            department,
            to_json(&may.rights)?,
            to_json(&may.scope)?,
            PgTime(may.expires) as _,
            may.quota_per_minute,
            PgTime(now) as _,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// Changes what a service may. False: there is none, or it was revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_put(&mut self, id: i64, may: &ServiceRights) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE service SET rights = $2::text::jsonb, scope = $3::text::jsonb, expires = $4, quota_per_minute = $5
             WHERE id = $1 AND NOT revoked",
            id,
            to_json(&may.rights)?,
            to_json(&may.scope)?,
            PgTime(may.expires) as _,
            may.quota_per_minute,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a service a new key; the old one is worth nothing at once. False: there is none, or it was revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_rotate(&mut self, id: i64, hash: &TokenHash) -> Result<bool, StoreError> {
        let done = sqlx::query!("UPDATE service SET hash = $2 WHERE id = $1 AND NOT revoked", id, hash.0.as_slice());
        Ok(done.execute(&mut *self.tx).await?.rows_affected() == 1)
    }

    /// Revokes the key of a service. False: there is none, or it was revoked before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_revoke(&mut self, id: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!("UPDATE service SET revoked = true WHERE id = $1 AND NOT revoked", id);
        Ok(done.execute(&mut *self.tx).await?.rows_affected() == 1)
    }

    /// Has a service sign what it sends, with this secret (encrypted by the caller), or no longer. False: there is none, or
    /// it was revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_signing_put(&mut self, id: i64, signing: Option<&[u8]>) -> Result<bool, StoreError> {
        let done = sqlx::query!("UPDATE service SET signing = $2 WHERE id = $1 AND NOT revoked", id, signing);
        Ok(done.execute(&mut *self.tx).await?.rows_affected() == 1)
    }
}
