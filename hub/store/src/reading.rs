//! Readings of one series over a span, raw or in buckets. Only good readings count in buckets: a flagged value is
//! shown raw with its flag, never averaged in.

use chengshu_access::Scope;
use chengshu_core::model::{Aggregate, Quality, Timestamp};

use crate::pg::PgTime;
use crate::{Store, StoreError};

/// Raw, or one value a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Every reading, with its quality.
    Raw,
    /// One value for each bucket of so many milliseconds that has a good reading.
    Bucket {
        /// Length of a bucket, ms.
        ms: i64,
        /// How its readings become one.
        aggregate: Aggregate,
    },
}

/// Which readings.
#[derive(Debug, Clone, Copy)]
pub struct ReadingQuery {
    /// The series.
    pub series: i32,
    /// From this device time on.
    pub from: Timestamp,
    /// Up to, not including, this device time.
    pub to: Timestamp,
    /// Raw or bucketed.
    pub resolution: Resolution,
    /// At most this many points.
    pub limit: i64,
}

/// One point; a bucket's `at` is its beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Device time.
    pub at: Timestamp,
    /// The value.
    pub value: f64,
    /// What is known against it.
    pub quality: Quality,
}

impl Store {
    /// Points of a series, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reading_list(&self, _scope: &Scope, query: &ReadingQuery) -> Result<Vec<Point>, StoreError> {
        match query.resolution {
            Resolution::Raw => self.readings_raw(query).await,
            Resolution::Bucket { ms, aggregate } => self.readings_bucketed(query, ms, aggregate).await,
        }
    }

    async fn readings_raw(&self, query: &ReadingQuery) -> Result<Vec<Point>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT at AS "at: PgTime", value, quality FROM reading
               WHERE series = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT $4"#,
            query.series,
            PgTime(query.from) as _,
            PgTime(query.to) as _,
            query.limit,
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Point { at: row.at.0, value: row.value, quality: Quality::from_bits_truncate(row.quality) })
            .collect())
    }

    async fn readings_bucketed(
        &self,
        query: &ReadingQuery,
        ms: i64,
        aggregate: Aggregate,
    ) -> Result<Vec<Point>, StoreError> {
        let how = aggregate.word();
        let rows = sqlx::query!(
            r#"SELECT time_bucket($4::bigint * INTERVAL '1 ms', at, origin => '1970-01-01T00:00:00Z'::timestamptz)
                        AS "at!: PgTime",
                      CASE $5::text WHEN 'max' THEN max(value) WHEN 'min' THEN min(value) WHEN 'sum' THEN sum(value)
                                    ELSE avg(value) END AS "value!"
               FROM reading WHERE series = $1 AND at >= $2 AND at < $3 AND quality = 0
               GROUP BY 1 ORDER BY 1 LIMIT $6"#,
            query.series,
            PgTime(query.from) as _,
            PgTime(query.to) as _,
            ms,
            how,
            query.limit,
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|row| Point { at: row.at.0, value: row.value, quality: Quality::empty() }).collect())
    }
}
