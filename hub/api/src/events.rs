//! Happenings that devices reported, newest first.

use axum::Json;
use axum::extract::State;
use chengshu_core::model::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, When, page};
use crate::problem::Problem;

/// Which events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventParams {
    /// Only those received before this moment.
    before: Option<When>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct EventView {
    device: String,
    /// The same key of the same device is the same event.
    key: String,
    kind: String,
    /// Device time, ms since 1970.
    at: i64,
    /// Hub time of arrival, ms since 1970.
    received: i64,
    severity: Option<&'static str>,
    /// The whole message.
    #[schemars(with = "serde_json::Value")]
    detail: Option<Box<RawValue>>,
}

/// A page of events.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EventPage {
    events: Vec<EventView>,
}

pub(crate) async fn list(
    State(app): State<App>,
    Who(caller): Who,
    Params(params): Params<EventParams>,
) -> Result<Json<EventPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)? as i64;
    let rows = app.store.event_list(&caller.scope, params.before.map(|before| before.0), limit).await?;
    let events = rows.into_iter().map(|row| EventView {
        device: row.device,
        key: row.key,
        kind: row.kind,
        at: row.at.ms(),
        received: row.received.ms(),
        severity: row.severity.map(Severity::word),
        detail: RawValue::from_string(row.detail).ok(),
    });
    Ok(Json(EventPage { events: events.collect() }))
}
