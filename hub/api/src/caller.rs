//! Who asks. For now one administrator's key, sent as `Authorization: Bearer …`; identities come here and change no
//! handler, since every handler already receives a `Caller`.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chengshu_access::Caller;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::problem::Problem;

/// The hash of a key. Comparing hashes tells nothing of how much of a guess was right.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeyHash([u8; 32]);

impl KeyHash {
    pub(crate) fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }
}

/// Lets known callers pass.
pub(crate) async fn known_only(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    if key.is_none_or(|key| KeyHash::of(key) != app.key) {
        return Problem::unauthorized().into_response();
    }
    request.extensions_mut().insert(Who(Caller::admin()));
    next.run(request).await
}

/// The caller, as a handler receives it. A route without the check above has none, which is a fault of the table.
#[derive(Clone)]
pub(crate) struct Who(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthorized)
    }
}
