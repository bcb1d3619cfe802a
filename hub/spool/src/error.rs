//! Why the spool did not do what was asked, told apart by what one can do about it. Each names its file and its cause.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the spool.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// There is no room for this batch now; nothing was written. Room comes back with [`crate::Spool::release`].
    #[error("the spool is full: {used} of {max} bytes are used")]
    Full {
        /// Bytes that its files take.
        used: u64,
        /// The most that they may take.
        max: u64,
    },
    /// The batch would not even fit into an empty spool: waiting cannot help.
    #[error("a batch of {bytes} bytes is too large for a spool of {max} bytes")]
    TooLarge {
        /// What the batch would take.
        bytes: u64,
        /// The most that the spool may take.
        max: u64,
    },
    /// Another process has this folder open.
    #[error("the spool is in use by another process, which holds a lock on {path}")]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The folder was written by a version that this one does not understand; nothing was touched.
    #[error(
        "{path} has format version {found}, this hub knows version {known}: start the newer hub again and let it drain \
         its spool before going back"
    )]
    Version {
        /// The file that says so.
        path: PathBuf,
        /// The version it names.
        found: u32,
        /// The version that this build reads and writes.
        known: u32,
    },
    /// The operating system refused.
    #[error("cannot {action} {path}")]
    Io {
        /// What was to be done.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
}

impl SpoolError {
    /// The disk itself has no room left (unlike [`SpoolError::Full`], which is the configured limit).
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }
}

/// Gives an I/O error its action and its path.
pub(crate) fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SpoolError {
    let path = path.to_owned();
    move |source| SpoolError::Io { action, path, source }
}
