//! The folder of automatic backups (`backup.dir`): one folder per backup, named by its time, the WAL in `wal/`, and
//! `owner`, which keeps two hubs from sharing it and removing each other's.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chengshu_core::model::Timestamp;

use super::manifest::Manifest;
use super::{files, state, wal};

const WAL: &str = "wal";
const OWNER: &str = "owner";
const PREFIX: &str = "base-";

/// Automatic backups of one hub.
#[derive(Debug, Clone)]
pub struct Folder {
    dir: PathBuf,
}

/// What claiming it may end with.
pub enum Claim {
    /// It is ours.
    Ours(Folder),
    /// It cannot be used now: a disk that is away may come back.
    Away(anyhow::Error),
    /// It belongs to somebody else.
    Foreign(anyhow::Error),
}

impl Folder {
    /// Makes it this hub's, or says whose it is. Where backups have been made before (`used`), nothing is made anew: an
    /// empty folder is then the place where a disk should be.
    pub fn claim(dir: &Path, instance: &str, used: bool) -> Claim {
        let folder = Self { dir: dir.to_owned() };
        match folder.settle(instance, used) {
            Ok(owner) if owner == instance => Claim::Ours(folder),
            Ok(owner) => Claim::Foreign(anyhow::anyhow!(
                "{} holds the backups of another hub ({owner}, this one is {instance}); name a folder of its own for \
                 each (backup.dir)",
                dir.display()
            )),
            Err(error) => Claim::Away(error),
        }
    }

    fn settle(&self, instance: &str, used: bool) -> anyhow::Result<String> {
        let owner = self.dir.join(OWNER);
        anyhow::ensure!(
            !used || owner.exists(),
            "{} does not hold the backups that were made there; is its disk mounted? To begin anew there, remove {} from \
             the data folder",
            self.dir.display(),
            state::FILE
        );
        // not the folders above it: a disk that is not mounted must not be taken for one that is
        if !self.dir.is_dir() {
            use std::os::unix::fs::DirBuilderExt as _;
            std::fs::DirBuilder::new()
                .mode(0o700)
                .create(&self.dir)
                .with_context(|| format!("making {} (backup.dir)", self.dir.display()))?;
        }
        if !owner.exists() {
            files::write_new(&owner, instance.as_bytes())?;
        }
        let text = std::fs::read_to_string(&owner).with_context(|| format!("reading {}", owner.display()))?;
        if text.trim() == instance {
            files::make_folder(&self.wal())?;
        }
        Ok(text.trim().to_owned())
    }

    /// The WAL archive of such a folder.
    pub fn wal_of(dir: &Path) -> PathBuf {
        dir.join(WAL)
    }

    /// The WAL archive.
    pub fn wal(&self) -> PathBuf {
        Self::wal_of(&self.dir)
    }

    /// Where it stands.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The place of a backup that begins now.
    pub fn place(&self, now: Timestamp) -> PathBuf {
        let digits: String = now.to_rfc3339().chars().filter(char::is_ascii_alphanumeric).collect();
        self.dir.join(format!("{PREFIX}{}Z", digits.get(..15).unwrap_or(&digits)))
    }

    /// Whole backups, oldest first.
    pub fn whole(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(dir).with_context(|| format!("listing {}", dir.display()))? {
            let path = entry.with_context(|| format!("listing {}", dir.display()))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with(PREFIX) && !name.ends_with(".part") && path.is_dir() {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    /// Removes what an earlier hub left half made. Only one hub writes here, and it makes one backup at a time.
    pub fn sweep(&self) -> anyhow::Result<()> {
        for entry in std::fs::read_dir(&self.dir).with_context(|| format!("listing {}", self.dir.display()))? {
            let path = entry.with_context(|| format!("listing {}", self.dir.display()))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with(PREFIX) && name.ends_with(".part") {
                std::fs::remove_dir_all(&path)
                    .with_context(|| format!("removing the unfinished {}", path.display()))?;
            }
        }
        Ok(())
    }

    /// Keeps the newest `keep` backups, and the WAL from the oldest of them on.
    pub fn prune(&self, keep: usize) -> anyhow::Result<()> {
        let mut all = Self::whole(&self.dir)?;
        let kept = all.split_off(all.len().saturating_sub(keep));
        for path in all {
            // under another name first: half removed it must not look like a backup
            let mut part = path.clone().into_os_string();
            part.push(".part");
            std::fs::rename(&path, &part)
                .and_then(|()| std::fs::remove_dir_all(&part))
                .with_context(|| format!("removing the old backup {}", path.display()))?;
            tracing::info!(backup = %path.display(), "old backup removed");
        }
        let Some(oldest) = kept.first() else { return Ok(()) };
        let removed = wal::prune(&self.wal(), &Manifest::read(oldest)?.database.wal_start)?;
        tracing::debug!(segments = removed, "old WAL removed");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_belongs_to_one_hub() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("b");
        assert!(matches!(Folder::claim(&place, "one", true), Claim::Away(_)));
        assert!(!place.exists(), "the disk is not mounted: nothing is written where it should be");
        assert!(matches!(Folder::claim(&place, "one", false), Claim::Ours(_)));
        assert!(matches!(Folder::claim(&place, "one", true), Claim::Ours(_)));
        let Claim::Foreign(error) = Folder::claim(&place, "two", false) else { panic!("it belongs to one") };
        assert!(error.to_string().contains("another hub (one"), "{error}");
        assert!(matches!(Folder::claim(&dir.path().join("not/mounted"), "one", false), Claim::Away(_)));
    }

    #[test]
    fn backups_are_named_by_their_time_and_half_ones_are_none() {
        let dir = tempfile::tempdir().unwrap();
        let Claim::Ours(folder) = Folder::claim(dir.path(), "one", false) else { panic!("nobody else has it") };
        let name = folder.place(Timestamp::from_ms(1_795_336_920_123));
        assert_eq!(name, dir.path().join("base-20261122T084200Z"));
        std::fs::create_dir(&name).unwrap();
        std::fs::create_dir(dir.path().join("base-20261121T084200Z.part")).unwrap();
        std::fs::create_dir(dir.path().join("mine")).unwrap();
        assert_eq!(Folder::whole(dir.path()).unwrap(), [name]);
        folder.sweep().unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 4, "owner, wal, the backup and what is not ours");
    }
}
