//! Makes one backup, top to bottom. The order matters: what is not in the database first (see `collect`), the base backup
//! after it, and the hash of everything at the end, read back from the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chengshu_core::seam::SharedClock;
use chengshu_store::census;
use tokio_util::sync::CancellationToken;

use super::collect::{self, Collected};
use super::files::{self, Entry};
use super::manifest::{Database, FORMAT, Manifest, Rows};
use super::{CLUSTER, base, tools};
use crate::config::Captured;

/// What is backed up.
#[derive(Debug, Clone)]
pub struct Job {
    /// The database, which answers.
    pub url: String,
    /// It is the hub's own cluster.
    pub managed: bool,
    /// The data folder.
    pub data: PathBuf,
    /// The configuration.
    pub config: Vec<Captured>,
    /// Folders in the data folder that hold backups themselves.
    pub exclude: Vec<PathBuf>,
}

/// Makes the backup in `part`. Whoever no longer waits for it sets `stop` too, so that the files are let go of.
pub async fn make(job: &Job, part: &Path, clock: &SharedClock, stop: &CancellationToken) -> anyhow::Result<Manifest> {
    let (begun, at) = (clock.monotonic(), clock.now());
    let asked = chengshu_store::server(&job.url);
    let server = within(asked, Duration::from_secs(30), clock).await?.context("asking the database")?;
    base::ensure_allowed(&server)?;
    files::ensure_room(part, u64::try_from(server.bytes).unwrap_or(0) + (200 << 20))?;

    let others = {
        let (job, part, stop) = (job.clone(), part.to_owned(), stop.clone());
        blocking(move || {
            let mut all = collect::data(&job.data, &job.exclude, &part, &stop)?;
            let config = collect::config(&job.config, &part)?;
            all.folders.extend(config.folders);
            all.files.extend(config.files);
            Ok(all)
        })
    };
    let mut all = others.await?;
    tracing::info!(
        files = all.files.len(),
        took_s = seconds(clock, begun),
        "keys, broker, spool and configuration copied"
    );

    let before = counted(&job.url, clock).await?;
    let cluster = part.join(CLUSTER);
    base::copy(&job.url, server.major, &cluster, clock).await?;
    let after = counted(&job.url, clock).await?;
    tracing::info!(took_s = seconds(clock, begun), "base backup taken");

    let sealed = {
        let (part, stop) = (part.to_owned(), stop.clone());
        blocking(move || seal(&part, &stop)).await?
    };
    all.folders.extend(sealed.folders);
    all.files.extend(sealed.files);
    base::verify(&cluster, server.major, clock).await?;
    tracing::info!(took_s = seconds(clock, begun), "hashed and compared with what the server sent");

    let instance = std::fs::read_to_string(job.data.join("instance.id")).unwrap_or_default();
    let manifest = Manifest {
        format: FORMAT,
        chengshu: env!("CARGO_PKG_VERSION").to_owned(),
        at: at.ms(),
        took_ms: u64::try_from((clock.monotonic() - begun).as_millis()).unwrap_or(u64::MAX),
        instance: instance.trim().to_owned(),
        database: Database {
            managed: job.managed,
            postgres: server.major,
            name: tools::database_of(&job.url)?,
            role: server.role,
            wal_start: base::wal_start(&cluster)?,
        },
        rows: rows(&before, &after),
        folders: all.folders,
        files: all.files,
    };
    manifest.write(part)?;
    Ok(manifest)
}

/// Rows of each table.
pub async fn counted(url: &str, clock: &SharedClock) -> anyhow::Result<BTreeMap<String, i64>> {
    let rows = within(census(url), Duration::from_secs(3_600), clock).await?;
    Ok(rows.context("counting rows")?.into_iter().collect())
}

/// A database that takes a question and never answers holds nothing up for ever.
async fn within<T>(work: impl Future<Output = T>, limit: Duration, clock: &SharedClock) -> anyhow::Result<T> {
    tokio::select! {
        answer = work => Ok(answer),
        () = clock.sleep(limit) => anyhow::bail!("the database did not answer within {} s", limit.as_secs()),
    }
}

fn rows(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> BTreeMap<String, Rows> {
    let both = before.iter().filter_map(|(table, before)| {
        let after = *after.get(table)?; // a table that came or went meanwhile is no yardstick
        Some((table.clone(), Rows { before: *before, after }))
    });
    both.collect()
}

/// Hashes the cluster as it stands on the disk, closed to others.
fn seal(part: &Path, stop: &CancellationToken) -> anyhow::Result<Collected> {
    let cluster = part.join(CLUSTER);
    let tree = files::walk(&cluster, &|_| false)?;
    let mut sealed = Collected { folders: vec![CLUSTER.to_owned()], files: Vec::new() };
    sealed.folders.extend(tree.folders.into_iter().map(|folder| format!("{CLUSTER}/{folder}")));
    for path in tree.files {
        let (size, sha256) = files::seal(&cluster.join(&path), stop)?;
        sealed.files.push(Entry { path: format!("{CLUSTER}/{path}"), size, sha256 });
    }
    Ok(sealed)
}

/// Runs blocking work beside the async world.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("the work panicked; the log has the place")?
}

/// Seconds since `begun`, to a tenth.
pub fn seconds(clock: &SharedClock, begun: Duration) -> f64 {
    (clock.monotonic().saturating_sub(begun).as_secs_f64() * 10.0).round() / 10.0
}
