//! Input that was set aside, with its raw bytes. Written in the same transaction as the readings around it.

use chengshu_access::Scope;
use chengshu_core::model::{DeviceId, LinkId, MetricId, Reason, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError};

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

impl Store {
    /// The newest things set aside, before number `before` if given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rejected_list(
        &self,
        _scope: &Scope,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredRejected>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, received AS "received: PgTime", link, source, device, metric, reason, detail, raw, raw_bytes
               FROM rejected WHERE id < coalesce($1, 9223372036854775807) ORDER BY id DESC LIMIT $2"#,
            before,
            limit,
        )
        .fetch_all(&self.readers)
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
            })
            .collect())
    }
}
