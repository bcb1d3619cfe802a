//! `chengshu replay`: asks a running hub to try again what it set aside. Only the hub itself can do it, since only it
//! may write; this is the same call that the dashboards make.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

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
    let key = key(config, order.data.as_ref())?;
    let ids = (!order.id.is_empty()).then_some(&order.id);
    let body = json!({
        "ids": ids, "reason": order.reason, "device": order.device, "link": order.link, "limit": order.limit
    });
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let url = format!("http://{}/api/v1/rejected/replay", config.http);
    let request = agent.post(&url).header("Authorization", format!("Bearer {key}"));
    let sent = request.header("Content-Type", "application/json").send(body.to_string());
    let mut response =
        sent.with_context(|| format!("no hub answers at {url}; is it running with this configuration?"))?;
    let text = response.body_mut().read_to_string().context("reading the hub's answer")?;
    let answer: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    anyhow::ensure!(response.status().is_success(), "the hub refuses: {}", answer["detail"].as_str().unwrap_or("?"));
    let mut lines = vec![format!(
        "tried again: {}; items stored {}, duplicate {}, set aside again {}",
        answer["replayed"], answer["stored"], answer["duplicate"], answer["rejected"]
    )];
    for skipped in answer["skipped"].as_array().into_iter().flatten() {
        lines.push(format!("  {} was not tried: {}", skipped["id"], skipped["why"].as_str().unwrap_or_default()));
    }
    Ok(lines.join("\n"))
}

pub(crate) fn key(config: &Config, data: Option<&PathBuf>) -> anyhow::Result<String> {
    let usual = [PathBuf::from("data"), PathBuf::from("/var/lib/chengshu")];
    let named = data.into_iter().chain(&config.data_dir);
    for dir in named.chain(&usual) {
        if let Ok(key) = std::fs::read_to_string(dir.join("admin.key")) {
            return Ok(key.trim().to_owned());
        }
    }
    anyhow::bail!("the hub's admin.key cannot be read; name its data folder with --data, and run as its user or root")
}
