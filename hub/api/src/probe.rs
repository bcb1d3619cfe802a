//! Sends the newest reading of a living device once more: it passes the door, the engine and the database, which knows it
//! already. It proves no life, and leaves nothing but one duplicate in the ledger. For `chengshu doctor`, who may run the
//! hub but neither see the city nor speak for a device.

use axum::Json;
use axum::extract::State;
use chengshu_core::model::{DeviceState, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;

/// What became of a reading that was sent a second time.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProbeView {
    /// Whose; null: no device lives, so nothing was sent.
    device: Option<String>,
    /// It passed, and was known.
    duplicate: u32,
    /// It came as far as the spool.
    spooled: u32,
    /// It was taken for a new one.
    stored: u32,
    /// It was set aside.
    rejected: u32,
}

struct Newest {
    theme: String,
    device: String,
    metric: String,
    at: Timestamp,
    value: f64,
}

pub(crate) async fn probe(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<ProbeView>, Problem> {
    let newest = app.board.read(|board| {
        let live = board.devices().iter().filter(|slot| slot.state == DeviceState::Live);
        let good = live.flat_map(|slot| slot.series.iter().map(move |series| (slot, series)));
        good.filter_map(|(slot, series)| {
            let latest = series.latest.filter(|latest| latest.quality.is_empty())?;
            let device = &slot.device;
            Some(Newest {
                theme: device.theme.to_string(),
                device: device.id.to_string(),
                metric: series.metric.to_string(),
                at: latest.at,
                value: latest.value,
            })
        })
        .next()
    });
    let Some(Newest { theme, device, metric, at, value }) = newest else {
        return Ok(Json(ProbeView { device: None, duplicate: 0, spooled: 0, stored: 0, rejected: 0 }));
    };
    let message = serde_json::json!({
        "theme": theme, "device": device, "ts": at.ms(), "values": { (metric): value }
    });
    let view = app.ingest.once_more(serde_json::to_vec(&message)?).await?;
    Ok(Json(ProbeView {
        device: Some(device),
        duplicate: view.duplicate,
        spooled: view.spooled,
        stored: view.stored,
        rejected: view.rejected,
    }))
}
