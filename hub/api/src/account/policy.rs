//! The policy of passwords, locks, sessions and second factors.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chengshu_access::{Act, LockoutSettings, PasswordPolicy, Role, SessionPolicy};
use chengshu_store::Policy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// The policy, whole: a part that is left out would be another policy than the one that was read.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyView {
    /// min_length, max_length, classes, history, max_age_days.
    #[schemars(with = "BTreeMap<String, u32>")]
    password: PasswordPolicy,
    /// wrong, window_s, lock_s, longest_lock_s, forget_s, address_wrong, address_accounts.
    #[schemars(with = "BTreeMap<String, u32>")]
    lockout: LockoutSettings,
    /// idle_s, absolute_s, most, screen_s.
    #[schemars(with = "BTreeMap<String, u32>")]
    session: SessionPolicy,
    /// Roles that need a second factor.
    #[schemars(with = "Vec<String>")]
    totp_required: Vec<Role>,
}

impl From<Policy> for PolicyView {
    fn from(Policy { password, lockout, session, totp_required }: Policy) -> Self {
        Self { password, lockout, session, totp_required }
    }
}

impl From<PolicyView> for Policy {
    fn from(PolicyView { password, lockout, session, totp_required }: PolicyView) -> Self {
        Self { password, lockout, session, totp_required }
    }
}

pub(crate) async fn get(
    State(app): State<App>,
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<PolicyView>, Problem> {
    Ok(Json(app.identities.policy().await?.0.clone().into()))
}

pub(crate) async fn put(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(policy): Body<PolicyView>,
) -> Result<Json<PolicyView>, Problem> {
    let policy = Policy::from(policy);
    check(&policy)?;
    let before = app.identities.policy().await?;
    let mut tx = app.store.tx().await?;
    if !tx.policy_put(&policy, before.1).await? {
        app.identities.forget();
        return Err(Problem::changed("somebody has changed the policy meanwhile; look again"));
    }
    let mut line = who.stamp().done(Act::PolicyChange, None);
    line.detail.insert("before".to_owned(), serde_json::to_string(&before.0)?);
    line.detail.insert("after".to_owned(), serde_json::to_string(&policy)?);
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.forget();
    Ok(Json(policy.into()))
}

/// Numbers with which the hub would be open to strangers, or shut to everybody.
fn check(policy: &Policy) -> Result<(), Problem> {
    let (password, lockout, session) = (&policy.password, &policy.lockout, &policy.session);
    let bounds = [
        ("password.min_length", password.min_length, 8, 128),
        ("password.max_length", password.max_length, password.min_length.max(16), 1000),
        ("password.classes", password.classes, 1, 4),
        ("password.history", password.history, 0, 50),
        ("password.max_age_days", password.max_age_days, 0, 3650),
        ("lockout.wrong", lockout.wrong, 3, 100),
        ("lockout.window_s", lockout.window_s, 60, 86_400),
        ("lockout.lock_s", lockout.lock_s, 60, 86_400),
        ("lockout.longest_lock_s", lockout.longest_lock_s, lockout.lock_s, 604_800),
        ("lockout.forget_s", lockout.forget_s, lockout.lock_s, 2_592_000),
        ("lockout.address_wrong", lockout.address_wrong, 5, 100_000),
        ("lockout.address_accounts", lockout.address_accounts, 2, 100_000),
        ("session.idle_s", session.idle_s, 60, 86_400),
        ("session.absolute_s", session.absolute_s, 300, 604_800),
        ("session.most", session.most, 1, 100),
        ("session.screen_s", session.screen_s, 3_600, 31_536_000),
    ];
    match bounds.into_iter().find(|(_, read, least, most)| !(least..=most).contains(&read)) {
        None => Ok(()),
        Some((name, read, least, most)) => {
            Err(Problem::bad_request(format!("body: {name} is {read}; expected {least} to {most}")))
        }
    }
}
