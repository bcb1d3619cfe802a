//! Corrections: an audited change of a reading. What was there before is kept, and the minute is noted for the rollups
//! in the same transaction.

use chengshu_access::Scope;
use chengshu_core::model::{Quality, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError, scope};

/// What shall be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCorrection<'a> {
    /// When the change is made.
    pub made: Timestamp,
    /// Who makes it.
    pub caller: &'a str,
    /// The series.
    pub series: i32,
    /// Device time of the reading.
    pub at: Timestamp,
    /// The right value; none withdraws the reading.
    pub value: Option<f64>,
    /// Why.
    pub reason: &'a str,
}

/// A correction that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCorrection {
    /// Rising number.
    pub id: i64,
    /// When it was made.
    pub made: Timestamp,
    /// By whom.
    pub caller: String,
    /// The device.
    pub device: String,
    /// The metric.
    pub metric: String,
    /// Device time of the reading.
    pub at: Timestamp,
    /// What stood there: value and quality.
    pub old: Option<(f64, Quality)>,
    /// What stands there now; none: withdrawn.
    pub value: Option<f64>,
    /// Why.
    pub reason: String,
}

impl Batch {
    /// Changes a reading. Answers what stood there and its quality from now on; `None` when there is nothing to
    /// withdraw.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn correct(&mut self, new: &NewCorrection<'_>) -> Result<Option<(Option<f64>, Quality)>, StoreError> {
        let old = sqlx::query!(
            "SELECT value, quality FROM reading WHERE series = $1 AND at = $2 FOR UPDATE",
            new.series,
            PgTime(new.at) as _
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        // a corrected value was looked at by a person: what was known against the old one no longer holds
        let quality = Quality::CORRECTED;
        match new.value {
            Some(value) => {
                sqlx::query!(
                    "INSERT INTO reading (series, at, lag_ms, value, quality) VALUES ($1, $2, 0, $3, $4)
                     ON CONFLICT (series, at) DO UPDATE SET value = excluded.value, quality = excluded.quality",
                    new.series,
                    PgTime(new.at) as _,
                    value,
                    quality.bits(),
                )
                .execute(&mut *self.tx)
                .await?;
            }
            None if old.is_none() => return Ok(None),
            None => {
                sqlx::query!("DELETE FROM reading WHERE series = $1 AND at = $2", new.series, PgTime(new.at) as _)
                    .execute(&mut *self.tx)
                    .await?;
            }
        }
        // the checkpoint of latest values must not bring the old value back after a restart
        sqlx::query!(
            "UPDATE latest SET value = coalesce($3, value), quality = $4 WHERE series = $1 AND at = $2",
            new.series,
            PgTime(new.at) as _,
            new.value,
            quality.bits(),
        )
        .execute(&mut *self.tx)
        .await?;
        if new.value.is_none() {
            sqlx::query!("DELETE FROM latest WHERE series = $1 AND at = $2", new.series, PgTime(new.at) as _)
                .execute(&mut *self.tx)
                .await?;
        }
        sqlx::query!(
            "INSERT INTO correction (made, caller, series, at, old_value, old_quality, new_value, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            PgTime(new.made) as _,
            new.caller,
            new.series,
            PgTime(new.at) as _,
            old.as_ref().map(|row| row.value),
            old.as_ref().map(|row| row.quality),
            new.value,
            new.reason,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(Some((old.map(|row| row.value), quality)))
    }

    /// The newest reading of a series, after one of them was changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reading_newest(&mut self, series: i32) -> Result<Option<crate::LatestRow>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT at AS "at: PgTime", lag_ms, value, quality FROM reading WHERE series = $1 ORDER BY at DESC LIMIT 1"#,
            series
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|row| crate::LatestRow {
            series,
            at: row.at.0,
            received: Timestamp::from_ms(row.at.0.ms() + i64::from(row.lag_ms)),
            value: row.value,
            quality: Quality::from_bits_truncate(row.quality),
        }))
    }
}

impl Store {
    /// The newest corrections, before number `before` if given; of one device if given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn correction_list(
        &self,
        scope: &Scope,
        device: Option<&str>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredCorrection>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.id, made AS "made: PgTime", caller, device, metric, at AS "at: PgTime", old_value, old_quality,
                      new_value, reason
               FROM correction c JOIN series ON series.id = c.series
               WHERE c.id < coalesce($1, 9223372036854775807) AND device = coalesce($2, device)
                 AND ($4::text IS NULL OR EXISTS (SELECT FROM device AS d WHERE d.id = series.device
                        AND scope_covers($4::text::jsonb, d.theme, d.department, d.area)))
               ORDER BY c.id DESC LIMIT $3"#,
            before,
            device,
            limit,
            scope::json(scope),
        )
        .fetch_all(&self.readers())
        .await?;
        let stored = rows.into_iter().map(|row| StoredCorrection {
            id: row.id,
            made: row.made.0,
            caller: row.caller,
            device: row.device,
            metric: row.metric,
            at: row.at.0,
            old: row.old_value.zip(row.old_quality.map(Quality::from_bits_truncate)),
            value: row.new_value,
            reason: row.reason,
        });
        Ok(stored.collect())
    }
}
