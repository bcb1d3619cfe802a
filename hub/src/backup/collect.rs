//! Everything of a hub that is not in the database: keys, the broker's credentials and queue, the spool, evidence, and the
//! configuration with the files that it names.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use super::files::{self, Entry};
use super::{CONFIG, DATA, UNFINISHED, state};
use crate::config::Captured;

/// Where restore puts the old configuration, which a later backup leaves out.
pub const RESTORED_CONFIG: &str = "restored-config";
/// Where restore puts WAL while it is replayed.
pub const RESTORE_WAL: &str = "restore-wal";

const SPOOL_MARK: &str = "spool/meta";

/// What was copied.
#[derive(Debug, Default)]
pub struct Collected {
    /// Folders, relative to the backup.
    pub folders: Vec<String>,
    /// Files.
    pub files: Vec<Entry>,
}

/// Copies the data folder apart from the cluster, sockets, and what stands under one of `exclude`.
///
/// Called **before** the base backup, because of the spool: a record stands there from its acknowledgement until it has
/// been committed in the database. Whatever was acknowledged before the backup began is, when its segment is copied,
/// either still in it, or was committed earlier than that; the base backup, which is of a later moment, then has it. The
/// other way round a record could be drained between the two copies: too late for the one and too early for the other.
/// Records that are in both do no harm: the database remembers how far the spool was drained. The same holds for the
/// messages that the broker keeps for the hub; the unique key tells those that come twice. A photo that is sent
/// between the two copies is known to the restored database and its file is missing, which is said when it is asked for.
pub fn data(data: &Path, exclude: &[PathBuf], part: &Path, stop: &CancellationToken) -> anyhow::Result<Collected> {
    // what was kept of the audit's chain and copies is of now: a restored chain may end earlier, and nobody did wrong
    let kept = [chengshu_audit::KEPT_HEAD, chengshu_audit::STANDING];
    let own =
        ["postgres", "run", "lost+found", state::FILE, UNFINISHED, RESTORED_CONFIG, RESTORE_WAL, kept[0], kept[1]];
    let skip = |path: &str| {
        let full = data.join(path);
        // .new and .part are what a writer has not finished; its last whole file stands beside it
        own.contains(&path) || path.ends_with(".new") || path.ends_with(".part") || exclude.contains(&full)
    };
    let mut tree = files::walk(data, &skip)?;
    // the spool's own mark before its segments: what a segment has beyond the mark is found, what the mark has beyond
    // the segments would be taken for lost
    tree.files.sort_by_key(|path| path != SPOOL_MARK);
    let mut collected = Collected::default();
    let to = part.join(DATA);
    files::make_folder(&to)?;
    collected.folders.push(DATA.to_owned());
    for folder in tree.folders {
        files::make_folder(&to.join(&folder))?;
        collected.folders.push(format!("{DATA}/{folder}"));
    }
    for path in tree.files {
        // gone since it was listed: a drained segment of the spool, which the base backup will have
        if let Some((size, sha256)) = files::copy(&data.join(&path), &to.join(&path), stop)? {
            collected.files.push(Entry { path: format!("{DATA}/{path}"), size, sha256 });
        }
    }
    collected.sync(part)?;
    Ok(collected)
}

/// Writes down the configuration: `config/chengshu.toml`, and the files that it names under `config/files`.
pub fn config(captured: &[Captured], part: &Path) -> anyhow::Result<Collected> {
    let mut collected = Collected::default();
    for (number, (path, bytes)) in captured.iter().enumerate() {
        let path = path.to_str().with_context(|| format!("{} has a name that is not UTF-8", path.display()))?;
        let place = if number == 0 { "chengshu.toml".to_owned() } else { format!("files{path}") };
        let place = format!("{CONFIG}/{place}");
        let above = Path::new(&place).ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
        let above: Vec<String> = above.map(|folder| folder.to_string_lossy().into_owned()).collect();
        for folder in above.into_iter().rev().filter(|folder| !collected.folders.contains(folder)).collect::<Vec<_>>() {
            files::make_folder(&part.join(&folder))?;
            collected.folders.push(folder);
        }
        files::write_new(&part.join(&place), bytes)?;
        collected.files.push(Entry { path: place, size: bytes.len() as u64, sha256: files::hash_of(bytes) });
    }
    collected.sync(part)?;
    Ok(collected)
}

impl Collected {
    fn sync(&self, part: &Path) -> anyhow::Result<()> {
        self.folders.iter().try_for_each(|folder| files::sync_folder(&part.join(folder)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_spool_are_copied_and_the_cluster_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let (home, part) = (dir.path().join("hub"), dir.path().join("b.part"));
        for (path, text) in [
            ("admin.key", "k"),
            ("spool/00000001.seg", "s"),
            (SPOOL_MARK, "m"),
            ("mosquitto/mosquitto.db", "m"),
            ("mosquitto/mosquitto.db.new", "half"),
            ("postgres/PG_VERSION", "15"),
            ("run/x", "x"),
            ("backups/base-1/manifest.json", "{}"),
            (state::FILE, "{}"),
        ] {
            std::fs::create_dir_all(home.join(path).parent().unwrap()).unwrap();
            std::fs::write(home.join(path), text).unwrap();
        }
        std::fs::create_dir(&part).unwrap();
        let found = data(&home, &[home.join("backups")], &part, &CancellationToken::new()).unwrap();
        let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(
            paths,
            ["data/spool/meta", "data/admin.key", "data/mosquitto/mosquitto.db", "data/spool/00000001.seg"]
        );
        assert_eq!(found.folders, ["data", "data/mosquitto", "data/spool"]);

        let captured = [("/etc/c/my.toml".into(), b"x".to_vec()), ("/etc/c/pw".into(), b"y".to_vec())];
        let found = config(&captured, &part).unwrap();
        let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["config/chengshu.toml", "config/files/etc/c/pw"]);
        assert_eq!(found.folders, ["config", "config/files", "config/files/etc", "config/files/etc/c"]);
        let everything = files::walk(&part, &|_| false).unwrap();
        assert_eq!(everything.files.len(), 6);
    }
}
