//! The proof of a backup: it is restored into a scratch cluster on a socket of its own, asked for its rows, and thrown
//! away. Never touches the backup itself, nor the hub's own cluster.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chengshu_core::seam::SharedClock;
use tokio_util::sync::CancellationToken;

use super::make::{self, blocking};
use super::manifest::Manifest;
use super::server::{Launch, Server};
use super::{CLUSTER, archive, files, tools, wal};
use crate::managed::postgres;

/// What was found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Rows of each table.
    pub rows: BTreeMap<String, i64>,
    /// What is wrong; nothing when all is well.
    pub faults: Vec<String>,
}

/// Restores `backup` under `scratch_dir`; looks for holes in `archive` too, if there is one. `who` checks, so that a
/// person does not get into the way of the hub.
pub async fn check(
    who: &str,
    backup: &Path,
    scratch_dir: &Path,
    archive: Option<&Path>,
    clock: &SharedClock,
    stop: &CancellationToken,
) -> anyhow::Result<Checked> {
    let manifest = Manifest::read(backup)?;
    let name = format!("scratch-{who}-{}", manifest.instance.get(..8).unwrap_or("0"));
    let scratch = scratch_dir.join(name);
    clear(&scratch).await?; // of a hub that was killed
    let result = restored(&manifest, backup, &scratch, archive, clock, stop).await;
    let cleared = clear(&scratch).await;
    let checked = result?;
    cleared?;
    Ok(checked)
}

async fn clear(scratch: &Path) -> anyhow::Result<()> {
    if !scratch.exists() {
        return Ok(());
    }
    let pid = postgres::running(&scratch.join(CLUSTER));
    anyhow::ensure!(pid.is_none(), "another check is at work in {}", scratch.display());
    let path = scratch.to_owned();
    blocking(move || std::fs::remove_dir_all(&path).with_context(|| format!("removing {}", path.display()))).await
}

async fn restored(
    manifest: &Manifest,
    backup: &Path,
    scratch: &Path,
    archive: Option<&Path>,
    clock: &SharedClock,
    stop: &CancellationToken,
) -> anyhow::Result<Checked> {
    let major = manifest.database.postgres;
    let bin = tools::folder(major)?;
    anyhow::ensure!(
        bin.ends_with(format!("{major}/bin")) && bin.join("postgres").exists(),
        "PostgreSQL {major} itself is not installed here, so a backup cannot be restored for a check; install it, or \
         set backup.check = false"
    );
    let cluster = scratch.join(CLUSTER);
    {
        let (manifest, backup, scratch, stop) = (manifest.clone(), backup.to_owned(), scratch.to_owned(), stop.clone());
        blocking(move || {
            files::make_folder(&scratch)?;
            files::ensure_room(&scratch, manifest.bytes() + (200 << 20))?;
            manifest.verify(&backup, &stop)?;
            lay_out(&manifest, &backup, &scratch, &stop)
        })
        .await?;
    }
    let socket = postgres::socket_dir(scratch)?;
    let config = configure(scratch, &socket)?;
    let launch = Launch {
        bin: &bin,
        data: &cluster,
        socket: &socket,
        settings: vec![("config_file", config.to_string_lossy().into_owned())],
        log: scratch.join("log"),
    };
    let server = Server::start(launch, clock).await.context("starting the scratch cluster")?;
    let url = tools::at_socket(&manifest.database.role, &manifest.database.name, &socket);
    let counted = make::counted(&url, clock).await;
    server.stop(false, clock).await?;
    let rows = counted?;
    let mut faults = manifest.row_faults(&rows);
    if let Some(archive) = archive {
        let base = backup.join(CLUSTER).join("pg_wal");
        if let Some(segment) = wal::gap(archive, &base, &manifest.database.wal_start)? {
            faults.push(format!("WAL {segment} is missing in {}: nothing after it can be replayed", archive.display()));
        }
    }
    Ok(Checked { rows, faults })
}

/// Copies the cluster of a backup to `to/cluster`. Not flushed: PostgreSQL flushes a cluster before it recovers it.
pub fn lay_out(manifest: &Manifest, backup: &Path, to: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
    let ours = |path: &&str| path.split('/').next() == Some(CLUSTER);
    for folder in manifest.folders.iter().map(String::as_str).filter(ours) {
        files::make_folder(&to.join(folder))?;
    }
    for path in manifest.files.iter().map(|file| file.path.as_str()).filter(ours) {
        files::copy_plain(&backup.join(path), &to.join(path), stop)?;
    }
    // archive recovery, so that a timeline of its own begins at its end and its WAL is never mixed up with that of the old
    files::write_new(&to.join(CLUSTER).join("recovery.signal"), b"")
}

/// Small, on its own socket, and nothing of it heard outside; the settings that came with the backup do not count.
fn configure(scratch: &Path, socket: &Path) -> anyhow::Result<PathBuf> {
    let (config, hba) = (scratch.join("scratch.conf"), scratch.join("scratch.hba"));
    files::write_new(&hba, b"local all all trust\n")?;
    let text = format!(
        "listen_addresses = ''\n\
         unix_socket_directories = {socket}\n\
         hba_file = {hba}\n\
         shared_preload_libraries = 'timescaledb'\n\
         timescaledb.telemetry_level = off\n\
         timescaledb.max_background_workers = 0\n\
         shared_buffers = 64MB\n\
         max_connections = 10\n\
         max_locks_per_transaction = 1024\n\
         autovacuum = off\n\
         archive_mode = off\n\
         hot_standby = off\n\
         restore_command = 'false'\n\
         recovery_target_timeline = 'current'\n",
        socket = archive::quoted(&socket.to_string_lossy()),
        hba = archive::quoted(&hba.to_string_lossy()),
    );
    files::write_new(&config, text.as_bytes())?;
    std::fs::write(scratch.join(CLUSTER).join("postgresql.auto.conf"), "").context("emptying postgresql.auto.conf")?;
    Ok(config)
}
