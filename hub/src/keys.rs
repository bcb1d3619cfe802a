//! The keys that lie in files of the data folder, each made at the first start and readable by its owner alone: that of the
//! hub's own tools, the one that encrypts secrets at rest, and in a demo the one that opens everything.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use chengshu_access::{Caller, Grant, Role};
use chengshu_identity::Secrets;
use chengshu_seal::Seal;
use clap::Subcommand;
use sha2::{Digest, Sha256};

use crate::client::{ADMIN, LOCAL};
use crate::managed::secret;
use crate::user;

/// Encrypts what the database must not tell by itself: the newest key on the first line, below it those that still open what
/// has not been encrypted anew. Without it second factors and signing secrets are lost.
const SEAL: &str = "secret.key";
/// The roles that a demo hands out keys for, by the name that scripts know.
const ROLES: [(&str, Role); 5] = [
    ("operator", Role::Operator),
    ("maintainer", Role::Maintainer),
    ("system", Role::SystemAdmin),
    ("security", Role::SecurityAdmin),
    ("audit", Role::AuditAdmin),
];

/// What the keys open.
pub struct Keys {
    /// Who holds which.
    pub secrets: Secrets,
    /// Encrypts secrets at rest.
    pub seal: Seal,
    /// Where its keys lie.
    pub ring: Ring,
    /// Opens everything; empty but in a demo.
    pub admin: String,
    /// One for each of some roles; none but in a demo.
    pub roles: Vec<(&'static str, String)>,
}

/// The keys under `data`; made where there are none.
pub fn keep(data: &Path, demo: bool) -> anyhow::Result<Keys> {
    let local = secret::keep(&data.join(LOCAL))?;
    let (ring, seal) = Ring::open(data)?;
    let secrets = Secrets::default().with(&local, Caller::local());
    if !demo {
        // a demo's key must open nothing when its data becomes a real hub's
        let _ = std::fs::remove_file(data.join(ADMIN));
        return Ok(Keys { secrets, seal, ring, admin: String::new(), roles: Vec::new() });
    }
    let admin = secret::keep(&data.join(ADMIN))?;
    let roles: Vec<_> = ROLES.iter().map(|(name, role)| (*name, *role, secret::generate())).collect();
    let secrets = roles.iter().fold(secrets.with(&admin, Caller::demo()), |secrets, (name, role, key)| {
        let caller = Caller::person(&format!("demo-{name}"), role.zh(), Arc::from([Grant::from(*role)]));
        secrets.with(key, caller)
    });
    Ok(Keys { secrets, seal, ring, admin, roles: roles.into_iter().map(|(name, _, key)| (name, key)).collect() })
}

/// The file with the keys that encrypt secrets at rest.
#[derive(Clone)]
pub struct Ring {
    path: PathBuf,
    newest: String,
}

impl Ring {
    fn open(data: &Path) -> anyhow::Result<(Self, Seal)> {
        let path = data.join(SEAL);
        let lines = lines(&path)?;
        let keys: Vec<[u8; 32]> = lines.iter().map(|line| Sha256::digest(line.as_bytes()).into()).collect();
        let (Some(newest), [key, older @ ..]) = (lines.into_iter().next(), keys.as_slice()) else {
            anyhow::bail!("{} holds no secret", path.display()); // `secret::keep` has looked
        };
        Ok((Self { path, newest }, Seal::new(key, older)))
    }

    /// Nothing is encrypted with the older ones any more: forgets them. A newer one that was put before ours stays.
    pub fn forget_older(&self) -> anyhow::Result<()> {
        let lines = lines(&self.path)?;
        let ours = lines.iter().position(|line| *line == self.newest).context("the key in use is not in its file")?;
        if ours + 1 < lines.len() {
            secret::write_private(&self.path, &lines[..=ours].join("\n"))?;
        }
        Ok(())
    }
}

fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    secret::keep(path)?.lines().map(|line| secret::of(path, line).map(str::to_owned)).collect()
}

/// What is asked of the keys.
#[derive(Subcommand, Debug)]
pub enum Order {
    /// Make a new key for what the database keeps encrypted (data/secret.key). The hub takes it at its next start, encrypts
    /// everything anew and forgets the old key.
    Rotate {
        /// The configuration of the hub.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Its data folder, if neither the configuration nor the usual places name it.
        #[arg(long)]
        data: Option<PathBuf>,
    },
}

/// Puts a new key before the others.
pub fn rotate(wanted: Option<&Path>) -> anyhow::Result<String> {
    let place = user::choose(wanted)?;
    let path = place.dir.join(SEAL);
    anyhow::ensure!(
        path.is_file(),
        "there is no {}: no hub has run there; name its data folder with --data",
        path.display()
    );
    let path = place.enter()?.join(SEAL);
    let mut lines = lines(&path)?;
    lines.insert(0, secret::generate());
    secret::write_private(&path, &lines.join("\n"))?;
    Ok(format!(
        "a new key stands in {}; restart the hub, then back it up: backups from before hold the old key",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_turns_and_old_ones_are_forgotten_when_nothing_needs_them() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path();
        let (old, seal) = Ring::open(data).unwrap();
        let kept = seal.close("totp 1", b"secret").unwrap();
        let put = |key: &str| {
            let lines = lines(&data.join(SEAL)).unwrap();
            secret::write_private(&data.join(SEAL), &[&[key.to_owned()][..], &lines].concat().join("\n")).unwrap();
        };
        put(&"n".repeat(32));
        old.forget_older().unwrap();
        let (new, seal) = Ring::open(data).unwrap();
        assert_eq!(seal.open("totp 1", &kept).unwrap(), b"secret", "the hub that runs forgot nothing that it needs");

        let turned = seal.turn("totp 1", &kept).unwrap().unwrap();
        put(&"m".repeat(32)); // once more, while it started
        new.forget_older().unwrap();
        let (_, seal) = Ring::open(data).unwrap();
        assert_eq!(seal.open("totp 1", &turned).unwrap(), b"secret");
        assert!(seal.open("totp 1", &kept).is_none(), "the first key is gone");

        std::fs::write(data.join(SEAL), format!("{}\nshort\n", "n".repeat(32))).unwrap();
        assert!(Ring::open(data).is_err_and(|error| error.to_string().contains("secret.key")));
    }
}
