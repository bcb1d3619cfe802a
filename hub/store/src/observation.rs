//! Readings of several series at once, the same number of each, with their times of arrival: what SensorThings calls
//! Observations. One statement whatever the number of series, so that a list with lists in it is one question.

use chengshu_access::Scope;
use chengshu_core::model::{Quality, Timestamp};

use crate::pg::PgTime;
use crate::{Store, StoreError};

/// Which readings.
#[derive(Debug, Clone)]
pub struct ObservationQuery {
    /// The series.
    pub series: Vec<i32>,
    /// From this device time on.
    pub from: Timestamp,
    /// Up to and including this device time.
    pub to: Timestamp,
    /// From this value on.
    pub low: f64,
    /// Up to and including this value.
    pub high: f64,
    /// The newest first.
    pub descending: bool,
    /// Of each series leave out so many.
    pub skip: i64,
    /// At most this many of each series.
    pub limit: i64,
}

/// A reading with its series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ObservationRow {
    /// The series.
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

/// Years 1 to 9999: what PostgreSQL, JSON's readers and people can hold.
fn within(at: Timestamp) -> PgTime {
    PgTime(Timestamp::from_ms(at.ms().clamp(-62_135_596_800_000, 253_402_300_799_999)))
}

impl Store {
    /// Readings in the order of `query.series`, then of time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn observation_list(
        &self,
        scope: &Scope,
        query: &ObservationQuery,
    ) -> Result<Vec<ObservationRow>, StoreError> {
        type Columns = ((((i32, PgTime), i32), f64), i16);
        let make = |((((series, at), lag_ms), value), bits): Columns| ObservationRow {
            series,
            at: at.0,
            received: Timestamp::from_ms(at.0.ms().saturating_add(i64::from(lag_ms))),
            value,
            quality: Quality::from_bits_truncate(bits),
        };
        let series = self.series_within(scope, &query.series).await?;
        // The two differ in their order only; a macro's text must be a literal. Arrays, because unpacking ten thousand
        // rows costs more than finding them.
        macro_rules! ordered {
            ($order:literal) => {{
                let row = sqlx::query!(
                    r#"SELECT coalesce(array_agg(series), '{}') AS "series!", coalesce(array_agg(at), '{}') AS "at!: Vec<PgTime>",
                              coalesce(array_agg(lag_ms), '{}') AS "lag_ms!", coalesce(array_agg(value), '{}') AS "value!",
                              coalesce(array_agg(quality), '{}') AS "quality!"
                       FROM (SELECT wanted.series, at, lag_ms, value, quality
                             FROM unnest($1::int4[]) WITH ORDINALITY AS wanted (series, place)
                             CROSS JOIN LATERAL (
                                 SELECT at, lag_ms, value, quality FROM reading
                                 WHERE reading.series = wanted.series AND at >= $2 AND at <= $3 AND value >= $4 AND value <= $5
                                 ORDER BY at "# + $order + r#" OFFSET $6 LIMIT $7) AS reading
                             ORDER BY place, at "# + $order + r#") AS found"#,
                    &*series,
                    within(query.from) as _,
                    within(query.to) as _,
                    query.low,
                    query.high,
                    query.skip,
                    query.limit,
                )
                .fetch_one(&self.readers())
                .await?;
                row.series.into_iter().zip(row.at).zip(row.lag_ms).zip(row.value).zip(row.quality).map(make).collect()
            }};
        }
        Ok(if query.descending { ordered!("DESC") } else { ordered!("ASC") })
    }

    /// How many readings of each series there are within the bounds; each is counted up to `most` only.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn observation_count(
        &self,
        scope: &Scope,
        query: &ObservationQuery,
        most: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let series = self.series_within(scope, &query.series).await?;
        let row = sqlx::query!(
            r#"SELECT coalesce(array_agg(number ORDER BY place), '{}') AS "number!"
               FROM (SELECT place, (SELECT count(*) FROM (
                         SELECT FROM reading
                         WHERE reading.series = wanted.series AND at >= $2 AND at <= $3 AND value >= $4 AND value <= $5
                         LIMIT $6) AS counted) AS number
                     FROM unnest($1::int4[]) WITH ORDINALITY AS wanted (series, place)) AS found"#,
            &*series,
            within(query.from) as _,
            within(query.to) as _,
            query.low,
            query.high,
            most,
        )
        .fetch_one(&self.readers())
        .await?;
        Ok(row.number)
    }
}
