//! The files of an external mosquitto, for whoever lays them beside it.

use axum::Json;
use axum::extract::State;
use chengshu_broker::{passwords, rights};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;

/// Two files of mosquitto; users that are no devices are not in them.
#[derive(Serialize, JsonSchema)]
pub(crate) struct BrokerFiles {
    /// Devices in them.
    devices: usize,
    /// Lines of a `password_file`.
    passwords: String,
    /// Lines of an `acl_file`.
    rights: String,
}

pub(crate) async fn get(
    State(app): State<App>,
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<BrokerFiles>, Problem> {
    let table = app.identities.devices().table().ok_or_else(Problem::unknown_yet)?;
    let devices = app.board.read(|board| crate::equipped(board, &table));
    Ok(Json(BrokerFiles { devices: devices.len(), passwords: passwords(&devices), rights: rights(&devices) }))
}
