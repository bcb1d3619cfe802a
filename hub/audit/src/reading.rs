//! Reads a copy back, for whoever verifies: how far it goes, and whether it agrees with itself. The same batch twice is no
//! fault, because a copy is made at least once; the same batch in two versions is.

use std::collections::BTreeMap;
use std::io::BufRead;

use chengshu_access::Mark;

use crate::record::Record;

/// What a copy says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyRead {
    /// Different batches in it.
    pub batches: u64,
    /// The newest of them.
    pub head: Option<Mark>,
    /// Lines that cannot be read, e.g. one that was cut off by a crash.
    pub unreadable: u64,
    /// The first batch whose lines do not give its hash, or that does not follow the one before it, or that stands there in
    /// two versions: the copy was changed, or the chain was written anew and copied again.
    pub wrong: Option<u64>,
    /// The first batch that is missing between others.
    pub missing: Option<u64>,
}

impl CopyRead {
    /// Reads it to its end.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(mut copy: impl BufRead) -> std::io::Result<Self> {
        let mut known: BTreeMap<u64, [u8; 32]> = BTreeMap::new();
        let mut read = Self::default();
        let mut wrong = |n: u64| read.wrong = Some(read.wrong.map_or(n, |first: u64| first.min(n)));
        let (mut line, mut unreadable) = (Vec::new(), 0);
        loop {
            line.clear();
            if copy.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let Some(record) = std::str::from_utf8(text).ok().and_then(Record::read) else {
                unreadable += 1;
                continue;
            };
            let follows = known.get(&record.batch.wrapping_sub(1)).is_none_or(|before| *before == record.previous);
            let agrees = known.get(&record.batch).is_none_or(|hash| *hash == record.hash);
            if record.is_true() == Some(false) || !follows || !agrees {
                wrong(record.batch);
            }
            known.entry(record.batch).or_insert(record.hash);
        }
        read.unreadable = unreadable;
        read.batches = known.len() as u64;
        read.head = known.last_key_value().map(|(n, hash)| Mark { batches: *n, hash: *hash });
        let first = known.first_key_value().map_or(0, |(n, _)| *n);
        read.missing = known.keys().zip(first..).find(|(n, expected)| **n != *expected).map(|(_, expected)| expected);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use chengshu_access::Head;

    use super::*;
    use crate::record::tests::after;

    fn read(lines: &[String]) -> CopyRead {
        CopyRead::read(lines.join("\n").as_bytes()).unwrap()
    }

    #[test]
    fn a_copy_is_followed_and_what_is_wrong_with_it_is_named() {
        let mut head = Head { batches: 7, lines: 20, hash: [9; 32] }; // an older file holds what was before
        let records: Vec<Record> = (0..4)
            .map(|n| {
                let record = after(head, &["a", "b"][..1 + n % 2]);
                head = record.head();
                record
            })
            .collect();
        let good: Vec<String> = records.iter().map(Record::json).collect();
        let whole = read(&good);
        assert_eq!((whole.batches, whole.head, whole.wrong, whole.missing), (4, Some(head.into()), None, None));
        let with = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = good.clone();
            change(&mut lines);
            read(&lines)
        };
        let twice = with(&|lines| lines.insert(3, good[1].clone()));
        assert_eq!(twice, whole, "at least once is good enough");
        let torn = with(&|lines| lines.insert(2, good[2][..40].to_owned()));
        assert_eq!(torn, CopyRead { unreadable: 1, ..whole.clone() });
        let gap = with(&|lines| drop(lines.remove(1)));
        assert_eq!((gap.missing, gap.head), (Some(9), whole.head));
        let changed = with(&|lines| lines[1] = lines[1].replace("person:7", "person:8"));
        assert_eq!(changed.wrong, Some(9));
        // the chain was written anew, and copied again from its beginning
        let anew = after(Head { batches: 7, lines: 20, hash: [9; 32] }, &["other"]);
        assert_eq!(with(&|lines| lines.push(anew.json())).wrong, Some(8));
        let elsewhere = after(Head { batches: 11, lines: 0, hash: [1; 32] }, &["x"]);
        assert_eq!(with(&|lines| lines.push(elsewhere.json())).wrong, Some(12));
        assert_eq!(read(&[]), CopyRead::default());
    }
}
