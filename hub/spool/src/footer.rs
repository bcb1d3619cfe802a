//! The sums at the end of a finished segment, so that opening a full spool need not read it all. Only a short cut: a
//! segment without one, or with a damaged one, is read through instead.

use std::fs::File;
use std::path::Path;

use crate::SpoolError;
use crate::disk;
use crate::format::{HEAD_BYTES, take_point};
use crate::frame::{crc, take};
use crate::point::Point;
use crate::tally::Tally;

const MAGIC: [u8; 4] = *b"\x8ESUM";
/// No footer is longer: one entry of ten bytes for each of 65,536 tags, and the rest.
const BYTES_MAX: u64 = 10 * 65_536 + 64;

/// What a finished segment holds.
#[derive(Debug)]
pub(crate) struct Footer {
    /// The place behind its last record.
    pub last: Point,
    /// Sums over all of its records.
    pub tally: Tally,
}

impl Footer {
    /// As it stands at the end of the segment that begins at `start`.
    pub fn encode(&self, id: u64, start: Point) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&start.seq.to_le_bytes());
        bytes.extend_from_slice(&self.last.seq.to_le_bytes());
        bytes.extend_from_slice(&self.last.readings.to_le_bytes());
        bytes.extend_from_slice(&self.tally.records.to_le_bytes());
        bytes.extend_from_slice(&self.tally.readings.to_le_bytes());
        bytes.extend_from_slice(&self.tally.first_at_ms.unwrap_or_default().to_le_bytes());
        for (tag, readings) in &self.tally.by_tag {
            bytes.extend_from_slice(&tag.to_le_bytes());
            bytes.extend_from_slice(&readings.to_le_bytes());
        }
        bytes.extend_from_slice(&crc(id, &bytes).to_le_bytes());
        bytes.extend_from_slice(&(bytes.len() as u32 + 8).to_le_bytes());
        bytes.extend_from_slice(&MAGIC);
        bytes
    }

    /// Reads it; returns where it begins, too. `None` when there is none, or a damaged one.
    pub fn read(path: &Path, id: u64, start: Point, file_bytes: u64) -> Result<Option<(Self, u64)>, SpoolError> {
        let Some(file) = disk::open_to_read(path)? else { return Ok(None) };
        let Some(end) = tail::<8>(&file, path, file_bytes)? else { return Ok(None) };
        let (len, magic) = (u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]])), &end[4..]);
        if magic != MAGIC || len > BYTES_MAX || len.saturating_add(HEAD_BYTES) > file_bytes {
            return Ok(None);
        }
        let mut bytes = vec![0; len as usize];
        let begin = file_bytes - len;
        if disk::read_at(&file, path, &mut bytes, begin)? < bytes.len() {
            return Ok(None);
        }
        Ok(Self::decode(&bytes, id, start).map(|footer| (footer, begin)))
    }

    fn decode(bytes: &[u8], id: u64, start: Point) -> Option<Self> {
        let body = bytes.get(..bytes.len().checked_sub(12)?)?;
        if bytes.get(body.len()..body.len() + 4)? != crc(id, body).to_le_bytes() {
            return None;
        }
        let mut rest = body;
        if u64::from_le_bytes(take(&mut rest)?) != start.seq {
            return None; // it belongs to another segment
        }
        let last = take_point(&mut rest)?;
        let records = u64::from_le_bytes(take(&mut rest)?);
        let readings = u64::from_le_bytes(take(&mut rest)?);
        let first_at_ms = (records > 0).then_some(i64::from_le_bytes(take(&mut rest)?));
        let mut tally = Tally { records, readings, first_at_ms, ..Tally::default() };
        while let Some(tag) = take(&mut rest) {
            tally.by_tag.insert(u16::from_le_bytes(tag), u64::from_le_bytes(take(&mut rest)?));
        }
        last.plausible().then_some(Self { last, tally })
    }
}

fn tail<const N: usize>(file: &File, path: &Path, file_bytes: u64) -> Result<Option<[u8; N]>, SpoolError> {
    let mut bytes = [0; N];
    let Some(begin) = file_bytes.checked_sub(N as u64) else { return Ok(None) };
    Ok((disk::read_at(file, path, &mut bytes, begin)? == N).then_some(bytes))
}
