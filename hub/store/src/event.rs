//! Happenings reported by devices. The same key of the same device is the same event; the first one stands.

use chengshu_access::Scope;
use chengshu_core::model::{Event, Severity, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError};

/// An event as it is stored.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Who reported it.
    pub device: String,
    /// Its deduplication key.
    pub key: String,
    /// What happened.
    pub kind: String,
    /// Device time.
    pub at: Timestamp,
    /// Hub time of arrival.
    pub received: Timestamp,
    /// How grave the reporter thinks it is.
    pub severity: Option<Severity>,
    /// Whatever else was said, a JSON text.
    pub detail: String,
}

impl Batch {
    /// Keeps an event; false when it was there already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn event_add(&mut self, event: &Event, received: Timestamp) -> Result<bool, StoreError> {
        let added = sqlx::query!(
            "INSERT INTO event (device, key, kind, at, received, severity, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb) ON CONFLICT DO NOTHING",
            event.device.as_str(),
            event.key,
            event.kind,
            PgTime(event.at) as _,
            PgTime(received) as _,
            event.severity.map(|severity| severity as i16),
            event.detail,
        )
        .execute(&mut *self.tx)
        .await?
        .rows_affected();
        Ok(added == 1)
    }
}

impl Store {
    /// The newest events, received before `before` if given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn event_list(
        &self,
        _scope: &Scope,
        before: Option<Timestamp>,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT device, key, kind, at AS "at: PgTime", received AS "received: PgTime", severity,
                      detail::text AS "detail!"
               FROM event WHERE $1::timestamptz IS NULL OR received < $1 ORDER BY received DESC LIMIT $2"#,
            before.map(PgTime) as _,
            limit,
        )
        .fetch_all(&self.readers())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| EventRow {
                device: row.device,
                key: row.key,
                kind: row.kind,
                at: row.at.0,
                received: row.received.0,
                severity: row.severity.and_then(Severity::from_rank),
                detail: row.detail,
            })
            .collect())
    }
}
