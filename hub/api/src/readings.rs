//! Readings of one series over a span: raw with their quality, or in buckets of good readings only.

use axum::Json;
use axum::extract::State;
use chengshu_core::model::{Aggregate, Timestamp};
use chengshu_store::{Point, ReadingQuery, Resolution};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, When};
use crate::problem::Problem;
use crate::view::{quality, unit};

/// Points in one answer at most.
const POINTS: i64 = 20_000;

/// Which readings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadingParams {
    /// The device.
    device: String,
    /// The metric.
    metric: String,
    /// From this device time on.
    from: When,
    /// Up to, not including, this device time.
    to: When,
    /// Length of a bucket: a number with s, m, h or d, e.g. `15m`. Without it the answer is raw.
    bucket: Option<String>,
    /// How a bucket becomes one value: avg (default), min, max or sum.
    agg: Option<AggregateWord>,
    /// Let the hub choose buckets so that about this many points come, 2 to 10000. Not together with `bucket`.
    max_points: Option<u32>,
}

/// The aggregate's word in a query.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AggregateWord {
    /// The mean.
    Avg,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The sum.
    Sum,
}

/// Which series an answer is about.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SeriesView {
    device: String,
    metric: String,
    unit: String,
}

/// Points of a series.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReadingPage {
    series: SeriesView,
    /// `[at, value, quality]`: ms since 1970 (of a bucket: its beginning), the value, words of quality.
    points: Vec<(i64, f64, Vec<&'static str>)>,
    /// `[from, to]`: spans without a reading that are longer than the device's deadline, ms since 1970. Silence is not a
    /// value: a line must not be drawn across them.
    gaps: Vec<(i64, i64)>,
    /// Length of a bucket, ms; none when the points are raw.
    bucket_ms: Option<i64>,
    /// There is more: ask again with `from` set to this.
    next: Option<i64>,
}

pub(crate) async fn list(
    State(app): State<App>,
    Who(caller): Who,
    Params(params): Params<ReadingParams>,
) -> Result<Json<ReadingPage>, Problem> {
    let (from, to) = (params.from.0, params.to.0);
    if from >= to {
        return Err(Problem::bad_request("query: from is not before to; expected from < to"));
    }
    let found = app.board.read(|board| {
        let slot = board.device(&params.device).filter(|slot| caller.scope.covers_theme(slot.device.theme.as_str()))?;
        let series = slot.series.iter().find(|series| series.metric.as_str() == params.metric)?;
        Some((series.id, unit(slot, series).to_owned(), slot.deadline().0.stale_after_s))
    });
    let (series, unit, silence_s) = found.ok_or_else(|| {
        Problem::not_found(format!("device {:?} has sent no metric {:?}", params.device, params.metric))
    })?;
    let resolution = resolution(&params, from, to)?;
    let untrue = app.rollups.untrue(series, from, to);
    let query = ReadingQuery { series, from, to, resolution, limit: POINTS, untrue };
    let points = app.store.reading_list(&caller.scope, &query).await?;
    let next = points.last().filter(|_| points.len() as i64 == POINTS).map(|last| match resolution {
        Resolution::Raw => last.at.ms() + 1,
        Resolution::Bucket { ms, .. } => last.at.ms() + ms,
    });
    let bucket_ms = match resolution {
        Resolution::Raw => None,
        Resolution::Bucket { ms, .. } => Some(ms),
    };
    let longest = i64::from(silence_s) * 1000 + bucket_ms.unwrap_or(0);
    let until = next.map_or(to.min(app.clock.now()), Timestamp::from_ms);
    let gaps = gaps(from, until, longest, bucket_ms.unwrap_or(0), points.iter().map(|point| point.at));
    let points = points.into_iter().map(|Point { at, value, quality: q }| (at.ms(), value, quality(q))).collect();
    let series = SeriesView { device: params.device, metric: params.metric, unit };
    Ok(Json(ReadingPage { series, points, gaps, bucket_ms, next }))
}

/// Spans longer than `longest` in which nothing was measured. A point covers `covers` ms.
fn gaps(
    from: Timestamp,
    until: Timestamp,
    longest: i64,
    covers: i64,
    points: impl Iterator<Item = Timestamp>,
) -> Vec<(i64, i64)> {
    let mut gaps = Vec::new();
    let mut seen = from.ms();
    for at in points.map(Timestamp::ms).chain([until.ms()]) {
        if at - seen > longest {
            gaps.push((seen, at));
        }
        seen = seen.max(at + covers);
    }
    gaps
}

fn resolution(params: &ReadingParams, from: Timestamp, to: Timestamp) -> Result<Resolution, Problem> {
    let aggregate = match params.agg.unwrap_or(AggregateWord::Avg) {
        AggregateWord::Avg => Aggregate::Avg,
        AggregateWord::Min => Aggregate::Min,
        AggregateWord::Max => Aggregate::Max,
        AggregateWord::Sum => Aggregate::Sum,
    };
    match (&params.bucket, params.max_points) {
        (Some(_), Some(_)) => {
            Err(Problem::bad_request("query: bucket and max_points exclude each other; send one of them"))
        }
        (Some(text), None) => Ok(Resolution::Bucket { ms: bucket_ms(text)?, aggregate }),
        (None, Some(points)) if (2..=10_000).contains(&points) => {
            Ok(Resolution::Bucket { ms: round_up((to.since(from) / i64::from(points)).max(1)), aggregate })
        }
        (None, Some(points)) => {
            Err(Problem::bad_request(format!("query: max_points is {points}; expected 2 to 10000")))
        }
        (None, None) => Ok(Resolution::Raw),
    }
}

fn bucket_ms(text: &str) -> Result<i64, Problem> {
    let bad = || {
        Problem::bad_request(format!(
            "query: bucket is {text:?}; expected a number with s, m, h or d, from 1s to 366d, e.g. 15m"
        ))
    };
    let (digits, factor) = match text.chars().last() {
        Some('s') => (&text[..text.len() - 1], 1_000),
        Some('m') => (&text[..text.len() - 1], 60_000),
        Some('h') => (&text[..text.len() - 1], 3_600_000),
        Some('d') => (&text[..text.len() - 1], 86_400_000),
        _ => return Err(bad()),
    };
    let number: i64 = digits.parse().map_err(|_| bad())?;
    number.checked_mul(factor).filter(|ms| (1_000..=366 * 86_400_000).contains(ms)).ok_or_else(bad)
}

/// Up to a length that people find on an axis.
fn round_up(ms: i64) -> i64 {
    const STEPS: [i64; 15] = [
        1_000, 5_000, 10_000, 15_000, 30_000, 60_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 10_800_000,
        21_600_000, 43_200_000, 86_400_000,
    ];
    let day = 86_400_000;
    STEPS.into_iter().find(|step| *step >= ms).unwrap_or_else(|| ms.div_euclid(day) * day + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_told_apart_from_values() {
        let t = Timestamp::from_ms;
        let points = [100, 110, 120, 500, 510].map(t);
        assert_eq!(gaps(t(95), t(520), 50, 0, points.into_iter()), [(120, 500)]);
        assert_eq!(gaps(t(0), t(900), 50, 0, points.into_iter()), [(0, 100), (120, 500), (510, 900)]);
        assert_eq!(gaps(t(0), t(900), 50, 0, [].into_iter()), [(0, 900)]);
        assert_eq!(gaps(t(0), t(300), 50, 100, [0, 100, 200].map(t).into_iter()), []);
    }

    #[test]
    fn buckets_are_read_or_explained() {
        assert_eq!(bucket_ms("15m").unwrap(), 900_000);
        assert_eq!(bucket_ms("1d").unwrap(), 86_400_000);
        for bad in ["", "m", "15", "-1h", "0s", "1y", "99999999999999999999d", "9999999999999d", "１h"] {
            assert!(bucket_ms(bad).is_err(), "{bad}");
        }
        assert_eq!(round_up(7_000), 10_000);
        assert_eq!(round_up(100_000_000), 172_800_000);
    }
}
