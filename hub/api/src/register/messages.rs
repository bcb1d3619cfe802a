//! The raw messages of one device since somebody began to look: the first ask opens a tap.

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chengshu_access::Scope;
use chengshu_core::model::DeviceId;
use chengshu_engine::Tapped;
use schemars::JsonSchema;
use serde::Serialize;

use super::device::{missing, visible};
use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;

/// A message as it came.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MessageView {
    /// When it was received, ms since 1970.
    at: i64,
    /// By which link.
    link: String,
    /// Topic or path.
    source: String,
    /// Its text, or its bytes in Base64; cut at 16 KiB.
    raw: String,
    /// utf8 or base64.
    raw_encoding: &'static str,
    /// taken, or rejected when anything of it was set aside.
    outcome: &'static str,
    /// Why.
    reason: Option<String>,
}

/// What has come since the tap was opened, at most the last 20. It closes ten minutes after the last ask.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MessageList {
    /// Since when the tap is open, ms since 1970.
    since: i64,
    /// Oldest first.
    messages: Vec<MessageView>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<MessageList>, Problem> {
    // also of a device that nobody knows yet: that is when people look. Nobody knows whose it is either
    DeviceId::parse(&id).map_err(|error| Problem::bad_request(format!("path: {error}")))?;
    let there = app.board.read(|board| board.device(&id).map(|slot| visible(slot, &who)));
    if !there.unwrap_or(who.scope == Scope::All) {
        return Err(missing(&id));
    }
    let (since, messages) = app.taps.ask(&id, app.clock.now());
    Ok(Json(MessageList { since: since.ms(), messages: messages.into_iter().map(view).collect() }))
}

fn view(message: Tapped) -> MessageView {
    let (raw, raw_encoding) = match std::str::from_utf8(&message.raw) {
        Ok(text) => (text.to_owned(), "utf8"),
        Err(_) => (STANDARD.encode(&message.raw), "base64"),
    };
    MessageView {
        at: message.at.ms(),
        link: message.link,
        source: message.source,
        raw,
        raw_encoding,
        outcome: if message.rejected.is_some() { "rejected" } else { "taken" },
        reason: message.rejected,
    }
}
