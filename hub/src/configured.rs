//! That the hub runs with another configuration than the last time: a line in the audit. Of what stands in the files only a
//! short keyed digest is kept, from which no password can be guessed.

use std::path::Path;
use std::time::Duration;

use chengshu_access::{Act, AuditLine, Identity, Outcome};
use chengshu_core::seam::SharedClock;
use chengshu_store::Store;
use sha2::{Digest as _, Sha256};

use crate::config::Captured;
use crate::managed::secret;

/// In the data folder: the digest of the last start.
const FILE: &str = "config.digest";
const AGAIN: Duration = Duration::from_secs(2);

/// Notes it once the database answers.
pub async fn note(files: Vec<Captured>, data: std::path::PathBuf, store: Store, clock: SharedClock) {
    let digest = match secret::keep(&data.join("instance.id")) {
        Ok(key) => digest(&key, &files),
        Err(error) => {
            return tracing::warn!(error = format!("{error:#}"), "whether the configuration changed is not known");
        }
    };
    let before = std::fs::read_to_string(data.join(FILE)).ok();
    if before.as_deref() == Some(&digest) {
        return;
    }
    loop {
        let hub = Identity::Local;
        let mut line = AuditLine::new(clock.now(), Some(&hub), None, Act::Configure, Outcome::Done);
        line.object = Some("configuration".to_owned());
        line.detail.insert("digest".to_owned(), digest.clone());
        line.detail.extend(before.iter().map(|before| ("before".to_owned(), before.clone())));
        if store.audit_write(&[line]).await.is_ok() {
            break;
        }
        clock.sleep(AGAIN).await;
    }
    if let Err(error) = keep(&data, &digest) {
        tracing::warn!(error = format!("{error:#}"), "the digest of the configuration could not be kept");
    }
}

fn keep(data: &Path, digest: &str) -> anyhow::Result<()> {
    secret::write_private(&data.join(FILE), digest)
}

fn digest(key: &str, files: &[Captured]) -> String {
    let mut sum = Sha256::new();
    sum.update(key);
    for (path, bytes) in files {
        for part in [path.as_os_str().as_encoded_bytes(), bytes] {
            sum.update((part.len() as u64).to_be_bytes());
            sum.update(part);
        }
    }
    sum.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_configuration_has_another_digest() {
        let file = |path: &str, text: &str| (path.into(), text.as_bytes().to_vec());
        let one = digest("k", &[file("/a", "x"), file("/b", "y")]);
        assert_eq!(one.len(), 16);
        for other in [
            digest("l", &[file("/a", "x"), file("/b", "y")]),
            digest("k", &[file("/a", "x"), file("/b", "z")]),
            digest("k", &[file("/a", "x/b"), file("", "y")]),
            digest("k", &[]),
        ] {
            assert_ne!(one, other);
        }
    }
}
