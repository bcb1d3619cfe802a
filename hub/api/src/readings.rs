//! Readings over a span, of one series or of many at once: raw with their quality, or in buckets of good readings only.

use axum::Json;
use axum::extract::State;
use chengshu_core::model::{Aggregate, Timestamp};
use chengshu_store::{Point, ReadingQuery, Resolution};
use futures_util::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Body, Params, When};
use crate::problem::Problem;
use crate::view::{quality, unit};

/// Points of one series in one answer at most.
const POINTS: i64 = 20_000;
/// Points of many series in one answer at most.
const POINTS_OF_MANY: usize = 200_000;
/// Series in one answer at most.
const SERIES_MAX: usize = 200;
/// Of many series so many are asked for at once: the readers of others must not wait for one big question.
const AT_ONCE: usize = 3;

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
    #[schemars(range(min = 2, max = 10_000))]
    max_points: Option<u32>,
}

/// One of many series.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeriesName {
    /// The device.
    device: String,
    /// The metric.
    metric: String,
}

/// Which readings of many series.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManyReadings {
    /// 1 to 200 series.
    #[schemars(length(min = 1, max = 200))]
    series: Vec<SeriesName>,
    /// From this device time on.
    from: When,
    /// Up to, not including, this device time.
    to: When,
    /// Length of a bucket: a number with s, m, h or d, e.g. `15m`. Without it the answer is raw.
    bucket: Option<String>,
    /// How a bucket becomes one value: avg (default), min, max or sum.
    agg: Option<AggregateWord>,
    /// Let the hub choose buckets so that about this many points come for each series, 2 to 10000. Not together with `bucket`.
    #[schemars(range(min = 2, max = 10_000))]
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
    points: Vec<PointView>,
    /// `[from, to]`: spans without a reading that are longer than the device's deadline, ms since 1970. Silence is not a
    /// value: a line must not be drawn across them.
    gaps: Vec<(i64, i64)>,
    /// Length of a bucket, ms; none when the points are raw.
    bucket_ms: Option<i64>,
    /// There is more: ask again with `from` set to this.
    next: Option<i64>,
}

/// Why a series has no answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SeriesFault {
    /// Stable code: not_found.
    code: &'static str,
    /// In words.
    detail: String,
}

/// The answer about one of many series: points, or an error.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SeriesReadings {
    device: String,
    metric: String,
    /// Its unit; empty when it is not known.
    unit: String,
    /// `[at, value, quality]`, as in `/readings`.
    points: Vec<PointView>,
    /// `[from, to]`: spans without a reading, as in `/readings`.
    gaps: Vec<(i64, i64)>,
    /// There is more: ask for this series again with `from` set to this.
    next: Option<i64>,
    /// Why there is no answer for this series; null when there is one.
    error: Option<SeriesFault>,
}

/// Readings of many series, in the order in which they were asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReadingsOfMany {
    /// Length of a bucket, ms; none when the points are raw.
    bucket_ms: Option<i64>,
    series: Vec<SeriesReadings>,
}

type PointView = (i64, f64, Vec<&'static str>);

/// A span and how it is to be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) resolution: Resolution,
}

impl Span {
    /// The rules of every question about readings.
    pub(crate) fn new(
        (from, to): (When, When),
        bucket: Option<&str>,
        agg: Option<AggregateWord>,
        max_points: Option<u32>,
    ) -> Result<Self, Problem> {
        let (from, to) = (from.0, to.0);
        if from >= to {
            return Err(Problem::bad_request("query: from is not before to; expected from < to"));
        }
        Ok(Self { from, to, resolution: resolution(bucket, agg, max_points, from, to)? })
    }

    pub(crate) fn bucket_ms(&self) -> Option<i64> {
        match self.resolution {
            Resolution::Raw => None,
            Resolution::Bucket { ms, .. } => Some(ms),
        }
    }
}

/// What is known of a series without asking the database.
struct Known {
    series: i32,
    unit: String,
    silence_s: u32,
}

/// What was found.
struct Found {
    points: Vec<PointView>,
    gaps: Vec<(i64, i64)>,
    next: Option<i64>,
}

fn known(app: &App, who: &Who, device: &str, metric: &str) -> Result<Known, Problem> {
    let found = app.board.read(|board| {
        let slot = board.device(device).filter(|slot| who.sees(&slot.device))?;
        let series = slot.series.iter().find(|series| series.metric.as_str() == metric)?;
        let silence_s = slot.deadline().0.stale_after_s;
        Some(Known { series: series.id, unit: unit(slot, series).to_owned(), silence_s })
    });
    found.ok_or_else(|| Problem::not_found(format!("device {device:?} has sent no metric {metric:?}")))
}

async fn find(app: &App, who: &Who, known: &Known, span: Span) -> Result<Found, Problem> {
    let Span { from, to, resolution } = span;
    let untrue = app.rollups.untrue(known.series, from, to);
    let query = ReadingQuery { series: known.series, from, to, resolution, limit: POINTS, untrue };
    let points = app.store.reading_list(&who.scope, &query).await?;
    let bucket_ms = span.bucket_ms();
    let next = points.last().filter(|_| points.len() as i64 == POINTS);
    let next = next.map(|last| last.at.ms() + bucket_ms.unwrap_or(1));
    let longest = i64::from(known.silence_s) * 1000 + bucket_ms.unwrap_or(0);
    let until = next.map_or(to.min(app.clock.now()), Timestamp::from_ms);
    let gaps = gaps(from, until, longest, bucket_ms.unwrap_or(0), points.iter().map(|point| point.at));
    let points = points.into_iter().map(|Point { at, value, quality: q }| (at.ms(), value, quality(q))).collect();
    Ok(Found { points, gaps, next })
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(params): Params<ReadingParams>,
) -> Result<Json<ReadingPage>, Problem> {
    let span = Span::new((params.from, params.to), params.bucket.as_deref(), params.agg, params.max_points)?;
    let known = known(&app, &who, &params.device, &params.metric)?;
    let Found { points, gaps, next } = find(&app, &who, &known, span).await?;
    let series = SeriesView { device: params.device, metric: params.metric, unit: known.unit };
    Ok(Json(ReadingPage { series, points, gaps, bucket_ms: span.bucket_ms(), next }))
}

pub(crate) async fn many(
    State(app): State<App>,
    who: Who,
    Body(order): Body<ManyReadings>,
) -> Result<Json<ReadingsOfMany>, Problem> {
    let asked = order.series.len();
    if !(1..=SERIES_MAX).contains(&asked) {
        return Err(Problem::bad_request(format!("body: series has {asked} items; expected 1 to {SERIES_MAX}")));
    }
    let span = Span::new((order.from, order.to), order.bucket.as_deref(), order.agg, order.max_points)?;
    let answers = order.series.into_iter().map(|SeriesName { device, metric }| {
        let (app, who) = (&app, &who);
        async move {
            let known = match known(app, who, &device, &metric) {
                Ok(known) => known,
                Err(problem) => return Ok(SeriesReadings::fault(device, metric, &problem)),
            };
            let Found { points, gaps, next } = find(app, who, &known, span).await?;
            Ok::<_, Problem>(SeriesReadings { device, metric, unit: known.unit, points, gaps, next, error: None })
        }
    });
    let mut answers = stream::iter(answers).buffered(AT_ONCE);
    let (mut series, mut points) = (Vec::with_capacity(asked), 0);
    while let Some(answer) = answers.next().await {
        let answer = answer?;
        points += answer.points.len();
        if points > POINTS_OF_MANY {
            return Err(Problem::bad_request(format!(
                "body: these {asked} series have more than {POINTS_OF_MANY} points between from and to; ask for fewer series, a \
                 shorter span, or buckets (bucket or max_points)"
            )));
        }
        series.push(answer);
    }
    drop(answers);
    Ok(Json(ReadingsOfMany { bucket_ms: span.bucket_ms(), series }))
}

impl SeriesReadings {
    fn fault(device: String, metric: String, problem: &Problem) -> Self {
        let error = Some(SeriesFault { code: problem.code(), detail: problem.detail().to_owned() });
        Self { device, metric, unit: String::new(), points: Vec::new(), gaps: Vec::new(), next: None, error }
    }
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

fn resolution(
    bucket: Option<&str>,
    agg: Option<AggregateWord>,
    max_points: Option<u32>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Resolution, Problem> {
    let aggregate = match agg.unwrap_or(AggregateWord::Avg) {
        AggregateWord::Avg => Aggregate::Avg,
        AggregateWord::Min => Aggregate::Min,
        AggregateWord::Max => Aggregate::Max,
        AggregateWord::Sum => Aggregate::Sum,
    };
    match (bucket, max_points) {
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
