//! `chengshu import`: brings a table of devices into the register of a running hub. Only the hub itself can do it, since
//! only it may write; this is the same call that the dashboards make.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;

use crate::config::Config;
use crate::replay::key;

/// What shall be brought in.
#[derive(Args, Debug)]
pub struct Import {
    /// A file that ends with .csv, .geojson or .xlsx; its columns stand in deploy/README.md.
    file: PathBuf,
    /// Only look: say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// The theme of rows that name none.
    #[arg(long)]
    theme: Option<String>,
    /// The configuration of the running hub.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Its data folder, if neither the configuration nor the usual places name it.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Sends the file, and says what came of it.
pub fn import(config: &Config, order: &Import) -> anyhow::Result<String> {
    let ending = order.file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let format = match ending.as_str() {
        "json" => "geojson",
        known @ ("csv" | "geojson" | "xlsx") => known,
        other => anyhow::bail!("{} ends with {other:?}; expected .csv, .geojson or .xlsx", order.file.display()),
    };
    let bytes = std::fs::read(&order.file).with_context(|| format!("reading {}", order.file.display()))?;
    let key = key(config, order.data.as_ref())?;
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let url = format!("http://{}/api/v1/import/devices", config.http);
    let mut request = agent.post(&url).query("format", format).query("dry_run", order.dry_run.to_string());
    if let Some(theme) = &order.theme {
        request = request.query("theme", theme);
    }
    let sent = request.header("Authorization", format!("Bearer {key}")).send(&bytes);
    let mut response =
        sent.with_context(|| format!("no hub answers at {url}; is it running with this configuration?"))?;
    let text = response.body_mut().read_to_string().context("reading the hub's answer")?;
    let answer: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    let report = if answer["report"].is_object() { &answer["report"] } else { &answer };
    let errors: Vec<&Value> = report["errors"].as_array().into_iter().flatten().collect();
    if !errors.is_empty() {
        let line = |error: &&Value| {
            let text = |field: &str| error[field].as_str().unwrap_or_default().to_owned();
            format!("  line {}, {}: {:?}; expected {}", error["line"], text("column"), text("read"), text("expected"))
        };
        let lines: Vec<String> = errors.iter().map(line).collect();
        anyhow::bail!("{} mistakes, nothing was taken:\n{}", lines.len(), lines.join("\n"));
    }
    anyhow::ensure!(response.status().is_success(), "the hub refuses: {}", answer["detail"].as_str().unwrap_or("?"));
    let verb = if order.dry_run { "would be " } else { "" };
    Ok(format!(
        "{} rows: {} {verb}created, {} {verb}changed, {} unchanged",
        report["rows"], report["created"], report["changed"], report["unchanged"]
    ))
}
