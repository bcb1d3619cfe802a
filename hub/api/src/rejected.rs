//! What was set aside, newest first, with the reason and the bytes: the place where a technician finds out why a
//! device that sends is not seen.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, page};
use crate::problem::Problem;

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectedParams {
    /// Only those with a smaller number: the `next` of the page before.
    before: Option<i64>,
    /// At most this many, 1 to 1000; default 100.
    limit: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RejectedView {
    id: i64,
    /// Hub time of arrival, ms since 1970.
    received: i64,
    link: String,
    /// Topic or peer.
    source: String,
    device: Option<String>,
    metric: Option<String>,
    /// Stable code.
    reason: String,
    /// What was read and what would be right.
    detail: String,
    /// The bytes as they came, as text where they are text; cut at 64 KiB.
    raw: String,
    /// Their full length.
    raw_bytes: i32,
}

/// A page of what was set aside.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RejectedPage {
    rejected: Vec<RejectedView>,
    /// Ask again with `before` set to this; none when this was the last page.
    next: Option<i64>,
}

pub(crate) async fn list(
    State(app): State<App>,
    Who(caller): Who,
    Params(params): Params<RejectedParams>,
) -> Result<Json<RejectedPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)?;
    let rows = app.store.rejected_list(&caller.scope, params.before, limit as i64).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id);
    let rejected = rows.into_iter().map(|row| RejectedView {
        id: row.id,
        received: row.received.ms(),
        link: row.link,
        source: row.source,
        device: row.device,
        metric: row.metric,
        reason: row.reason,
        detail: row.detail,
        raw: String::from_utf8_lossy(&row.raw).into_owned(),
        raw_bytes: row.raw_bytes,
    });
    Ok(Json(RejectedPage { rejected: rejected.collect(), next }))
}
