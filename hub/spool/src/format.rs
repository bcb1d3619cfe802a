//! The head of every file, 256 bytes: what kind of file and which version, whose it is, where it begins, and the mark
//! twice, so that a torn writing of it leaves the one before.
//! Later versions keep the first 40 bytes, so that an older hub can say "too new" instead of "damaged".

use std::path::Path;

use crate::disk;
use crate::point::{Loss, Point, SEQ_MAX};
use crate::{SpoolError, frame};

/// The version that this build reads and writes.
pub(crate) const VERSION: u32 = 1;
/// Bytes of a file's head; a segment's records begin behind it.
pub(crate) const HEAD_BYTES: u64 = 256;
/// Where marks stand in a head: those of even and of odd revisions.
const MARKS_AT: [u64; 2] = [40, 144];
const MARK_BYTES: usize = 100;

const IDENTITY_BYTES: usize = 40;

/// What kind of file a head stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The file `meta`.
    Meta,
    /// A segment.
    Segment,
}

impl Kind {
    fn magic(self) -> [u8; 8] {
        match self {
            Self::Meta => *b"\x89CSmeta\n",
            Self::Segment => *b"\x89CSsegm\n",
        }
    }
}

/// What the spool knows about itself as a whole. It stands in `meta` and, as of some earlier time, in the head of each
/// segment; the one with the highest revision holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    /// Counts the writings of the mark.
    pub revision: u64,
    /// Whose it is.
    pub id: u64,
    /// Everything before is released.
    pub head: Point,
    /// Everything before was acknowledged.
    pub end: Point,
    /// How far reading has come since it last began at the head.
    pub passed: Point,
    /// What reading found missing between `head` and `passed`.
    pub found: Loss,
    /// What was lost before `head`.
    pub lost: Loss,
}

/// What could be made out of a file's head.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Head {
    /// Whose it is and what came before its first record; `None` when it is damaged.
    pub identity: Option<(u64, Point)>,
    /// The newer mark; `None` when both are damaged.
    pub mark: Option<Mark>,
    /// The size of the file.
    pub file_bytes: u64,
}

/// A head for a new file.
pub(crate) fn encode_head(kind: Kind, start: Point, mark: &Mark) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD_BYTES as usize);
    head.extend_from_slice(&kind.magic());
    head.extend_from_slice(&VERSION.to_le_bytes());
    head.extend_from_slice(&mark.id.to_le_bytes());
    head.extend_from_slice(&start.seq.to_le_bytes());
    head.extend_from_slice(&start.readings.to_le_bytes());
    head.extend_from_slice(&crc32fast::hash(&head).to_le_bytes());
    head.resize(mark.place() as usize, 0);
    head.extend_from_slice(&mark.encode());
    head.resize(HEAD_BYTES as usize, 0);
    head
}

/// Reads a file's head. A file that is not there reads like an empty one.
pub(crate) fn read_head(path: &Path, kind: Kind) -> Result<Head, SpoolError> {
    let Some(file) = disk::open_to_read(path)? else { return Ok(Head::default()) };
    let file_bytes = file.metadata().map_err(crate::error::io_error("look at", path))?.len();
    let mut bytes = [0; HEAD_BYTES as usize];
    let there = disk::read_at(&file, path, &mut bytes, 0)?;
    let mut rest = &bytes[..there];
    let marks = MARKS_AT.iter().filter_map(|at| Mark::decode(rest.get(*at as usize..)?));
    let mark = marks.max_by_key(|mark| mark.revision);
    let body = rest.get(..IDENTITY_BYTES - 4).unwrap_or_default();
    let mut fields = || {
        let magic = frame::take::<8>(&mut rest)?;
        let version = u32::from_le_bytes(frame::take(&mut rest)?);
        let id = u64::from_le_bytes(frame::take(&mut rest)?);
        let start = take_point(&mut rest)?;
        let good = frame::take(&mut rest)? == crc32fast::hash(body).to_le_bytes() && magic == kind.magic();
        good.then_some((version, id, start))
    };
    let identity = match fields() {
        Some((found, ..)) if found != VERSION => {
            return Err(SpoolError::Version { path: path.to_owned(), found, known: VERSION });
        }
        Some((_, id, start)) => start.plausible().then_some((id, start)),
        None => None,
    };
    Ok(Head { identity, mark, file_bytes })
}

impl Mark {
    /// Where it stands in a file.
    pub fn place(&self) -> u64 {
        MARKS_AT[(self.revision % 2) as usize]
    }

    /// As it stands there.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MARK_BYTES);
        let Self { revision, id, head, end, passed, found, lost } = *self;
        let points = [head, end, passed].map(|point| [point.seq, point.readings]);
        let losses = [found, lost].map(|loss| [loss.records, loss.readings]);
        for field in [[revision, id]].iter().chain(&points).chain(&losses).flatten() {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let body = bytes.get(..MARK_BYTES - 4)?;
        let mut field = || frame::take(&mut bytes).map(u64::from_le_bytes);
        let (revision, id) = (field()?, field()?);
        let mut point = || Some(Point { seq: field()?, readings: field()? });
        let (head, end, passed) = (point()?, point()?, point()?);
        let mut loss = || Some(Loss { records: field()?, readings: field()? });
        let (found, lost) = (loss()?, loss()?);
        let good = frame::take(&mut bytes)? == crc32fast::hash(body).to_le_bytes();
        let in_order = head.seq <= passed.seq && passed.seq <= end.seq;
        let plausible = [head, end, passed].iter().all(|point| point.plausible()) && revision <= SEQ_MAX;
        (good && in_order && plausible).then_some(Self { revision, id, head, end, passed, found, lost })
    }
}

/// Takes a position off the front of `bytes`.
pub(crate) fn take_point(bytes: &mut &[u8]) -> Option<Point> {
    let seq = u64::from_le_bytes(frame::take(bytes)?);
    Some(Point { seq, readings: u64::from_le_bytes(frame::take(bytes)?) })
}
