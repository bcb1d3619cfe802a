//! The credential of one device: whether it has one, a new one, none any more. Its password is in no answer but the one that
//! makes it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chengshu_access::Act;
use chengshu_broker::{PasswordHash, Secret, User};
use chengshu_core::model::{DeviceId, Registration, Timestamp};
use chengshu_seal::random;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;
use crate::register::device::{missing, visible};

/// A credential; its password is not told.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CredentialView {
    /// Since when it is good, ms since 1970.
    issued: i64,
    /// Who issued it.
    issued_by: String,
    /// When the device last connected with it, as far as a broker told; ms since 1970.
    last_login: Option<i64>,
}

/// How a device stands with MQTT brokers.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CredentialState {
    device: String,
    /// The user name under which it comes; at the managed broker its client id, too.
    user: String,
    /// Null: it has none, and the managed broker does not let it in.
    credential: Option<CredentialView>,
    /// Where devices come to the managed broker, e.g. `mqtts://0.0.0.0:8883`; empty when the hub runs none.
    connect: Vec<String>,
}

/// A credential that was made; the password is shown here and never again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CredentialMade {
    device: String,
    user: String,
    password: String,
    /// Since when it is good, ms since 1970.
    issued: i64,
}

/// A device that the caller reaches, its name at brokers, and whether it is in service.
pub(super) fn find(app: &App, who: &Who, id: &str) -> Option<(DeviceId, Registration)> {
    app.board.read(|board| {
        let slot = board.device(id).filter(|slot| visible(slot, who))?;
        Some((slot.device.id.clone(), slot.device.registration))
    })
}

fn known(app: &App, who: &Who, id: &str) -> Result<(DeviceId, User, Registration), Problem> {
    let (device, registration) = find(app, who, id).ok_or_else(|| missing(id))?;
    let user = User::of(&device).map_err(|error| Problem::conflict(error.to_string()))?;
    Ok((device, user, registration))
}

/// A new secret and what is kept of it.
pub(super) fn make() -> Result<(Secret, PasswordHash), std::io::Error> {
    let secret = Secret::new(random()?);
    let hash = secret.hash(random()?);
    Ok((secret, hash))
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<CredentialState>, Problem> {
    let (device, user, _) = known(&app, &who, &id)?;
    let credential = app.store.device_key_list(Some(&device)).await?.pop().map(|key| CredentialView {
        issued: key.issued.ms(),
        issued_by: key.issued_by,
        last_login: key.last_login.map(Timestamp::ms),
    });
    let (device, user) = (device.to_string(), user.to_string());
    Ok(Json(CredentialState { device, user, credential, connect: app.device_doors.to_vec() }))
}

pub(crate) async fn issue(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<CredentialMade>, Problem> {
    let (device, user, registration) = known(&app, &who, &id)?;
    if registration == Registration::Retired {
        return Err(Problem::conflict(format!("device {device} is out of service; enter it again first")));
    }
    let (secret, hash) = make().map_err(|error| Problem::no_random(&error))?;
    let stamp = who.stamp();
    let renewed = !app.store.device_key_list(Some(&device)).await?.is_empty();
    let mut tx = app.store.tx().await?;
    let keys = [(device.clone(), hash.to_string())];
    if tx.device_key_put(&keys, false, &who.name(), stamp.now).await?.is_empty() {
        return Err(missing(&id));
    }
    let mut line = stamp.done(Act::DeviceCredential, format!("device:{device}"));
    line.detail.insert("what".to_owned(), if renewed { "renewed" } else { "issued" }.to_owned());
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.devices().wake();
    let (device, user, password) = (device.to_string(), user.to_string(), secret.expose().to_owned());
    Ok(Json(CredentialMade { device, user, password, issued: stamp.now.ms() }))
}

pub(crate) async fn revoke(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let (device, _) = find(&app, &who, &id).ok_or_else(|| missing(&id))?;
    let mut tx = app.store.tx().await?;
    if !tx.device_key_remove(&device).await? {
        return Err(Problem::conflict(format!("device {device} has no credential")));
    }
    let mut line = who.stamp().done(Act::DeviceCredential, format!("device:{device}"));
    line.detail.insert("what".to_owned(), "revoked".to_owned());
    tx.audit_write(&[line]).await?;
    tx.commit().await?;
    app.identities.devices().wake();
    Ok(StatusCode::NO_CONTENT)
}
