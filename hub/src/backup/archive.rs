//! The WAL archive: how PostgreSQL is told to put its WAL aside, so that no more than the last minute is lost with the
//! machine. A segment appears there as a whole or not at all, and nothing is ever overwritten.

use std::path::Path;

use anyhow::Context as _;

/// A segment that is not full is put aside after this, seconds. With the time that it takes: no more than a minute.
const TIMEOUT_S: u32 = 40;

/// The lines of postgresql.conf.
pub fn settings(wal: &Path) -> String {
    format!("archive_mode = on\narchive_timeout = {TIMEOUT_S}s\narchive_command = {}\n", quoted(&command(wal)))
}

/// Copied under another name, flushed, renamed, and the rename flushed. A segment that is there already is good if it is
/// the same (the server may ask twice after a crash) and an error if it is not. Zeros take no room: a segment that was
/// put aside early is mostly zeros.
fn command(wal: &Path) -> String {
    let folder = shell(&wal.to_string_lossy()).replace('%', "%%");
    format!(
        "d={folder}; t=\"$d/%f\"; if [ -e \"$t\" ]; then exec cmp -- \"%p\" \"$t\"; fi; \
         dd if=\"%p\" of=\"$t.part\" bs=64k conv=sparse,fsync status=none && mv -- \"$t.part\" \"$t\" && sync -- \"$d\""
    )
}

/// The command that fetches WAL back.
pub fn fetch(staged: &Path) -> String {
    format!("cp -- {}/\"%f\" \"%p\"", shell(&staged.to_string_lossy()).replace('%', "%%"))
}

/// A text as one word of a shell.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text as a value of postgresql.conf.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Whether a file name is that of a WAL segment.
pub fn is_segment(name: &str) -> bool {
    name.len() == 24 && name.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
}

/// Lets the archiver see the histories of timelines. One begins when a backup is restored, and then nothing is archived;
/// without its history in the archive, a later restore could not follow it.
pub fn announce_histories(cluster: &Path) -> anyhow::Result<()> {
    let wal = cluster.join("pg_wal");
    let status = wal.join("archive_status");
    for entry in std::fs::read_dir(&wal).context("listing the cluster's WAL")? {
        let name = entry.context("listing the cluster's WAL")?.file_name().to_string_lossy().into_owned();
        let known = ["ready", "done"].iter().any(|state| status.join(format!("{name}.{state}")).exists());
        if name.ends_with(".history") && !known {
            std::fs::write(status.join(format!("{name}.ready")), "").context("announcing a timeline")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the command as PostgreSQL would, for one file.
    fn archive(wal: &Path, from: &Path, name: &str) -> bool {
        let from = from.to_string_lossy();
        let text = command(wal).replace("%p", &from).replace("%f", name).replace("%%", "%");
        std::process::Command::new("sh")
            .args(["-c", &text])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap()
            .success()
    }

    #[test]
    fn a_segment_is_put_aside_whole_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let wal = dir.path().join("it's 100% $HOME \"wal\"");
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        let mut text = vec![0; 1 << 20];
        text[77] = 7;
        std::fs::write(&one, &text).unwrap();
        std::fs::write(&two, "other").unwrap();
        assert!(!archive(&wal, &one, "A"), "the folder is away: not archived, and nobody makes another");
        std::fs::create_dir(&wal).unwrap();
        assert!(archive(&wal, &one, "A"));
        assert_eq!(std::fs::read(wal.join("A")).unwrap(), text, "zeros at the end are there");
        assert!(archive(&wal, &one, "A"), "asked twice");
        assert!(!archive(&wal, &two, "A"), "another content under the same name");
        assert_eq!(std::fs::read(wal.join("A")).unwrap(), text);
        std::fs::write(wal.join("B.part"), "half of an earlier try").unwrap();
        assert!(archive(&wal, &two, "B"));
        assert_eq!(std::fs::read(wal.join("B")).unwrap(), b"other");
        assert_eq!(std::fs::read_dir(&wal).unwrap().count(), 2, "nothing half is left");
    }

    #[test]
    fn values_are_quoted() {
        assert_eq!(quoted(r"a'b\c"), r"'a''b\\c'");
        assert!(is_segment("0000000100000000000000AF"));
        for other in ["0000000100000000000000AF.part", "00000002.history", "0000000100000000000000af"] {
            assert!(!is_segment(other), "{other}");
        }
    }
}
