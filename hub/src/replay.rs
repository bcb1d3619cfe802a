//! `chengshu replay`: asks a running hub to try again what it set aside.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::client::{Client, key};
use crate::config::Config;

/// What shall be tried again.
#[derive(Args, Debug)]
pub struct Replay {
    /// The configuration of the running hub.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Its data folder, if neither the configuration nor the usual places name it.
    #[arg(long)]
    data: Option<PathBuf>,
    /// These numbers (see GET /api/v1/rejected).
    #[arg(long, value_delimiter = ',')]
    id: Vec<i64>,
    /// Only with this reason, e.g. theme_mismatch.
    #[arg(long)]
    reason: Option<String>,
    /// Only of this device.
    #[arg(long)]
    device: Option<String>,
    /// Only by this link, e.g. mqtt:main.
    #[arg(long)]
    link: Option<String>,
    /// At most this many, newest first.
    #[arg(long, default_value_t = 1000)]
    limit: u32,
}

/// Asks, and says what came of it.
pub fn replay(config: &Config, order: &Replay) -> anyhow::Result<String> {
    let ids = (!order.id.is_empty()).then_some(&order.id);
    let body = json!({
        "ids": ids, "reason": order.reason, "device": order.device, "link": order.link, "limit": order.limit
    });
    let hub = Client::new(config, Some(key(config, order.data.as_ref())?), None);
    let (taken, answer) = hub.post("/api/v1/rejected/replay", &[], "application/json", body.to_string().as_bytes())?;
    anyhow::ensure!(taken, "the hub refuses: {}", answer["detail"].as_str().unwrap_or("?"));
    let mut lines = vec![format!(
        "tried again: {}; items stored {}, duplicate {}, set aside again {}",
        answer["replayed"], answer["stored"], answer["duplicate"], answer["rejected"]
    )];
    for skipped in answer["skipped"].as_array().into_iter().flatten() {
        lines.push(format!("  {} was not tried: {}", skipped["id"], skipped["why"].as_str().unwrap_or_default()));
    }
    Ok(lines.join("\n"))
}
