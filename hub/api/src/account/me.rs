//! One's own account: who am I and what may I, password, second factor, sessions.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chengshu_access::{Act, Identity, State as SessionState, effective};
use chengshu_core::model::Timestamp;
use chengshu_identity::{Found, Must, NotIn, PersonFound};
use chengshu_store::StoredSession;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sso::{LinkedView, linked};
use super::{GrantView, issuer, number};
use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// Who asks, and what they may.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MeView {
    /// person, screen, service, local or demo.
    kind: &'static str,
    id: String,
    name: String,
    /// The name of the account.
    user: Option<String>,
    roles: Vec<&'static str>,
    rights: Vec<&'static str>,
    grants: Vec<GrantView>,
    /// What must be done before anything else: password, totp.
    must: Vec<&'static str>,
    session: Option<OwnSession>,
    /// What a wall shows.
    layout: Option<String>,
    /// A second factor is set.
    totp: Option<bool>,
    /// There is a password.
    password: Option<bool>,
    /// How a provider of single sign-on knows the account.
    linked: Option<LinkedView>,
}

/// The session of a request.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OwnSession {
    id: String,
    began: i64,
    /// When it ends at the latest.
    until: i64,
    /// Or so many seconds after the last request.
    idle_s: u32,
    from: Option<String>,
    /// The provider of single sign-on that it began with.
    sso: Option<String>,
    /// Where one signs out there, too, after signing out here.
    sign_out: Option<String>,
}

/// A session.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SessionView {
    id: String,
    began: i64,
    used: i64,
    from: Option<String>,
    agent: Option<String>,
    /// The one of this request.
    current: bool,
}

/// Sessions that live, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SessionList {
    sessions: Vec<SessionView>,
}

/// A new password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordBody {
    old: String,
    new: String,
}

/// A code of the authenticator.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeBody {
    code: String,
}

/// The password, once more.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmBody {
    pub(super) password: String,
}

/// What is asked for without words.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Empty {}

/// A secret for the authenticator; shown here and never again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct TotpOffer {
    /// To be typed, base32.
    secret: String,
    /// For a picture code.
    uri: String,
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<MeView>, Problem> {
    let now = app.clock.now();
    let policy = app.identities.policy().await;
    let identity = who.caller().identity();
    let (id, name) = match identity {
        Identity::Person { id, name } | Identity::Service { id, name } => (id.to_string(), name.to_string()),
        Identity::Screen { id, .. } | Identity::Device { id } => (id.to_string(), id.to_string()),
        Identity::Local | Identity::Demo => (identity.label(), identity.kind().zh().to_owned()),
    };
    let rights = who.caller().rights(now).iter().map(|right| right.id()).collect();
    let kind = identity.kind().id();
    let me = MeView {
        kind,
        id,
        name,
        user: None,
        roles: Vec::new(),
        rights,
        grants: Vec::new(),
        must: Vec::new(),
        session: None,
        layout: None,
        totp: None,
        password: None,
        linked: None,
    };
    Ok(Json(match who.found() {
        Found::Person(person) => {
            let policy = policy?;
            let roles = effective(&person.grants, now).map(|held| held.roles).unwrap_or_default();
            let absolute = std::time::Duration::from_secs(policy.0.session.absolute_s.into());
            MeView {
                user: Some(person.login.clone()),
                roles: roles.iter().map(|role| role.id()).collect(),
                grants: person.grants.iter().cloned().map(GrantView).collect(),
                must: person.must.iter().map(must).collect(),
                session: Some(OwnSession {
                    id: person.id.to_string(),
                    began: person.session.began.ms(),
                    until: person.session.began.after(absolute).ms(),
                    idle_s: policy.0.session.idle_s,
                    from: who.stamp().from.map(|from| from.to_string()),
                    sso: person.sso.clone(),
                    sign_out: person.sso.as_deref().and_then(|id| app.sso.find(id)?.sign_out()),
                }),
                totp: Some(person.totp),
                password: Some(person.password),
                linked: person.linked.as_ref().map(|link| linked(&app, link)),
                ..me
            }
        }
        Found::Screen(screen) => MeView { name: screen.name.clone(), layout: Some(screen.layout.clone()), ..me },
        Found::Key | Found::Service { .. } => me,
    }))
}

fn must(must: &Must) -> &'static str {
    match must {
        Must::Password => "password",
        Must::Totp => "totp",
    }
}

/// The person who asks; nobody else has an account.
pub(crate) fn person(who: &Who) -> Result<&PersonFound, Problem> {
    match who.found() {
        Found::Person(person) => Ok(person),
        _ => Err(Problem::conflict("only a person who has signed in has an account of their own")),
    }
}

pub(crate) async fn password(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<PasswordBody>,
) -> Result<StatusCode, Problem> {
    let me = person(&who)?;
    app.identities.password_change(me.person, me.id, body.old, body.new, &who.stamp()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn totp(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(Empty {}): Body<Empty>,
) -> Result<Json<TotpOffer>, Problem> {
    let me = person(&who)?;
    let secret = app.identities.totp_offer(me.person).await.map_err(|error| Problem::not_in(error, app.clock.now()))?;
    Ok(Json(TotpOffer { secret: secret.base32(), uri: secret.uri(&issuer(&app.about.district_name), &me.login) }))
}

pub(crate) async fn totp_confirm(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<CodeBody>,
) -> Result<StatusCode, Problem> {
    let me = person(&who)?;
    match app.identities.totp_confirm(me.person, &body.code, &who.stamp()).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(NotIn::Wrong) => {
            Err(Problem::account(StatusCode::BAD_REQUEST, "totp_wrong", "this is not the code of this time"))
        }
        Err(error) => Err(Problem::not_in(error, app.clock.now())),
    }
}

pub(crate) async fn totp_remove(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<ConfirmBody>,
) -> Result<StatusCode, Problem> {
    app.identities.totp_remove(person(&who)?.person, body.password, &who.stamp()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn sessions(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<SessionList>, Problem> {
    let me = person(&who)?;
    list(&app, me.person, Some(me.id)).await
}

pub(crate) async fn session_end(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let me = person(&who)?;
    end(&app, &who, me.person, &id).await
}

/// The sessions of a person that live.
pub(crate) async fn list(app: &App, person: i64, current: Option<i64>) -> Result<Json<SessionList>, Problem> {
    let (now, policy) = (app.clock.now(), app.identities.policy().await?);
    let all = app.store.session_list(person).await?;
    let live = all.into_iter().filter(|one| one.session.state(&policy.0.session, now) == SessionState::Live);
    Ok(Json(SessionList { sessions: live.map(|one| view(one, current, now)).collect() }))
}

fn view(one: StoredSession, current: Option<i64>, now: Timestamp) -> SessionView {
    let current = current == Some(one.id);
    SessionView {
        id: one.id.to_string(),
        began: one.session.began.ms(),
        used: if current { now.ms() } else { one.session.used.ms() },
        from: one.from.map(|from| from.to_string()),
        agent: Some(one.agent).filter(|agent| !agent.is_empty()),
        current,
    }
}

/// Ends a session of a person.
pub(crate) async fn end(app: &App, who: &Who, person: i64, id: &str) -> Result<StatusCode, Problem> {
    let missing = || Problem::not_found(format!("there is no session {id:?} that lives"));
    let id = number(id, "session")?;
    let mut tx = app.store.tx().await?;
    if !tx.session_end(person, id).await? {
        return Err(missing());
    }
    tx.audit_write(&[who.stamp().done(Act::SessionEnd, format!("session:{id}"))]).await?;
    tx.commit().await?;
    app.identities.forget();
    Ok(StatusCode::NO_CONTENT)
}
