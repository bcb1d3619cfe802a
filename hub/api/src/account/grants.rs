//! What somebody is granted: replaced as a whole, never one's own, never two roles that exclude each other, and the last
//! administrator of a kind stays.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chengshu_access::{Act, Grant, Right, Role, check_grants};
use chengshu_store::{Changed, Tx};
use schemars::JsonSchema;
use serde::Deserialize;

use super::people::{PersonView, find, show};
use super::{GrantView, is_nothing};
use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// Grants of a person at most.
const GRANTS_MAX: usize = 50;

/// All that somebody is granted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantsBody {
    grants: Vec<GrantView>,
}

pub(crate) async fn put(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    Body(body): Body<GrantsBody>,
) -> Result<Json<PersonView>, Problem> {
    let found = find(&app, &id).await?;
    let grants: Vec<Grant> = body.grants.into_iter().map(|grant| grant.0).collect();
    if who.name() == format!("person:{}", found.id) {
        return Err(Problem::account(
            StatusCode::FORBIDDEN,
            "own_grants",
            "nobody changes what they are granted themselves",
        ));
    }
    if grants.len() > GRANTS_MAX {
        return Err(Problem::bad_request(format!("body: {} grants; expected at most {GRANTS_MAX}", grants.len())));
    }
    for grant in &grants {
        if grant.roles.is_empty() || is_nothing(&grant.scope) {
            return Err(Problem::bad_request(
                "body: a grant without roles or with an empty scope gives nothing; leave it out",
            ));
        }
        if let (Some(from), Some(until)) = (grant.from, grant.until)
            && until <= from
        {
            return Err(Problem::bad_request("body: a grant ends before it begins; expected `until` after `from`"));
        }
    }
    check_grants(&grants)
        .map_err(|conflict| Problem::account(StatusCode::CONFLICT, "roles_exclude", conflict.to_string()))?;
    let mut tx = app.store.tx().await?;
    if !who.has(Right::Grant, app.clock.now()) {
        bootstrap(&app, &mut tx, &found.grants, &grants).await?;
    }
    for role in [Role::SystemAdmin, Role::SecurityAdmin] {
        let had = found.grants.iter().any(|grant| grant.roles.holds(role));
        let has = grants.iter().any(|grant| grant.roles.holds(role) && grant.until.is_none());
        if had && !has && tx.role_count(role, Some(found.id), app.clock.now()).await? == 0 {
            return Err(Problem::conflict(format!("this is the last {}; grant it to another first", role.en())));
        }
    }
    match tx.grants_put(found.id, &grants, Some(found.rights_version)).await? {
        Changed::Done(_) => {}
        _ => return Err(Problem::changed("somebody has changed these grants meanwhile; look again")),
    }
    let mut line = who.stamp().done(Act::GrantChange, format!("person:{}", found.id));
    line.detail.insert("before".to_owned(), serde_json::to_string(&*found.grants)?);
    line.detail.insert("after".to_owned(), serde_json::to_string(&grants)?);
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.forget();
    show(&app, &id).await
}

/// Before there is a security administrator, the system administrator makes one, and one for the audit: nothing else, and
/// of nobody who is anything.
async fn bootstrap(app: &App, tx: &mut Tx, before: &[Grant], grants: &[Grant]) -> Result<(), Problem> {
    let administrators = tx.role_count(Role::SecurityAdmin, None, app.clock.now()).await?;
    let only = |grant: &Grant| grant.roles.iter().all(|role| [Role::SecurityAdmin, Role::AuditAdmin].contains(&role));
    let audits = tx.role_count(Role::AuditAdmin, None, app.clock.now()).await?;
    let wants = |role: Role| grants.iter().any(|grant| grant.roles.holds(role));
    let open = (administrators == 0 || !wants(Role::SecurityAdmin)) && (audits == 0 || !wants(Role::AuditAdmin));
    if open && (administrators == 0 || audits == 0) && before.is_empty() && grants.iter().all(only) {
        return Ok(());
    }
    let detail = "this needs the right grant; without it only the first security and audit administrators can be made";
    Err(Problem::outside(detail))
}
