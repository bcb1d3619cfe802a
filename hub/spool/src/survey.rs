//! What stands in the spool's folder: the heads of its files, sorted. Nothing is changed here, and a file of a newer
//! version ends it before anything else has a chance to change something.

use std::path::{Path, PathBuf};

use crate::SpoolError;
use crate::error::io_error;
use crate::format::{Head, Kind, Mark, read_head};
use crate::point::SEQ_MAX;

/// The lock's file name.
pub(crate) const LOCK: &str = "lock";
/// The file name of what the spool knows about itself.
pub(crate) const META: &str = "meta";
/// The same, while it is being made.
pub(crate) const META_NEW: &str = "meta.new";

/// The folder's content.
pub(crate) struct Survey {
    /// The head of `meta`; empty when there is none.
    pub meta: Head,
    /// Files that are named like segments, in order.
    pub files: Vec<Found>,
    /// How many files have no business here.
    pub foreign: u32,
}

/// A file that is named like a segment.
pub(crate) struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// The first record it should hold, by its name.
    pub first: u64,
    /// What its head says.
    pub head: Head,
}

impl Survey {
    /// Looks at the folder.
    pub fn of(dir: &Path) -> Result<Self, SpoolError> {
        let mut survey = Self { meta: read_head(&dir.join(META), Kind::Meta)?, files: Vec::new(), foreign: 0 };
        for entry in std::fs::read_dir(dir).map_err(io_error("list", dir))? {
            let entry = entry.map_err(io_error("list", dir))?;
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_str().unwrap_or_default();
            let is_file = entry.file_type().map_err(io_error("look at", &path))?.is_file();
            match segment_first(name).filter(|_| is_file) {
                Some(first) => survey.files.push(Found { head: read_head(&path, Kind::Segment)?, path, first }),
                None if [LOCK, META, META_NEW].contains(&name) => {}
                None => survey.leave(&path),
            }
        }
        survey.files.sort_unstable_by_key(|found| found.first);
        Ok(survey)
    }

    /// Notes a file that is left alone.
    pub fn leave(&mut self, path: &Path) {
        tracing::warn!(path = %path.display(), "the spool's folder has a file that does not belong to it: left alone");
        self.foreign += 1;
    }

    /// Whose folder this is, by whatever still tells.
    pub fn id(&self) -> Option<u64> {
        let told = |head: &Head| head.identity.map(|(id, _)| id).or(head.mark.map(|mark| mark.id));
        told(&self.meta).or_else(|| self.files.iter().rev().find_map(|found| told(&found.head)))
    }

    /// The newest mark of this spool.
    pub fn mark(&self, id: u64) -> Option<Mark> {
        let marks = self.files.iter().map(|found| found.head.mark).chain([self.meta.mark]);
        marks.flatten().filter(|mark| mark.id == id).max_by_key(|mark| mark.revision)
    }
}

fn segment_first(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg")?;
    let all_digits = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|first| all_digits && (1..=SEQ_MAX).contains(first))
}
