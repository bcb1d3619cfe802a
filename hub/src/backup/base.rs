//! The base backup: PostgreSQL's own copy of the whole cluster, taken while it is written to, with the WAL that makes it
//! whole. What the role would need and does not have is said before anything is copied.

use std::path::Path;

use anyhow::Context as _;
use chengshu_core::seam::SharedClock;
use chengshu_store::Server;

use super::{archive, tools};

/// Refuses a server that gives no base backup, with what is missing.
pub fn ensure_allowed(server: &Server) -> anyhow::Result<()> {
    anyhow::ensure!(
        server.replication,
        "role {0} may not make base backups of the database; its administrator can let it: ALTER ROLE \"{0}\" \
         REPLICATION; and, for a connection over the network, a line in pg_hba.conf: host replication {0} ADDRESS \
         scram-sha-256",
        server.role
    );
    anyhow::ensure!(
        server.tablespaces == 0,
        "the server has {} tablespace(s) of its own, which a backup into one folder cannot hold; back it up with the \
         server's own tools",
        server.tablespaces
    );
    Ok(())
}

/// Copies the cluster into `to`.
pub async fn copy(url: &str, major: i32, to: &Path, clock: &SharedClock) -> anyhow::Result<()> {
    let mut command = tools::command(&tools::folder(major)?.join("pg_basebackup"));
    // plain, so that each file can be compared and a person without this program can start it; `fast`: not after the
    // quarter of an hour that a spread checkpoint takes
    command.arg("-D").arg(to).args(["-X", "stream", "-c", "fast", "--manifest-checksums=SHA256", "-w", "-P"]);
    command.args(["-l", "chengshu"]);
    tools::connect(&mut command, url)?;
    let result = tools::run(command, "pg_basebackup", clock).await;
    result.map_err(|error| {
        let missing = error.to_string().contains("no pg_hba.conf entry for replication");
        let words = "the server's pg_hba.conf lets this role in, but not for replication; its administrator can add a \
                     line: host replication ROLE ADDRESS scram-sha-256";
        if missing { error.context(words) } else { error }
    })
}

/// Lets PostgreSQL compare what it sent with what is on the disk, WAL included. Where the tool is missing, our own hashes
/// must do.
pub async fn verify(cluster: &Path, major: i32, clock: &SharedClock) -> anyhow::Result<()> {
    let program = tools::folder(major)?.join("pg_verifybackup");
    if !program.exists() {
        tracing::warn!("pg_verifybackup is not installed; the backup is not compared with what the server sent");
        return Ok(());
    }
    let mut command = tools::command(&program);
    command.arg("-q").arg(cluster);
    tools::run(command, "pg_verifybackup", clock).await
}

/// The first segment of WAL that the base backup needs.
pub fn wal_start(cluster: &Path) -> anyhow::Result<String> {
    let label = std::fs::read_to_string(cluster.join("backup_label")).context("reading backup_label")?;
    let found = label.lines().find_map(|line| line.strip_prefix("START WAL LOCATION: ")?.split_once("(file "));
    let name = found.map(|(_, name)| name.trim_end_matches(')').to_owned());
    name.filter(|name| archive::is_segment(name)).with_context(|| format!("backup_label names no WAL: {label}"))
}
