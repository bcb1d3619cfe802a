//! The dashboards, served from inside the binary. A hub that was built without them says so at `/`.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../../dashboards/dist"]
#[allow_missing = true]
struct Files;

/// Whatever is no route: a file of the dashboards, or nothing.
pub(crate) async fn fallback(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    // the page of the API stands beside what it describes
    let path = if path == "api/docs" { "docs.html" } else { path };
    if path.starts_with("api/") {
        return Problem::not_found("no such address; see /api/v1/openapi.json").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::method_not_allowed().into_response();
    }
    let path = if path.is_empty() { "index.html" } else { path };
    match Files::get(path) {
        Some(file) => answer(path, &file, &request),
        None if path == "index.html" => (
            StatusCode::SERVICE_UNAVAILABLE,
            "this hub was built without its dashboards: run `make web`, then build again\n",
        )
            .into_response(),
        None => Problem::not_found("no such file").into_response(),
    }
}

fn answer(path: &str, file: &EmbeddedFile, request: &Request) -> Response {
    let hash: String = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hash}\"");
    // files under assets/ carry a hash in their names and never change
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mime = mime_guess::from_path(path).first_or_octet_stream();
        ([(header::CONTENT_TYPE, mime.to_string())], file.data.clone()).into_response()
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
