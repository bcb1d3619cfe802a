//! mosquitto-go-auth: its HTTP backend, with parameters as JSON or as a form. 200 and `Ok` is yes, 403 is no, so its response
//! modes `status` and `json` both understand (`text` does not).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use chengshu_broker::Deed;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::judge::{Verdict, deed, login};
use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// Who wants to come.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GoUser {
    username: String,
    password: String,
    /// Must be the user name.
    clientid: String,
}

/// Who is asked for.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GoName {
    #[serde(rename = "username")]
    _username: String,
}

/// Who wants to do what.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GoDeed {
    username: String,
    topic: String,
    /// 1 read, 2 write, 3 both, 4 subscribe.
    acc: Acc,
}

/// A number; in a form it is a text.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Acc {
    Number(i32),
    Text(String),
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GoAnswer {
    ok: bool,
    error: &'static str,
}

type Answer = (StatusCode, Json<GoAnswer>);

fn answer(verdict: Verdict) -> Answer {
    match verdict {
        Verdict::Allow => (StatusCode::OK, Json(GoAnswer { ok: true, error: "" })),
        Verdict::Deny => no("not allowed"),
        Verdict::Stranger => no("no device of the register"),
    }
}

fn no(error: &'static str) -> Answer {
    (StatusCode::FORBIDDEN, Json(GoAnswer { ok: false, error }))
}

/// JSON or a form, as the plugin is set.
pub(crate) struct Either<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Either<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media = request.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
        if !media.starts_with("application/x-www-form-urlencoded") {
            return Body::from_request(request, state).await.map(|Body(body)| Self(body));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| Problem::bad_request(format!("body: {}", rejection.body_text())))?;
        let pairs =
            url::form_urlencoded::parse(&bytes).map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        let form = serde_json::Value::Object(pairs.collect());
        serde_json::from_value(form).map(Self).map_err(|error| Problem::bad_request(format!("body: {error}")))
    }
}

pub(crate) async fn user(
    State(app): State<App>,
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
    Either(body): Either<GoUser>,
) -> Result<Answer, Problem> {
    Ok(answer(login(&app, &body.username, &body.password, &body.clientid)?))
}

pub(crate) async fn superuser(
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
    Either(_): Either<GoName>,
) -> Result<Answer, Problem> {
    Ok(no("nobody is a superuser"))
}

pub(crate) async fn acl(
    State(app): State<App>,
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
    Either(body): Either<GoDeed>,
) -> Result<Answer, Problem> {
    let acc = match &body.acc {
        Acc::Number(number) => *number,
        Acc::Text(text) => text.parse().unwrap_or_default(),
    };
    let wanted: &[Deed] = match acc {
        1 => &[Deed::Receive],
        2 => &[Deed::Publish],
        3 => &[Deed::Receive, Deed::Publish],
        4 => &[Deed::Subscribe],
        _ => return Err(Problem::bad_request("body: acc; expected 1 (read), 2 (write), 3 (both) or 4 (subscribe)")),
    };
    let mut last = Verdict::Deny;
    for wanted in wanted {
        last = deed(&app, &body.username, *wanted, &body.topic)?;
        if last != Verdict::Allow {
            break;
        }
    }
    Ok(answer(last))
}
