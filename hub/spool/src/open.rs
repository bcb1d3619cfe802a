//! Opening: lock, look, put together, and only then mend the folder.

use std::fs::File;
use std::path::Path;

use crate::error::io_error;
use crate::format::{Kind, Mark, encode_head};
use crate::lock::Lock;
use crate::point::Point;
use crate::recover::{Recovered, recover};
use crate::segment::Segment;
use crate::survey::{LOCK, META, META_NEW, Survey};
use crate::{Damage, Spool, SpoolError, SpoolOptions, disk};

const SEGMENT_BYTES_MIN: u64 = 1024;

impl Spool {
    /// Opens the spool in `options.dir`, or makes a new one there. Reads through what a kill may have left unfinished,
    /// not through the whole spool. Says what was found damaged; records that it lost are stepped over by [`Self::read`].
    ///
    /// # Errors
    /// [`SpoolError::Locked`], [`SpoolError::Version`], [`SpoolError::Io`].
    pub fn open(mut options: SpoolOptions) -> Result<(Self, Damage), SpoolError> {
        options.segment_bytes = options.segment_bytes.min(options.bytes_max / 8).max(SEGMENT_BYTES_MIN);
        let dir = options.dir.clone();
        make_dir(&dir)?;
        let lock = Lock::take(&dir.join(LOCK))?;
        let Recovered { mark, mut segments, active, delete, damage, meta_good } =
            recover(Survey::of(&dir)?, rand::random())?;

        // from here on the folder is changed
        let active = segments.back_mut().filter(|_| active).map(go_on_with).transpose()?;
        let meta = if meta_good { disk::open_to_write(&dir.join(META))? } else { make_meta(&dir, &mark)? };
        let mut spool =
            Self { options, mark, noted: mark, meta, segments, active, reading: None, releasing: None, _lock: lock };
        spool.note()?;
        if !delete.is_empty() {
            spool.sync_mark()?; // what is deleted must not look like a loss after a power cut
            delete.iter().try_for_each(|path| disk::remove(path))?;
        }
        spool.sweep()?;
        if !damage.is_none() {
            tracing::warn!(
                dir = %dir.display(), records = damage.missing.records, readings = damage.missing.readings,
                segment_heads = damage.segment_heads, meta_rebuilt = damage.meta_rebuilt,
                foreign_files = damage.foreign_files, "the spool's folder was damaged"
            );
        }
        Ok((spool, damage))
    }
}

/// Opens the newest segment for writing, cuts off what was not finished, and makes the rest durable: after a kill it may
/// be in the kernel's memory only.
fn go_on_with(newest: &mut Segment) -> Result<File, SpoolError> {
    let file = disk::open_to_write(&newest.path)?;
    if newest.file_bytes > newest.data_end {
        disk::truncate(&file, &newest.path, newest.data_end)?;
        newest.file_bytes = newest.data_end;
    }
    disk::sync(&file, &newest.path)?;
    Ok(file)
}

/// Makes a folder and those that it stands in, each durable in its parent.
fn make_dir(dir: &Path) -> Result<(), SpoolError> {
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if dir.is_dir() {
        return Ok(());
    }
    make_dir(parent)?;
    std::fs::create_dir_all(dir).map_err(io_error("make the folder", dir))?;
    disk::sync_dir(parent)
}

/// Makes `meta` anew, so that at any moment there is either the old one or a whole new one.
fn make_meta(dir: &Path, mark: &Mark) -> Result<File, SpoolError> {
    let (path, new) = (dir.join(META), dir.join(META_NEW));
    disk::remove(&new)?;
    let file = disk::create(&new)?;
    disk::write_at(&file, &new, &encode_head(Kind::Meta, Point::default(), mark), 0)?;
    disk::sync(&file, &new)?;
    std::fs::rename(&new, &path).map_err(io_error("rename to", &path))?;
    disk::sync_dir(dir)?;
    Ok(file)
}
