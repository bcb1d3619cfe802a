//! Where the files stand: `ab/cdef…` under one folder, each written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::Hash;

/// Why a file cannot be put or read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The quota is used up.
    #[error("{used} of {quota} bytes are used, and {wanted} more are wanted")]
    Full {
        /// Bytes of all files.
        used: u64,
        /// Bytes that they may have.
        quota: u64,
        /// Bytes of the new one.
        wanted: u64,
    },
    /// The bytes on the disk are not those that were put.
    #[error("the file is damaged")]
    Damaged,
    /// The disk says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The files of a hub. Its calls wait for the disk.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    quota: u64,
    /// Bytes of all files. Held while one is put, so that two together cannot pass the quota.
    used: Mutex<u64>,
}

impl Shelf {
    /// Opens `folder`, makes it where there is none, and sweeps away what was not finished.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn open(folder: PathBuf, quota: u64) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut used = 0;
        for shelf in fs::read_dir(&folder)? {
            let shelf = shelf?;
            if !shelf.file_type()?.is_dir() {
                fs::remove_file(shelf.path())?; // written to when the hub was killed
                continue;
            }
            for file in fs::read_dir(shelf.path())? {
                used += file?.metadata()?.len();
            }
        }
        Ok(Self { folder, quota, used: Mutex::new(used) })
    }

    /// Keeps these bytes; when it returns they are on the disk.
    ///
    /// # Errors
    /// [`EvidenceError::Full`], [`EvidenceError::Io`]: then nothing was kept.
    pub fn put(&self, bytes: &[u8]) -> Result<Hash, EvidenceError> {
        let hash = Hash::of(bytes);
        let path = self.path(hash);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(self.get(hash), Ok(Some(_))) {
            return Ok(hash);
        }
        let wanted = bytes.len() as u64;
        if used.saturating_add(wanted) > self.quota {
            return Err(EvidenceError::Full { used: *used, quota: self.quota, wanted });
        }
        let shelf = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(shelf)?;
        let mut file = tempfile::Builder::new().suffix(".part").tempfile_in(&self.folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        sync_folder(shelf)?;
        sync_folder(&self.folder)?;
        *used += wanted;
        Ok(hash)
    }

    /// The bytes of a file; none when it is not here.
    ///
    /// # Errors
    /// [`EvidenceError::Damaged`], [`EvidenceError::Io`].
    pub fn get(&self, hash: Hash) -> Result<Option<Vec<u8>>, EvidenceError> {
        match fs::read(self.path(hash)) {
            Ok(bytes) if Hash::of(&bytes) == hash => Ok(Some(bytes)),
            Ok(_) => Err(EvidenceError::Damaged),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a file away; nothing happens when it is not here.
    ///
    /// # Errors
    /// [`EvidenceError::Io`].
    pub fn remove(&self, hash: Hash) -> Result<(), EvidenceError> {
        let path = self.path(hash);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let size = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        fs::remove_file(path)?;
        *used = used.saturating_sub(size);
        Ok(())
    }

    /// Bytes of all files.
    pub fn used(&self) -> u64 {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, hash: Hash) -> PathBuf {
        let name = hash.to_string();
        let (shelf, rest) = name.split_at(2);
        self.folder.join(shelf).join(rest)
    }
}

/// A new name in a folder is safe only when the folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(folder: &Path) -> Shelf {
        Shelf::open(folder.join("evidence"), 10).unwrap()
    }

    #[test]
    fn the_same_bytes_are_kept_once_and_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = shelf(dir.path());
        let hash = shelf.put(b"abc").unwrap();
        assert_eq!((shelf.put(b"abc").unwrap(), shelf.used()), (hash, 3));
        assert_eq!(shelf.get(hash).unwrap().unwrap(), b"abc");
        assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
        shelf.remove(hash).unwrap();
        shelf.remove(hash).unwrap();
        assert_eq!((shelf.get(hash).unwrap(), shelf.used()), (None, 0));
    }

    #[test]
    fn the_quota_holds_over_a_restart_and_leftovers_are_swept_away() {
        let dir = tempfile::tempdir().unwrap();
        let first = shelf(dir.path());
        first.put(b"12345678").unwrap();
        let left = dir.path().join("evidence/.tmp1.part");
        fs::write(&left, b"half").unwrap();
        let again = shelf(dir.path());
        assert!(!left.exists());
        let error = again.put(b"abc").unwrap_err();
        assert!(matches!(error, EvidenceError::Full { used: 8, quota: 10, wanted: 3 }), "{error}");
        again.put(b"ab").unwrap();
    }

    #[test]
    fn what_was_changed_behind_our_back_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = shelf(dir.path());
        let hash = shelf.put(b"abc").unwrap();
        fs::write(shelf.path(hash), b"abd").unwrap();
        assert!(matches!(shelf.get(hash).unwrap_err(), EvidenceError::Damaged));
    }

    #[test]
    fn no_text_but_a_hash_is_one() {
        for text in ["", "../../etc/passwd", &"g".repeat(64), &"A".repeat(64), &"é".repeat(32)] {
            assert_eq!(text.parse::<Hash>(), Err(crate::hash::NoHash), "{text}");
        }
    }
}
