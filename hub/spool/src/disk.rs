//! The few things that are done to files, each with an error that names the file. Tests can make any of them fail; that
//! is the only reason why they stand together.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use crate::SpoolError;
use crate::error::io_error;
#[cfg(test)]
use crate::tests::fault;

/// Writes all of `bytes` at `offset`; not durable before [`sync`].
pub(crate) fn write_at(file: &File, path: &Path, bytes: &[u8], offset: u64) -> Result<(), SpoolError> {
    #[cfg(test)]
    fault::write(file, bytes, offset).map_err(io_error("write to", path))?;
    file.write_all_at(bytes, offset).map_err(io_error("write to", path))
}

/// Makes durable what was written. After a failure nothing that was written since the last success may be relied
/// upon, not even when a second call succeeds: the kernel may have dropped the pages.
pub(crate) fn sync(file: &File, path: &Path) -> Result<(), SpoolError> {
    #[cfg(test)]
    fault::strike(fault::Op::Sync).map_err(io_error("fsync", path))?;
    file.sync_data().map_err(io_error("fsync", path))?;
    #[cfg(test)]
    fault::synced(path);
    Ok(())
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), SpoolError> {
    #[cfg(test)]
    fault::strike(fault::Op::SyncDir).map_err(io_error("fsync the folder", dir))?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(io_error("fsync the folder", dir))?;
    #[cfg(test)]
    fault::synced_dir();
    Ok(())
}

/// Cuts a file.
pub(crate) fn truncate(file: &File, path: &Path, bytes: u64) -> Result<(), SpoolError> {
    #[cfg(test)]
    fault::strike(fault::Op::Truncate).map_err(io_error("truncate", path))?;
    file.set_len(bytes).map_err(io_error("truncate", path))
}

/// Makes a new file, for the hub's user only: it may hold personal data. What stands in its way is put aside: it is not in the spool, but may mean something to somebody.
pub(crate) fn create(path: &Path) -> Result<File, SpoolError> {
    #[cfg(test)]
    fault::strike(fault::Op::Create).map_err(io_error("create", path))?;
    let create = || File::options().write(true).create_new(true).mode(0o600).open(path);
    match create() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let aside = path.with_added_extension("aside");
            std::fs::rename(path, &aside).map_err(io_error("put aside", path))?;
            tracing::warn!(path = %aside.display(), "put aside a file with the name of a new one");
            create()
        }
        created => created,
    }
    .map_err(io_error("create", path))
}

/// Opens a file that is to be written further.
pub(crate) fn open_to_write(path: &Path) -> Result<File, SpoolError> {
    File::options().write(true).open(path).map_err(io_error("open", path))
}

/// Deletes a file; it may be gone already.
pub(crate) fn remove(path: &Path) -> Result<(), SpoolError> {
    #[cfg(test)]
    fault::strike(fault::Op::Remove).map_err(io_error("delete", path))?;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("delete", path)(error)),
        _ => Ok(()),
    }
}

/// Opens a file for reading; `None` when somebody has deleted it.
pub(crate) fn open_to_read(path: &Path) -> Result<Option<File>, SpoolError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("open", path)(error)),
    }
}

/// Reads into `into` from `offset` until it is full or the file ends; returns how much there was.
pub(crate) fn read_at(file: &File, path: &Path, into: &mut [u8], offset: u64) -> Result<usize, SpoolError> {
    let mut filled = 0;
    while filled < into.len() {
        match file.read_at(&mut into[filled..], offset.saturating_add(filled as u64)) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io_error("read", path)(error)),
        }
    }
    Ok(filled)
}
