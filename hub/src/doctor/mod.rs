//! `chengshu doctor`: looks at everything that a hub stands on, whether it runs or not, and says of each finding what would
//! cure it. Changes nothing but one reading that it sends a second time, which the hub counts as a duplicate.

mod audit;
mod brokers;
mod certificate;
mod database;
mod finding;
mod hub;
mod machine;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chengshu_core::seam::SharedClock;
use clap::Args;

pub use self::finding::{Finding, Verdict};
use crate::client::{self, Client};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::{run, user};

/// How the patient is looked at.
#[derive(Args, Debug)]
pub struct Doctor {
    /// The configuration of the hub.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Its data folder, if neither the configuration nor the usual places name it.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Findings as JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// What any one question may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was found, as it is printed, and whether anything is ill.
pub fn doctor(config: &Config, order: &Doctor) -> anyhow::Result<(String, bool)> {
    let place = user::choose(order.data.as_deref().or(config.data_dir.as_deref()))?;
    let clock: SharedClock = Arc::new(SystemClock::new());
    let findings = run::runtime()?.block_on(look(config, &place.dir, &clock));
    let ill = findings.iter().any(|finding| finding.verdict == Verdict::Bad);
    let text = if order.json { serde_json::to_string_pretty(&findings)? } else { finding::report(&findings) };
    Ok((text, ill))
}

async fn look(config: &Config, data: &std::path::Path, clock: &SharedClock) -> Vec<Finding> {
    let key = client::key(config, Some(&data.to_path_buf())).ok();
    let hub = hub::ask(Client::new(config, key, Some(PATIENCE)));
    let mut findings = vec![Finding::good("configuration", "every key is understood")];
    findings.extend(machine::ports(config, hub.runs()));
    findings.extend(machine::certificate(config, clock.now()));
    findings.push(machine::clock(clock).await);
    let (database, growth) = database::look(config, data, clock).await;
    let answers = database.iter().all(|finding| finding.part != database::PART || finding.verdict == Verdict::Good);
    findings.extend(database);
    if answers && let Ok(url) = crate::audit::url(config, data) {
        findings.extend(audit::look(config, data, &url, clock).await);
    }
    findings.extend(machine::disk(data, growth));
    findings.extend(brokers::look(config, data, clock).await);
    findings.extend(hub.findings(config));
    findings
}
