//! People with accounts, as administrators see them. Names and departments are told to whoever answers for accounts;
//! telephone numbers are masked.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use chengshu_access::{Act, Personal, Role, is_login};
use chengshu_core::model::Timestamp;
use chengshu_store::{Changed, PersonEntry, PersonFilter, StoredPerson};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sso::{LinkedView, linked};
use super::{GrantView, me, number, optional, text};
use crate::app::App;
use crate::caller::Who;
use crate::etag;
use crate::latest::NoParams;
use crate::params::{Body, Params, page};
use crate::problem::Problem;

/// Which people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeopleParams {
    /// Only those whose account or name holds this.
    q: Option<String>,
    /// Only those who were granted this role.
    role: Option<String>,
    /// Only those of this department.
    department: Option<String>,
    /// Only those after this: the `next` of the page before.
    after: Option<String>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

/// A person with an account.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PersonView {
    id: String,
    user: String,
    name: String,
    department: Option<String>,
    /// Masked.
    phone: Option<String>,
    disabled: bool,
    locked_until: Option<i64>,
    /// Has a second factor.
    totp: bool,
    /// Linked with a provider of single sign-on.
    sso: bool,
    /// How that provider knows them.
    linked: Option<LinkedView>,
    password_set: Option<i64>,
    last_login: Option<i64>,
    /// Sessions that live.
    sessions: i64,
    grants: Vec<GrantView>,
    /// Counts the changes; send it back in `If-Match`: 3 as `"v3"`.
    version: i64,
}

/// People, oldest account first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PeoplePage {
    people: Vec<PersonView>,
    next: Option<String>,
}

/// A person to be made or changed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonBody {
    /// The name of the account: letters, digits, `.`, `-`, `_`, 2 to 64 of them. May be left out in changes.
    user: Option<String>,
    name: String,
    department: Option<String>,
    /// Left out or masked as it was told: unchanged.
    phone: Option<String>,
}

/// A person who was made; the password is shown here and never again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PersonMade {
    person: PersonView,
    /// One-time: must be changed when it is first used.
    password: String,
}

/// A new one-time password.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PasswordMade {
    password: String,
}

/// The name of an account.
pub(crate) fn login(read: &str) -> Result<String, Problem> {
    let login = read.trim();
    let wrong =
        || Problem::bad_request(format!("body: user is {read:?}; expected 2 to 64 letters, digits, dots, - or _"));
    is_login(login).then(|| login.to_owned()).ok_or_else(wrong)
}

fn view(app: &App, person: StoredPerson, now: Timestamp) -> PersonView {
    let locked = app.identities.locked_until(&person.entry.login, now).or_else(|| person.lock.locked_until(now));
    PersonView {
        id: person.id.to_string(),
        user: person.entry.login,
        name: person.entry.name,
        department: person.entry.department,
        phone: person.entry.phone.map(|phone| phone.to_string()),
        disabled: person.disabled,
        locked_until: locked.map(Timestamp::ms),
        totp: person.totp,
        sso: person.sso.is_some(),
        linked: person.sso.as_ref().map(|link| linked(app, link)),
        password_set: person.password_set.map(Timestamp::ms),
        last_login: person.last_login.map(Timestamp::ms),
        sessions: person.sessions,
        grants: person.grants.iter().cloned().map(GrantView).collect(),
        version: person.version,
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    _who: Who,
    Params(params): Params<PeopleParams>,
) -> Result<Json<PeoplePage>, Problem> {
    let limit = page(params.limit, 100, 1_000)? as i64;
    let role = params.role.as_deref().map(|role| Role::of(role).ok_or_else(|| unknown_role(role))).transpose()?;
    let after = params.after.as_deref().map(|after| number(after, "person")).transpose()?;
    let (q, department) = (params.q.filter(|q| !q.is_empty()), params.department.filter(|one| !one.is_empty()));
    let filter = PersonFilter { text: q, role, department, after, limit: limit + 1, ..PersonFilter::default() };
    let (now, policy) = (app.clock.now(), app.identities.policy().await?);
    let mut people = app.store.person_list(&filter, &policy.0.session, now).await?;
    let more = people.len() as i64 > limit;
    people.truncate(usize::try_from(limit).unwrap_or_default());
    let next = people.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(PeoplePage { people: people.into_iter().map(|person| view(&app, person, now)).collect(), next }))
}

pub(crate) fn unknown_role(role: &str) -> Problem {
    let all: Vec<&str> = Role::ALL.iter().map(|role| role.id()).collect();
    Problem::bad_request(format!("query: role is {role:?}; expected one of {}", all.join(", ")))
}

/// One person.
pub(crate) async fn find(app: &App, id: &str) -> Result<StoredPerson, Problem> {
    let number = number(id, "person")?;
    let filter = PersonFilter { id: Some(number), limit: 1, ..PersonFilter::default() };
    let policy = app.identities.policy().await?;
    let found = app.store.person_list(&filter, &policy.0.session, app.clock.now()).await?.pop();
    found.ok_or_else(|| Problem::not_found(format!("there is no person {id:?}")))
}

pub(crate) async fn show(app: &App, id: &str) -> Result<Json<PersonView>, Problem> {
    Ok(Json(view(app, find(app, id).await?, app.clock.now())))
}

pub(crate) async fn get(
    State(app): State<App>,
    _who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<PersonView>, Problem> {
    show(&app, &id).await
}

fn phone(read: Option<&str>) -> Result<Option<Personal<chengshu_access::Phone>>, Problem> {
    Ok(optional("phone", read, 32)?.map(Personal::new))
}

pub(crate) async fn create(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<PersonBody>,
) -> Result<Json<PersonMade>, Problem> {
    let entry = PersonEntry {
        login: login(body.user.as_deref().unwrap_or_default())?,
        name: text("name", &body.name, 100)?,
        department: optional("department", body.department.as_deref(), 200)?,
        phone: phone(body.phone.as_deref())?,
    };
    let (password, hash) = app.identities.one_time(&[&entry.login, &entry.name]).await?;
    let stamp = who.stamp();
    let mut tx = app.store.tx().await?;
    let taken =
        || Problem::account(StatusCode::CONFLICT, "user_taken", format!("there is an account {:?}", entry.login));
    let id = tx.person_add(&entry, Some(&hash), true, stamp.now).await?.ok_or_else(taken)?;
    tx.audit_write(&[stamp.done(Act::AccountCreate, format!("person:{id}"))]).await?;
    tx.commit().await?;
    let Json(person) = show(&app, &id.to_string()).await?;
    Ok(Json(PersonMade { person, password }))
}

pub(crate) async fn put(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    headers: HeaderMap,
    Body(body): Body<PersonBody>,
) -> Result<Json<PersonView>, Problem> {
    let found = find(&app, &id).await?;
    let version = etag::wanted_version(&headers)?.flatten().map_or(found.version, i64::from);
    let unchanged = body.phone.is_none() || body.phone == found.entry.phone.as_ref().map(ToString::to_string);
    let entry = PersonEntry {
        login: body.user.as_deref().map_or_else(|| Ok(found.entry.login.clone()), login)?,
        name: text("name", &body.name, 100)?,
        department: optional("department", body.department.as_deref(), 200)?,
        phone: if unchanged { found.entry.phone } else { phone(body.phone.as_deref())? },
    };
    let mut tx = app.store.tx().await?;
    match tx.person_put(found.id, &entry, version).await? {
        Changed::Done(_) => {}
        Changed::Absent => return Err(Problem::not_found(format!("there is no person {id:?}"))),
        Changed::Stale => return Err(Problem::precondition("somebody has changed this person since; look again")),
        Changed::Taken => {
            return Err(Problem::account(
                StatusCode::CONFLICT,
                "user_taken",
                format!("there is an account {:?}", entry.login),
            ));
        }
    }
    tx.audit_write(&[who.stamp().done(Act::AccountChange, format!("person:{}", found.id))]).await?;
    tx.commit().await?;
    app.identities.forget();
    show(&app, &id).await
}

async fn switch(app: &App, who: &Who, id: &str, disabled: bool) -> Result<Json<PersonView>, Problem> {
    let found = find(app, id).await?;
    if disabled && who.name() == format!("person:{}", found.id) {
        return Err(Problem::conflict("nobody disables their own account"));
    }
    let mut tx = app.store.tx().await?;
    if disabled {
        for role in [Role::SystemAdmin, Role::SecurityAdmin] {
            let held = found.grants.iter().any(|grant| grant.roles.holds(role));
            if held && tx.role_count(role, Some(found.id), app.clock.now()).await? == 0 {
                return Err(Problem::conflict(format!("this is the last {}; make another first", role.en())));
            }
        }
    }
    tx.person_disable(found.id, disabled).await?;
    let line = who.stamp().done(Act::AccountDisable, format!("person:{}", found.id));
    let mut line = line;
    line.detail.insert("disabled".to_owned(), disabled.to_string());
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.forget();
    show(app, id).await
}

pub(crate) async fn disable(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<PersonView>, Problem> {
    switch(&app, &who, &id, true).await
}

pub(crate) async fn enable(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<PersonView>, Problem> {
    switch(&app, &who, &id, false).await
}

pub(crate) async fn reset(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<PasswordMade>, Problem> {
    let found = find(&app, &id).await?;
    let password = app.identities.password_reset(found.id, &who.stamp()).await?;
    Ok(Json(PasswordMade { password }))
}

pub(crate) async fn unlock(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<PersonView>, Problem> {
    let found = find(&app, &id).await?;
    let mut tx = app.store.tx().await?;
    tx.person_unlock(found.id).await?;
    tx.audit_write(&[who.stamp().done(Act::AccountUnlock, format!("person:{}", found.id))]).await?;
    tx.commit().await?;
    app.identities.unlock(&found.entry.login);
    show(&app, &id).await
}

pub(crate) async fn totp_reset(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<PersonView>, Problem> {
    let found = find(&app, &id).await?;
    let mut tx = app.store.tx().await?;
    tx.totp_remove(found.id).await?;
    tx.session_end_all(found.id, None).await?;
    let mut line = who.stamp().done(Act::SecondFactor, format!("person:{}", found.id));
    line.detail.insert("removed".to_owned(), "true".to_owned());
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.forget();
    show(&app, &id).await
}

pub(crate) async fn sessions(
    State(app): State<App>,
    _who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<me::SessionList>, Problem> {
    let found = find(&app, &id).await?;
    me::list(&app, found.id, None).await
}

pub(crate) async fn session_end(
    State(app): State<App>,
    who: Who,
    Path((id, session)): Path<(String, String)>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let found = find(&app, &id).await?;
    me::end(&app, &who, found.id, &session).await
}
