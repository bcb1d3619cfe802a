//! Reads a body, unpacked on the way by the layer around the route, never beyond its bound, and only while there is room
//! for it: a body that has to wait is left on its socket.

use std::error::Error;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http_body_util::LengthLimitError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// Bytes of a body at most, after unpacking; what is sent is bounded by the same number.
pub(crate) const BODY_MAX: usize = 10 << 20;
/// How many of the largest bodies are in memory at once.
const BODIES: usize = 2;
const UNIT: usize = 1024;
/// A buffer grows by doubling up to this, then in steps of it: a bomb must not cost twice its bound.
const STEP: usize = 1 << 20;
const KEY_MAX: usize = 255;

/// What came.
pub(super) struct Sent {
    pub(super) bytes: Bytes,
    /// It is NDJSON.
    pub(super) lines: bool,
    pub(super) key: Option<String>,
    /// Given back when nobody holds the bytes any more.
    pub(super) room: OwnedSemaphorePermit,
}

/// Room for bodies.
pub(super) fn room() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(BODIES * BODY_MAX / UNIT))
}

pub(super) async fn read(request: Request, room: &Arc<Semaphore>) -> Result<Sent, Problem> {
    let headers = request.headers();
    if let Some(encoding) = headers.get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity") {
        return Err(Problem::encoding(format!("Content-Encoding is {encoding:?}; expected gzip, or none")));
    }
    let (lines, key) = (is_lines(headers), key(headers)?);
    // after unpacking there is no length any more: nobody knows it
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let length = length.unwrap_or(BODY_MAX).min(BODY_MAX);
    let wanted = u32::try_from(length.div_ceil(UNIT).max(1)).unwrap_or(u32::MAX);
    let stopping = |_| Problem::unavailable("the hub is stopping");
    let mut room = room.clone().acquire_many_owned(wanted).await.map_err(stopping)?;
    let mut stream = request.into_body().into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        if bytes.len() + chunk.len() > BODY_MAX {
            return Err(Problem::too_large(format!("body: more than {BODY_MAX} bytes; send it in parts")));
        }
        if bytes.capacity() - bytes.len() < chunk.len() {
            bytes.reserve_exact(chunk.len().max(bytes.len().min(STEP)));
        }
        bytes.extend_from_slice(&chunk);
    }
    let surplus = room.num_permits().saturating_sub(bytes.len().div_ceil(UNIT).max(1));
    drop(room.split(surplus));
    Ok(Sent { bytes: bytes.into(), lines, key, room })
}

fn is_lines(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ["application/x-ndjson", "application/ndjson", "application/jsonl"].contains(&media.as_str())
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().map(str::trim).filter(|key| (1..=KEY_MAX).contains(&key.len()));
    let wrong = || Problem::bad_request(format!("Idempotency-Key: expected 1 to {KEY_MAX} characters of ASCII"));
    key.map(|key| Some(key.to_owned())).ok_or_else(wrong)
}

fn broken(error: &axum::Error) -> Problem {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Problem::too_large(format!("body: more than {BODY_MAX} bytes were sent; send it in parts"));
        }
        cause = error.source();
    }
    Problem::bad_request(format!("body: it cannot be read to its end: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use axum::Router;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::response::{IntoResponse, Response};
    use tower::ServiceExt as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Sends through the same layer as the real routes: status and what was read.
    async fn send(encoding: &str, body: Vec<u8>, room: Arc<Semaphore>) -> (StatusCode, usize) {
        let handler = async move |request: Request| -> Response {
            match read(request, &room).await {
                Ok(sent) => sent.bytes.into_response(),
                Err(problem) => problem.into_response(),
            }
        };
        let route = axum::routing::post(handler).layer(crate::route::unpacked());
        let router: Router = Router::new().route("/", route);
        let mut request = Request::post("/").body(Body::from(body)).unwrap();
        if !encoding.is_empty() {
            request.headers_mut().insert(CONTENT_ENCODING, encoding.parse().unwrap());
        }
        let response = router.oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 2 * BODY_MAX).await.unwrap();
        (status, bytes.len())
    }

    #[tokio::test]
    async fn bodies_are_unpacked_up_to_their_bound() {
        let room = room();
        let whole = room.available_permits();
        let zeros = vec![b'0'; 11 << 20];
        assert_eq!(send("", b"{}".to_vec(), room.clone()).await, (StatusCode::OK, 2));
        assert_eq!(send("gzip", gzip(&zeros[..1 << 20]), room.clone()).await, (StatusCode::OK, 1 << 20));
        assert_eq!(send("gzip", gzip(&zeros[..BODY_MAX]), room.clone()).await, (StatusCode::OK, BODY_MAX));
        assert_eq!(send("gzip", gzip(&zeros), room.clone()).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(send("gzip", b"no gzip".to_vec(), room.clone()).await.0, StatusCode::BAD_REQUEST);
        let cut = gzip(&zeros)[..1000].to_vec();
        assert_eq!(send("gzip", cut, room.clone()).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(send("br", b"x".to_vec(), room.clone()).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(room.available_permits(), whole, "all room is given back");
    }

    #[test]
    fn headers_are_read_as_people_write_them() {
        let mut headers = HeaderMap::new();
        assert_eq!((is_lines(&headers), key(&headers).unwrap()), (false, None));
        headers.insert(CONTENT_TYPE, "Application/X-NDJSON; charset=utf-8".parse().unwrap());
        headers.insert("idempotency-key", "\"8e03978e\"".parse().unwrap());
        assert_eq!((is_lines(&headers), key(&headers).unwrap().as_deref()), (true, Some("\"8e03978e\"")));
        for wrong in [String::new(), "x".repeat(256)] {
            headers.insert("idempotency-key", wrong.parse().unwrap());
            assert!(key(&headers).is_err());
        }
    }
}
