//! Answers that seldom change carry a weak tag of their bytes; whoever sends it back gets 304 instead of the same again.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// Tags the answer of a handler. What it answers stands in memory already, so nothing more is held.
pub(crate) async fn tag(request: Request, next: Next) -> Response {
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let wanted = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect::<Vec<_>>();
    let response = next.run(request).await;
    if !asks || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return Problem::internal().into_response() };
    let hash: String = Sha256::digest(&bytes)[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("W/\"{hash}\"");
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if !wanted.iter().any(|header| header.to_str().is_ok_and(|list| names(list, &tag))) {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// True when the list of a condition names the tag; weak and strong are the same here (RFC 9110, 13.1.2).
fn names(list: &str, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.split(',').any(|item| item.trim() == "*" || bare(item) == bare(tag))
}

/// The tag of a version of an entry; strong, so that `If-Match` may name it.
pub(crate) fn of_version(version: i32) -> [(header::HeaderName, String); 1] {
    [(header::ETAG, format!("\"v{version}\""))]
}

/// What `If-Match` asks for, if it is there: a version, or none for `*`.
pub(crate) fn wanted_version(headers: &HeaderMap) -> Result<Option<Option<i32>>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let bad =
        || Problem::bad_request("header: If-Match is no version that was read; expected one such as \"v3\", or *");
    let text = value.to_str().map_err(|_| bad())?.trim();
    if text == "*" {
        return Ok(Some(None));
    }
    let digits = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"')).ok_or_else(bad)?;
    let version = Some(digits).filter(|digits| digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let version = version.and_then(|digits| digits.parse().ok());
    version.map(|version| Some(Some(version))).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        assert!(names("W/\"a\"", "W/\"a\"") && names("\"x\", \"a\"", "W/\"a\"") && names("*", "W/\"a\""));
        assert!(!names("\"ab\"", "W/\"a\"") && !names("", "W/\"a\""));
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, text.parse().unwrap());
            wanted_version(&headers)
        };
        assert_eq!(read("\"v12\"").unwrap(), Some(Some(12)));
        assert_eq!(read("*").unwrap(), Some(None));
        assert!(["\"v+1\"", "\"v\"", "\"v1234567890\"", "\"3\"", "3"].into_iter().all(|text| read(text).is_err()));
        assert!(read("W/\"v1\"").is_err() && read("v1").is_err() && read("\"v1\", \"v2\"").is_err());
        assert_eq!(wanted_version(&HeaderMap::new()).unwrap(), None);
    }
}
