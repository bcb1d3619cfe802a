//! Keys of services: born without rights, shown once, good until they expire.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chengshu_access::{Act, Right, Rights, Scope, SigningKey, TokenKind};
use chengshu_core::model::Timestamp;
use chengshu_seal::random;
use chengshu_store::{ServiceFilter, ServiceRights, StoredService};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::me::Empty;
use super::{ScopeView, number, optional, text, token};
use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params, When, page};
use crate::problem::Problem;

/// How long a key is good unless somebody says otherwise.
const GOOD_FOR: Duration = Duration::from_secs(365 * 24 * 3600);
/// Requests a minute unless somebody says otherwise.
const QUOTA: i32 = 600;
/// And at most.
const QUOTA_MAX: i32 = 1_000_000;

/// Which services.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceParams {
    /// Only those after this: the `next` of the page before.
    after: Option<String>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

/// A service of a department; its key is not told.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ServiceView {
    id: String,
    name: String,
    department: Option<String>,
    rights: Vec<&'static str>,
    scope: ScopeView,
    expires: i64,
    quota_per_minute: i32,
    created: i64,
    last_used: Option<i64>,
    last_from: Option<String>,
    revoked: bool,
    /// What it sends is taken with a signature only.
    signed: bool,
}

/// Services, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ServicePage {
    services: Vec<ServiceView>,
    next: Option<String>,
}

/// A service to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceBody {
    name: String,
    department: Option<String>,
}

/// A service that was made; the key is shown here and never again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ServiceMade {
    service: ServiceView,
    key: String,
}

/// A new key; the old one is worth nothing.
#[derive(Serialize, JsonSchema)]
pub(crate) struct KeyMade {
    key: String,
}

/// The secret with which a service signs from now on; shown here and never again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SigningMade {
    secret: String,
}

/// What a service may.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceRightsBody {
    /// Rights that need no person.
    rights: Vec<String>,
    scope: ScopeView,
    /// Until then; null: for a year.
    expires: Option<When>,
    quota_per_minute: i32,
}

fn view(service: StoredService) -> ServiceView {
    ServiceView {
        id: service.id.to_string(),
        name: service.name,
        department: service.department,
        rights: service.may.rights.iter().map(|right| right.id()).collect(),
        scope: ScopeView(service.may.scope),
        expires: service.may.expires.ms(),
        quota_per_minute: service.may.quota_per_minute,
        created: service.created.ms(),
        last_used: service.last_used.map(Timestamp::ms),
        last_from: service.last_from.map(|from| from.to_string()),
        revoked: service.revoked,
        signed: service.signing.is_some(),
    }
}

async fn find(app: &App, id: &str) -> Result<StoredService, Problem> {
    let filter = ServiceFilter { id: Some(number(id, "service")?), limit: 1, ..ServiceFilter::default() };
    let found = app.store.service_list(&filter).await?.pop();
    found.ok_or_else(|| Problem::not_found(format!("there is no service {id:?}")))
}

fn gone(id: &str) -> Problem {
    Problem::conflict(format!("the key of service {id} is revoked; make another service"))
}

pub(crate) async fn list(
    State(app): State<App>,
    _who: Who,
    Params(params): Params<ServiceParams>,
) -> Result<Json<ServicePage>, Problem> {
    let limit = page(params.limit, 100, 1_000)? as i64;
    let before = params.after.as_deref().map(|after| number(after, "service")).transpose()?;
    let filter = ServiceFilter { before, limit: limit + 1, ..ServiceFilter::default() };
    let mut services = app.store.service_list(&filter).await?;
    let more = services.len() as i64 > limit;
    services.truncate(usize::try_from(limit).unwrap_or_default());
    let next = services.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(ServicePage { services: services.into_iter().map(view).collect(), next }))
}

pub(crate) async fn create(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<ServiceBody>,
) -> Result<Json<ServiceMade>, Problem> {
    let (name, department) = (text("name", &body.name, 100)?, optional("department", body.department.as_deref(), 200)?);
    let (key, stamp) = (token(TokenKind::Key)?, who.stamp());
    let may = ServiceRights {
        rights: Rights::NONE,
        scope: Scope::nothing(),
        expires: stamp.now.after(GOOD_FOR),
        quota_per_minute: QUOTA,
    };
    let mut tx = app.store.tx().await?;
    let id = tx.service_add(&key.hash(), (&name, department.as_deref()), &may, stamp.now).await?;
    tx.audit_write(&[stamp.done(Act::KeyCreate, format!("service:{id}"))]).await?;
    tx.commit().await?;
    let service = view(find(&app, &id.to_string()).await?);
    Ok(Json(ServiceMade { service, key: key.expose().to_owned() }))
}

pub(crate) async fn put(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<ServiceRightsBody>,
) -> Result<Json<ServiceView>, Problem> {
    let found = find(&app, &id).await?;
    let unknown = |word: &String| Problem::bad_request(format!("body: rights has {word:?}, which is no right"));
    let rights = body.rights.iter().map(|word| Right::of(word).ok_or_else(|| unknown(word)));
    let rights = rights.collect::<Result<Vec<Right>, Problem>>()?;
    let rights = Rights::for_service(rights).map_err(|error| Problem::bad_request(format!("body: {error}")))?;
    if !(1..=QUOTA_MAX).contains(&body.quota_per_minute) {
        let detail = format!("body: quota_per_minute is {}; expected 1 to {QUOTA_MAX}", body.quota_per_minute);
        return Err(Problem::bad_request(detail));
    }
    let stamp = who.stamp();
    let expires = body.expires.map_or_else(|| stamp.now.after(GOOD_FOR), |when| when.0);
    let may = ServiceRights { rights, scope: body.scope.0, expires, quota_per_minute: body.quota_per_minute };
    let mut tx = app.store.tx().await?;
    if !tx.service_put(found.id, &may).await? {
        return Err(gone(&id));
    }
    let mut line = stamp.done(Act::GrantChange, format!("service:{}", found.id));
    let told = |may: &ServiceRights| -> Result<String, Problem> {
        let (rights, scope) = (serde_json::to_value(may.rights)?, serde_json::to_value(&may.scope)?);
        Ok(serde_json::json!({ "rights": rights, "scope": scope, "expires": may.expires.ms() }).to_string())
    };
    line.detail.insert("before".to_owned(), told(&found.may)?);
    line.detail.insert("after".to_owned(), told(&may)?);
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.forget();
    Ok(Json(view(find(&app, &id).await?)))
}

pub(crate) async fn rotate(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(Empty {}): Body<Empty>,
) -> Result<Json<KeyMade>, Problem> {
    let (found, key) = (find(&app, &id).await?, token(TokenKind::Key)?);
    let mut tx = app.store.tx().await?;
    if !tx.service_rotate(found.id, &key.hash()).await? {
        return Err(gone(&id));
    }
    let mut line = who.stamp().done(Act::KeyCreate, format!("service:{}", found.id));
    line.detail.insert("rotated".to_owned(), "true".to_owned());
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.forget();
    Ok(Json(KeyMade { key: key.expose().to_owned() }))
}

pub(crate) async fn revoke(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let found = find(&app, &id).await?;
    let mut tx = app.store.tx().await?;
    if !tx.service_revoke(found.id).await? {
        return Err(gone(&id));
    }
    tx.audit_write(&[who.stamp().done(Act::KeyRevoke, format!("service:{}", found.id))]).await?;
    tx.commit().await?;
    app.identities.forget();
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn sign(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(Empty {}): Body<Empty>,
) -> Result<Json<SigningMade>, Problem> {
    let found = find(&app, &id).await?;
    let key = SigningKey::new(random().map_err(|error| Problem::no_random(&error))?);
    let kept = app.identities.close_signing(found.id, &key).map_err(|error| Problem::no_random(&error))?;
    put_signing(&app, &who, &found, Some(&kept)).await?;
    Ok(Json(SigningMade { secret: key.expose().to_owned() }))
}

pub(crate) async fn unsign(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let found = find(&app, &id).await?;
    put_signing(&app, &who, &found, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put_signing(app: &App, who: &Who, found: &StoredService, kept: Option<&[u8]>) -> Result<(), Problem> {
    let mut tx = app.store.tx().await?;
    if !tx.service_signing_put(found.id, kept).await? {
        return Err(gone(&found.id.to_string()));
    }
    let act = if kept.is_some() { Act::KeyCreate } else { Act::KeyRevoke };
    let mut line = who.stamp().done(act, format!("service:{}", found.id));
    line.detail.insert("signing".to_owned(), kept.is_some().to_string());
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.forget();
    Ok(())
}
