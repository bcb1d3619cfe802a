//! Single sign-on: the way to a provider and back, and links between accounts and providers. Whoever comes back without proof
//! is sent to the page for signing in with a code that says why; what was proved decides in crates `sso` and `identity`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chengshu_identity::{NotIn, SignedIn, SsoReturn, Stamp, Visitor, sso_link_of};
use chengshu_sso::{Ask, Provider, Return};
use chengshu_store::SsoLink;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::me::{ConfirmBody, person};
use super::people::{PersonView, find, show};
use super::text;
use crate::app::App;
use crate::caller::{Guest, SESSION, Who, cookie, kept, no_cookie, set_cookie};
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// What binds a sign-in that is under way at a provider to the browser that began it.
const COOKIE: &str = concat!("chengshu", "_sso");
/// Sent on the way back from another site; nowhere but here.
const WHERE: &str = "Path=/api/v1/login/sso; SameSite=Lax";
const SECONDS: u32 = 600;

/// A name in both languages.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NameView {
    zh: String,
    en: String,
}

/// A provider of single sign-on.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SsoView {
    id: String,
    name: NameView,
}

/// How a provider knows somebody.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LinkedView {
    /// Null: the configuration names it no longer.
    provider: Option<SsoView>,
    issuer: String,
    subject: String,
    /// What the account is called there.
    name: Option<String>,
}

/// What a provider sends back. What else it sends is not looked at (RFC 6749, 4.1.2).
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ReturnParams {
    state: Option<String>,
    code: Option<String>,
    /// Who says so (RFC 9207).
    iss: Option<String>,
    error: Option<String>,
}

/// Where the browser is to go.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LinkBegun {
    /// The provider.
    url: String,
}

/// Who somebody is at a provider.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBody {
    /// Its id in the configuration.
    provider: String,
    /// The claim `sub`.
    subject: String,
}

fn provider_view(provider: &Provider) -> SsoView {
    let name = provider.name();
    SsoView { id: provider.id().to_owned(), name: NameView { zh: name.zh.clone(), en: name.en.clone() } }
}

/// The providers that there are.
pub(crate) fn offered(app: &App) -> Vec<SsoView> {
    app.sso.iter().map(provider_view).collect()
}

/// A link, for people.
pub(crate) fn linked(app: &App, link: &SsoLink) -> LinkedView {
    let provider = app.sso.of_issuer(&link.issuer).map(provider_view);
    LinkedView { provider, issuer: link.issuer.clone(), subject: link.subject.clone(), name: link.name.clone() }
}

fn provider<'a>(app: &'a App, id: &str) -> Result<&'a Provider, Problem> {
    app.sso.find(id).ok_or_else(|| Problem::not_found(format!("there is no provider {id:?}")))
}

/// A page of the dashboards; they are told more in the fragment, which goes to no server.
fn page(fragment: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    go(&format!("/{fragment}"), cookies)
}

fn go(to: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/")));
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
    response
}

/// Back to where they came from, with a code that the page has words for.
fn refused(linking: bool, code: &str, id: &str, headers: &HeaderMap) -> Response {
    tracing::debug!(provider = id, code, "a sign-in by a provider is refused");
    let to = if linking { "#/desk/account" } else { "#/login" };
    page(&format!("{to}?refused={code}&sso={id}"), forget(headers))
}

/// Takes the binding away where there is one.
fn forget(headers: &HeaderMap) -> Option<HeaderValue> {
    cookie(headers, COOKIE)?;
    HeaderValue::from_str(&format!("{COOKIE}=; Max-Age=0; HttpOnly; {WHERE}")).ok()
}

fn guest(app: &App, guest: &Guest) -> Result<(), Problem> {
    let wait = app.identities.guest(guest.from, 1.0);
    wait.map_err(|wait| Problem::too_many("too_many_requests", wait.as_secs() + 1))
}

/// Keeps what must be known when they come back; answers the cookie.
async fn keep(
    app: &App,
    guest: &Guest,
    id: &str,
    ask: &Ask,
    person: Option<i64>,
) -> Result<Option<HeaderValue>, NotIn> {
    let held = cookie(&guest.headers, COOKIE);
    let browser = app.identities.sso_begin(id, &ask.state, &ask.secret, held, person).await?;
    Ok(browser.map(|browser| kept(guest.secure, COOKIE, &browser, SECONDS, WHERE)))
}

pub(crate) async fn begin(
    State(app): State<App>,
    who: Guest,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let provider = provider(&app, &id)?;
    guest(&app, &who)?;
    let ask = match provider.ask().await {
        Ok(ask) => ask,
        Err(error) => return Ok(refused(false, error.code(), &id, &who.headers)),
    };
    match keep(&app, &who, &id, &ask, None).await {
        Ok(Some(cookie)) => Ok(go(&ask.url, [cookie])),
        Ok(None) => Ok(refused(false, "too_many", &id, &who.headers)),
        Err(error) => Ok(refused(false, failed(&error), &id, &who.headers)),
    }
}

fn failed(error: &NotIn) -> &'static str {
    match error {
        NotIn::Sso(refused) => refused.code(),
        NotIn::Away(error) => {
            tracing::warn!(error = %error.database_words(), "a sign-in by a provider waits for the database");
            "hub_away"
        }
        NotIn::Failed(error) => {
            tracing::error!(%error, "a sign-in by a provider failed");
            "hub_away"
        }
        NotIn::Wrong | NotIn::Locked(_) | NotIn::TooMany(_) => "denied",
    }
}

pub(crate) async fn back(
    State(app): State<App>,
    who: Guest,
    Path(id): Path<String>,
    Params(params): Params<ReturnParams>,
) -> Result<Response, Problem> {
    let provider = provider(&app, &id)?;
    guest(&app, &who)?;
    let visitor = Visitor { from: who.from, agent: &who.agent };
    let state = params.state.as_deref().zip(cookie(&who.headers, COOKIE));
    let taken = match state {
        Some((state, browser)) => app.identities.sso_take(&id, state, browser).await.map_err(NotIn::Away),
        None => Ok(None),
    };
    let taken = match taken {
        Ok(Some(taken)) => taken,
        Ok(None) => return Ok(untold(&app, &id, "state", None, visitor, &who.headers).await),
        Err(error) => return Ok(refused(false, failed(&error), &id, &who.headers)),
    };
    let (code, issuer, error) = (params.code.as_deref(), params.iss.as_deref(), params.error.as_deref());
    let vouched = match provider.redeem(Return { code, issuer, error }, &taken.secret).await {
        Ok(vouched) => vouched,
        Err(error) => {
            tracing::warn!(provider = id, %error, "a sign-in by a provider proves nothing");
            return Ok(untold(&app, &id, error.code(), Some(&taken), visitor, &who.headers).await);
        }
    };
    if let Some(person) = taken.person {
        // who asked for it has shown the password, in this browser
        let identity = chengshu_access::Identity::Person { id: person.to_string().into(), name: "".into() };
        let stamp = Stamp { who: Some(identity), from: who.from, now: app.clock.now() };
        let done = app.identities.sso_link(person, &id, &sso_link_of(&vouched), &stamp).await;
        return Ok(match done {
            Ok(()) => page(&format!("#/desk/account?linked={id}"), forget(&who.headers)),
            Err(error) => refused(true, failed(&error), &id, &who.headers),
        });
    }
    let cookies = |session| [Some(session), forget(&who.headers)].into_iter().flatten();
    Ok(match app.identities.sso_sign_in(&id, &vouched, visitor).await {
        Ok(SignedIn::In(session)) => page("", cookies(set_cookie(who.secure, &session))),
        Ok(SignedIn::Code(ticket)) => {
            let fragment = format!("#/login?ticket={}", ticket.expose());
            page(&fragment, cookies(no_cookie(who.secure, SESSION)))
        }
        Err(error) => refused(false, failed(&error), &id, &who.headers),
    })
}

/// Refused before it was known who it is.
async fn untold(
    app: &App,
    id: &str,
    code: &str,
    taken: Option<&SsoReturn>,
    visitor: Visitor<'_>,
    headers: &HeaderMap,
) -> Response {
    let person = taken.and_then(|taken| taken.person);
    if let Err(error) = app.identities.sso_failed(id, code, person, visitor).await {
        return refused(false, failed(&NotIn::Away(error)), id, headers);
    }
    refused(person.is_some(), code, id, headers)
}

pub(crate) async fn link_own(
    State(app): State<App>,
    who: Who,
    guest: Guest,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<ConfirmBody>,
) -> Result<Response, Problem> {
    let (me, provider) = (person(&who)?, provider(&app, &id)?);
    app.identities.sso_confirm(me.person, body.password, &who.stamp()).await?;
    let ask = provider.ask().await.map_err(|error| away(&id, &error.to_string()))?;
    let kept = keep(&app, &guest, &id, &ask, Some(me.person)).await;
    let cookie = kept.map_err(|error| Problem::not_in(error, app.clock.now()))?;
    let cookie = cookie.ok_or_else(|| Problem::too_many("too_many_requests", u64::from(SECONDS)))?;
    Ok(([(SET_COOKIE, cookie)], Json(LinkBegun { url: ask.url })).into_response())
}

fn away(id: &str, why: &str) -> Problem {
    tracing::warn!(provider = id, why, "a provider cannot be asked");
    let detail = "the provider of single sign-on cannot be reached; try again later, or ask whoever runs the hub";
    Problem::account(StatusCode::SERVICE_UNAVAILABLE, "sso_away", detail)
}

pub(crate) async fn unlink_own(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<ConfirmBody>,
) -> Result<StatusCode, Problem> {
    let me = person(&who)?;
    app.identities.sso_unlink_own(me.person, me.id, body.password, &who.stamp()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn link(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<LinkBody>,
) -> Result<Json<PersonView>, Problem> {
    let found = find(&app, &id).await?;
    if who.name() == format!("person:{}", found.id) {
        let detail = "nobody links their own account here; link it at the own account, where the provider is asked";
        return Err(Problem::account(StatusCode::FORBIDDEN, "own_link", detail));
    }
    let known: Vec<&str> = app.sso.iter().map(Provider::id).collect();
    let unknown = || {
        let expected = if known.is_empty() { "none: [[sso]] names no provider".to_owned() } else { known.join(", ") };
        Problem::bad_request(format!("body: provider is {:?}; expected {expected}", body.provider))
    };
    let provider = app.sso.find(&body.provider).ok_or_else(unknown)?;
    let subject = text("subject", &body.subject, 255)?;
    let link = SsoLink { issuer: provider.issuer().to_owned(), subject, name: None };
    match app.identities.sso_link(found.id, provider.id(), &link, &who.stamp()).await {
        Ok(()) => show(&app, &id).await,
        Err(NotIn::Sso(_)) => {
            let detail = "another account is linked with this subject";
            Err(Problem::account(StatusCode::CONFLICT, "linked_elsewhere", detail))
        }
        Err(error) => Err(Problem::not_in(error, app.clock.now())),
    }
}

pub(crate) async fn unlink(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let found = find(&app, &id).await?;
    app.identities.sso_unlink(found.id, None, &who.stamp()).await?;
    Ok(StatusCode::NO_CONTENT)
}
