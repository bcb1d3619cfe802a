//! One record as it stands in a segment: 48 bytes of head and the payload, each with its own checksum. The head's lets a
//! search after damage throw out a false start at once, without reading as far as a wrong length would lead it; and it
//! covers the place in the file, so that a block which a disk wrote to the wrong place does not pass.

use crate::Record;
use crate::point::{Point, SEQ_MAX};

/// Bytes of a record's head.
pub(crate) const FRAME_BYTES: usize = 48;
/// How every record begins. The first byte is rare in text and in zeros, which makes searching quick.
pub(crate) const MAGIC: [u8; 4] = [0xC5, 0x9D, b'C', b'S'];
/// The longest payload.
pub(crate) const PAYLOAD_MAX: usize = 1 << 30;

/// The head of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameHead {
    /// Length of the payload.
    pub len: u32,
    /// What came before this record.
    pub before: Point,
    /// As in [`Record`].
    pub at_ms: i64,
    /// As in [`Record`].
    pub readings: u32,
    /// As in [`Record`].
    pub tag: u16,
    payload_crc: u32,
}

impl FrameHead {
    /// The number of the record.
    pub fn seq(&self) -> u64 {
        self.before.seq + 1
    }

    /// The place behind this record.
    pub fn after(&self) -> Point {
        Point { seq: self.seq(), readings: self.before.readings + u64::from(self.readings) }
    }

    /// Bytes of head and payload.
    pub fn total(&self) -> usize {
        FRAME_BYTES + self.len as usize
    }

    /// Reads a head, if there is an undamaged one of this spool at the beginning of `bytes`, which stand at `offset`.
    pub fn decode(id: u64, offset: u64, bytes: &[u8]) -> Option<Self> {
        let body = bytes.get(..FRAME_BYTES - 4)?;
        let mut rest = bytes.strip_prefix(&MAGIC)?;
        let len = u32::from_le_bytes(take(&mut rest)?);
        let seq = u64::from_le_bytes(take(&mut rest)?);
        let before = Point { seq: seq.checked_sub(1)?, readings: u64::from_le_bytes(take(&mut rest)?) };
        let at_ms = i64::from_le_bytes(take(&mut rest)?);
        let readings = u32::from_le_bytes(take(&mut rest)?);
        let tag = u16::from_le_bytes(take(&mut rest)?);
        take::<2>(&mut rest)?;
        let payload_crc = u32::from_le_bytes(take(&mut rest)?);
        let good = u32::from_le_bytes(take(&mut rest)?) == head_crc(id, offset, body);
        let plausible = before.plausible() && before.seq < SEQ_MAX && len as usize <= PAYLOAD_MAX;
        (good && plausible).then_some(Self { len, before, at_ms, readings, tag, payload_crc })
    }

    /// Whether `payload` is what was written.
    pub fn fits(&self, id: u64, payload: &[u8]) -> bool {
        crc(id, payload) == self.payload_crc
    }
}

/// Appends a record to `into`, which will be written at `offset`.
pub(crate) fn encode(id: u64, offset: u64, before: Point, record: &Record, into: &mut Vec<u8>) {
    let begin = into.len();
    into.extend_from_slice(&MAGIC);
    into.extend_from_slice(&(record.bytes.len() as u32).to_le_bytes());
    into.extend_from_slice(&(before.seq + 1).to_le_bytes());
    into.extend_from_slice(&before.readings.to_le_bytes());
    into.extend_from_slice(&record.at_ms.to_le_bytes());
    into.extend_from_slice(&record.readings.to_le_bytes());
    into.extend_from_slice(&record.tag.to_le_bytes());
    into.extend_from_slice(&[0; 2]);
    into.extend_from_slice(&crc(id, &record.bytes).to_le_bytes());
    let head_crc = head_crc(id, offset + begin as u64, &into[begin..]);
    into.extend_from_slice(&head_crc.to_le_bytes());
    into.extend_from_slice(&record.bytes);
}

fn head_crc(id: u64, offset: u64, head: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&id.to_le_bytes());
    hasher.update(&offset.to_le_bytes());
    hasher.update(head);
    hasher.finalize()
}

/// The checksum, seeded with the spool's identity.
pub(crate) fn crc(id: u64, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&id.to_le_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

/// Takes `N` bytes off the front.
pub(crate) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}
