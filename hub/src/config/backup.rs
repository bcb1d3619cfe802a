//! The `[backup]` section, and what a backup takes along of the configuration itself: the file and the files that it
//! names, as they were when they were read (root may have read them; user chengshu later could not).

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::{Table, Value};

use super::reader::Reader;

/// Automatic backups.
#[derive(Debug, Clone)]
pub struct BackupConfig {
    /// Where they stand; none makes none.
    pub dir: Option<PathBuf>,
    /// When: hour and minute of the machine's local time.
    pub at: (i8, i8),
    /// Instead of `at`: every so often.
    pub every: Option<Duration>,
    /// How many are kept.
    pub keep: usize,
    /// Each is restored into a scratch cluster.
    pub check: bool,
    /// Where.
    pub scratch_dir: Option<PathBuf>,
}

/// A file of the configuration: its full path and what stood in it.
pub type Captured = (PathBuf, Vec<u8>);

const AT: &str = "02:30";
/// Names a file that the hub writes: the copy of the audit, which stands elsewhere already.
const COPY: &str = "copy_file";

pub(super) fn read(reader: &mut Reader) -> BackupConfig {
    let mut section = reader.section("backup");
    let mut folder = |key: &str| {
        let path = section.path(key)?;
        if !path.is_absolute() {
            let read = format!("{:?}", path.display().to_string());
            section.mistake(key, &read, "a path that begins with /", &format!("{key} = \"/mnt/backup/chengshu\""));
        }
        Some(path)
    };
    let (dir, scratch_dir) = (folder("dir"), folder("scratch_dir"));
    let text = section.text("at", AT);
    let at = clock_time(&text).unwrap_or_else(|| {
        let mend = format!("at = \"{AT}\"");
        section.mistake("at", &format!("{text:?}"), "hours and minutes from 00:00 to 23:59", &mend);
        (0, 0)
    });
    let every_s = section.number("every_s", 0, 0, 7 * 86_400);
    let keep = section.number("keep", 7, 1, 10_000) as usize;
    let check = section.flag("check", true);
    section.end();
    BackupConfig { dir, at, every: (every_s > 0).then(|| Duration::from_secs(every_s)), keep, check, scratch_dir }
}

fn clock_time(text: &str) -> Option<(i8, i8)> {
    let (hour, minute) = text.split_once(':')?;
    let part = |text: &str, most: i8| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i8>().ok().filter(|number| digits && *number <= most)
    };
    Some((part(hour, 23)?, part(minute, 59)?))
}

/// The file, and the files that its keys ending in `_file` name. One that cannot be read has been reported already.
pub(super) fn capture(file: Option<&Path>) -> Vec<Captured> {
    let Some(file) = file else { return Vec::new() };
    let one = |path: &Path| Some((std::path::absolute(path).ok()?, std::fs::read(path).ok()?));
    let Some(whole) = one(file) else { return Vec::new() };
    let table = std::str::from_utf8(&whole.1).ok().and_then(|text| text.parse::<Table>().ok()).unwrap_or_default();
    let mut named = Vec::new();
    table.values().for_each(|value| names(value, &mut named));
    let mut files = vec![whole];
    for path in named {
        if let Some(file) = one(&path).filter(|(path, _)| files.iter().all(|(known, _)| known != path)) {
            files.push(file);
        }
    }
    files
}

fn names(value: &Value, into: &mut Vec<PathBuf>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                match value {
                    Value::String(path) if key.ends_with("_file") && key != COPY => into.push(path.into()),
                    other => names(other, into),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| names(value, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_day() {
        assert_eq!(clock_time("02:30"), Some((2, 30)));
        assert_eq!(clock_time("23:59"), Some((23, 59)));
        for wrong in ["24:00", "2:30", "02:60", "0230", "-1:00", "+2:30", "02:3", "半夜", ""] {
            assert_eq!(clock_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_file_and_what_it_names_are_captured() {
        let dir = tempfile::tempdir().unwrap();
        let (file, secret) = (dir.path().join("c.toml"), dir.path().join("p"));
        std::fs::write(&secret, "secret").unwrap();
        let text = format!(
            "[[broker]]\npassword_file = \"{0}\"\nca_file = \"/nowhere\"\n[[broker]]\npassword_file = \"{0}\"\n[audit]\ncopy_file = \"/dev/null\"\n",
            secret.display()
        );
        std::fs::write(&file, &text).unwrap();
        assert_eq!(capture(Some(&file)), [(file, text.into_bytes()), (secret, b"secret".to_vec())]);
        assert!(capture(None).is_empty());
    }
}
