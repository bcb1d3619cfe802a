//! Walls: one shows a code, somebody types it at a workbench, and from then on the wall has a credential of its own, bound
//! to what it shows.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use chengshu_access::{Act, TokenHash, TokenKind};
use chengshu_core::model::{ThemeId, Timestamp};
use chengshu_identity::{Cookie, Stamp};
use chengshu_seal::random;
use chengshu_store::{Claim, ScreenEntry, StoredScreen};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::me::Empty;
use super::{ScopeView, is_nothing, number, text, token};
use crate::app::App;
use crate::caller::{Guest, Who, set_cookie};
use crate::latest::NoParams;
use crate::params::{Body, Params, page};
use crate::problem::Problem;

/// How long a code is shown.
const SHOWN: Duration = Duration::from_secs(600);
/// Walls that may wait at once: whoever asks for codes all day fills nothing.
const WAITING: i64 = 50;

/// A code for a wall that wants to be enrolled.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EnrolView {
    /// To be typed at a workbench: eight digits.
    code: String,
    /// With this the wall asks for its credential.
    secret: String,
    until: i64,
}

/// What a wall holds while it waits.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimBody {
    secret: String,
}

/// How a wall's enrolment stands.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ClaimView {
    /// waiting or done.
    state: &'static str,
}

/// Which walls.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScreenParams {
    /// Only those after this: the `next` of the page before.
    after: Option<String>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

/// A wall.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ScreenView {
    id: String,
    name: String,
    layout: String,
    scope: ScopeView,
    enrolled: i64,
    renewed: i64,
    last_used: Option<i64>,
    last_from: Option<String>,
    revoked: bool,
}

/// Walls, oldest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ScreenPage {
    screens: Vec<ScreenView>,
    next: Option<String>,
}

/// A wall to be enrolled.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScreenEnrol {
    /// What it shows, e.g. 4821-7035.
    code: String,
    name: String,
    /// `wall` or `theme/` and a theme.
    layout: String,
    scope: ScopeView,
}

/// What people say of a wall.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScreenBody {
    name: String,
    layout: String,
    scope: ScopeView,
}

/// What is kept of a code: its digits, hashed.
fn code_hash(code: &str) -> TokenHash {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    TokenHash(Sha256::digest(format!("code {digits}").as_bytes()).into())
}

pub(crate) async fn enrol(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
    Body(Empty {}): Body<Empty>,
) -> Result<Json<EnrolView>, Problem> {
    let now = app.clock.now();
    let until = now.after(SHOWN);
    for _ in 0..8 {
        let number = u64::from_le_bytes(random().map_err(|error| Problem::no_random(&error))?) % 100_000_000;
        let code = format!("{:04}-{:04}", number / 10_000, number % 10_000);
        let secret = token(TokenKind::Screen)?;
        if app.store.screen_ask(&code_hash(&code), &secret.hash(), until, now, WAITING).await? {
            return Ok(Json(EnrolView { code, secret: secret.expose().to_owned(), until: until.ms() }));
        }
    }
    Err(Problem::too_many("too_many_screens", 60))
}

pub(crate) async fn claim(
    State(app): State<App>,
    guest: Guest,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<ClaimBody>,
) -> Result<Response, Problem> {
    let over = || {
        let detail = "this code is over: nobody typed it in time, or the wall has its credential already";
        Problem::account(StatusCode::GONE, "enrolment_over", detail)
    };
    let Some((TokenKind::Screen, secret)) = TokenHash::read(&body.secret) else { return Err(over()) };
    let policy = app.identities.policy().await?;
    let new = token(TokenKind::Screen)?;
    let mut tx = app.store.tx().await?;
    match tx.screen_claim(&secret, &new.hash(), app.clock.now()).await? {
        Claim::Waiting => Ok((StatusCode::ACCEPTED, Json(ClaimView { state: "waiting" })).into_response()),
        Claim::Over => {
            tx.commit().await?;
            Err(over())
        }
        Claim::Enrolled(id) => {
            let stamp = Stamp::nobody(guest.from, app.clock.now());
            let mut line = stamp.done(Act::ScreenEnrol, format!("screen:{id}"));
            line.detail.insert("claimed".to_owned(), "true".to_owned());
            tx.audit_write(&[line]).await?;
            tx.commit().await?;
            app.identities.forget();
            let cookie = Cookie { token: new, kind: TokenKind::Screen, seconds: policy.0.session.screen_s };
            let headers = [(SET_COOKIE, set_cookie(guest.secure, &cookie))];
            Ok((headers, Json(ClaimView { state: "done" })).into_response())
        }
    }
}

fn view(screen: StoredScreen) -> ScreenView {
    ScreenView {
        id: screen.id.to_string(),
        name: screen.entry.name,
        layout: screen.entry.layout,
        scope: ScopeView(screen.entry.scope),
        enrolled: screen.enrolled.ms(),
        renewed: screen.session.began.ms(),
        last_used: screen.last_used.map(Timestamp::ms),
        last_from: screen.last_from.map(|from| from.to_string()),
        revoked: screen.session.revoked,
    }
}

async fn find(app: &App, id: &str) -> Result<StoredScreen, Problem> {
    let found = app.store.screen_list(Some(number(id, "screen")?), None, 1).await?.pop();
    found.ok_or_else(|| Problem::not_found(format!("there is no screen {id:?}")))
}

/// An entry as it may be: what the wall shows is a layout that there is, and it may see something.
fn entry(name: &str, layout: &str, scope: ScopeView) -> Result<ScreenEntry, Problem> {
    let name = text("name", name, 100)?;
    let theme = layout.strip_prefix("theme/").is_some_and(|theme| ThemeId::parse(theme).is_ok());
    if layout != "wall" && !theme {
        return Err(Problem::bad_request(format!("body: layout is {layout:?}; expected wall, or theme/ and a theme")));
    }
    if is_nothing(&scope.0) {
        return Err(Problem::bad_request("body: scope is empty; expected what the wall may see"));
    }
    Ok(ScreenEntry { name, layout: layout.to_owned(), scope: scope.0 })
}

pub(crate) async fn list(
    State(app): State<App>,
    _who: Who,
    Params(params): Params<ScreenParams>,
) -> Result<Json<ScreenPage>, Problem> {
    let limit = page(params.limit, 100, 1_000)? as i64;
    let after = params.after.as_deref().map(|after| number(after, "screen")).transpose()?;
    let mut screens = app.store.screen_list(None, after, limit + 1).await?;
    let more = screens.len() as i64 > limit;
    screens.truncate(usize::try_from(limit).unwrap_or_default());
    let next = screens.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(ScreenPage { screens: screens.into_iter().map(view).collect(), next }))
}

pub(crate) async fn create(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<ScreenEnrol>,
) -> Result<Json<ScreenView>, Problem> {
    let entry = entry(&body.name, &body.layout, body.scope)?;
    let stamp = who.stamp();
    let mut tx = app.store.tx().await?;
    let unknown = || {
        let detail = "no wall shows this code; codes are good for ten minutes";
        Problem::account(StatusCode::NOT_FOUND, "code_unknown", detail)
    };
    let id = tx.screen_enrol(&code_hash(&body.code), &entry, stamp.now).await?.ok_or_else(unknown)?;
    tx.audit_write(&[stamp.done(Act::ScreenEnrol, format!("screen:{id}"))]).await?;
    tx.commit().await?;
    Ok(Json(view(find(&app, &id.to_string()).await?)))
}

pub(crate) async fn put(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<ScreenBody>,
) -> Result<Json<ScreenView>, Problem> {
    let found = find(&app, &id).await?;
    let entry = entry(&body.name, &body.layout, body.scope)?;
    let mut tx = app.store.tx().await?;
    if !tx.screen_put(found.id, &entry).await? {
        return Err(Problem::conflict("this wall is revoked; enrol it again"));
    }
    let mut line = who.stamp().done(Act::ScreenEnrol, format!("screen:{}", found.id));
    line.detail.insert("changed".to_owned(), serde_json::to_string(&entry.scope)?);
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.forget();
    Ok(Json(view(find(&app, &id).await?)))
}

pub(crate) async fn revoke(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let found = find(&app, &id).await?;
    let mut tx = app.store.tx().await?;
    if !tx.screen_revoke(found.id).await? {
        return Err(Problem::conflict("this wall is revoked already"));
    }
    tx.audit_write(&[who.stamp().done(Act::ScreenRevoke, format!("screen:{}", found.id))]).await?;
    tx.commit().await?;
    app.identities.forget();
    Ok(StatusCode::NO_CONTENT)
}
