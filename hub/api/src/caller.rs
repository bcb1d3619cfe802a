//! Who asks: everything between what was sent and a handler. Says 401 to nobody and 403 to somebody without the right; a
//! handler behind it receives a [`Who`] with the scope that its right reaches. Who it is says crate `identity`.

use std::net::IpAddr;
use std::sync::PoisonError;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderMap, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chengshu_access::{Access, Caller, Object, Right, Scope, TokenKind};
use chengshu_core::model::{Device, ThemeId, Timestamp};
use chengshu_identity::{Cookie, Found, Known, NotFound, Proof, Stamp};
use chengshu_store::ActLine;

use crate::app::App;
use crate::origin::Origin;
use crate::problem::Problem;
use crate::route::RouteInfo;
use crate::trail;

/// The cookie of a person's session.
pub(crate) const SESSION: &str = concat!("chengshu", "_session");
/// The cookie of a wall.
pub(crate) const SCREEN: &str = concat!("chengshu", "_screen");
/// Shows that a request which changes something comes from our own page: another site's form cannot send it.
const UNFORGED: &str = "x-chengshu-csrf";

/// Says that a page asks by itself, and nobody sits there: the session is not used by that.
const BACKGROUND: &str = "x-chengshu-background";

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

    /// Who asks, if they may; else what to say, and who it was.
    async fn who(
        &self,
        headers: &HeaderMap,
        method: &Method,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Who, (Problem, Option<Known>)> {
        let nobody = || (Problem::unauthorized(), None);
        let counts = !headers.contains_key(BACKGROUND);
        let mut found = Err(NotFound::Nobody);
        for (proof, cookie) in proofs(headers) {
            found = self.app.identities.find(&proof, from, counts, now).await.map(|known| (proof, cookie, known));
            if !matches!(found, Err(NotFound::Nobody)) {
                break;
            }
        }
        let (proof, cookie, known) = match found {
            Ok(found) => found,
            Err(NotFound::Nobody) => return Err(nobody()),
            Err(NotFound::Away(_)) => return Err((Problem::unknown_yet(), None)),
            Err(NotFound::TooMany(wait)) => {
                return Err((Problem::too_many("too_many_requests", wait.as_secs() + 1), None));
            }
        };
        if cookie && !matches!(*method, Method::GET | Method::HEAD) && !headers.contains_key(UNFORGED) {
            return Err((Problem::csrf(), Some(known)));
        }
        let access = self.info.access;
        let Some(scope) = reach(&known.caller, access, now) else {
            return Err((Problem::forbidden(access), Some(known)));
        };
        if self.info.object.is_undivided() && scope != Scope::All {
            return Err((Problem::divided(access), Some(known)));
        }
        if let Some(asker) = asker(&known) {
            let mut askers = self.app.askers.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(wait) = askers.take(asker, f64::from(self.info.cost), now) {
                return Err((Problem::too_many("too_many_requests", wait.as_secs() + 1), None));
            }
        }
        Ok(Who { known, scope, proof, cookie, access, from, now, line: None })
    }
}

/// Who is counted, whichever of their sessions it is; services have quotas, and keys of this machine belong to it.
fn asker(known: &Known) -> Option<String> {
    matches!(known.found, Found::Person(_) | Found::Screen(_)).then(|| known.caller.identity().label())
}

/// What was sent to show who it is, and whether the browser did so by itself. A key that somebody gave comes first.
fn proofs(headers: &HeaderMap) -> Vec<(Proof, bool)> {
    if let Some(sent) = headers.get(AUTHORIZATION) {
        return sent.to_str().ok().and_then(authorization).map(|proof| (proof, false)).into_iter().collect();
    }
    let kinds = [(SESSION, TokenKind::Session), (SCREEN, TokenKind::Screen)];
    let proofs = kinds.into_iter().filter_map(|(name, kind)| Proof::only(cookie(headers, name)?, kind));
    proofs.map(|proof| (proof, true)).collect()
}

/// A key as `Bearer`, or a service's as the password of `Basic`: for programs that can send nothing else.
fn authorization(sent: &str) -> Option<Proof> {
    if let Some(key) = sent.strip_prefix("Bearer ") {
        return Some(Proof::of(key.trim()));
    }
    let pair = STANDARD.decode(sent.strip_prefix("Basic ")?.trim()).ok()?;
    let (_, key) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    Proof::only(key, TokenKind::Key)
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(COOKIE).iter().filter_map(|sent| sent.to_str().ok());
    sent.flat_map(|sent| sent.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A cookie for the browser: no script reads it, no other site sends it, and under TLS nothing else carries it.
pub(crate) fn set_cookie(secure: bool, cookie: &Cookie) -> HeaderValue {
    let name = if cookie.kind == TokenKind::Screen { SCREEN } else { SESSION };
    kept(secure, name, cookie.token.expose(), cookie.seconds, EVERYWHERE)
}

/// Takes the cookie away.
pub(crate) fn no_cookie(secure: bool, name: &str) -> HeaderValue {
    kept(secure, name, "", 0, EVERYWHERE)
}

/// On all pages of ours, and never on the way from another site.
const EVERYWHERE: &str = "Path=/; SameSite=Strict";

/// A cookie: `reach` says where it is sent.
pub(crate) fn kept(secure: bool, name: &str, value: &str, seconds: u32, reach: &str) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Max-Age={seconds}; HttpOnly; {reach}{secure}");
    // tokens are base64url: a header takes them
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// How far the caller reaches on a route; none means denied.
fn reach(caller: &Caller, access: Access, now: Timestamp) -> Option<Scope> {
    if matches!(access, Access::Known | Access::Open) {
        return Some(Scope::nothing());
    }
    let scopes: Vec<Scope> = access.rights().iter().filter_map(|right| caller.may(*right, now)).collect();
    (!scopes.is_empty()).then(|| Scope::union(&scopes))
}

/// Lets those pass who may; what they do, and what they may not, is in the audit.
pub(crate) async fn admit(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let origin = Origin::of(request.extensions());
    if gate.info.near && origin.is_some_and(|origin| origin.near) {
        return next.run(request).await;
    }
    let now = gate.app.clock.now();
    let (headers, method) = (request.headers().clone(), request.method().clone());
    let from = origin.map(|origin| origin.ip);
    let mut who = match gate.who(&headers, &method, from, now).await {
        Ok(who) => who,
        Err((problem, known)) => {
            if let Some(known) = known {
                trail::denied(&gate.app, &gate.info, &request, &known, from, now);
            }
            return problem.into_response();
        }
    };
    let trail = trail::Trail::of(&gate.app, &gate.info, &request, &who.stamp());
    who.line = trail.line();
    request.extensions_mut().insert(who.clone());
    let response = next.run(request).await;
    let mut response = trail.finish(response).await;
    if who.known.renew
        && who.cookie
        && !response.headers().contains_key(SET_COOKIE)
        && let Some(cookie) = gate.app.identities.renew(&who.proof, &who.known, now).await
    {
        response.headers_mut().append(SET_COOKIE, set_cookie(origin.is_some_and(|origin| origin.secure), &cookie));
    }
    response
}

/// Whoever comes to a route that is open, as a handler receives them.
pub(crate) struct Guest {
    pub(crate) from: Option<IpAddr>,
    pub(crate) agent: String,
    pub(crate) headers: HeaderMap,
    /// Nobody on the way could read along.
    pub(crate) secure: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let origin = Origin::of(&parts.extensions);
        let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        let secure = origin.is_some_and(|origin| origin.secure);
        Ok(Self {
            from: origin.map(|origin| origin.ip),
            agent: agent.to_owned(),
            headers: parts.headers.clone(),
            secure,
        })
    }
}

/// The caller, as a handler receives it. A route that asks nothing of its caller has none.
#[derive(Clone)]
pub(crate) struct Who {
    known: Known,
    /// How far the right of the route reaches.
    pub(crate) scope: Scope,
    proof: Proof,
    cookie: bool,
    access: Access,
    from: Option<IpAddr>,
    now: Timestamp,
    line: Option<ActLine>,
}

impl Who {
    /// For journals and logs; no name of a person.
    pub(crate) fn name(&self) -> String {
        self.known.caller.identity().label()
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.known.caller
    }

    /// What stands behind what they sent.
    pub(crate) fn found(&self) -> &Found {
        &self.known.found
    }

    /// The line of what the route does, to be committed with it; none where the table names no act. Whatever is not written
    /// with its act is written beside the answer.
    pub(crate) fn line(&self) -> Option<&ActLine> {
        self.line.as_ref()
    }

    /// The same, with something else that should be known.
    pub(crate) fn line_with(&self, name: &str, value: impl ToString) -> Option<&ActLine> {
        self.line.as_ref().inspect(|line| line.detail(name, value))
    }

    /// Who acts, from where and when.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { who: Some(self.known.caller.identity().clone()), from: self.from, now: self.now }
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
        self.known.caller.may(right, now).unwrap_or_else(Scope::nothing)
    }

    /// True when another right is held, however far it reaches.
    pub(crate) fn has(&self, right: Right, now: Timestamp) -> bool {
        self.known.caller.may(right, now).is_some()
    }

    /// True when messages in the name of this device may come from this caller.
    pub(crate) fn speaks_for(&self, device: &str, gateway: Option<&str>, object: &Object<'_>, now: Timestamp) -> bool {
        self.known.caller.speaks_for(device, gateway, object, now)
    }

    /// The same caller as they stand now, for answers that go on for hours; none when they may no longer. While the
    /// database is away they stand as before.
    pub(crate) async fn again(&self, app: &App) -> Option<Self> {
        let now = app.clock.now();
        let known = match app.identities.still(&self.proof, now).await {
            Ok(known) => known,
            Err(NotFound::Away(_)) => self.known.clone(),
            Err(NotFound::Nobody | NotFound::TooMany(_)) => return None,
        };
        let scope = reach(&known.caller, self.access, now)?;
        Some(Self { known, scope, ..self.clone() })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthorized)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; xchengshu_session=2; chengshu_session=cs_3".parse().unwrap());
        assert_eq!(cookie(&headers, SESSION), Some("cs_3"));
        assert_eq!(cookie(&headers, SCREEN), None);
        assert!(proofs(&headers).is_empty(), "cs_3 has not the form of a token");
        let token = format!("cs_{}", "A".repeat(43));
        headers.insert(COOKIE, format!("chengshu_session={token}").parse().unwrap());
        assert_eq!(proofs(&headers), [(Proof::of(&token), true)]);
        headers.insert(AUTHORIZATION, "Basic x".parse().unwrap());
        assert!(proofs(&headers).is_empty(), "what somebody gave counts, be it worth nothing");
        let key = format!("ck_{}", "A".repeat(43));
        for (pair, expected) in
            [(format!("any:{key}"), vec![(Proof::of(&key), false)]), (format!("any:{token}"), vec![])]
        {
            headers.insert(AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)).parse().unwrap());
            assert_eq!(proofs(&headers), expected, "of Basic only a service's key counts");
        }
    }
}
