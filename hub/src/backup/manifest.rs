//! `manifest.json`: what a backup is and every file in it, with nothing about the machine that it was made on. Its own
//! hash stands beside it in `manifest.sha256`, so that `sha256sum -c manifest.sha256` works by hand too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::files::{self, Entry};

/// Rises when an older program could no longer restore what this one writes.
pub const FORMAT: u32 = 1;
const NAME: &str = "manifest.json";
const SUM: &str = "manifest.sha256";

/// What a backup is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of the folder.
    pub format: u32,
    /// Version of the program that made it.
    pub chengshu: String,
    /// When it began, ms since 1970.
    pub at: i64,
    /// How long it took, ms.
    pub took_ms: u64,
    /// The hub's own id (the content of `instance.id`).
    pub instance: String,
    /// The database.
    pub database: Database,
    /// Rows of each table.
    pub rows: BTreeMap<String, Rows>,
    /// Folders, of which some are empty and yet needed.
    pub folders: Vec<String>,
    /// Files.
    pub files: Vec<Entry>,
}

/// The database of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// The hub's own cluster; false: an external server's.
    pub managed: bool,
    /// Major version of PostgreSQL.
    pub postgres: i32,
    /// Name of the database.
    pub name: String,
    /// The role that the hub is there.
    pub role: String,
    /// The first segment of WAL that the base backup needs.
    pub wal_start: String,
}

/// Rows of one table while the hub went on writing: the base backup holds a number between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// Just before the base backup.
    pub before: i64,
    /// Just after it.
    pub after: i64,
}

/// Tables that only grow. Of all others rows come and go, so that their number says nothing about loss: they must only
/// be there.
const GROW: [&str; 7] = ["reading", "device", "series", "alarm", "transition", "event", "correction"];

/// How many may have gone again in between: a reading can be withdrawn by a correction.
fn slack(table: &str, rows: i64) -> i64 {
    if table == "reading" { 100 + rows / 1_000 } else { 0 }
}

impl Manifest {
    /// Writes it into `backup`.
    pub fn write(&self, backup: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        files::write_new(&backup.join(NAME), text.as_bytes())?;
        files::write_new(&backup.join(SUM), format!("{}  {NAME}\n", files::hash_of(text.as_bytes())).as_bytes())
    }

    /// Reads it, and refuses one that this program cannot restore.
    pub fn read(backup: &Path) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
            chengshu: String,
        }
        let path = backup.join(NAME);
        let text = std::fs::read(&path).with_context(|| {
            format!("{} is no backup: {NAME} cannot be read (one ending in .part was never finished)", backup.display())
        })?;
        let sum = std::fs::read_to_string(backup.join(SUM)).with_context(|| format!("reading {SUM} beside {NAME}"))?;
        anyhow::ensure!(
            sum.split_whitespace().next() == Some(files::hash_of(&text).as_str()),
            "{} is damaged: its hash is not the one in {SUM}; take another backup",
            path.display()
        );
        let head: Head = serde_json::from_slice(&text).with_context(|| format!("{} is no manifest", path.display()))?;
        anyhow::ensure!(
            head.format <= FORMAT,
            "the backup was made by chengshu {} in format {}; this is chengshu {}, which knows formats up to {FORMAT}: \
             restore it with the version that made it, or a newer one",
            head.chengshu,
            head.format,
            env!("CARGO_PKG_VERSION")
        );
        serde_json::from_slice(&text)
            .with_context(|| format!("{} is no manifest of format {}", path.display(), head.format))
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Compares every file with its hash, and names those that are damaged, missing or strange.
    pub fn verify(&self, backup: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
        let found = files::walk(backup, &|path| path == NAME || path == SUM)?;
        let known: BTreeSet<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        let there: BTreeSet<&str> = found.files.iter().map(String::as_str).collect();
        let mut faults: Vec<String> = Vec::new();
        for file in &self.files {
            if !there.contains(file.path.as_str()) {
                faults.push(format!("{} is missing", file.path));
                continue;
            }
            let (size, sha256) = files::hash(&backup.join(&file.path), stop)?;
            if size != file.size {
                faults.push(format!("{} is damaged: it has {size} bytes and should have {}", file.path, file.size));
            } else if sha256 != file.sha256 {
                faults.push(format!("{} is damaged: its hash is not that of the manifest", file.path));
            }
        }
        faults.extend(there.difference(&known).map(|path| format!("{path} does not belong to the backup")));
        let (count, most) = (faults.len(), 5);
        faults.truncate(most);
        let more = if count > most { format!("\n  … and {} more", count - most) } else { String::new() };
        anyhow::ensure!(
            faults.is_empty(),
            "{} is not as it was made; take another backup:\n  {}{more}",
            backup.display(),
            faults.join("\n  ")
        );
        Ok(())
    }

    /// What is wrong with the rows of a cluster that was restored to the end of this base backup and no further.
    pub fn row_faults(&self, restored: &BTreeMap<String, i64>) -> Vec<String> {
        let faults = self.rows.iter().filter_map(|(table, rows)| {
            let Some(found) = restored.get(table) else { return Some(format!("table {table} is missing")) };
            let slack = GROW.contains(&table.as_str()).then(|| slack(table, rows.after))?;
            // one that shrank all the same (old readings were dropped) may have been larger in between
            let most = if rows.after < rows.before { i64::MAX } else { rows.after + slack };
            let fits = (rows.before.min(rows.after) - slack..=most).contains(found);
            let between = format!("{} before and {} after the base backup", rows.before, rows.after);
            (!fits).then(|| format!("table {table} has {found} rows; the manifest says {between}"))
        });
        faults.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(files: Vec<Entry>) -> Manifest {
        let database = Database {
            managed: true,
            postgres: 15,
            name: "chengshu".into(),
            role: "chengshu".into(),
            wal_start: String::new(),
        };
        Manifest {
            format: FORMAT,
            chengshu: "0.1.0".into(),
            at: 0,
            took_ms: 0,
            instance: String::new(),
            database,
            rows: BTreeMap::new(),
            folders: Vec::new(),
            files,
        }
    }

    #[test]
    fn damage_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let go = CancellationToken::new();
        let entry = |path: &str, text: &str| {
            std::fs::write(dir.path().join(path), text).unwrap();
            Entry { path: path.into(), size: text.len() as u64, sha256: files::hash_of(text.as_bytes()) }
        };
        let manifest = manifest(vec![entry("good", "1"), entry("flipped", "2"), entry("cut", "3"), entry("gone", "4")]);
        manifest.write(dir.path()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
        manifest.verify(dir.path(), &go).unwrap();
        std::fs::write(dir.path().join("flipped"), "3").unwrap();
        std::fs::write(dir.path().join("cut"), "").unwrap();
        std::fs::write(dir.path().join("strange"), "").unwrap();
        std::fs::remove_file(dir.path().join("gone")).unwrap();
        let text = manifest.verify(dir.path(), &go).unwrap_err().to_string();
        for words in
            ["flipped is damaged: its hash", "cut is damaged: it has 0 bytes", "strange does not", "gone is missing"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("good"), "{text}");
    }

    #[test]
    fn another_format_or_a_damaged_manifest_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().to_string().contains("is no backup"));
        let newer = Manifest { format: FORMAT + 1, chengshu: "9.9.9".into(), ..manifest(Vec::new()) };
        newer.write(dir.path()).unwrap();
        let text = Manifest::read(dir.path()).unwrap_err().to_string();
        assert!(text.contains("chengshu 9.9.9 in format 2") && text.contains("or a newer one"), "{text}");
        let path = dir.path().join(NAME);
        std::fs::write(&path, std::fs::read_to_string(&path).unwrap().replace("9.9.9", "9.9.8")).unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().to_string().contains("is damaged"));
    }

    #[test]
    fn rows_lie_between_what_was_counted_before_and_after() {
        let mut manifest = manifest(Vec::new());
        let mut rows = |table: &str, before, after| manifest.rows.insert(table.into(), Rows { before, after });
        rows("event", 100, 200);
        rows("reading", 5_000_000, 4_000_000);
        rows("outbox", 3, 3);
        let faults = |event, reading| {
            let found = [("event", event), ("reading", reading), ("outbox", 9)];
            manifest.row_faults(&found.map(|(table, rows)| (table.to_owned(), rows)).into()).len()
        };
        assert_eq!(faults(100, 4_000_000), 0);
        assert_eq!(faults(200, 6_000_000), 0, "readings were dropped meanwhile");
        assert_eq!(faults(99, 3_999_900), 1);
        assert_eq!(faults(201, 3_900_000), 2);
        assert_eq!(manifest.row_faults(&BTreeMap::new()).len(), 3, "a table is missing");
    }
}
