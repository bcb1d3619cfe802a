//! What clients send in a query. A wrong or unknown parameter is answered with its name and what would be right.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use chengshu_core::model::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::problem::Problem;
use crate::strict::Strict;

/// A query, or a problem that says what is wrong with it.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // no text of the house holds a NUL, and the database takes none
        if parts.uri.query().is_some_and(|query| query.contains("%00")) || parts.uri.path().contains("%00") {
            return Err(Problem::bad_request("address: a NUL character; expected texts without one"));
        }
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(Problem::bad_request(format!("query: {}", rejection.body_text()))),
        }
    }
}

/// A JSON body whose objects are objects, or a problem that says what is wrong with it.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media != "application/json" && !(media.starts_with("application/") && media.ends_with("+json")) {
            return Err(Problem::media(format!("body: Content-Type is {media:?}; expected application/json")));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE),
            _ => Problem::bad_request(format!("body: {}", rejection.body_text())),
        })?;
        if bytes.windows(6).any(|window| window == b"\\u0000") {
            return Err(Problem::bad_request("body: a NUL character; expected texts without one"));
        }
        match Json::<Strict<T>>::from_bytes(&bytes) {
            Ok(Json(Strict(body))) => Ok(Self(body)),
            Err(rejection) => Err(Problem::bad_request(format!("body: {}", rejection.body_text()))),
        }
    }
}

/// The first moment that a database and a calendar can tell, ms since 1970: of the year 1.
pub(crate) const FIRST: i64 = -62_135_596_800_000;
/// And the last: of the year 9999.
pub(crate) const LAST: i64 = 253_402_300_799_999;

/// Whatever moment a client sends passes here; else what was read and what would be right.
pub(crate) fn moment(at: Timestamp) -> Result<Timestamp, String> {
    let wrong = || format!("{} ms is no moment of the years 1 to 9999; expected milliseconds since 1970", at.ms());
    (FIRST..=LAST).contains(&at.ms()).then_some(at).ok_or_else(wrong)
}

/// A moment in a query or a body: milliseconds since 1970, or RFC 3339.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When(pub(crate) Timestamp);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // a query knows texts only; a body may also carry a number
        let text = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(ms) => ms.to_string(),
            _ => return Err(serde::de::Error::custom("expected milliseconds since 1970 or RFC 3339")),
        };
        let read = match text.parse() {
            Ok(ms) => Ok(Timestamp::from_ms(ms)),
            // a plus sign that was not escaped comes as a space
            Err(_) => Timestamp::parse(&text.replace(' ', "+")).or_else(|_| Timestamp::parse(&text)),
        };
        let read = read.map_err(serde::de::Error::custom)?;
        moment(read).map(Self).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for When {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "description": "milliseconds since 1970, or RFC 3339; years 1 to 9999", "minimum": FIRST, "maximum": LAST, "examples": ["1795336920000", "2026-11-22T16:42:00+08:00"] })
    }
}

/// The nth page: at least 1, at most `most`.
pub(crate) fn page(limit: Option<u32>, default: u32, most: u32) -> Result<usize, Problem> {
    match limit.unwrap_or(default) {
        limit if (1..=most).contains(&limit) => Ok(limit as usize),
        limit => Err(Problem::bad_request(format!("query: limit is {limit}; expected 1 to {most}"))),
    }
}
