//! The place of one backup: a folder that is called `NAME.part` until everything in it is whole and flushed, and then
//! renamed. Nobody can mistake a half one for a backup.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use nix::unistd::{User, chown};

use super::files;
use crate::user;

/// A backup that is being made.
pub struct Target {
    /// Where it is made.
    pub part: PathBuf,
    /// What it is called when it is whole.
    whole: PathBuf,
    mover: Option<Child>,
}

/// Renames when told so, and does nothing when nobody tells.
const MOVER: &str = r#"read -r word && [ "$word" = whole ] && mv -T -- "$1" "$2" && sync -- "$3""#;

impl Target {
    /// Makes the folder, before root is dropped: it is given to `owner`, who may not be allowed to rename it, so that a
    /// helper which stays root waits to do that.
    pub fn open(to: &Path, owner: Option<&User>) -> anyhow::Result<Self> {
        let whole = std::path::absolute(to).context("the backup's folder")?;
        if let Ok(mut entries) = std::fs::read_dir(&whole) {
            anyhow::ensure!(
                entries.next().is_none(),
                "{} is not empty; name a folder that is not there yet, such as {0}/chengshu-1",
                whole.display()
            );
            std::fs::remove_dir(&whole).with_context(|| {
                format!(
                    "{} cannot be replaced; name a folder that is not there yet, such as {0}/chengshu-1",
                    whole.display()
                )
            })?;
        }
        anyhow::ensure!(!whole.exists(), "{} is a file; name a folder that is not there yet", whole.display());
        let mut name = whole.file_name().context("--to names no folder")?.to_owned();
        name.push(".part");
        let part = whole.with_file_name(name);
        let above = part.parent().context("--to names no folder")?;
        anyhow::ensure!(above.is_dir(), "{} is not there; make it first, or name another folder", above.display());
        anyhow::ensure!(
            !part.exists(),
            "{} is there: another backup is being made, or one never came to its end; remove it if nobody is at work",
            part.display()
        );
        owner.map_or(Ok(()), |user| user::ensure_reachable(&part, user))?;
        files::make_folder(&part)?;
        let mover = owner.map(|user| -> anyhow::Result<Child> {
            chown(&part, Some(user.uid), Some(user.gid))
                .with_context(|| format!("giving {} to {}", part.display(), user.name))?;
            let mut command = Command::new("sh");
            command.args(["-c", MOVER, "sh"]).args([&part, &whole]).arg(above);
            command.stdin(Stdio::piped()).spawn().context("starting the helper that renames the backup")
        });
        Ok(Self { mover: mover.transpose()?, part, whole })
    }

    /// Gives it its name, and answers that.
    pub fn finish(mut self) -> anyhow::Result<PathBuf> {
        files::sync_folder(&self.part)?;
        let said = || format!("naming the finished backup {}", self.whole.display());
        match &mut self.mover {
            None => {
                std::fs::rename(&self.part, &self.whole).with_context(said)?;
                self.whole.parent().map_or(Ok(()), files::sync_folder)?;
            }
            Some(mover) => {
                mover.stdin.take().context("the helper listens")?.write_all(b"whole\n").with_context(said)?;
                anyhow::ensure!(mover.wait().with_context(said)?.success(), "{} failed", said());
            }
        }
        Ok(self.whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_its_name_only_when_it_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("b");
        let target = Target::open(&to, None).unwrap();
        std::fs::write(target.part.join("x"), "x").unwrap();
        assert!(!to.exists());
        let second = Target::open(&to, None).err().unwrap().to_string();
        assert!(second.contains("b.part is there"), "{second}");
        assert_eq!(target.finish().unwrap(), to);
        assert!(to.join("x").exists());
        let again = Target::open(&to, None).err().unwrap().to_string();
        assert!(again.contains("is not empty"), "{again}");
        let nowhere = Target::open(&dir.path().join("no/b"), None).err().unwrap().to_string();
        assert!(nowhere.contains("is not there; make it first"), "{nowhere}");
        std::fs::create_dir(dir.path().join("empty")).unwrap();
        Target::open(&dir.path().join("empty"), None).unwrap().finish().unwrap();
    }
}
