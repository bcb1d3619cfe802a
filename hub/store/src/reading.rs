//! Readings of one series over a span, raw or in buckets. Buckets come from the rollups where those are true, and from
//! the readings where they lag; an unfit value (see `Quality::UNFIT`) is shown raw with its flag, never averaged in.

use std::collections::BTreeMap;

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
    pub async fn reading_list(&self, scope: &Scope, query: &ReadingQuery) -> Result<Vec<Point>, StoreError> {
        let series = self.one_series_within(scope, query.series).await?;
        let query = &ReadingQuery { series, ..query.clone() };
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
        let point = |((at, value), bits): ((PgTime, f64), i16)| Point {
            at: at.0,
            value,
            quality: Quality::from_bits_truncate(bits),
        };
        Ok(points.map(point).collect())
    }

    async fn readings_bucketed(
        &self,
        query: &ReadingQuery,
        ms: i64,
        aggregate: Aggregate,
    ) -> Result<Vec<Point>, StoreError> {
        let parts = parts(query, ms);
        let untrue: Vec<PgTime> = parts.untrue.iter().map(|at| PgTime(*at)).collect();
        // The three differ in their table only; a macro's text must be a literal.
        macro_rules! rolled {
            ($table:literal) => {
                sqlx::query_as!(
                    BucketRow,
                    r#"SELECT time_bucket($4::bigint * INTERVAL '1 ms', at, origin => '1970-01-01T00:00:00+08'::timestamptz)
                                AS "at!: PgTime",
                              sum(count)::bigint AS "count!", sum(sum) AS "sum!", min(min) AS "min!", max(max) AS "max!"
                       FROM "# + $table + r#"
                       WHERE series = $1 AND at >= $2 AND at < $3 AND at <> ALL ($5) GROUP BY 1 ORDER BY 1 LIMIT $6"#,
                    query.series,
                    PgTime(parts.from) as _,
                    PgTime(parts.to) as _,
                    ms,
                    &untrue as _,
                    query.limit,
                )
                .fetch_all(&self.readers())
                .await?
            };
        }
        let mut rows = Vec::new();
        if parts.from < parts.to {
            rows = match parts.unit {
                Unit::Day => rolled!("rollup_day"),
                Unit::Hour => rolled!("rollup_hour"),
                Unit::Minute => rolled!("rollup_minute"),
            };
        }
        for spans in near(parts.raw) {
            rows.extend(self.readings_summed(query, ms, &spans).await?);
        }
        let mut buckets: BTreeMap<Timestamp, BucketRow> = BTreeMap::new();
        for row in rows {
            buckets.entry(row.at.0).and_modify(|bucket| bucket.add(&row)).or_insert(row);
        }
        let point = |(at, bucket): (Timestamp, BucketRow)| Point {
            at,
            value: bucket.value(aggregate),
            quality: Quality::empty(),
        };
        Ok(buckets.into_iter().take(query.limit.max(0) as usize).map(point).collect())
    }

    /// Buckets of the readings within some spans that lie near each other. The bounds of them all stand in the statement
    /// on their own, so that the planner leaves out every chunk that lies elsewhere; OFFSET 0 keeps it from comparing every
    /// span with every reading between them.
    async fn readings_summed(
        &self,
        query: &ReadingQuery,
        ms: i64,
        spans: &[(Timestamp, Timestamp)],
    ) -> Result<Vec<BucketRow>, StoreError> {
        let (from, to): (Vec<PgTime>, Vec<PgTime>) =
            spans.iter().map(|(from, to)| (PgTime(*from), PgTime(*to))).unzip();
        let first = spans.iter().map(|(from, _)| *from).min().unwrap_or(query.from);
        let last = spans.iter().map(|(_, to)| *to).max().unwrap_or(query.from);
        let rows = sqlx::query_as!(
            BucketRow,
            r#"SELECT time_bucket($4::bigint * INTERVAL '1 ms', at, origin => '1970-01-01T00:00:00+08'::timestamptz)
                        AS "at!: PgTime",
                      count(*) AS "count!", sum(value) AS "sum!", min(value) AS "min!", max(value) AS "max!"
               FROM unnest($5::timestamptz[], $6::timestamptz[]) AS span (a, b)
               CROSS JOIN LATERAL (SELECT at, value, quality FROM reading
                                   WHERE series = $1 AND at >= a AND at < b AND at >= $2 AND at < $3 OFFSET 0) AS reading
               WHERE quality & $7 = 0 GROUP BY 1 ORDER BY 1 LIMIT $8"#,
            query.series,
            PgTime(first) as _,
            PgTime(last) as _,
            ms,
            &from as _,
            &to as _,
            Quality::UNFIT.bits(),
            query.limit,
        )
        .fetch_all(&self.readers())
        .await?;
        Ok(rows)
    }
}

struct BucketRow {
    at: PgTime,
    count: i64,
    sum: f64,
    min: f64,
    max: f64,
}

impl BucketRow {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    fn value(&self, aggregate: Aggregate) -> f64 {
        match aggregate {
            Aggregate::Max => self.max,
            Aggregate::Min => self.min,
            Aggregate::Sum => self.sum,
            Aggregate::Avg => self.sum / self.count as f64,
        }
    }
}

/// Spans in groups of neighbours, a day apart at most.
fn near(mut spans: Vec<(Timestamp, Timestamp)>) -> Vec<Vec<(Timestamp, Timestamp)>> {
    spans.sort_unstable();
    let mut groups: Vec<Vec<(Timestamp, Timestamp)>> = Vec::new();
    for span in spans {
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|(_, to)| span.0.since(*to) <= 86_400_000) => group.push(span),
            _ => groups.push(vec![span]),
        }
    }
    groups
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
        let groups = near(vec![(t(50_000), t(50_010)), (t(0), t(60)), (t(120), t(180))]);
        assert_eq!(groups, [vec![(t(0), t(60)), (t(120), t(180))], vec![(t(50_000), t(50_010))]]);
    }
}
