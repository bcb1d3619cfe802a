//! One process at a time: an exclusive lock on a file in the spool's folder, which the kernel takes back when its holder
//! dies.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::SpoolError;
use crate::error::io_error;

/// The lock, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the lock, or says that another process has it.
    pub fn take(path: &Path) -> Result<Self, SpoolError> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        let file = file.map_err(io_error("open", path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(SpoolError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(io_error("lock", path)(error)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone is not enough: a child process that is just being started has the file open, too.
        if let Err(error) = self.0.unlock() {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot unlock the spool");
        }
    }
}
