//! Corrections of readings: an audited change that keeps the old value. Carried out by the engine, one after the other.

use axum::Json;
use axum::extract::State;
use chengshu_core::model::MetricId;
use chengshu_engine::Correction;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Body, Params, When, page};
use crate::problem::Problem;
use crate::view::quality;

/// A reading to be changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCorrection {
    /// The device.
    device: String,
    /// The metric.
    metric: String,
    /// Device time of the reading, exactly.
    at: When,
    /// The right value; null withdraws the reading.
    value: Option<f64>,
    /// Why, for whoever reads the audit: 3 to 500 characters.
    reason: String,
}

/// What a correction changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CorrectionDone {
    device: String,
    metric: String,
    /// Device time of the reading, ms since 1970.
    at: i64,
    /// What stood there; null when nothing did.
    old_value: Option<f64>,
    /// What stands there now; null: withdrawn.
    value: Option<f64>,
}

pub(crate) async fn correct(
    State(app): State<App>,
    who: Who,
    Body(new): Body<NewCorrection>,
) -> Result<Json<CorrectionDone>, Problem> {
    let reason = new.reason.trim();
    if !(3..=500).contains(&reason.chars().count()) {
        return Err(Problem::bad_request("body: reason is too short or too long; expected 3 to 500 characters"));
    }
    let metric = MetricId::parse(&new.metric).map_err(|error| Problem::bad_request(format!("body: {error}")))?;
    let visible = app.board.read(|board| board.device(&new.device).is_some_and(|slot| who.sees(&slot.device)));
    if !visible {
        return Err(Problem::not_found(format!("no device {:?} has been heard or registered", new.device)));
    }
    for (name, value) in [("device", new.device.as_str()), ("metric", &new.metric), ("at", &new.at.0.to_rfc3339())] {
        who.line_with(name, value);
    }
    if let Some(line) = who.line() {
        line.reason(reason);
    }
    let correction = Correction {
        caller: who.name(),
        device: new.device.clone(),
        metric,
        at: new.at.0,
        value: new.value,
        reason: reason.to_owned(),
        line: who.line().cloned(),
    };
    let old_value = app.commands.correct(correction).await?;
    Ok(Json(CorrectionDone { device: new.device, metric: new.metric, at: new.at.0.ms(), old_value, value: new.value }))
}

/// Which corrections.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectionParams {
    /// Only of this device.
    device: Option<String>,
    /// Only those with a smaller number: the `next` of the page before.
    before: Option<i64>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CorrectionView {
    id: i64,
    /// When it was made, ms since 1970.
    made: i64,
    /// By whom.
    caller: String,
    device: String,
    metric: String,
    /// Device time of the reading, ms since 1970.
    at: i64,
    old_value: Option<f64>,
    old_quality: Vec<&'static str>,
    value: Option<f64>,
    reason: String,
}

/// A page of corrections, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CorrectionPage {
    corrections: Vec<CorrectionView>,
    /// Ask again with `before` set to this; none when this was the last page.
    next: Option<i64>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(params): Params<CorrectionParams>,
) -> Result<Json<CorrectionPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)?;
    let rows = app.store.correction_list(&who.scope, params.device.as_deref(), params.before, limit as i64).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id);
    let corrections = rows.into_iter().map(|row| CorrectionView {
        id: row.id,
        made: row.made.ms(),
        caller: row.caller,
        device: row.device,
        metric: row.metric,
        at: row.at.ms(),
        old_value: row.old.map(|(value, _)| value),
        old_quality: row.old.map_or_else(Vec::new, |(_, flags)| quality(flags)),
        value: row.value,
        reason: row.reason,
    });
    Ok(Json(CorrectionPage { corrections: corrections.collect(), next }))
}
