//! Backup and restore. A backup is one folder: `cluster/` (a base backup that PostgreSQL itself could start from),
//! `data/` (everything else of the data folder: keys, broker, spool), `config/` (the configuration and the files that it
//! names), and `manifest.json`, which lists every file with its hash. Nothing here may hurt a running hub: what fails is
//! told, kept apart under a name ending in `.part`, and tried again.

pub mod archive;
mod base;
mod check;
mod collect;
pub mod command;
mod files;
mod folder;
mod make;
mod manifest;
pub mod nightly;
mod restore;
mod schedule;
mod server;
mod state;
mod target;
mod tools;
mod wal;

/// Parts of a backup.
const CLUSTER: &str = "cluster";
const DATA: &str = "data";
const CONFIG: &str = "config";

/// Stands in a data folder while it is being restored into; a hub refuses to start on half of one.
const UNFINISHED: &str = "restore-unfinished";

/// Refuses a data folder whose restore did not come to its end.
pub fn ensure_whole(data: &std::path::Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        !data.join(UNFINISHED).exists(),
        "the restore into {0} did not come to its end; empty that folder and restore again (or, if you know that all \
         of it is there, remove {0}/{UNFINISHED})",
        data.display()
    );
    Ok(())
}
