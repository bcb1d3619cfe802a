//! Failures on demand: a test says which operations fail next, on its own thread only.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// What can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Write,
    Sync,
    SyncDir,
    Truncate,
    Create,
    Remove,
}

/// Files that would be there after a power cut, with their content; and content that is fsynced but has no name yet.
#[derive(Default)]
struct Power {
    durable: BTreeMap<PathBuf, Vec<u8>>,
    nameless: BTreeMap<PathBuf, Vec<u8>>,
}

thread_local! {
    static POWER: RefCell<Option<Power>> = const { RefCell::new(None) };
    static PLAN: RefCell<VecDeque<Op>> = const { RefCell::new(VecDeque::new()) };
}

/// These fail, each once, in any order.
pub(crate) fn plan(ops: &[Op]) {
    PLAN.with_borrow_mut(|plan| *plan = ops.iter().copied().collect());
}

/// From now on remembers what is durable; so far that is `durable`.
pub(crate) fn power_watch(durable: BTreeMap<PathBuf, Vec<u8>>) {
    POWER.set(Some(Power { durable, ..Power::default() }));
}

/// What is durable.
pub(crate) fn power_off() -> BTreeMap<PathBuf, Vec<u8>> {
    POWER.take().unwrap().durable
}

/// A file was fsynced.
pub(crate) fn synced(path: &Path) {
    POWER.with_borrow_mut(|power| {
        let (Some(power), Ok(content)) = (power, std::fs::read(path)) else { return };
        let named = power.durable.contains_key(path);
        let into = if named { &mut power.durable } else { &mut power.nameless };
        into.insert(path.to_owned(), content);
    });
}

/// A folder was fsynced.
pub(crate) fn synced_dir() {
    POWER.with_borrow_mut(|power| {
        let Some(power) = power else { return };
        let nameless = std::mem::take(&mut power.nameless);
        power.durable.extend(nameless);
        power.durable.retain(|path, _| path.exists());
    });
}

/// What was planned and did not happen.
pub(crate) fn left() -> usize {
    PLAN.with_borrow(VecDeque::len)
}

fn planned(op: Op) -> bool {
    PLAN.with_borrow_mut(|plan| {
        let found = plan.iter().position(|next| *next == op);
        found.and_then(|at| plan.remove(at)).is_some()
    })
}

/// Fails if it was planned.
pub(crate) fn strike(op: Op) -> io::Result<()> {
    if planned(op) { Err(io::Error::from_raw_os_error(5)) } else { Ok(()) } // EIO
}

/// Fails if it was planned, with half of the bytes written, as a full disk does.
pub(crate) fn write(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    if !planned(Op::Write) {
        return Ok(());
    }
    file.write_all_at(&bytes[..bytes.len() / 2], offset)?;
    Err(io::Error::from_raw_os_error(28)) // ENOSPC
}
