//! An archive of WAL seen from the side of restore and housekeeping: which segments are there, where one is missing, which
//! are no longer needed.

use std::path::Path;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use super::{archive, files};

/// Segments of one log file: 4 GiB / 16 MiB.
const PER_LOG: u64 = 256;

/// The place of a segment in the row of all, whatever its timeline.
fn number(name: &str) -> Option<u64> {
    let part = |range| u64::from_str_radix(name.get(range)?, 16).ok();
    archive::is_segment(name).then_some(())?;
    Some(part(8..16)? * PER_LOG + part(16..24)?)
}

/// Segments, histories of timelines and whatever else stands in `dir`, by name.
fn list(dir: &Path) -> anyhow::Result<Vec<String>> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("listing the WAL in {}", dir.display()))?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> =
        names.collect::<std::io::Result<_>>().with_context(|| format!("listing the WAL in {}", dir.display()))?;
    names.sort();
    Ok(names)
}

/// The first segment from `start` on that neither the archive nor the base backup has although later ones are there:
/// replay would end before it.
pub fn gap(dir: &Path, base: &Path, start: &str) -> anyhow::Result<Option<String>> {
    let mut names = list(dir)?;
    names.extend(list(base)?);
    Ok(first_gap(&names, start))
}

fn first_gap(names: &[String], start: &str) -> Option<String> {
    let first = number(start)?;
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| number(name)).filter(|n| *n >= first).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let missing = numbers.windows(2).find(|pair| pair[1] != pair[0] + 1)?[0] + 1;
    Some(format!("{:08X}{:08X}", missing / PER_LOG, missing % PER_LOG))
}

/// Copies into `to` what replay from `start` on may ask for, or only the histories of timelines. Answers how many segments.
pub fn stage(dir: &Path, to: &Path, start: Option<&str>, stop: &CancellationToken) -> anyhow::Result<usize> {
    let first = start.and_then(number);
    let mut segments = 0;
    for name in list(dir)? {
        let wanted = first.zip(number(&name)).is_some_and(|(first, number)| number >= first);
        if wanted || name.ends_with(".history") {
            files::copy_sparse(&dir.join(&name), &to.join(&name), stop)?;
            segments += usize::from(wanted);
        }
    }
    Ok(segments)
}

/// Removes the segments before `start`, the first that the oldest kept backup needs. Histories of timelines stay.
pub fn prune(dir: &Path, start: &str) -> anyhow::Result<usize> {
    let first = number(start).with_context(|| format!("{start} is no WAL segment"))?;
    let mut removed = 0;
    for name in list(dir)? {
        // also 0000….00000028.backup, the note that belongs to a segment
        if name.get(..24).and_then(number).is_some_and(|number| number < first) {
            std::fs::remove_file(dir.join(&name)).with_context(|| format!("removing old WAL {name}"))?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(numbers: &[u64]) -> Vec<String> {
        numbers.iter().map(|n| format!("00000001{:08X}{:08X}", n / PER_LOG, n % PER_LOG)).collect()
    }

    #[test]
    fn a_missing_segment_is_found_over_the_turn_of_a_log_file() {
        let start = &names(&[254])[0];
        assert_eq!(first_gap(&names(&[250, 254, 255, 256, 257]), start), None);
        assert_eq!(first_gap(&names(&[254, 255, 257]), start).as_deref(), Some("0000000100000000"));
        let mut other = names(&[254, 255]);
        other.extend(["000000020000000100000000".to_owned(), "00000002.history".to_owned()]);
        assert_eq!(first_gap(&other, start), None, "a new timeline goes on where the old one ended");
    }

    #[test]
    fn old_wal_goes_and_what_is_needed_is_staged() {
        let dir = tempfile::tempdir().unwrap();
        let wal = dir.path().join("wal");
        let to = dir.path().join("to");
        std::fs::create_dir(&wal).unwrap();
        std::fs::create_dir(&to).unwrap();
        let all = names(&[1, 2, 3, 4]);
        for name in all.iter().chain(&[format!("{}.00000028.backup", all[0]), "00000002.history".into(), "x".into()]) {
            std::fs::write(wal.join(name), name).unwrap();
        }
        assert_eq!(prune(&wal, &all[1]).unwrap(), 2);
        assert_eq!(list(&wal).unwrap().len(), 5);
        assert_eq!(stage(&wal, &to, Some(&all[2]), &CancellationToken::new()).unwrap(), 2);
        assert_eq!(list(&to).unwrap(), [all[2].clone(), all[3].clone(), "00000002.history".into()]);
    }
}
