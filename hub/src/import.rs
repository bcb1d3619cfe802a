//! `chengshu import`: brings a table of devices into the register of a running hub.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;

use crate::client::{Client, key};
use crate::config::Config;

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
    let hub = Client::new(config, Some(key(config, order.data.as_ref())?), None);
    let dry_run = order.dry_run.to_string();
    let theme = order.theme.as_deref().map(|theme| ("theme", theme));
    let query: Vec<(&str, &str)> = [("format", format), ("dry_run", &dry_run)].into_iter().chain(theme).collect();
    let (taken, answer) = hub.post("/api/v1/import/devices", &query, "application/octet-stream", &bytes)?;
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
    anyhow::ensure!(taken, "the hub refuses: {}", answer["detail"].as_str().unwrap_or("?"));
    let verb = if order.dry_run { "would be " } else { "" };
    Ok(format!(
        "{} rows: {} {verb}created, {} {verb}changed, {} unchanged",
        report["rows"], report["created"], report["changed"], report["unchanged"]
    ))
}
