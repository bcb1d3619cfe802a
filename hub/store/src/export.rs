//! Readings for exports: as they came, in portions, so that neither the hub nor a statement ever holds all of them.

use chengshu_access::Scope;
use chengshu_core::model::{Quality, Timestamp};

use crate::pg::PgTime;
use crate::{Store, StoreError};

/// A reading with everything that is stored of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadingRow {
    /// Device time.
    pub at: Timestamp,
    /// Hub time of arrival.
    pub received: Timestamp,
    /// The value.
    pub value: f64,
    /// What is known against it.
    pub quality: Quality,
}

impl Store {
    /// The oldest readings of a series from `from` on and before `to`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reading_portion(
        &self,
        scope: &Scope,
        series: i32,
        (from, to): (Timestamp, Timestamp),
        limit: i64,
    ) -> Result<Vec<ReadingRow>, StoreError> {
        let series = self.one_series_within(scope, series).await?;
        let row = sqlx::query!(
            r#"SELECT coalesce(array_agg(at), '{}') AS "at!: Vec<PgTime>", coalesce(array_agg(lag_ms), '{}') AS "lag_ms!",
                      coalesce(array_agg(value), '{}') AS "value!", coalesce(array_agg(quality), '{}') AS "quality!"
               FROM (SELECT at, lag_ms, value, quality FROM reading
                     WHERE series = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT $4) AS found"#,
            series,
            PgTime(from) as _,
            PgTime(to) as _,
            limit,
        )
        .fetch_one(&self.readers())
        .await?;
        let rows = row.at.into_iter().zip(row.lag_ms).zip(row.value.into_iter().zip(row.quality));
        let row = |((at, lag_ms), (value, bits)): ((PgTime, i32), (f64, i16))| ReadingRow {
            at: at.0,
            received: Timestamp::from_ms(at.0.ms() + i64::from(lag_ms)),
            value,
            quality: Quality::from_bits_truncate(bits),
        };
        Ok(rows.map(row).collect())
    }

    /// How many readings these series have between two moments; counted no further than `most`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reading_count(
        &self,
        scope: &Scope,
        series: &[i32],
        (from, to): (Timestamp, Timestamp),
        most: i64,
    ) -> Result<i64, StoreError> {
        let series = self.series_within(scope, series).await?;
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM (
                   SELECT 1 AS one FROM reading WHERE series = ANY ($1) AND at >= $2 AND at < $3 LIMIT $4) AS found"#,
            &*series,
            PgTime(from) as _,
            PgTime(to) as _,
            most,
        )
        .fetch_one(&self.readers())
        .await?;
        Ok(count)
    }
}
