//! A batch as it stands in the copy: one line of JSON with its lines, its hash and the hash before it, so that the copy can
//! be verified by itself. Whatever people wrote stays on that line: no sign in it ends a line, moves a cursor or turns the
//! direction of what is read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chengshu_access::{Act, AuditLine, Head, IdentityKind, Mark, Outcome, chain};
use chengshu_core::model::Timestamp;
use chengshu_store::{AuditRow, WrittenBatch};
use serde::{Deserialize, Serialize};

/// A batch (审计批次).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its number, counted from 1.
    pub batch: u64,
    /// When it was written, by the database's clock, ms since 1970.
    pub at: i64,
    /// The hash of the batch before it.
    #[serde(with = "hex")]
    pub previous: [u8; 32],
    /// Its hash.
    #[serde(with = "hex")]
    pub hash: [u8; 32],
    /// Its lines, in order.
    pub lines: Vec<Line>,
}

/// A line as it stands in the copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number, counted from 1 without gaps.
    pub id: u64,
    /// When, ms since 1970.
    pub at: i64,
    /// Who: the label of an identity.
    pub who: String,
    /// What kind of caller.
    pub kind: String,
    /// From where.
    pub from: Option<String>,
    /// What was done.
    pub act: String,
    /// To what.
    pub object: Option<String>,
    /// What came of it.
    pub outcome: String,
    /// Why.
    pub reason: Option<String>,
    /// What else should be known.
    pub detail: BTreeMap<String, String>,
}

impl From<AuditRow> for Line {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id.try_into().unwrap_or_default(),
            at: row.at.ms(),
            who: row.who,
            kind: row.kind,
            from: row.from,
            act: row.act,
            object: row.object,
            outcome: row.outcome,
            reason: row.reason,
            detail: row.detail,
        }
    }
}

impl Line {
    /// None when it has a word that this program does not know.
    fn audit_line(&self) -> Option<AuditLine> {
        Some(AuditLine {
            at: Timestamp::from_ms(self.at),
            who: self.who.clone(),
            kind: IdentityKind::of(&self.kind)?,
            from: self.from.as_ref().map(|from| from.parse()).transpose().ok()?,
            act: Act::of(&self.act)?,
            object: self.object.clone(),
            outcome: Outcome::of(&self.outcome)?,
            reason: self.reason.clone(),
            detail: self.detail.clone(),
        })
    }
}

impl Record {
    pub(crate) fn of(previous: [u8; 32], batch: WrittenBatch) -> Self {
        let WrittenBatch { head, at, lines } = batch;
        let lines = lines.into_iter().map(Line::from).collect();
        Self { batch: head.batches, at: at.ms(), previous, hash: head.hash, lines }
    }

    /// How far the chain goes with it.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { batches: self.batch, lines: self.lines.last().map_or(0, |line| line.id), hash: self.hash }
    }

    /// The same without the count of lines.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.head().into()
    }

    /// Whether its lines, after what was before, give its hash; none when a line has words that this program does not know.
    #[must_use]
    pub fn is_true(&self) -> Option<bool> {
        let lines: Option<Vec<Vec<u8>>> = self.lines.iter().map(|line| Some(line.audit_line()?.canonical())).collect();
        Some(chain(self.previous, &lines?) == self.hash)
    }

    /// One line, without its end.
    #[must_use]
    pub fn json(&self) -> String {
        // texts and numbers refuse nothing
        serde_json::to_string(self).map(|json| plain(&json)).unwrap_or_default()
    }

    /// Reads such a line.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// JSON without signs that a terminal, a viewer or a receiver takes for more than text. serde escapes those below U+0020;
/// the others (DEL, C1, line and paragraph separators, marks of direction) are escaped here, which changes no meaning: in
/// JSON they stand within texts only.
pub(crate) fn plain(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for sign in json.chars() {
        if is_control(sign) {
            let _ = write!(plain, "\\u{:04x}", u32::from(sign)); // all of them lie in the first plane
        } else {
            plain.push(sign);
        }
    }
    plain
}

/// Signs that are no text.
pub(crate) fn is_control(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

mod hex {
    //! Hashes as people compare them.

    use chengshu_access::Mark;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(hash: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
        let text = Mark { batches: 0, hash: *hash }.to_string();
        to.serialize_str(text.trim_start_matches("0:"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(from)?;
        format!("0:{text}").parse::<Mark>().map(|mark| mark.hash).map_err(de::Error::custom)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A true record with such reasons, after another.
    pub(crate) fn after(previous: Head, reasons: &[&str]) -> Record {
        let line = |(reason, id): (&&str, u64)| Line {
            id,
            at: 1_795_336_920_000,
            who: "person:7".to_owned(),
            kind: "person".to_owned(),
            from: Some("10.0.0.1".to_owned()),
            act: "correction".to_owned(),
            object: Some("corrections".to_owned()),
            outcome: "done".to_owned(),
            reason: Some((*reason).to_owned()),
            detail: BTreeMap::from([("device".to_owned(), "W-1".to_owned())]),
        };
        let lines: Vec<Line> = reasons.iter().zip(previous.lines + 1..).map(line).collect();
        let bytes: Vec<Vec<u8>> = lines.iter().map(|line| line.audit_line().unwrap().canonical()).collect();
        let hash = previous.after(&bytes).hash;
        Record { batch: previous.batches + 1, at: 1_795_336_920_001, previous: previous.hash, hash, lines }
    }

    pub(crate) const EVIL: &str =
        "a\r\n<134>1 - - - - - - forged\u{0}\u{1b}[2J\u{7f}\u{85}\u{2028}\u{202e}\u{2066}\u{feff}\"]\\ 王小明 😀";

    #[test]
    fn whatever_people_wrote_stays_on_one_line_and_is_read_back() {
        let record = after(Head::START, &[EVIL, ""]);
        let json = record.json();
        assert!(!json.chars().any(is_control), "{json}");
        assert!(json.contains("王小明 😀") && json.contains("\\u202e") && json.contains("\\r\\n"), "{json}");
        let read = Record::read(&json).unwrap();
        assert_eq!((read.is_true(), &read), (Some(true), &record));
    }

    #[test]
    fn a_record_vouches_for_its_lines() {
        let record = after(Head { batches: 4, lines: 9, hash: [3; 32] }, &["one", "two"]);
        assert_eq!((record.head().lines, record.is_true()), (11, Some(true)));
        let changes: [fn(&mut Record); 4] = [
            |record| record.lines[0].who.push('0'),
            |record| drop(record.lines.pop()),
            |record| record.lines.swap(0, 1),
            |record| record.previous = [0; 32],
        ];
        for change in changes {
            let mut changed = record.clone();
            change(&mut changed);
            assert_eq!(changed.is_true(), Some(false));
        }
        let mut newer = record;
        newer.lines[0].act = "beamed".to_owned();
        assert_eq!(newer.is_true(), None);
    }
}
