//! Happenings reported by devices. The same key of the same device is the same event; the first one stands.

use chengshu_access::Scope;
use chengshu_core::model::{Event, Severity, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError, scope};

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

/// Which events; all that are given must hold.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only those received before.
    pub before: Option<Timestamp>,
    /// Only of this device.
    pub device: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only of devices of this theme.
    pub theme: Option<String>,
    /// Only those after this place of the list: hub time of arrival, device, key.
    pub after: Option<(Timestamp, String, String)>,
    /// At most this many.
    pub limit: i64,
}

impl Store {
    /// A page of events, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn event_list(&self, scope: &Scope, filter: &EventFilter) -> Result<Vec<EventRow>, StoreError> {
        let (at, device, key) = match &filter.after {
            Some((at, device, key)) => (Some(PgTime(*at)), Some(device), Some(key)),
            None => (None, None, None),
        };
        let rows = sqlx::query!(
            r#"SELECT event.device, key, event.kind, at AS "at: PgTime", received AS "received: PgTime", severity,
                      detail::text AS "detail!"
               FROM event JOIN device ON device.id = event.device
               WHERE ($1::timestamptz IS NULL OR received < $1) AND ($2::text IS NULL OR event.device = $2)
                 AND ($3::text IS NULL OR event.kind = $3) AND ($4::text IS NULL OR theme = $4)
                 AND ($5::timestamptz IS NULL OR (received, event.device, key) < ($5, $6::text, $7::text))
                 AND ($9::text IS NULL OR scope_covers($9::text::jsonb, device.theme, device.department, device.area))
               ORDER BY received DESC, event.device DESC, key DESC LIMIT $8"#,
            filter.before.map(PgTime) as _,
            filter.device,
            filter.kind,
            filter.theme,
            at as _,
            device,
            key,
            filter.limit,
            scope::json(scope),
        )
        .fetch_all(&self.readers())
        .await?;
        let event = rows.into_iter().map(|row| EventRow {
            device: row.device,
            key: row.key,
            kind: row.kind,
            at: row.at.0,
            received: row.received.0,
            severity: row.severity.and_then(Severity::from_rank),
            detail: row.detail,
        });
        Ok(event.collect())
    }
}
