//! The hash chain of the audit: one hash for each batch of lines that was written together, made over the batch and the
//! hash before it. A chain alone cannot tell that its end is missing: whoever verifies brings the head, which is kept in
//! a second place.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::words::words;

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

/// A head as it is kept in a second place and read aloud: `12:9f86d0…`, the number of a batch and its hash, which stands
/// for everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The batch.
    pub batches: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

impl From<Head> for Mark {
    fn from(head: Head) -> Self {
        Self { batches: head.batches, hash: head.hash }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.batches)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no head of the audit; expected NUMBER:HASH, the hash as 64 hexadecimal digits")]
pub struct NoMark(String);

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let read = || {
            let (batches, hex) = text.trim().split_once(':')?;
            let (hex, mut hash) = (hex.as_bytes(), [0; 32]);
            if hex.len() != 64 {
                return None;
            }
            for (byte, pair) in hash.iter_mut().zip(hex.chunks(2)) {
                let digit = |sign: &u8| char::from(*sign).to_digit(16);
                *byte = pair.iter().try_fold(0, |sum, sign| Some(sum << 4 | digit(sign)? as u8))?;
            }
            Some(Self { batches: batches.parse().ok()?, hash })
        };
        read().ok_or_else(|| NoMark(text.chars().take(100).collect()))
    }
}

words! {
    /// What is wrong with a chain.
    Break {
        Altered = "altered", "这一批被改动、增删或调换过，或它之前有一批缺失",
            "a line of the batch was changed, dropped, added or moved, or a batch before it is missing";
        Missing = "missing", "链比另处留存的链头短，末尾的记录不见了",
            "the chain ends before the head that was kept elsewhere: its end is missing";
        Rewritten = "rewritten", "链与另处留存的链头对不上，是重新写过的",
            "the chain does not fit the head that was kept elsewhere: it was written anew";
    }
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
    kept: Option<Mark>,
) -> Result<Head, Broken> {
    let broken = |head: Head, what| Broken { batch: head.batches + 1, line: head.lines + 1, what };
    let mut head = from;
    // a head that lies before the start cannot be passed any more, and says nothing
    let kept = kept.filter(|kept| kept.batches >= from.batches);
    let passes = |head: Head| kept.is_none_or(|kept| kept.batches != head.batches || kept.hash == head.hash);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_is_written_and_nothing_else_is() {
        let mark = Mark::from(Head::START.after(&["a"]));
        let text = mark.to_string();
        assert_eq!(text.parse(), Ok(mark));
        assert_eq!(format!(" {} \n", text.to_uppercase()).parse(), Ok(mark));
        for wrong in ["", "1", "1:", ":00", "-1:00", &text[..60], &format!("{text}0"), &text.replace('1', "x"), "1:é"]
        {
            assert!(wrong.parse::<Mark>().is_err(), "{wrong}");
        }
    }
}
