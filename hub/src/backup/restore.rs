//! Brings a backup back into an empty data folder: verified first, copied, its WAL replayed, and started once to prove
//! that it answers. Until that has worked the folder is marked, and no hub starts on it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use nix::unistd::{User, chown};
use tokio_util::sync::CancellationToken;

use super::collect::{RESTORE_WAL, RESTORED_CONFIG};
use super::manifest::Manifest;
use super::server::{Launch, Server};
use super::{CLUSTER, CONFIG, DATA, UNFINISHED, archive, check, files, make, wal};
use crate::managed::postgres::{self, Cluster};
use crate::user;

/// What is restored, and where to.
#[derive(Debug, Clone)]
pub struct Order {
    /// The backup.
    pub from: PathBuf,
    /// The data folder.
    pub data: PathBuf,
    /// An archive of WAL to replay.
    pub wal: Option<PathBuf>,
    /// Not beyond this moment.
    pub until: Option<Timestamp>,
}

/// What was copied.
#[derive(Debug)]
pub struct Unpacked {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// Segments of WAL to replay.
    pub segments: usize,
    /// A hole in that WAL: what comes after it is not replayed.
    pub gap: Option<String>,
}

/// Verifies and copies. Done as whoever started the program; all of it then belongs to `owner`.
pub fn unpack(order: &Order, owner: Option<&User>, stop: &CancellationToken) -> anyhow::Result<Unpacked> {
    let Order { from, data, .. } = order;
    let manifest = Manifest::read(from)?;
    ensure_empty(data)?;
    owner.map_or(Ok(()), |user| user::ensure_reachable(data, user))?;
    if let Some(until) = order.until.filter(|until| until.ms() < manifest.at) {
        let (until, at) = (until.to_rfc3339(), Timestamp::from_ms(manifest.at).to_rfc3339());
        anyhow::bail!("--until, {until}, lies before the backup, {at}; restore an older backup");
    }
    if manifest.database.managed {
        postgres::ensure_installed(manifest.database.postgres)?;
    }
    let start = &manifest.database.wal_start;
    let gap = order.wal.as_deref().map(|dir| wal::gap(dir, &from.join(CLUSTER).join("pg_wal"), start)).transpose()?;
    tracing::info!(mb = manifest.bytes() / 1_000_000, files = manifest.files.len(), "verifying");
    manifest.verify(from, stop)?;
    files::make_folder(data)?;
    files::ensure_room(data, manifest.bytes() + (200 << 20))?;

    tracing::info!("copying");
    files::write_new(&data.join(UNFINISHED), b"")?;
    scatter(&manifest, from, data, stop)?;
    let mut segments = 0;
    if manifest.database.managed {
        check::lay_out(&manifest, from, data, stop)?;
        std::fs::rename(data.join(CLUSTER), data.join("postgres")).context("putting the cluster in its place")?;
        let staged = data.join(RESTORE_WAL);
        files::make_folder(&staged)?;
        segments = match &order.wal {
            Some(dir) => wal::stage(dir, &staged, Some(start), stop)?,
            None => stage_histories(from, &staged, stop)?,
        };
    }
    if let Some(user) = owner {
        give(data, user)?;
    }
    Ok(Unpacked { manifest, segments, gap: gap.flatten() })
}

fn ensure_empty(data: &Path) -> anyhow::Result<()> {
    if let Some(pid) = postgres::running(&data.join("postgres")) {
        anyhow::bail!("{} is in use: its PostgreSQL runs (pid {pid}); restore into an empty folder", data.display());
    }
    let Ok(mut entries) = std::fs::read_dir(data) else {
        anyhow::ensure!(!data.exists(), "{} is not a folder that can be read", data.display());
        return Ok(());
    };
    let other = entries.find_map(|entry| entry.ok().filter(|entry| entry.file_name() != "lost+found"));
    let name = other.map(|entry| entry.file_name().to_string_lossy().into_owned());
    anyhow::ensure!(
        name.is_none(),
        "{} is not empty ({} stands in it); restore into a folder that is not there yet, or empty it first",
        data.display(),
        name.unwrap_or_default()
    );
    Ok(())
}

/// What is not the cluster: the data folder's own files, and the configuration apart from them.
fn scatter(manifest: &Manifest, from: &Path, data: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
    let place = |path: &str| match path.split_once('/') {
        Some((DATA, rest)) => Some(data.join(rest)),
        Some((CONFIG, rest)) => Some(data.join(RESTORED_CONFIG).join(rest)),
        None if path == CONFIG => Some(data.join(RESTORED_CONFIG)),
        _ => None,
    };
    let mut folders = Vec::new();
    for to in manifest.folders.iter().filter_map(|folder| place(folder)) {
        files::make_folder(&to)?;
        folders.push(to);
    }
    for file in &manifest.files {
        if let Some(to) = place(&file.path) {
            files::copy(&from.join(&file.path), &to, stop)?.with_context(|| format!("{} has gone", file.path))?;
        }
    }
    folders.iter().try_for_each(|folder| files::sync_folder(folder))
}

/// Without WAL to replay only the histories beside automatic backups, so that the new timeline gets a number of its own.
fn stage_histories(from: &Path, staged: &Path, stop: &CancellationToken) -> anyhow::Result<usize> {
    let beside = from.parent().map(super::folder::Folder::wal_of).filter(|dir| dir.is_dir());
    beside.map_or(Ok(0), |dir| wal::stage(&dir, staged, None, stop))
}

fn give(data: &Path, user: &User) -> anyhow::Result<()> {
    let tree = files::walk(data, &|path| path == "lost+found")?;
    let all = tree.folders.into_iter().chain(tree.files).map(|path| data.join(path));
    for path in std::iter::once(data.to_owned()).chain(all) {
        chown(&path, Some(user.uid), Some(user.gid))
            .with_context(|| format!("giving {} to {}", path.display(), user.name))?;
    }
    Ok(())
}

/// Starts the cluster once, replays, counts, stops it, and takes the mark away. Answers rows, and what is wrong with them.
pub async fn prove(order: &Order, unpacked: &Unpacked, clock: &SharedClock) -> anyhow::Result<check::Checked> {
    let data = &order.data;
    let staged = data.join(RESTORE_WAL);
    let cluster = Cluster::prepare(data, None).await?;
    let mut settings = vec![
        ("hot_standby", "off".to_owned()), // nobody asks before the end, and the old settings need not be matched
        ("restore_command", archive::fetch(&staged)),
        // with WAL wherever it leads; without, on from here
        ("recovery_target_timeline", if order.wal.is_some() { "latest" } else { "current" }.to_owned()),
    ];
    if let Some(until) = order.until {
        // a setting knows offsets, but no letter for one
        settings.push(("recovery_target_time", until.to_rfc3339().replace('Z', "+00")));
        settings.push(("recovery_target_action", "promote".to_owned()));
    }
    let log = data.join("restore.log");
    let launch =
        Launch { bin: cluster.bin(), data: cluster.data(), socket: cluster.socket(), settings, log: log.clone() };
    let server = Server::start(launch, clock).await.with_context(|| {
        let until = order.until.map_or_else(String::new, |until| {
            format!(
                " (the WAL must lead from the backup, {}, to --until, {}, and beyond)",
                Timestamp::from_ms(unpacked.manifest.at).to_rfc3339(),
                until.to_rfc3339()
            )
        });
        format!("recovering the restored cluster; its words are in {}{until}", log.display())
    })?;
    let counted = make::counted(&cluster.url(), clock).await;
    server.stop(true, clock).await?;
    let rows = counted?;
    // replayed WAL may hold the dropping of old readings, so that then only the person can judge the numbers
    let faults = if order.wal.is_none() { unpacked.manifest.row_faults(&rows) } else { Vec::new() };
    std::fs::remove_dir_all(&staged).context("removing the replayed WAL")?;
    std::fs::remove_file(&log).context("removing the log of the restore")?;
    if faults.is_empty() {
        finish(data)?;
    }
    Ok(check::Checked { rows, faults })
}

/// All is there: a hub may start.
pub fn finish(data: &Path) -> anyhow::Result<()> {
    std::fs::remove_file(data.join(UNFINISHED)).context("taking the mark away")?;
    files::sync_folder(data)
}
