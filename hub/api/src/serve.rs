//! The router and what stands around every handler: time limits, size limits, load shedding, headers for browsers.

use axum::error_handling::HandleErrorLayer;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, Response as HttpResponse, Uri};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::{Router, body::Body};
use chengshu_access::Access;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
use crate::caller::{Gate, admit};
use crate::origin::{Origin, settle};
use crate::problem::Problem;
use crate::route::{Object, TABLE_MAX};
use crate::routes::routes;
use crate::web;

/// What the dashboards may load: nothing but themselves.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// What our pages may ask of a browser: the commissioning page takes photos, scans codes and asks for the place.
const POWERS: &str = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()";

/// What a look weighs beside an attempt to sign in.
const LOOK: f64 = 0.05;

/// The router, made from the table of routes.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let handler = match route.info.access {
            Access::Open if !route.info.is_limited() => route.handler,
            Access::Open => route.handler.layer(from_fn_with_state(app.clone(), guests)),
            Access::Known | Access::Needs(_) | Access::NeedsOneOf(_) => {
                let loaded = route.info.object.needs_loaded_board();
                let handler = if loaded {
                    route.handler.layer(from_fn_with_state(app.clone(), loaded_only))
                } else {
                    route.handler
                };
                handler.layer(from_fn_with_state(Gate::new(&app, route.info), admit))
            }
        };
        let handler = if matches!(
            route.info.object,
            Object::Own | Object::Account | Object::Audit | Object::Credential | Object::Broker
        ) {
            handler.layer(header("cache-control", "no-store"))
        } else {
            handler
        };
        router = router.route(route.info.path, handler);
    }
    let shed = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |_| Problem::overloaded()))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(app.limits.concurrent));
    router
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .fallback(web::fallback)
        .layer(from_fn_with_state(app.clone(), deadline))
        .layer(shed)
        .layer(RequestBodyLimitLayer::new(TABLE_MAX))
        .layer(map_response(problems_only))
        .layer(CatchPanicLayer::custom(|_| -> HttpResponse<Body> { Problem::internal().into_response() }))
        .layer(CompressionLayer::new().gzip(true))
        .layer(header("content-security-policy", CSP))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("cross-origin-opener-policy", "same-origin"))
        .layer(header("cross-origin-resource-policy", "same-origin"))
        .layer(header("permissions-policy", POWERS))
        .layer(header("x-frame-options", "DENY"))
        .layer(from_fn_with_state(app.clone(), settle))
        .with_state(app)
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

/// A stranger who may send something may not do so all day, and may look far more often.
async fn guests(State(app): State<App>, request: Request, next: Next) -> Response {
    let cost = if request.method() == Method::GET { LOOK } else { 1.0 };
    match app.identities.guest(Origin::of(request.extensions()).map(|origin| origin.ip), cost) {
        Ok(()) => next.run(request).await,
        Err(wait) => Problem::too_many("too_many_requests", wait.as_secs() + 1).into_response(),
    }
}

/// Before the board is loaded an answer about devices would be a lie: there are not none of them.
async fn loaded_only(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.board.read(|board| board.loaded) { next.run(request).await } else { Problem::not_loaded().into_response() }
}

/// What a layer below refused in plain text (too many bytes, a path that is no text) is told like everything else.
async fn problems_only(uri: Uri, response: Response) -> Response {
    let status = response.status();
    let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let told = media.starts_with("application/") || !(status.is_client_error() || status.is_server_error());
    let ours = ["/api/", "/push/", "/sta/"].iter().any(|root| uri.path().starts_with(root));
    if told || !ours {
        return response;
    }
    let allow = response.headers().get(ALLOW).cloned();
    let mut problem = Problem::of_status(status).into_response();
    if let Some(allow) = allow {
        problem.headers_mut().insert(ALLOW, allow);
    }
    problem
}

/// Answers for a handler that takes too long. A stream answers at once and then goes on.
async fn deadline(State(app): State<App>, request: Request, next: Next) -> Response {
    tokio::select! {
        response = next.run(request) => response,
        () = app.clock.sleep(app.limits.request_timeout) => Problem::timeout().into_response(),
    }
}
