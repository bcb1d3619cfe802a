//! Errors on the wire: RFC 9457 problem details. `code` is stable and is what programs look at; the text says what was
//! read and what would be right. Never a word of SQL or of the insides.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chengshu_access::{Access, Fault, Right};
use chengshu_engine::Refused;
use chengshu_store::StoreError;
use schemars::JsonSchema;
use serde::Serialize;

use crate::register::entry::FieldError;
use crate::register::import::ImportReport;

/// An error as the client gets it (`application/problem+json`).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the code says which problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// Stable code of the problem.
    code: &'static str,
    /// What was read and what would be right.
    detail: String,
    /// The fields that are wrong, where an entry was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    errors: Vec<FieldError>,
    /// What else a program may want to know.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    more: Option<Box<More>>,
}

/// What else a program may want to know.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
struct More {
    /// The whole report, where a table was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ImportReport>,
    /// What is wrong with a new password: codes with their numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default, with = "Vec<serde_json::Value>")]
    faults: Vec<Fault>,
    /// The right that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<Missing>,
    /// Seconds until it makes sense to try again; also in `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// The right that is missing.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Missing {
    right: &'static str,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("error").to_owned();
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            code,
            detail: detail.into(),
            errors: Vec::new(),
            more: None,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    }

    /// An entry with wrong fields.
    pub(crate) fn fields(what: &str, errors: Vec<FieldError>) -> Self {
        let say = |error: &FieldError| format!("{} is {:?}, expected {}", error.field, error.read, error.expected);
        let detail = format!("{what}: {}", errors.iter().map(say).collect::<Vec<_>>().join("; "));
        Self { errors, ..Self::bad_request(detail) }
    }

    /// A table with mistakes; nothing of it was taken.
    pub(crate) fn import(report: &ImportReport) -> Self {
        let detail = "the table has mistakes, and nothing of it was taken; `report` names each with line and column";
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "import", detail);
        problem.with(More { report: Some(report.clone()), ..More::default() })
    }

    /// Somebody else was faster.
    pub(crate) fn changed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "changed", detail)
    }

    /// More than is taken.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// A body packed in a way that nobody here unpacks.
    pub(crate) fn encoding(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding", detail)
    }

    /// The same is being done right now.
    pub(crate) fn in_progress() -> Self {
        let detail = "a request with this Idempotency-Key is under way; try again in a moment for its answer";
        Self::new(StatusCode::CONFLICT, "in_progress", detail)
    }

    /// Something else was sent under the same key.
    pub(crate) fn key_reused() -> Self {
        let detail = "something else was sent under this Idempotency-Key in the last 24 hours; take a new key";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", detail)
    }

    /// Not durable: the sender must keep it.
    pub(crate) fn not_durable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_durable", detail)
    }

    /// `If-Match` names another version than the newest.
    pub(crate) fn precondition(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "changed", detail)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "send a valid key as `Authorization: Bearer …`")
    }

    /// Somebody who is known, and may not.
    pub(crate) fn forbidden(access: Access) -> Self {
        let problem = Self::new(StatusCode::FORBIDDEN, "forbidden", format!("this needs {}", rights_in_words(access)));
        let params = access.rights().first().map(|right| Missing { right: right.id() });
        problem.with(More { params, ..More::default() })
    }

    /// A request with a cookie that another site may have sent.
    pub(crate) fn csrf() -> Self {
        let detail = "a request that changes something and comes with a cookie carries `X-Chengshu-CSRF: 1`";
        Self::new(StatusCode::FORBIDDEN, "csrf", detail)
    }

    /// What was sent is not signed as its sender must sign; the code says what is wrong with the signature.
    pub(crate) fn signature(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// Who it is cannot be told before the database has answered.
    pub(crate) fn unknown_yet() -> Self {
        let detail = "the database does not answer, so nobody can be told who you are; try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "database_unavailable", detail)
    }

    /// Name, password or code is wrong.
    pub(crate) fn login_failed() -> Self {
        let detail = "name, password or code is not right";
        Self::new(StatusCode::UNAUTHORIZED, "login_failed", detail)
    }

    /// The account is locked.
    pub(crate) fn locked(seconds: u64) -> Self {
        let detail = "too many wrong tries: the account is locked for a while; a security administrator can unlock it";
        Self::new(StatusCode::LOCKED, "account_locked", detail).after(seconds)
    }

    /// Too many tries or requests.
    pub(crate) fn too_many(code: &'static str, seconds: u64) -> Self {
        let detail = "too many of them; wait as long as Retry-After says";
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail).after(seconds)
    }

    fn with(self, more: More) -> Self {
        Self { more: Some(Box::new(more)), ..self }
    }

    fn after(self, seconds: u64) -> Self {
        self.with(More { retry_after: Some(seconds.max(1)), ..More::default() })
    }

    /// Something of the account that is not right, with a code of its own.
    pub(crate) fn account(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(status, code, detail)
    }

    /// A new password that is not good.
    pub(crate) fn password(faults: Vec<Fault>) -> Self {
        let problem =
            Self::new(StatusCode::BAD_REQUEST, "password_refused", "the new password is not good; see `faults`");
        problem.with(More { faults, ..More::default() })
    }

    /// Somebody who may, but not everywhere, where nothing less will do.
    pub(crate) fn divided(access: Access) -> Self {
        let needs = rights_in_words(access);
        let detail = format!("this needs {needs} for everything, without limits of themes, departments or areas");
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// Something that would lie outside of what the caller's right reaches.
    pub(crate) fn outside(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this address has no such method; see /api/v1/openapi.json",
        )
    }

    pub(crate) fn overloaded() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "too many requests are under way; try again in a moment",
        )
    }

    /// A body that is not JSON.
    pub(crate) fn media(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    /// What a layer below answered without words, as a problem.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::too_large("the body is too large: at most 1 MiB, for tables, messages and photos 10 MiB")
            }
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed(),
            status if status.is_server_error() => Self { status: status.as_u16(), ..Self::internal() },
            status => Self::new(status, "bad_request", "the request could not be read; see /api/v1/openapi.json"),
        }
    }

    /// It cannot be done as things stand.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }

    /// There is room for no more of them.
    pub(crate) fn full(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "full", detail)
    }

    /// Of what takes long, enough is under way.
    pub(crate) fn busy(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail)
    }

    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }

    pub(crate) fn not_loaded() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not_loaded",
            "the database has not answered since the hub started: nothing can be said of any device yet; what arrives is kept",
        )
    }

    pub(crate) fn timeout() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "the answer took too long; ask for less or try again")
    }

    /// Nothing random for a secret, a code or a seal.
    pub(crate) fn no_random(error: &std::io::Error) -> Self {
        tracing::error!(%error, "no secret could be made");
        Self::internal()
    }

    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the hub failed to answer; its log says why")
    }
}

/// `the right see_city (devices, values, …)`, for answers and documents.
pub(crate) fn rights_in_words(access: Access) -> String {
    let word = |right: &Right| format!("{} ({})", right.id(), right.en());
    let words: Vec<String> = access.rights().iter().map(word).collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [one] => format!("the right {one}"),
        all => format!("one of the rights {}", all.join(" or ")),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        // it is there, and trying again cannot help: what it was given should have been looked at before
        if let StoreError::Data(_) = error {
            tracing::error!(error = %error.database_words(), "the database refused what a reader asked with");
            return Self::internal();
        }
        tracing::warn!(error = %error.database_words(), "a reader's question to the database failed");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "database_unavailable",
            "the database does not answer; latest values are still served",
        )
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let text = refused.to_string();
        match refused {
            Refused::NotFound(text) => Self::not_found(text),
            Refused::Changed { .. } => Self::changed(text),
            Refused::Theme { .. } => Self::bad_request(text),
            Refused::Full => Self::new(StatusCode::CONFLICT, "register_full", text),
            Refused::Away => Self::unavailable(text),
        }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "an answer could not be written as JSON");
        Self::internal()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let later = status == StatusCode::SERVICE_UNAVAILABLE || self.code == "in_progress";
        let (after, code) = (self.more.as_ref().and_then(|more| more.retry_after), self.code);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::CONFLICT if later => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            // a form for a password is no place for the browser's own question
            StatusCode::UNAUTHORIZED if code == "unauthorized" => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        if let Some(after) = after {
            headers.insert(header::RETRY_AFTER, after.into());
        }
        response
    }
}
