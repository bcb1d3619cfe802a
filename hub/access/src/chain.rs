//! The hash chain of the audit: one hash for each batch of lines that was written together, made over the batch and the
//! hash before it. A chain alone cannot tell that its end is missing: whoever verifies brings the head, which is kept in
//! a second place.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the first batch follows.
pub const GENESIS: [u8; 32] = [0; 32];

/// The form of what is hashed; also keeps these hashes apart from all others of the house.
const VERSION: &[u8] = b"chengshu audit 1";

/// The hash of a batch: over the hash before it, the number of its lines, and each line with its length.
pub fn chain<L: AsRef<[u8]>>(previous: [u8; 32], lines: &[L]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(VERSION);
    hash.update(previous);
    hash.update((lines.len() as u64).to_be_bytes());
    for line in lines.iter().map(AsRef::as_ref) {
        hash.update((line.len() as u64).to_be_bytes());
        hash.update(line);
    }
    hash.finalize().into()
}

/// A batch as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch<L> {
    /// The canonical bytes of its lines, in order.
    pub lines: Vec<L>,
    /// The hash that was written with it.
    pub hash: [u8; 32],
}

/// How far a chain goes. Kept off the host with every batch; after old batches were removed, also where the rest begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Batches up to here.
    pub batches: u64,
    /// Lines up to here.
    pub lines: u64,
    /// The hash of the last batch.
    pub hash: [u8; 32],
}

impl Head {
    /// Before the first batch.
    pub const START: Self = Self { batches: 0, lines: 0, hash: GENESIS };

    /// The head after one more batch.
    #[must_use]
    pub fn after<L: AsRef<[u8]>>(&self, lines: &[L]) -> Self {
        Self { batches: self.batches + 1, lines: self.lines + lines.len() as u64, hash: chain(self.hash, lines) }
    }
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// A line of the batch was changed, dropped, added or moved, or a batch before it is missing.
    Altered,
    /// The chain ends before the head that was kept elsewhere.
    Missing,
    /// The chain passes the head that was kept elsewhere, but by another way: it was written anew.
    Rewritten,
}

/// Where a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit is broken at batch {batch}, whose first line is number {line}: {what:?}")]
pub struct Broken {
    /// The first batch that is wrong, counted from 1.
    pub batch: u64,
    /// Its first line, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub what: Break,
}

/// Follows the chain from `from` (the very start, or where old batches were removed) through the batches, past the head
/// that was kept elsewhere, where there is one. Gives the new head.
///
/// # Errors
/// [`Broken`] says where it does not hold first.
pub fn verify<L: AsRef<[u8]>>(
    from: Head,
    batches: impl IntoIterator<Item = Batch<L>>,
    kept: Option<Head>,
) -> Result<Head, Broken> {
    let broken = |head: Head, what| Broken { batch: head.batches + 1, line: head.lines + 1, what };
    let mut head = from;
    // a head that lies before the start cannot be passed any more, and says nothing
    let kept = kept.filter(|kept| kept.batches >= from.batches);
    let passes = |head: Head| kept.is_none_or(|kept| kept.batches != head.batches || kept == head);
    if !passes(head) {
        return Err(broken(head, Break::Rewritten));
    }
    for batch in batches {
        let next = head.after(&batch.lines);
        if next.hash != batch.hash {
            return Err(broken(head, Break::Altered));
        }
        if !passes(next) {
            return Err(broken(head, Break::Rewritten));
        }
        head = next;
    }
    if kept.is_some_and(|kept| head.batches < kept.batches) { Err(broken(head, Break::Missing)) } else { Ok(head) }
}
