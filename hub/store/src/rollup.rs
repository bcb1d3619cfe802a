//! Rollups: one row for each minute, hour and local day of a series. Worked out anew from the readings (hours from
//! minutes, days from hours), never added to: whatever happened to a reading, the bucket is right afterwards. What is
//! not right yet is listed in `rollup_dirty`, written in the transaction of the readings.

use chengshu_access::Scope;
use chengshu_core::model::{Aggregate, Quality, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Lease, Store, StoreError, scope};

/// A minute of a series that is not yet true in the rollups: series, minutes since 1970.
pub type DirtyMinute = (i32, i32);

/// Hours of many series as columns: the nth of each is one hour.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesHours {
    /// Which series.
    pub series: Vec<i32>,
    /// Hours since 1970.
    pub hours: Vec<i32>,
    /// What the hour came to.
    pub values: Vec<f64>,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MINUTES: i32 = 60;
const DAY_MINUTES: i32 = 1440;
/// Local midnight in minutes after midnight UTC: days are days of China Standard Time.
const CST_MINUTES: i32 = 480;

fn at(minute: i32) -> PgTime {
    PgTime(Timestamp::from_ms(i64::from(minute) * MINUTE_MS))
}

impl Batch {
    /// Notes minutes that the readings of this batch change.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rollup_dirty_add(&mut self, dirty: &[DirtyMinute]) -> Result<i64, StoreError> {
        let (series, minute): (Vec<i32>, Vec<i32>) = dirty.iter().copied().unzip();
        Ok(sqlx::query_scalar!(
            "INSERT INTO rollup_dirty (series, minute) VALUES ($1, $2) RETURNING id",
            &series,
            &minute
        )
        .fetch_one(&mut *self.tx)
        .await?)
    }
}

impl Store {
    /// Every note that has not been worked off: its number and its minutes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rollup_dirty_all(&self) -> Result<Vec<(i64, Vec<DirtyMinute>)>, StoreError> {
        let rows =
            sqlx::query!("SELECT id, series, minute FROM rollup_dirty ORDER BY id").fetch_all(&self.writers()).await?;
        Ok(rows.into_iter().map(|row| (row.id, row.series.into_iter().zip(row.minute).collect())).collect())
    }

    /// Hours of many series between two moments, in no order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rollup_hours(
        &self,
        scope: &Scope,
        series: &[i32],
        from: Timestamp,
        to: Timestamp,
        aggregate: Aggregate,
    ) -> Result<SeriesHours, StoreError> {
        let word = match aggregate {
            Aggregate::Avg => "avg",
            Aggregate::Min => "min",
            Aggregate::Max => "max",
            Aggregate::Sum => "sum",
        };
        let series = self.series_within(scope, series).await?;
        // one array for each column: to group by series first takes twice as long
        let row = sqlx::query!(
            r#"SELECT coalesce(array_agg(series), '{}') AS "series!",
                      coalesce(array_agg((date_part('epoch', at) / 3600)::int4), '{}') AS "hour!",
                      coalesce(array_agg(CASE $4 WHEN 'avg' THEN sum / count WHEN 'min' THEN min WHEN 'max' THEN max ELSE sum END), '{}') AS "value!"
               FROM rollup_hour WHERE at >= $2 AND at < $3 AND series = ANY ($1)"#,
            &*series,
            PgTime(from) as _,
            PgTime(to) as _,
            word,
        )
        .fetch_one(&self.readers())
        .await?;
        Ok(SeriesHours { series: row.series, hours: row.hour, values: row.value })
    }

    /// How the daily means of all series of a metric change, per day, since `from`; only of series with three days or more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rollup_slopes(
        &self,
        scope: &Scope,
        metric: &str,
        from: Timestamp,
    ) -> Result<Vec<(i32, f64)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT series, regr_slope(sum / count, date_part('epoch', at) / 86400) AS "slope!" FROM rollup_day
               WHERE series IN (SELECT series.id FROM series WHERE metric = $1
                                  AND ($3::text IS NULL OR EXISTS (SELECT FROM device AS d WHERE d.id = series.device
                        AND scope_covers($3::text::jsonb, d.theme, d.department, d.area)))) AND at >= $2
               GROUP BY series HAVING count(*) >= 3"#,
            metric,
            PgTime(from) as _,
            scope::json(scope),
        )
        .fetch_all(&self.readers())
        .await?;
        Ok(rows.into_iter().map(|row| (row.series, row.slope)).collect())
    }

    /// Notes up to number `last` have been worked off, but for `staying`, which are noted again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: then the notes stay, and are worked off another time.
    pub async fn rollup_dirty_turn(&self, last: i64, staying: &[DirtyMinute]) -> Result<(), StoreError> {
        let mut batch = self.batch_of(self.writers().begin().await?, crate::Marks::default());
        sqlx::query!("DELETE FROM rollup_dirty WHERE id <= $1", last).execute(&mut *batch.tx).await?;
        if !staying.is_empty() {
            batch.rollup_dirty_add(staying).await?;
        }
        batch.commit().await
    }

    /// Works out minutes anew, and the hours and days that they belong to, in one transaction. All of them must lie
    /// within one day of China Standard Time.
    ///
    /// # Errors
    /// [`StoreError`]: then nothing was changed.
    pub async fn rollup_work(&self, lease: Lease, minutes: &[DirtyMinute]) -> Result<(), StoreError> {
        let Some(first) = minutes.iter().map(|(_, minute)| *minute).min() else { return Ok(()) };
        let day = (first + CST_MINUTES).div_euclid(DAY_MINUTES) * DAY_MINUTES - CST_MINUTES;
        let (from, to) = (at(day), at(day + DAY_MINUTES));
        let units = |length: i32| {
            let mut units: Vec<DirtyMinute> =
                minutes.iter().map(|(series, minute)| (*series, minute.div_euclid(length) * length)).collect();
            units.sort_unstable();
            units.dedup();
            units.into_iter().map(|(series, minute)| (series, at(minute))).unzip::<i32, PgTime, Vec<_>, Vec<_>>()
        };
        let mut tx = self.writers().begin().await?;
        let epoch = sqlx::query_scalar!("SELECT epoch FROM hub").fetch_one(&mut *tx).await?;
        if epoch != lease.epoch {
            return Err(StoreError::LeaseLost { ours: lease.epoch });
        }
        // The planner knows nothing about arrays; one look-up per minute through the key is always right here.
        sqlx::query!("SET LOCAL enable_seqscan = off").execute(&mut *tx).await?;
        macro_rules! forget {
            ($table:literal, $series:expr, $starts:expr) => {
                sqlx::query!(
                    "DELETE FROM "
                        + $table
                        + " r USING unnest($1::int4[], $2::timestamptz[]) AS d (series, at)
                     WHERE r.series = d.series AND r.at = d.at AND r.at >= $3 AND r.at < $4",
                    $series,
                    $starts as _,
                    from as _,
                    to as _
                )
                .execute(&mut *tx)
                .await?
            };
        }
        let (series, starts) = units(1);
        forget!("rollup_minute", &series, &starts);
        sqlx::query!(
            "INSERT INTO rollup_minute (series, at, count, sum, min, max, first, last)
             SELECT d.series, d.at, count(*), sum(r.value), min(r.value), max(r.value), first(r.value, r.at), last(r.value, r.at)
             FROM unnest($1::int4[], $2::timestamptz[]) AS d (series, at)
             JOIN reading r ON r.series = d.series AND r.at >= d.at AND r.at < d.at + INTERVAL '1 minute'
             WHERE r.at >= $3 AND r.at < $4 AND r.quality & $5 = 0
             GROUP BY d.series, d.at",
            &series,
            &starts as _,
            from as _,
            to as _,
            Quality::UNFIT.bits(),
        )
        .execute(&mut *tx)
        .await?;
        let (series, starts) = units(HOUR_MINUTES);
        forget!("rollup_hour", &series, &starts);
        sqlx::query!(
            "INSERT INTO rollup_hour (series, at, count, sum, min, max, first, last)
             SELECT d.series, d.at, sum(r.count), sum(r.sum), min(r.min), max(r.max), first(r.first, r.at), last(r.last, r.at)
             FROM unnest($1::int4[], $2::timestamptz[]) AS d (series, at)
             JOIN rollup_minute r ON r.series = d.series AND r.at >= d.at AND r.at < d.at + INTERVAL '1 hour'
             WHERE r.at >= $3 AND r.at < $4
             GROUP BY d.series, d.at",
            &series,
            &starts as _,
            from as _,
            to as _
        )
        .execute(&mut *tx)
        .await?;
        let mut series: Vec<i32> = minutes.iter().map(|(series, _)| *series).collect();
        series.sort_unstable();
        series.dedup();
        sqlx::query!("DELETE FROM rollup_day WHERE series = ANY($1) AND at = $2", &series, from as _)
            .execute(&mut *tx)
            .await?;
        sqlx::query!(
            "INSERT INTO rollup_day (series, at, count, sum, min, max, first, last)
             SELECT d.series, $2, sum(r.count), sum(r.sum), min(r.min), max(r.max), first(r.first, r.at), last(r.last, r.at)
             FROM unnest($1::int4[]) AS d (series)
             JOIN rollup_hour r ON r.series = d.series WHERE r.at >= $2 AND r.at < $3
             GROUP BY d.series",
            &series,
            from as _,
            to as _
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
