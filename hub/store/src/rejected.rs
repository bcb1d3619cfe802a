//! Input that was set aside, with its raw bytes. Written in the same transaction as the readings around it.

use chengshu_access::Scope;
use chengshu_core::model::{DeviceId, LinkId, MetricId, Reason, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError, scope};

/// Raw bytes beyond this are cut; their full length is kept.
const RAW_MAX: usize = 64 * 1024;

/// One thing to be set aside.
#[derive(Debug, Clone)]
pub struct RejectedRow<'a> {
    /// When it came.
    pub received: Timestamp,
    /// The link that it came by.
    pub link: &'a LinkId,
    /// Topic or peer.
    pub source: &'a str,
    /// The device, where known.
    pub device: Option<&'a DeviceId>,
    /// The metric, where only one value was at fault.
    pub metric: Option<&'a MetricId>,
    /// Why.
    pub reason: Reason,
    /// What was read and what would be right.
    pub detail: &'a str,
    /// The bytes as they came.
    pub raw: &'a [u8],
}

/// One thing that was set aside.
#[derive(Debug, Clone)]
pub struct StoredRejected {
    /// Rising number.
    pub id: i64,
    /// When it came.
    pub received: Timestamp,
    /// The link that it came by.
    pub link: String,
    /// Topic or peer.
    pub source: String,
    /// The device, where known.
    pub device: Option<String>,
    /// The metric, where only one value was at fault.
    pub metric: Option<String>,
    /// Stable code.
    pub reason: String,
    /// What was read and what would be right.
    pub detail: String,
    /// The bytes as they came, cut at 64 KiB.
    pub raw: Vec<u8>,
    /// Their full length.
    pub raw_bytes: i32,
    /// What came of a second try, if there was one.
    pub replayed: Option<Replayed>,
}

/// PostgreSQL keeps no NUL in a text.
fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl Batch {
    /// Sets things aside.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rejected_add(&mut self, rows: &[RejectedRow<'_>]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let received: Vec<PgTime> = rows.iter().map(|row| row.received.into()).collect();
        let link: Vec<&str> = rows.iter().map(|row| row.link.as_str()).collect();
        let source: Vec<String> = rows.iter().map(|row| text(row.source)).collect();
        let device: Vec<Option<&str>> = rows.iter().map(|row| row.device.map(DeviceId::as_str)).collect();
        let metric: Vec<Option<&str>> = rows.iter().map(|row| row.metric.map(MetricId::as_str)).collect();
        let reason: Vec<&str> = rows.iter().map(|row| row.reason.code()).collect();
        let detail: Vec<String> = rows.iter().map(|row| text(row.detail)).collect();
        let raw: Vec<&[u8]> = rows.iter().map(|row| &row.raw[..row.raw.len().min(RAW_MAX)]).collect();
        let bytes: Vec<i32> = rows.iter().map(|row| i32::try_from(row.raw.len()).unwrap_or(i32::MAX)).collect();
        sqlx::query!(
            "INSERT INTO rejected (received, link, source, device, metric, reason, detail, raw, raw_bytes)
             SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                                  $7::text[], $8::bytea[], $9::int4[])",
            &received as _,
            &link as _,
            &source,
            &device as _,
            &metric as _,
            &reason as _,
            &detail,
            &raw as _,
            &bytes,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

/// Which of them.
#[derive(Debug, Clone, Default)]
pub struct RejectedFilter {
    /// Only with this reason.
    pub reason: Option<String>,
    /// Only of this device.
    pub device: Option<String>,
    /// Only by this link.
    pub link: Option<String>,
    /// Only these numbers.
    pub ids: Option<Vec<i64>>,
    /// Only those that were not tried again yet.
    pub untried: bool,
}

/// What came of a second try, in items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// When.
    pub at: Timestamp,
    /// New rows.
    pub stored: i32,
    /// There already.
    pub duplicate: i32,
    /// Set aside again.
    pub rejected: i32,
}

impl Store {
    /// The newest things set aside, before number `before` if given. What belongs to no known device is within no scope
    /// but everything.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rejected_list(
        &self,
        scope: &Scope,
        filter: &RejectedFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredRejected>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, received AS "received: PgTime", link, source, device, metric, reason, detail, raw, raw_bytes,
                      replayed_at AS "replayed_at: PgTime", replayed_stored, replayed_duplicate, replayed_rejected
               FROM rejected
               WHERE id < coalesce($1, 9223372036854775807)
                 AND ($3::text IS NULL OR reason = $3) AND ($4::text IS NULL OR device = $4)
                 AND ($5::text IS NULL OR link = $5) AND ($6::int8[] IS NULL OR id = ANY ($6))
                 AND NOT ($7 AND replayed_at IS NOT NULL)
                 AND ($8::text IS NULL OR EXISTS (SELECT FROM device AS d WHERE d.id = rejected.device
                        AND scope_covers($8::text::jsonb, d.theme, d.department, d.area)))
               ORDER BY id DESC LIMIT $2"#,
            before,
            limit,
            filter.reason,
            filter.device,
            filter.link,
            filter.ids.as_deref(),
            filter.untried,
            scope::json(scope),
        )
        .fetch_all(&self.readers())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| StoredRejected {
                id: row.id,
                received: row.received.0,
                link: row.link,
                source: row.source,
                device: row.device,
                metric: row.metric,
                reason: row.reason,
                detail: row.detail,
                raw: row.raw,
                raw_bytes: row.raw_bytes,
                replayed: row.replayed_at.map(|at| Replayed {
                    at: at.0,
                    stored: row.replayed_stored.unwrap_or(0),
                    duplicate: row.replayed_duplicate.unwrap_or(0),
                    rejected: row.replayed_rejected.unwrap_or(0),
                }),
            })
            .collect())
    }

    /// Notes what came of a second try.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rejected_replayed(&self, ids: &[i64], outcome: Replayed) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE rejected SET replayed_at = $2, replayed_stored = $3, replayed_duplicate = $4, replayed_rejected = $5
             WHERE id = ANY ($1)",
            ids,
            PgTime(outcome.at) as _,
            outcome.stored,
            outcome.duplicate,
            outcome.rejected,
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }
}
