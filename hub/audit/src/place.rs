//! The second place: two small files in the data folder that only the hub's user reads. `audit.head` holds the newest head,
//! against which the chain is looked at when the hub starts; `audit-copy.json` holds how far the copies are. Neither belongs
//! into a backup: what is restored has a chain that ends earlier.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use chengshu_access::Mark;
use serde::Serialize;

use crate::standing::CopyStanding;

/// The head.
pub const KEPT_HEAD: &str = "audit.head";
/// How the copies stand.
pub const STANDING: &str = "audit-copy.json";

/// The head that was kept under `data`; none when there is none yet.
///
/// # Errors
/// The disk's, or a file that holds no head.
pub fn kept_head(data: &Path) -> std::io::Result<Option<Mark>> {
    match std::fs::read_to_string(data.join(KEPT_HEAD)) {
        Ok(text) => text.parse().map(Some).map_err(std::io::Error::other),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// How the copies stood when the hub wrote it down last; a damaged file says nothing, and then all is copied again.
#[must_use]
pub fn copies(data: &Path) -> Vec<CopyStanding> {
    let text = std::fs::read_to_string(data.join(STANDING)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

pub(crate) fn keep_head(data: &Path, mark: Mark) -> std::io::Result<()> {
    write(&data.join(KEPT_HEAD), &format!("{mark}\n"))
}

pub(crate) fn keep_copies(data: &Path, copies: &[impl Serialize]) -> std::io::Result<()> {
    write(&data.join(STANDING), &serde_json::to_string(copies)?)
}

/// Replaces a file as a whole.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_added_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}
