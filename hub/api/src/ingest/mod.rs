//! What devices, gateways and platforms send by HTTP. Answered only when it is durable; what was set aside is told at
//! once, message by message. A body is taken as a whole or refused as a whole: 4xx means that nothing of it was kept.

mod body;
mod door;
mod item;
mod signed;
mod speaker;
mod split;

use std::collections::BTreeMap;

use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chengshu_access::Scope;
use chengshu_engine::KeyHash;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Params, When};
use crate::problem::Problem;
use body::Sent;
use speaker::Speaker;
use split::Message;

pub use door::{Door, DoorParts};

/// A message that names its device: the payload of MQTT, with theme, device and type beside it.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only described: it is read member by member, so that a fault spoils only its own value")]
pub(crate) struct IngestMessage {
    /// The theme of the device, e.g. water.
    theme: String,
    /// The device, e.g. MY-1.
    device: String,
    /// What it is: telemetry (as without it), event or status.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// When it was measured; without it: when it arrived.
    ts: Option<When>,
    /// Telemetry: values by metric. They may also stand beside `ts`.
    values: Option<BTreeMap<String, f64>>,
}

/// One message, or a list of them.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only described")]
pub(crate) enum IngestBody {
    /// One.
    One(IngestMessage),
    /// Many; each stands for itself.
    Many(Vec<IngestMessage>),
    /// Whatever else is JSON is kept too: set aside with its reason, which the answer names.
    Odd(serde_json::Value),
}

/// Any JSON: what is in it is told by its topic or its mapping.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only described")]
pub(crate) struct AnyJson(serde_json::Value);

/// Something that was set aside.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FaultView {
    /// Which message, counted from 1; in NDJSON its line.
    index: u32,
    device: Option<String>,
    metric: Option<String>,
    /// Stable code, as in /api/v1/rejected.
    reason: &'static str,
    /// What was read and what would be right.
    detail: String,
}

/// What became of a body. Counted in items: a reading, an event, a word of presence, something set aside.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct IngestView {
    /// Messages in the body.
    messages: usize,
    /// New rows.
    pub(crate) stored: u32,
    /// Already there, with the same value.
    pub(crate) duplicate: u32,
    /// Set aside with their bytes.
    pub(crate) rejected: u32,
    /// Kept in the spool: the database is away. What becomes of them is decided when it is back.
    pub(crate) spooled: u32,
    /// What was set aside, and why; at most 100.
    faults: Vec<FaultView>,
    /// Faults that are not listed.
    unlisted: u32,
}

pub(crate) async fn items(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    request: Request,
) -> Result<Response, Problem> {
    post(app, who, request, door::ITEMS.to_owned()).await
}

pub(crate) async fn message(
    State(app): State<App>,
    who: Who,
    Path((theme, device, kind)): Path<(String, String, String)>,
    Params(NoParams {}): Params<NoParams>,
    request: Request,
) -> Result<Response, Problem> {
    let topic = item::topic(&theme, &device, &kind).map_err(|(_, detail)| Problem::bad_request(detail))?;
    post(app, who, request, topic).await
}

pub(crate) async fn push(
    State(app): State<App>,
    who: Who,
    Path(rest): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    post(app, who, request, format!("{}{rest}", door::PUSH)).await
}

async fn post(app: App, who: Who, request: Request, source: String) -> Result<Response, Problem> {
    let narrow = who.scope != Scope::All;
    let (board, now) = (app.board.clone(), app.clock.now());
    let signature = signed::demanded(&who, &request);
    let Sent { bytes, lines, key, room } = body::read(request, app.ingest.room()).await?;
    if let Some(signature) = signature {
        signature.check(&app, &who, &bytes, now).await?;
    }
    let door = app.ingest;
    let key = key.map(|key| {
        let print = hash(&[source.as_bytes(), &[lines.into()], &bytes]);
        (hash(&[who.name().as_bytes(), key.as_bytes()]), print)
    });
    let messages = split(&source, lines, bytes, door.payload_max())?;
    let speaker = narrow.then(|| Speaker { who, board, now });
    // a task of its own: a sender that goes away does not stop what it has begun
    let taken = tokio::spawn(async move {
        let answer = door.take(&source, messages, key, speaker).await;
        drop(room);
        answer
    });
    let answer = taken.await.map_err(|_| Problem::internal())??;
    let mut response = ([(CONTENT_TYPE, "application/json")], answer.body).into_response();
    if answer.again {
        response.headers_mut().insert("idempotency-replayed", axum::http::HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn split(source: &str, lines: bool, bytes: Bytes, payload_max: usize) -> Result<Vec<Message>, Problem> {
    if lines {
        return split::lines(&bytes);
    }
    if bytes.is_empty() {
        return Err(Problem::bad_request("body: empty; expected JSON"));
    }
    let words = source.ends_with("/status") && source != door::ITEMS; // the bare words online and offline
    if let Some(error) = split::fault(&bytes).filter(|_| !words) {
        return Err(Problem::bad_request(format!("body: no JSON: {error}")));
    }
    if source == door::ITEMS && bytes.trim_ascii_start().starts_with(b"[") {
        return split::list(&bytes);
    }
    if bytes.len() > payload_max {
        let detail = format!("body: one message of {} bytes; expected at most {payload_max}", bytes.len());
        return Err(Problem::too_large(detail));
    }
    Ok(vec![Message { index: 1, raw: bytes }])
}

/// Half of SHA-256 over parts that cannot run into each other.
fn hash(parts: &[&[u8]]) -> KeyHash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut half = KeyHash::default();
    let whole = hasher.finalize();
    half.copy_from_slice(&whole[..16]);
    half
}

#[cfg(test)]
pub(crate) mod tests;
