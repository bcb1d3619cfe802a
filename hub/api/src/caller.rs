//! Who asks: everything between a key and a handler. Says 401 to nobody and 403 to somebody without the right; a handler
//! behind it receives a [`Who`] with the scope that its right reaches. How keys are kept is behind [`Callers`].

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, FORWARDED, HeaderMap};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chengshu_access::{Access, Caller, Object, Right, Scope};
use chengshu_core::model::{Device, ThemeId, Timestamp};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::problem::Problem;
use crate::route::RouteInfo;

/// Finds who stands behind what was sent as `Authorization: Bearer …`. Sessions, services and screens are further ones;
/// one that asks several in turn is a `Callers` too. Answers from memory: it is asked by every request.
pub trait Callers: Send + Sync {
    /// Whose key it is; none when nobody's, or no longer.
    fn find(&self, bearer: &str, now: Timestamp) -> Option<Caller>;
}

/// The hash of a key. Comparing hashes tells nothing of how much of a guess was right.
#[derive(Clone, PartialEq, Eq)]
struct KeyHash([u8; 32]);

impl KeyHash {
    fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }
}

/// The administrator's key, and nothing else.
pub struct OneKey(KeyHash);

impl OneKey {
    /// Whoever sends this key may everything.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self(KeyHash::of(key))
    }
}

impl Callers for OneKey {
    fn find(&self, bearer: &str, _now: Timestamp) -> Option<Caller> {
        // until there are identities `run` has the demo's one key too; then it is made in `demo` alone
        (KeyHash::of(bearer) == self.0).then(Caller::demo)
    }
}

/// Where a connection comes from; whoever takes connections says it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What stands before one route.
#[derive(Clone)]
pub(crate) struct Gate {
    app: App,
    info: RouteInfo,
}

impl Gate {
    pub(crate) fn new(app: &App, info: RouteInfo) -> Self {
        Self { app: app.clone(), info }
    }

    /// Who asks, if they may.
    fn who(&self, request: &Request) -> Result<Who, Problem> {
        let now = self.app.clock.now();
        let bearer = bearer(request.headers()).ok_or_else(Problem::unauthorized)?;
        let caller = self.app.callers.find(bearer, now).ok_or_else(Problem::unauthorized)?;
        let scope = reach(&caller, self.info.access, now).ok_or_else(|| Problem::forbidden(self.info.access))?;
        if self.info.object.is_undivided() && scope != Scope::All {
            return Err(Problem::divided(self.info.access));
        }
        Ok(Who { caller, scope, bearer: bearer.into(), access: self.info.access })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// How far the caller reaches on a route; none means denied.
fn reach(caller: &Caller, access: Access, now: Timestamp) -> Option<Scope> {
    let scopes: Vec<Scope> = access.rights().iter().filter_map(|right| caller.may(*right, now)).collect();
    (!scopes.is_empty()).then(|| Scope::union(&scopes))
}

/// Lets those pass who may.
pub(crate) async fn admit(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    if gate.info.near && is_near(&request) {
        return next.run(request).await;
    }
    match gate.who(&request) {
        Ok(who) => {
            request.extensions_mut().insert(who);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// True when the request comes from this machine, and not through a proxy on it.
fn is_near(request: &Request) -> bool {
    let headers = request.headers();
    let passed_on = headers.contains_key(FORWARDED) || headers.contains_key("x-forwarded-for");
    let peer = request.extensions().get::<Peer>();
    !passed_on && peer.is_some_and(|Peer(ip)| ip.to_canonical().is_loopback())
}

/// The caller, as a handler receives it. A route that asks nothing of its caller has none.
#[derive(Clone)]
pub(crate) struct Who {
    caller: Caller,
    /// How far the right of the route reaches.
    pub(crate) scope: Scope,
    bearer: Arc<str>,
    access: Access,
}

impl Who {
    /// For journals and logs; no name of a person.
    pub(crate) fn name(&self) -> String {
        self.caller.identity().label()
    }

    /// True when the device is within reach; what is not does not exist for this caller.
    pub(crate) fn sees(&self, device: &Device) -> bool {
        self.scope.covers(&Object::device(device))
    }

    /// True when everything of a theme is within reach.
    pub(crate) fn sees_all_of(&self, theme: &ThemeId) -> bool {
        self.scope.covers(&Object::of_theme(theme.as_str()))
    }

    /// How far another right reaches, for a part of the answer that needs it; nowhere when it is not held.
    pub(crate) fn also(&self, right: Right, now: Timestamp) -> Scope {
        self.caller.may(right, now).unwrap_or_else(Scope::nothing)
    }

    /// True when another right is held, however far it reaches.
    pub(crate) fn has(&self, right: Right, now: Timestamp) -> bool {
        self.caller.may(right, now).is_some()
    }

    /// True when messages in the name of this device may come from this caller.
    pub(crate) fn speaks_for(&self, device: &str, gateway: Option<&str>, object: &Object<'_>, now: Timestamp) -> bool {
        self.caller.speaks_for(device, gateway, object, now)
    }

    /// The same caller as they stand now, for answers that go on for hours; none when they may no longer.
    pub(crate) fn again(&self, app: &App) -> Option<Self> {
        let now = app.clock.now();
        let caller = app.callers.find(&self.bearer, now)?;
        let scope = reach(&caller, self.access, now)?;
        Some(Self { caller, scope, ..self.clone() })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthorized)
    }
}
