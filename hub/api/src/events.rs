//! Happenings that devices reported, newest first.

use axum::Json;
use axum::extract::State;
use chengshu_core::model::{Severity, Timestamp};
use chengshu_store::EventFilter;
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
    /// Only of this device.
    device: Option<String>,
    /// Only of this kind.
    kind: Option<String>,
    /// Only of devices of this theme.
    theme: Option<String>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
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
    /// Ask again with `after` set to this; none when this was the last page.
    next: Option<String>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(params): Params<EventParams>,
) -> Result<Json<EventPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)?;
    let filter = EventFilter {
        before: params.before.map(|before| before.0),
        device: params.device,
        kind: params.kind,
        theme: params.theme,
        after: params.after.as_deref().map(cursor).transpose()?,
        limit: limit as i64,
    };
    let rows = app.store.event_list(&who.scope, &filter).await?;
    let next = rows.last().filter(|_| rows.len() == limit);
    let next = next.map(|row| format!("{}|{}|{}", row.received.ms(), row.device, row.key));
    let events = rows.into_iter().map(|row| EventView {
        device: row.device,
        key: row.key,
        kind: row.kind,
        at: row.at.ms(),
        received: row.received.ms(),
        severity: row.severity.map(Severity::word),
        detail: RawValue::from_string(row.detail).ok(),
    });
    Ok(Json(EventPage { events: events.collect(), next }))
}

/// A place in the list; a device's name has no bar, a key may.
fn cursor(text: &str) -> Result<(Timestamp, String, String), Problem> {
    let mut parts = text.splitn(3, '|');
    let read = (parts.next().and_then(|ms| ms.parse::<i64>().ok()), parts.next(), parts.next());
    let (Some(ms), Some(device), Some(key)) = read else {
        return Err(Problem::bad_request("query: after is not the `next` of a page of events"));
    };
    if !(0..253_402_300_800_000).contains(&ms) {
        return Err(Problem::bad_request("query: after is not the `next` of a page of events"));
    }
    Ok((Timestamp::from_ms(ms), device.to_owned(), key.to_owned()))
}
