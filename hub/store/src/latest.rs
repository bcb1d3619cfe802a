//! The checkpoint of latest values. It lags a few seconds behind, so the hub row keeps the oldest device time that
//! is not yet in it: a restart loads the checkpoint and reads the readings from that time on.
//!
//! Two marks take turns: `dirty_next` collects while a checkpoint is being written, `dirty_from` is what that
//! checkpoint will cover. Written in the same transactions as the readings, so a kill at any point leaves them true.

use chengshu_core::model::{Quality, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError};

/// The newest reading of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatestRow {
    /// Which series.
    pub series: i32,
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
    /// The checkpoint and every reading that may be newer, oldest first within each series.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn latest_load(&self) -> Result<Vec<LatestRow>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT series AS "series!", at AS "at!: PgTime", received AS "received!: PgTime", value AS "value!",
                      quality AS "quality!"
               FROM (SELECT series, at, received, value, quality, 0 AS turn FROM latest
                     UNION ALL
                     SELECT series, at, at + lag_ms * INTERVAL '1 ms', value, quality, 1 FROM reading
                     WHERE at >= (SELECT least(dirty_from, dirty_next) FROM hub)) AS both_sources
               ORDER BY series, turn, at"#
        )
        .fetch_all(&self.writers())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| LatestRow {
                series: row.series,
                at: row.at.0,
                received: row.received.0,
                value: row.value,
                quality: Quality::from_bits_truncate(row.quality),
            })
            .collect())
    }

    /// Writes a checkpoint of `rows`; when it is in, what `dirty_from` marked is covered.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the mark then stays, and the next checkpoint covers it.
    pub async fn latest_checkpoint(&self, rows: &[LatestRow]) -> Result<(), StoreError> {
        let series: Vec<i32> = rows.iter().map(|row| row.series).collect();
        let at: Vec<PgTime> = rows.iter().map(|row| row.at.into()).collect();
        let received: Vec<PgTime> = rows.iter().map(|row| row.received.into()).collect();
        let value: Vec<f64> = rows.iter().map(|row| row.value).collect();
        let quality: Vec<i16> = rows.iter().map(|row| row.quality.bits()).collect();
        let mut tx = self.writers().begin().await?;
        sqlx::query!(
            "INSERT INTO latest (series, at, received, value, quality)
             SELECT * FROM unnest($1::int4[], $2::timestamptz[], $3::timestamptz[], $4::float8[], $5::int2[])
             ON CONFLICT (series) DO UPDATE SET at = excluded.at, received = excluded.received,
               value = excluded.value, quality = excluded.quality",
            &series,
            &at as _,
            &received as _,
            &value,
            &quality,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!("UPDATE hub SET dirty_from = NULL").execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

impl Batch {
    /// A checkpoint begins: from here on `dirty_next` collects anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn dirty_turn(&mut self) -> Result<(), StoreError> {
        sqlx::query!("UPDATE hub SET dirty_from = least(dirty_from, dirty_next), dirty_next = NULL")
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
