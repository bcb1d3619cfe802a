//! Readings of one series over a span, raw or in buckets. Buckets come from the rollups where those are true, and from
//! the readings where they lag; an unfit value (see `Quality::UNFIT`) is shown raw with its flag, never averaged in.

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
#[derive(Debug, Clone)]
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
    /// Minutes that the rollups do not tell truly yet: their readings are asked instead.
    pub untrue: Vec<Timestamp>,
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
        // arrays: unpacking ten thousand rows costs more than finding them
        let row = sqlx::query!(
            r#"SELECT coalesce(array_agg(at), '{}') AS "at!: Vec<PgTime>", coalesce(array_agg(value), '{}') AS "value!",
                      coalesce(array_agg(quality), '{}') AS "quality!"
               FROM (SELECT at, value, quality FROM reading
                     WHERE series = $1 AND at >= $2 AND at < $3 ORDER BY at LIMIT $4) AS found"#,
            query.series,
            PgTime(query.from) as _,
            PgTime(query.to) as _,
            query.limit,
        )
        .fetch_one(&self.readers())
        .await?;
        let points = row.at.into_iter().zip(row.value).zip(row.quality);
        let point =
            |((at, value), bits): ((PgTime, f64), i16)| Point { at: at.0, value, quality: Quality::from_bits_truncate(bits) };
        Ok(points.map(point).collect())
    }

    async fn readings_bucketed(
        &self,
        query: &ReadingQuery,
        ms: i64,
        aggregate: Aggregate,
    ) -> Result<Vec<Point>, StoreError> {
        let how = aggregate.word();
        let parts = parts(query, ms);
        let (raw_from, raw_to): (Vec<PgTime>, Vec<PgTime>) =
            parts.raw.iter().map(|(from, to)| (PgTime(*from), PgTime(*to))).unzip();
        let untrue: Vec<PgTime> = parts.untrue.iter().map(|at| PgTime(*at)).collect();
        // The three differ in their table only; a macro's text must be a literal.
        macro_rules! bucketed {
            ($table:literal) => {
                sqlx::query_as!(
                    BucketRow,
                    r#"SELECT time_bucket($4::bigint * INTERVAL '1 ms', at, origin => '1970-01-01T00:00:00+08'::timestamptz)
                                AS "at!: PgTime",
                              CASE $5::text WHEN 'max' THEN max(max) WHEN 'min' THEN min(min) WHEN 'sum' THEN sum(sum)
                                            ELSE sum(sum) / sum(count) END AS "value!"
                       FROM (SELECT at, count, sum, min, max FROM "# + $table + r#"
                             WHERE series = $1 AND at >= $2 AND at < $3 AND at <> ALL ($6)
                             UNION ALL
                             SELECT reading.at, 1, value, value, value
                             FROM unnest($7::timestamptz[], $8::timestamptz[]) AS span (a, b)
                             JOIN reading ON series = $1 AND reading.at >= a AND reading.at < b
                             WHERE reading.at >= $9 AND reading.at < $10 AND quality & $11 = 0) AS parts
                       GROUP BY 1 ORDER BY 1 LIMIT $12"#,
                    query.series,
                    PgTime(parts.from) as _,
                    PgTime(parts.to) as _,
                    ms,
                    how,
                    &untrue as _,
                    &raw_from as _,
                    &raw_to as _,
                    PgTime(query.from) as _,
                    PgTime(query.to) as _,
                    Quality::UNFIT.bits(),
                    query.limit,
                )
                .fetch_all(&self.readers())
                .await?
            };
        }
        let rows = match parts.unit {
            Unit::Day => bucketed!("rollup_day"),
            Unit::Hour => bucketed!("rollup_hour"),
            Unit::Minute => bucketed!("rollup_minute"),
        };
        Ok(rows.into_iter().map(|row| Point { at: row.at.0, value: row.value, quality: Quality::empty() }).collect())
    }
}

struct BucketRow {
    at: PgTime,
    value: f64,
}

/// The rollups that answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Minute,
    Hour,
    Day,
}

/// Which part of a span comes from rollups and which from the readings themselves.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    unit: Unit,
    /// Rollups from here up to there, but for those that begin at a moment of `untrue`.
    from: Timestamp,
    to: Timestamp,
    untrue: Vec<Timestamp>,
    raw: Vec<(Timestamp, Timestamp)>,
}

/// Local midnight in ms after midnight UTC.
const CST_MS: i64 = 8 * 3_600_000;

fn parts(query: &ReadingQuery, ms: i64) -> Parts {
    let t = Timestamp::from_ms;
    let whole = |unit: i64| ms % unit == 0;
    let (unit, length) = match ms {
        _ if whole(86_400_000) => (Unit::Day, 86_400_000),
        _ if whole(3_600_000) => (Unit::Hour, 3_600_000),
        _ => (Unit::Minute, 60_000),
    };
    let (from, to) = (query.from.ms(), query.to.ms());
    let floor = |at: i64| (at + CST_MS).div_euclid(length) * length - CST_MS;
    let first = floor(from + length - 1);
    let end = floor(to);
    // Shorter than a minute, or no whole unit within: the readings themselves.
    if !whole(60_000) || first >= end {
        return Parts { unit, from: t(from), to: t(from), untrue: Vec::new(), raw: vec![(t(from), t(to))] };
    }
    let mut untrue: Vec<i64> = query.untrue.iter().map(|minute| floor(minute.ms())).collect();
    untrue.sort_unstable();
    untrue.dedup();
    untrue.retain(|at| *at >= first && *at < end);
    let edges = [(from, first), (end, to)];
    let raw = untrue.iter().map(|at| (*at, at + length)).chain(edges).filter(|(from, to)| from < to);
    Parts {
        unit,
        from: t(first),
        to: t(end),
        raw: raw.map(|(from, to)| (t(from), t(to))).collect(),
        untrue: untrue.into_iter().map(t).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_by_rollups_where_they_are_true_and_by_readings_elsewhere() {
        let t = |minute: i64| Timestamp::from_ms(minute * 60_000);
        let query = |from, to, untrue: &[i64]| ReadingQuery {
            series: 1,
            from: t(from),
            to: t(to),
            resolution: Resolution::Raw,
            limit: 1,
            untrue: untrue.iter().map(|minute| t(*minute)).collect(),
        };
        let hours = parts(&query(30, 250, &[70, 75, 245, 500]), 2 * 3_600_000);
        assert_eq!((hours.unit, hours.from, hours.to), (Unit::Hour, t(60), t(240)));
        assert_eq!(hours.untrue, [t(60)]);
        assert_eq!(hours.raw, [(t(60), t(120)), (t(30), t(60)), (t(240), t(250))]);
        let days = parts(&query(0, 3 * 1440, &[]), 86_400_000);
        assert_eq!((days.unit, days.from), (Unit::Day, t(1440 - 480)), "days are local");
        let seconds = parts(&query(0, 10, &[]), 30_000);
        assert_eq!((seconds.from, seconds.to, seconds.raw.len()), (t(0), t(0), 1));
        assert_eq!(parts(&query(10, 20, &[]), 3_600_000).raw, [(t(10), t(20))]);
    }
}
