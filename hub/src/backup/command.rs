//! `chengshu backup` and `chengshu restore`: what is done by hand. As root they set up what only root can (folders in
//! places that user chengshu may not write to, ownership) and then become user chengshu like the hub itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::make::{self, Job};
use super::manifest::{Manifest, Rows};
use super::restore::{self, Order};
use super::server::{Launch, Server};
use super::target::Target;
use super::{check, nightly};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::managed::postgres::Cluster;
use crate::{run, say, user};

/// What to back up, and where to.
#[derive(Args, Debug)]
pub struct BackupArgs {
    /// The folder that is made; it must not be there yet, or be empty.
    #[arg(long, required_unless_present = "check")]
    to: Option<PathBuf>,
    /// The hub's configuration.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// The hub's data folder; default as for `chengshu run`.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Restore the backup into a scratch cluster and compare the rows; without --to the newest automatic one.
    #[arg(long)]
    check: bool,
}

/// What to restore, and where to.
#[derive(Args, Debug)]
pub struct RestoreArgs {
    /// The backup.
    #[arg(long)]
    from: PathBuf,
    /// The data folder; it must not be there yet, or be empty.
    #[arg(long)]
    data: PathBuf,
    /// The WAL beside automatic backups: replay it, up to the last minute.
    #[arg(long)]
    wal: Option<PathBuf>,
    /// Replay no further than this, e.g. 2026-11-22T16:42:00+08:00.
    #[arg(long, requires = "wal")]
    until: Option<String>,
}

/// Makes a backup, or checks one.
pub fn backup(config: Config, args: BackupArgs) -> anyhow::Result<()> {
    let place = user::choose(args.data.as_deref().or(config.data_dir.as_deref()))?;
    let data = place.dir.clone();
    anyhow::ensure!(
        data.join("instance.id").exists(),
        "no hub has run on {}; say with --config or --data which data folder is meant",
        data.display()
    );
    let target = args.to.as_deref().map(|to| Target::open(to, place.user.as_ref())).transpose()?;
    place.enter()?;
    run::logging(&config);
    let clock: SharedClock = Arc::new(SystemClock::new());
    let never = CancellationToken::new();
    run::runtime()?.block_on(async {
        let path = match target {
            Some(target) => made(&config, &data, target, &clock, &never).await?,
            None => nightly::newest(
                config.backup.dir.as_deref().context("backup.dir is not set: there is nothing to check")?,
            )?,
        };
        if args.check { checked(&config, &data, &path, &clock, &never).await } else { Ok(()) }
    })
}

async fn made(
    config: &Config,
    data: &Path,
    target: Target,
    clock: &SharedClock,
    stop: &CancellationToken,
) -> anyhow::Result<PathBuf> {
    let mut job = Job {
        url: config.database_url.clone().unwrap_or_default(),
        managed: config.database_url.is_none(),
        data: data.to_owned(),
        config: config.files.clone(),
        exclude: [&config.backup.dir, &config.backup.scratch_dir].into_iter().flatten().cloned().collect(),
    };
    // a hub that does not run: its cluster is started for the time being, with the settings that the hub gave it
    let mut cold = None;
    if job.managed {
        let cluster = Cluster::existing(data)?;
        job.url = cluster.url();
        if !cluster.runs() {
            tracing::info!("the hub does not run; its cluster is started for the backup");
            let launch = Launch {
                bin: cluster.bin(),
                data: cluster.data(),
                socket: cluster.socket(),
                settings: Vec::new(),
                log: data.join("backup.log"),
            };
            cold = Some(Server::start(launch, clock).await?);
        }
    }
    let result = make::make(&job, &target.part, clock, stop).await;
    if let Some(server) = cold {
        server.stop(true, clock).await?;
        std::fs::remove_file(data.join("backup.log")).context("removing the log of the backup")?;
    }
    let part = target.part.clone();
    let manifest = result.with_context(|| format!("no backup was made; {} can be removed", part.display()))?;
    let path = target.finish()?;
    say(&format!(
        "backup {} · {} files, {} MB, {:.1} s{}",
        path.display(),
        manifest.files.len(),
        manifest.bytes() / 1_000_000,
        manifest.took_ms as f64 / 1e3,
        table(&manifest.rows, None)
    ));
    Ok(path)
}

async fn checked(
    config: &Config,
    data: &Path,
    path: &Path,
    clock: &SharedClock,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let begun = clock.monotonic();
    let scratch = config.backup.scratch_dir.as_deref().or(config.backup.dir.as_deref()).unwrap_or(data);
    let checked = check::check("hand", path, scratch, None, clock, stop).await?;
    let manifest = Manifest::read(path)?;
    say(&format!(
        "restored {} into a scratch cluster and removed that again in {:.1} s{}",
        path.display(),
        make::seconds(clock, begun),
        table(&manifest.rows, Some(&checked.rows))
    ));
    anyhow::ensure!(checked.faults.is_empty(), "the backup is no good: {}", checked.faults.join("; "));
    Ok(())
}

/// Restores a backup.
pub fn restore(config: &Config, args: RestoreArgs) -> anyhow::Result<()> {
    run::logging(config);
    let until = args.until.as_deref().map(Timestamp::parse).transpose().context("--until")?;
    let place = user::choose(Some(&args.data))?;
    let absolute = |path: &Path| std::path::absolute(path).with_context(|| format!("finding {}", path.display()));
    let order = Order {
        from: absolute(&args.from)?,
        data: place.dir.clone(),
        wal: args.wal.as_deref().map(absolute).transpose()?,
        until,
    };
    let clock: SharedClock = Arc::new(SystemClock::new());
    let never = CancellationToken::new();
    let begun = clock.monotonic();
    let unpacked = restore::unpack(&order, place.user.as_ref(), &never)?;
    let copied_s = make::seconds(&clock, begun);
    place.enter()?;
    let manifest = &unpacked.manifest;
    if !manifest.database.managed {
        restore::finish(&order.data)?;
        say(&format!(
            "keys, broker, spool and configuration are in {}; the database was an external one: stop its server, put \
             the content of {}/{} into its data folder, and start it (it recovers by itself)",
            order.data.display(),
            order.from.display(),
            super::CLUSTER
        ));
        return Ok(());
    }
    if let Some(segment) = &unpacked.gap {
        tracing::error!(segment, "this WAL is missing: nothing after it is replayed");
    }
    tracing::info!(segments = unpacked.segments, took_s = copied_s, "copied; recovering");
    let checked = run::runtime()?.block_on(restore::prove(&order, &unpacked, &clock))?;
    say(&format!(
        "restored the backup of {} into {} in {:.1} s (verified and copied in {copied_s:.1} s; {} segments of WAL){}",
        nightly::told(manifest.at),
        order.data.display(),
        make::seconds(&clock, begun),
        unpacked.segments,
        table(&manifest.rows, Some(&checked.rows))
    ));
    anyhow::ensure!(
        checked.faults.is_empty(),
        "all of it is in {0}, but: {1}; a hub starts on it only after you have removed {0}/{2}",
        order.data.display(),
        checked.faults.join("; "),
        super::UNFINISHED
    );
    say(&format!(
        "run it with hub.data_dir = \"{}\" (CHENGSHU__HUB__DATA_DIR); never beside the hub that it was made from. The \
         configuration of that time is in {}/{}",
        order.data.display(),
        order.data.display(),
        super::collect::RESTORED_CONFIG
    ));
    Ok(())
}

/// The rows of each table, side by side.
fn table(rows: &BTreeMap<String, Rows>, restored: Option<&BTreeMap<String, i64>>) -> String {
    let mut text = String::new();
    for (table, rows) in rows {
        let backup = match (rows.before, rows.after) {
            (before, after) if before == after => before.to_string(),
            (before, after) => format!("{before} to {after}"),
        };
        let _ = match restored {
            None => write!(text, "\n  {table:<20} {backup:>24}"),
            Some(restored) => {
                let found = restored.get(table).map_or_else(|| "missing".to_owned(), ToString::to_string);
                write!(text, "\n  {table:<20} {found:>12}   (backup: {backup})")
            }
        }; // a String takes everything
    }
    text
}
