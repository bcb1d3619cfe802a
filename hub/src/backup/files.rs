//! Files by the thousand: walk, copy, hash, verify. Blocking, so it runs beside the async world; it looks at the stop
//! signal between two blocks, because a blocking task that went on would hold up the end of the hub.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::Context as _;
use nix::errno::Errno;
use nix::unistd::{Whence, lseek};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Relative to the backup.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// What stands under a folder, relative to it, in order; a folder comes before what it holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Folders.
    pub folders: Vec<String>,
    /// Files.
    pub files: Vec<String>,
}

/// Walks down `root`. Sockets are left out, and so is whatever `skip` says (asked with the relative path). A symbolic
/// link is followed at the top level only (a spool on a disk of its own); further down it is an error.
pub fn walk(root: &Path, skip: &dyn Fn(&str) -> bool) -> anyhow::Result<Tree> {
    let mut tree = Tree::default();
    into(root, "", skip, &mut tree)?;
    tree.files.sort();
    Ok(tree)
}

fn into(root: &Path, below: &str, skip: &dyn Fn(&str) -> bool, tree: &mut Tree) -> anyhow::Result<()> {
    let here = root.join(below);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&here).with_context(|| format!("listing {}", here.display()))? {
        names.push(entry.with_context(|| format!("listing {}", here.display()))?.file_name());
    }
    names.sort();
    for name in names {
        let name =
            name.to_str().with_context(|| format!("{} has a name that is not UTF-8", here.join(&name).display()))?;
        let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
        if skip(&path) {
            continue;
        }
        let full = root.join(&path);
        let meta = match full.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => {
                anyhow::ensure!(
                    below.is_empty(),
                    "{} is a symbolic link, which a backup does not follow",
                    full.display()
                );
                full.metadata().with_context(|| format!("following the link {}", full.display()))?
            }
            Ok(meta) => meta,
            Err(error) if error.kind() == ErrorKind::NotFound => continue, // it has gone since
            Err(error) => return Err(error).with_context(|| format!("looking at {}", full.display())),
        };
        if meta.is_dir() {
            tree.folders.push(path.clone());
            into(root, &path, skip, tree)?;
        } else if meta.is_file() {
            tree.files.push(path);
        }
    }
    Ok(())
}

/// Makes a folder that only its owner can enter, and those above it that are missing.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| format!("making {}", path.display()))
}

/// Writes a new file that only its owner can read, down to the disk.
pub fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("writing {}", path.display()))
}

/// Flushes a folder: the names in it are then on the disk.
pub fn sync_folder(path: &Path) -> anyhow::Result<()> {
    File::open(path).and_then(|folder| folder.sync_all()).with_context(|| format!("flushing {}", path.display()))
}

/// Copies a file, hashed on the way and flushed at the end; none when it has gone since it was listed.
pub fn copy(from: &Path, to: &Path, stop: &CancellationToken) -> anyhow::Result<Option<(u64, String)>> {
    let source = match File::open(from) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("reading {}", from.display())),
    };
    let mut target = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .with_context(|| format!("writing {}", to.display()))?;
    let sum = blocks(source, from, stop, |block| {
        target.write_all(block).with_context(|| format!("writing {}", to.display()))
    })?;
    target.sync_all().with_context(|| format!("flushing {}", to.display()))?;
    Ok(Some(sum))
}

/// Copies a file as the system does it fastest. Not flushed.
pub fn copy_plain(from: &Path, to: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
    let said = || format!("copying {} to {}", from.display(), to.display());
    let source = File::open(from).with_context(said)?;
    let mut target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).with_context(said)?;
    while std::io::copy(&mut (&source).take(64 << 20), &mut target).with_context(said)? > 0 {
        go_on(stop)?;
    }
    Ok(())
}

/// Copies a file without its zeros: what is all zero takes no room, and holes are not even read. Not flushed.
pub fn copy_sparse(from: &Path, to: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
    let said = || format!("copying {} to {}", from.display(), to.display());
    let source = File::open(from).with_context(said)?;
    let target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).with_context(said)?;
    let size = source.metadata().with_context(said)?.len();
    let (mut at, mut buffer) = (0, vec![0; 1 << 18]);
    while at < size {
        go_on(stop)?;
        at = match lseek(&source, i64::try_from(at)?, Whence::SeekData) {
            Ok(data) => u64::try_from(data)?,
            Err(Errno::ENXIO) => break, // nothing but a hole up to the end
            Err(error) => return Err(error).with_context(said),
        };
        let read = source.read_at(&mut buffer, at).with_context(said)?;
        if read == 0 {
            break;
        }
        if buffer[..read].iter().any(|byte| *byte != 0) {
            target.write_all_at(&buffer[..read], at).with_context(said)?;
        }
        at += read as u64;
    }
    target.set_len(size).with_context(said)
}

/// Size and hash of a file, which is made its owner's alone.
pub fn seal(path: &Path, stop: &CancellationToken) -> anyhow::Result<(u64, String)> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .with_context(|| format!("closing {} to others", path.display()))?;
    hash(path, stop)
}

/// Size and hash of a file.
pub fn hash(path: &Path, stop: &CancellationToken) -> anyhow::Result<(u64, String)> {
    let file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
    blocks(file, path, stop, |_| Ok(()))
}

fn blocks(
    mut file: File,
    path: &Path,
    stop: &CancellationToken,
    mut each: impl FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<(u64, String)> {
    let (mut size, mut sha, mut buffer) = (0, Sha256::new(), vec![0; 1 << 20]);
    loop {
        go_on(stop)?;
        match file.read(&mut buffer).with_context(|| format!("reading {}", path.display()))? {
            0 => return Ok((size, hex(&sha.finalize()))),
            read => {
                sha.update(&buffer[..read]);
                each(&buffer[..read])?;
                size += read as u64;
            }
        }
    }
}

/// An error once it is time to stop.
pub fn go_on(stop: &CancellationToken) -> anyhow::Result<()> {
    anyhow::ensure!(!stop.is_cancelled(), "stopped before its end");
    Ok(())
}

/// The hash of some bytes.
pub fn hash_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that are free where `path` stands.
pub fn free_bytes(path: &Path) -> anyhow::Result<u64> {
    let room =
        nix::sys::statvfs::statvfs(path).with_context(|| format!("asking how much room {} has", path.display()))?;
    Ok(room.blocks_available() * room.fragment_size())
}

/// Refuses to begin where there is no room.
pub fn ensure_room(path: &Path, needed: u64) -> anyhow::Result<()> {
    let free = free_bytes(path)?;
    let mb = |bytes: u64| bytes / 1_000_000;
    anyhow::ensure!(free >= needed, "{} has {} MB free; about {} MB are needed", path.display(), mb(free), mb(needed));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_walked_copied_and_hashed() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        std::fs::create_dir_all(root.join("a/empty")).unwrap();
        std::fs::create_dir_all(root.join("run")).unwrap();
        std::fs::write(root.join("a/x"), "one").unwrap();
        std::fs::write(root.join("z"), "").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("s")).unwrap();
        let tree = walk(root, &|path| path == "run").unwrap();
        assert_eq!(tree.folders, ["a", "a/empty"]);
        assert_eq!(tree.files, ["a/x", "z"]);

        let go = CancellationToken::new();
        let sum = copy(&root.join("a/x"), &root.join("copy"), &go).unwrap().unwrap();
        assert_eq!(sum, (3, hash_of(b"one")));
        assert_eq!(hash(&root.join("copy"), &go).unwrap(), sum);
        assert!(copy(&root.join("gone"), &root.join("copy2"), &go).unwrap().is_none());
        assert!(copy(&root.join("z"), &root.join("copy"), &go).is_err(), "nothing is overwritten");
        // with data in the middle, written as zeros or left as holes, and with nothing at all
        for (number, data) in [vec![700_000_usize, 1_234_567], vec![0], vec![1_999_999], vec![]].iter().enumerate() {
            let mut bytes = vec![0; 2_000_000];
            data.iter().for_each(|place| bytes[*place] = 1);
            let [dense, holes, copy] = ["dense", "holes", "copy"].map(|name| root.join(format!("{name}{number}")));
            std::fs::write(&dense, &bytes).unwrap();
            copy_sparse(&dense, &holes, &go).unwrap();
            copy_sparse(&holes, &copy, &go).unwrap();
            assert!(std::fs::read(&holes).unwrap() == bytes && std::fs::read(&copy).unwrap() == bytes, "{data:?}");
        }
        go.cancel();
        assert!(hash(&root.join("copy"), &go).unwrap_err().to_string().contains("stopped"));

        std::os::unix::fs::symlink("/etc", root.join("a/link")).unwrap();
        assert!(walk(root, &|_| false).unwrap_err().to_string().contains("symbolic link"));
    }
}
