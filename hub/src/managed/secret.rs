//! Secrets that the hub makes for itself: generated once, kept in a file that only its owner can read.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;

const LENGTH: usize = 32;

/// The secret in `path`; made if there is none.
pub fn keep(path: &Path) -> anyhow::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) => return of(path, &text).map(str::to_owned),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    }
    let secret = generate();
    write_private(path, &secret)?;
    Ok(secret)
}

/// The secret that `text` of a file is.
pub fn of<'a>(path: &Path, text: &'a str) -> anyhow::Result<&'a str> {
    let secret = text.trim();
    anyhow::ensure!(
        secret.len() >= LENGTH,
        "{} holds no secret of at least {LENGTH} characters; remove it to have one made",
        path.display()
    );
    Ok(secret)
}

/// Letters and digits from the system's random source.
pub fn generate() -> String {
    use rand::distr::{Alphanumeric, SampleString as _};
    Alphanumeric.sample_string(&mut rand::rng(), LENGTH)
}

/// Writes a file that only its owner can read, replacing it as a whole.
pub fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let temporary = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().with_context(|| format!("writing {}", path.display()))
}
