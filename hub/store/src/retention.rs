//! How long readings and rollups are kept. Whole chunks are dropped by time; a theme that keeps less than the longest
//! has its rows deleted a day at a time.

use chengshu_core::model::{ThemeId, Timestamp};

use crate::pg::PgTime;
use crate::{Store, StoreError};

/// What is kept since when: for everybody, and for themes that keep less.
#[derive(Debug, Clone)]
pub struct Retention {
    /// Chunks of readings that end before this are dropped.
    pub readings: Timestamp,
    /// Chunks of minutes that end before this are dropped.
    pub minutes: Timestamp,
    /// Chunks of hours that end before this are dropped.
    pub hours: Timestamp,
    /// Themes that keep their readings for a shorter time.
    pub themes: Vec<(ThemeId, Timestamp)>,
}

impl Store {
    /// Drops what need not be kept any longer; answers how many chunks and rows went.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: what was dropped before stays dropped.
    pub async fn retention(&self, keep: &Retention) -> Result<(u64, u64), StoreError> {
        let chunks = sqlx::query_scalar!(
            r#"SELECT (SELECT count(*) FROM drop_chunks('reading', older_than => $1::timestamptz))
                    + (SELECT count(*) FROM drop_chunks('rollup_minute', older_than => $2::timestamptz))
                    + (SELECT count(*) FROM drop_chunks('rollup_hour', older_than => $3::timestamptz)) AS "count!""#,
            PgTime(keep.readings) as _,
            PgTime(keep.minutes) as _,
            PgTime(keep.hours) as _,
        )
        .fetch_one(&self.writers())
        .await?;
        let mut rows = 0;
        for (theme, before) in &keep.themes {
            rows += sqlx::query!(
                "DELETE FROM reading USING series, device
                 WHERE reading.series = series.id AND series.device = device.id AND device.theme = $1 AND reading.at < $2",
                theme.as_str(),
                PgTime(*before) as _,
            )
            .execute(&self.writers())
            .await?
            .rows_affected();
        }
        Ok((u64::try_from(chunks).unwrap_or(0), rows))
    }

    /// Switches compression of readings on where the licence of the extension allows it (the Apache edition does not).
    /// Answers whether it is on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn compression(&self) -> Result<bool, StoreError> {
        let licence = sqlx::query_scalar!("SELECT current_setting('timescaledb.license', true)")
            .fetch_one(&self.writers())
            .await?;
        if licence.as_deref() != Some("timescale") {
            return Ok(false);
        }
        // Not macros: the edition that checks them here does not know these settings.
        sqlx::raw_sql(
            "ALTER TABLE reading SET (timescaledb.compress, timescaledb.compress_segmentby = 'series',
                                      timescaledb.compress_orderby = 'at');
             SELECT add_compression_policy('reading', INTERVAL '30 days', if_not_exists => true);",
        )
        .execute(&self.writers())
        .await?;
        Ok(true)
    }
}
