//! EMQX 5: its HTTP authenticator and its HTTP authoriser. Any status but 200 and 204 means to it "somebody else must know",
//! so a yes or no is always a 200. Templates differ, so fields that are not known here are let pass.

use axum::Json;
use axum::extract::State;
use chengshu_broker::Deed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::judge::{Verdict, deed, login};
use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// What the authenticator sends: its template must name all three, e.g.
/// `{"username":"${username}","password":"${password}","clientid":"${clientid}"}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct EmqxUser {
    username: String,
    password: String,
    /// Must be the user name.
    clientid: String,
}

/// What the authoriser sends, e.g. `{"username":"${username}","topic":"${topic}","action":"${action}"}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct EmqxDeed {
    username: String,
    /// A topic, or a filter when it subscribes.
    topic: String,
    action: EmqxAction,
}

/// What it wants to do.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EmqxAction {
    Publish,
    Subscribe,
}

/// The answer of the authenticator.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EmqxAuth {
    /// allow, deny, or ignore (no device of the register: the next authenticator is asked).
    result: &'static str,
    /// Always false.
    is_superuser: bool,
}

/// The answer of the authoriser.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EmqxAcl {
    /// allow, deny, or ignore (no device of the register: the next authoriser is asked).
    result: &'static str,
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allow",
        Verdict::Deny => "deny",
        Verdict::Stranger => "ignore",
    }
}

pub(crate) async fn auth(
    State(app): State<App>,
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<EmqxUser>,
) -> Result<Json<EmqxAuth>, Problem> {
    let result = word(login(&app, &body.username, &body.password, &body.clientid)?);
    Ok(Json(EmqxAuth { result, is_superuser: false }))
}

pub(crate) async fn acl(
    State(app): State<App>,
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<EmqxDeed>,
) -> Result<Json<EmqxAcl>, Problem> {
    let wanted = match body.action {
        EmqxAction::Publish => Deed::Publish,
        EmqxAction::Subscribe => Deed::Subscribe,
    };
    Ok(Json(EmqxAcl { result: word(deed(&app, &body.username, wanted, &body.topic)?) }))
}
