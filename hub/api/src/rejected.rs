//! What was set aside, newest first, with the reason and the bytes: the place where a technician finds out why a
//! device that sends is not seen.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use chengshu_access::{Object, Right, Scope};
use chengshu_store::RejectedFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Body, Params, page};
use crate::problem::Problem;

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectedParams {
    /// Only with this reason.
    reason: Option<String>,
    /// Only of this device.
    device: Option<String>,
    /// Only by this link.
    link: Option<String>,
    /// Only those with a smaller number: the `next` of the page before.
    before: Option<i64>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
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
    /// The bytes as they came, cut at 64 KiB; see `raw_encoding`. Null for whoever has not the right see_raw for the device.
    raw: Option<String>,
    /// utf8 where the bytes are text, else base64.
    raw_encoding: &'static str,
    /// Their full length.
    raw_bytes: i32,
    /// What came of a second try, if there was one.
    replayed: Option<ReplayedView>,
}

/// What came of a second try, in items.
#[derive(Debug, Serialize, JsonSchema)]
struct ReplayedView {
    /// When, ms since 1970.
    at: i64,
    stored: i32,
    duplicate: i32,
    rejected: i32,
}

/// What shall be tried again: these numbers, or the newest untried ones that pass the filters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayOrder {
    /// These numbers.
    ids: Option<Vec<i64>>,
    /// Only with this reason.
    reason: Option<String>,
    /// Only of this device.
    device: Option<String>,
    /// Only by this link.
    link: Option<String>,
    /// At most this many, 1 to 1000; default 1000.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

/// Something that could not be tried.
#[derive(Debug, Serialize, JsonSchema)]
struct SkippedView {
    id: i64,
    why: String,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReplayView {
    /// Rows that were tried; several rows of one message are tried together.
    replayed: u32,
    /// Items that became new rows.
    stored: u32,
    /// Items that were there already.
    duplicate: u32,
    /// Items set aside again.
    rejected: u32,
    /// Items kept in the spool: the database is away.
    spooled: u32,
    skipped: Vec<SkippedView>,
}

pub(crate) async fn replay(
    State(app): State<App>,
    who: Who,
    Body(order): Body<ReplayOrder>,
) -> Result<Json<ReplayView>, Problem> {
    let limit = page(order.limit, 1_000, 1_000)?;
    let some = order.ids.is_some() || order.reason.is_some() || order.device.is_some() || order.link.is_some();
    if !some {
        return Err(Problem::bad_request("body: nothing chosen; expected ids, reason, device or link"));
    }
    let filter = RejectedFilter {
        untried: order.ids.is_none(),
        ids: order.ids,
        reason: order.reason,
        device: order.device,
        link: order.link,
    };
    let rows = app.store.rejected_list(&who.scope, &filter, None, limit as i64).await?;
    // each message has a transaction of its own, so the line comes before the first of them
    app.store.tx().await?.commit_with(who.line_with("messages", rows.len())).await?;
    let report = app.replayer.replay(rows).await?;
    Ok(Json(ReplayView {
        replayed: report.replayed,
        stored: report.outcome.stored,
        duplicate: report.outcome.duplicate,
        rejected: report.outcome.rejected,
        spooled: report.outcome.spooled,
        skipped: report.skipped.into_iter().map(|(id, why)| SkippedView { id, why }).collect(),
    }))
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
    who: Who,
    Params(params): Params<RejectedParams>,
) -> Result<Json<RejectedPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)?;
    let filter =
        RejectedFilter { reason: params.reason, device: params.device, link: params.link, ..RejectedFilter::default() };
    let rows = app.store.rejected_list(&who.scope, &filter, params.before, limit as i64).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id);
    let raw_of = who.also(Right::SeeRaw, app.clock.now());
    let shown: Vec<bool> = app.board.read(|board| {
        let covered = |id: &str| board.device(id).is_some_and(|slot| raw_of.covers(&Object::device(&slot.device)));
        rows.iter().map(|row| raw_of == Scope::All || row.device.as_deref().is_some_and(covered)).collect()
    });
    let rejected = rows.into_iter().zip(shown).map(|(row, shown)| {
        let (raw, raw_encoding) = match String::from_utf8(row.raw) {
            Ok(text) => (text, "utf8"),
            Err(bytes) => (base64::engine::general_purpose::STANDARD.encode(bytes.as_bytes()), "base64"),
        };
        RejectedView {
            id: row.id,
            received: row.received.ms(),
            link: row.link,
            source: row.source,
            device: row.device,
            metric: row.metric,
            reason: row.reason,
            detail: row.detail,
            raw: shown.then_some(raw),
            raw_encoding,
            raw_bytes: row.raw_bytes,
            replayed: row.replayed.map(|replayed| ReplayedView {
                at: replayed.at.ms(),
                stored: replayed.stored,
                duplicate: replayed.duplicate,
                rejected: replayed.rejected,
            }),
        }
    });
    Ok(Json(RejectedPage { rejected: rejected.collect(), next }))
}
