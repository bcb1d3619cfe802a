//! Signing in and out, and the first administrator.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use chengshu_access::{Act, PasswordPolicy};
use chengshu_identity::{Cookie, Found, NotSetUp, SignedIn, Visitor};
use chengshu_store::PersonEntry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{sso, text};
use crate::app::App;
use crate::caller::{Guest, SCREEN, SESSION, Who, no_cookie, set_cookie};
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// Characters of a password that are looked at, at most: whatever the policy says, nobody hashes a book.
const PASSWORD_MAX: usize = 1_000;

/// What a page for signing in can offer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LoginOffer {
    /// With name and password.
    password: bool,
    /// Providers of single sign-on.
    sso: Vec<sso::SsoView>,
    /// Nobody has an account yet: the link that the first start printed makes the first administrator.
    setup: bool,
    /// What a new password must be.
    #[schemars(with = "serde_json::Value")]
    policy: PasswordPolicy,
}

/// Name and password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginBody {
    user: String,
    password: String,
}

/// The second step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotpBody {
    /// What the first step answered.
    ticket: String,
    /// Six digits of the authenticator.
    code: String,
}

/// The first administrator.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupBody {
    /// Of the link that the first start printed.
    token: String,
    user: String,
    name: String,
    password: String,
}

/// How a sign-in stands.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum LoginAnswer {
    /// In; the cookie is set.
    Done,
    /// The code of the second factor is awaited, for five minutes.
    Totp {
        /// To be sent with the code.
        ticket: String,
    },
}

fn done(secure: bool, cookie: &Cookie) -> Response {
    ([(SET_COOKIE, set_cookie(secure, cookie))], Json(LoginAnswer::Done)).into_response()
}

fn bounded(password: String) -> Result<String, Problem> {
    if password.chars().count() > PASSWORD_MAX { Err(Problem::login_failed()) } else { Ok(password) }
}

pub(crate) async fn offer(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<LoginOffer>, Problem> {
    let policy = app.identities.policy().await?;
    let setup = app.identities.is_setup_open().await?;
    Ok(Json(LoginOffer { password: true, sso: sso::offered(&app), setup, policy: policy.0.password.clone() }))
}

pub(crate) async fn login(
    State(app): State<App>,
    guest: Guest,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<LoginBody>,
) -> Result<Response, Problem> {
    let visitor = Visitor { from: guest.from, agent: &guest.agent };
    let signed = app.identities.sign_in(&body.user, bounded(body.password)?, visitor).await;
    match signed.map_err(|error| Problem::not_in(error, app.clock.now()))? {
        SignedIn::In(cookie) => Ok(done(guest.secure, &cookie)),
        SignedIn::Code(ticket) => Ok(Json(LoginAnswer::Totp { ticket: ticket.expose().to_owned() }).into_response()),
    }
}

pub(crate) async fn totp(
    State(app): State<App>,
    guest: Guest,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<TotpBody>,
) -> Result<Response, Problem> {
    let visitor = Visitor { from: guest.from, agent: &guest.agent };
    let cookie = app.identities.sign_in_code(&body.ticket, &body.code, visitor).await;
    let cookie = cookie.map_err(|error| Problem::not_in(error, app.clock.now()))?;
    Ok(done(guest.secure, &cookie))
}

pub(crate) async fn setup(
    State(app): State<App>,
    guest: Guest,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<SetupBody>,
) -> Result<Response, Problem> {
    let entry = PersonEntry {
        login: super::people::login(&body.user)?,
        name: text("name", &body.name, 100)?,
        department: None,
        phone: None,
    };
    let visitor = Visitor { from: guest.from, agent: &guest.agent };
    match app.identities.set_up(&body.token, entry, bounded(body.password)?, visitor).await {
        Ok(cookie) => Ok(done(guest.secure, &cookie)),
        Err(NotSetUp::Over) => {
            let detail = "this link makes no administrator: it was used, or the hub has printed a newer one since";
            Err(Problem::account(StatusCode::GONE, "setup_over", detail))
        }
        Err(NotSetUp::Password(faults)) => Err(Problem::password(faults)),
        Err(NotSetUp::Not(error)) => Err(Problem::not_in(error, app.clock.now())),
    }
}

pub(crate) async fn logout(
    State(app): State<App>,
    who: Who,
    guest: Guest,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    let name = match who.found() {
        Found::Person(person) => {
            let mut tx = app.store.tx().await?;
            tx.session_end(person.person, person.id).await?;
            tx.audit_write(&[who.stamp().done(Act::Logout, format!("session:{}", person.id))]).await?;
            tx.commit().await?;
            app.identities.forget();
            SESSION
        }
        // a wall is no person: taking its cookie away is not the same as revoking it
        Found::Screen(_) => SCREEN,
        Found::Key | Found::Service { .. } => SESSION,
    };
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, no_cookie(guest.secure, name))]).into_response())
}
