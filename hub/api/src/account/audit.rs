//! The audit, for those who may read it: lines, and a file of them. Reading it is in it, too.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chengshu_access::{Act, Outcome};
use chengshu_core::model::Timestamp;
use chengshu_store::{AuditFilter, AuditRow, Store, StoreError};
use futures_util::{StreamExt as _, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::Words;
use crate::app::App;
use crate::caller::Who;
use crate::flow::flow;
use crate::params::{Params, When, page};
use crate::problem::Problem;

/// Lines that are read at once for a file.
const PORTION: i64 = 1_000;

/// Which lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditParams {
    /// From this moment on.
    from: Option<When>,
    /// Until just before this moment.
    to: Option<When>,
    /// Only of this caller, e.g. person:17.
    who: Option<String>,
    /// Only acts of this kind.
    act: Option<String>,
    /// Only with this outcome: done, denied, failed.
    outcome: Option<String>,
    /// Only about this object, e.g. person:17.
    object: Option<String>,
    /// Only lines before this number: the `next` of the page before.
    before: Option<i64>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

/// A file of lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditExportParams {
    /// csv or ndjson; default csv.
    format: Option<String>,
    /// From this moment on.
    from: Option<When>,
    /// Until just before this moment.
    to: Option<When>,
}

/// A line of the audit.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AuditLineView {
    id: i64,
    at: i64,
    /// e.g. person:17; of nobody known: unknown.
    who: String,
    /// Their name of today.
    name: Option<String>,
    kind: String,
    from: Option<String>,
    act: String,
    act_name: Words,
    object: Option<String>,
    outcome: String,
    reason: Option<String>,
    detail: BTreeMap<String, String>,
}

/// Lines, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AuditPage {
    lines: Vec<AuditLineView>,
    next: Option<i64>,
}

fn view(row: AuditRow) -> AuditLineView {
    let act = Act::of(&row.act);
    AuditLineView {
        id: row.id,
        at: row.at.ms(),
        who: row.who,
        name: row.name,
        kind: row.kind,
        from: row.from,
        act_name: act.map_or(Words { zh: "未知", en: "unknown" }, |act| Words { zh: act.zh(), en: act.en() }),
        act: row.act,
        object: row.object,
        outcome: row.outcome,
        reason: row.reason,
        detail: row.detail,
    }
}

fn word<T>(what: &str, read: Option<&str>, of: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let unknown = |read: &str| Problem::bad_request(format!("query: {what} is {read:?}, which there is none of"));
    read.filter(|read| !read.is_empty()).map(|read| of(read).ok_or_else(|| unknown(read))).transpose()
}

pub(crate) async fn list(
    State(app): State<App>,
    _who: Who,
    Params(params): Params<AuditParams>,
) -> Result<Json<AuditPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)? as i64;
    let filter = AuditFilter {
        from: params.from.map(|when| when.0),
        to: params.to.map(|when| when.0),
        who: params.who.filter(|who| !who.is_empty()),
        act: word("act", params.act.as_deref(), Act::of)?,
        outcome: word("outcome", params.outcome.as_deref(), Outcome::of)?,
        object: params.object.filter(|object| !object.is_empty()),
        before: params.before,
        limit: limit + 1,
    };
    let mut rows = app.store.audit_list(&filter).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok(Json(AuditPage { lines: rows.into_iter().map(view).collect(), next }))
}

pub(crate) async fn export(
    State(app): State<App>,
    _who: Who,
    Params(params): Params<AuditExportParams>,
) -> Result<Response, Problem> {
    let csv = match params.format.as_deref() {
        None | Some("csv") => true,
        Some("ndjson") => false,
        Some(other) => return Err(Problem::bad_request(format!("query: format is {other:?}; expected csv or ndjson"))),
    };
    let filter = AuditFilter {
        from: params.from.map(|when| when.0),
        to: params.to.map(|when| when.0),
        limit: PORTION,
        ..AuditFilter::default()
    };
    let first = portion(&app.store, &filter).await?;
    let (media, name) =
        if csv { ("text/csv; charset=utf-8", "audit.csv") } else { ("application/x-ndjson", "audit.ndjson") };
    let file = File { store: app.store.clone(), filter, csv, rows: Some(first) };
    let headers = [(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    Ok((headers, body(file)).into_response())
}

/// The file, in portions.
fn body(file: File) -> HttpBody {
    let head = file.csv.then(|| Ok(Bytes::from_static(HEAD.as_bytes())));
    let rest = stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        match file.next().await {
            Ok(Some(bytes)) => Some((Ok(bytes), Some(file))),
            Ok(None) => None,
            Err(error) => Some((Err(std::io::Error::other(error.to_string())), None)), // it breaks off, and never looks whole
        }
    });
    flow(stream::iter(head).chain(rest))
}

async fn portion(store: &Store, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
    store.audit_list(filter).await
}

const HEAD: &str = "\u{feff}id,at,who,name,kind,from,act,object,outcome,reason,detail\r\n";

struct File {
    store: Store,
    filter: AuditFilter,
    csv: bool,
    rows: Option<Vec<AuditRow>>,
}

impl File {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        let rows = match self.rows.take() {
            Some(rows) => rows,
            None => portion(&self.store, &self.filter).await?,
        };
        let Some(last) = rows.last() else { return Ok(None) };
        self.filter.before = Some(last.id);
        let text: String = rows.into_iter().map(|row| if self.csv { csv(&row) } else { ndjson(row) }).collect();
        Ok(Some(text.into()))
    }
}

fn ndjson(row: AuditRow) -> String {
    serde_json::to_string(&view(row)).map(|line| line + "\n").unwrap_or_default()
}

fn csv(row: &AuditRow) -> String {
    let detail = serde_json::to_string(&row.detail).unwrap_or_default();
    let at = Timestamp::from_ms(row.at.ms()).ms().to_string();
    let id = row.id.to_string();
    let cells = [
        id.as_str(),
        &at,
        &row.who,
        row.name.as_deref().unwrap_or_default(),
        &row.kind,
        row.from.as_deref().unwrap_or_default(),
        &row.act,
        row.object.as_deref().unwrap_or_default(),
        &row.outcome,
        row.reason.as_deref().unwrap_or_default(),
        &detail,
    ];
    cells.map(cell).join(",") + "\r\n"
}

/// A cell that no spreadsheet calculates.
fn cell(text: &str) -> String {
    let safe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    format!("\"{}\"", safe.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chengshu_store::StoreOptions;

    use super::*;

    #[tokio::test]
    async fn a_file_may_be_asked_for_more_after_its_end() {
        let url = "postgres://nobody:none@127.0.0.1:1/none".to_owned();
        let options = StoreOptions { owner: None, url, readers: 1, reader_timeout: Duration::from_secs(1) };
        let store = Store::new(&options).unwrap();
        for (csv, pieces) in [(true, 1), (false, 0)] {
            let file = File { store: store.clone(), filter: AuditFilter::default(), csv, rows: Some(Vec::new()) };
            let mut parts = body(file).into_data_stream();
            for _ in 0..pieces {
                assert_eq!(parts.next().await.unwrap().unwrap(), HEAD);
            }
            assert!(parts.next().await.is_none() && parts.next().await.is_none(), "as what packs it asks");
        }
    }
}
