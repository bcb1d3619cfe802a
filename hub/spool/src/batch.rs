//! A batch, ready to be written: all of its records in one piece, so that one write and one fsync make it durable.

use crate::frame::{self, FRAME_BYTES, PAYLOAD_MAX};
use crate::point::Point;
use crate::tally::Tally;
use crate::{Record, SpoolError};

/// Records as they will stand in a segment.
pub(crate) struct Batch {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// The place behind the last of them.
    pub end: Point,
    /// Their sums.
    pub tally: Tally,
}

impl Batch {
    /// What `records` will take in a segment, bytes.
    pub fn bytes_of(records: &[Record]) -> Result<u64, SpoolError> {
        if let Some(record) = records.iter().find(|record| record.bytes.len() > PAYLOAD_MAX) {
            return Err(SpoolError::TooLarge { bytes: record.bytes.len() as u64, max: PAYLOAD_MAX as u64 });
        }
        Ok(records.iter().map(|record| (FRAME_BYTES + record.bytes.len()) as u64).sum())
    }

    /// Lays `records` out behind `start`, to be written at `offset`; `bytes` is what they take.
    pub fn encode(id: u64, offset: u64, start: Point, records: &[Record], bytes: u64) -> Self {
        let mut batch = Self { bytes: Vec::with_capacity(bytes as usize), end: start, tally: Tally::default() };
        for record in records {
            frame::encode(id, offset, batch.end, record, &mut batch.bytes);
            batch.tally.add(record.tag, record.readings, record.at_ms);
            batch.end.seq += 1;
            batch.end.readings += u64::from(record.readings);
        }
        batch
    }
}
