//! A remembered place in a segment, so that reading and releasing go on where they stopped instead of walking through
//! the segment from its beginning each time.

use crate::SpoolError;
use crate::format::HEAD_BYTES;
use crate::frame::FrameHead;
use crate::point::Point;
use crate::segment::Segment;

/// A place between two records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor {
    /// Which segment: the number before its first record.
    pub segment: u64,
    /// Where in its file.
    pub offset: u64,
    /// What came before.
    pub at: Point,
}

impl Cursor {
    /// The beginning of a segment.
    pub fn start(segment: &Segment) -> Self {
        Self { segment: segment.start.seq, offset: HEAD_BYTES, at: segment.start }
    }
}

impl Segment {
    /// Goes from `known` (or the beginning, if `known` lies elsewhere or too far on) to the place behind record
    /// `through`, showing each record on the way to `visit`. Returns the arrival of the record that follows, too.
    pub fn walk(
        &self,
        id: u64,
        known: Option<Cursor>,
        through: u64,
        mut visit: impl FnMut(&FrameHead),
    ) -> Result<(Cursor, Option<i64>), SpoolError> {
        let usable = |cursor: &Cursor| cursor.segment == self.start.seq && cursor.at.seq <= through;
        let mut cursor = known.filter(usable).unwrap_or_else(|| Cursor::start(self));
        let mut frames = self.frames(id, cursor.offset, cursor.at.seq)?;
        let mut next_at_ms = None;
        while let Some(frame) = frames.next()? {
            let head = frame.head;
            if head.seq() > through {
                next_at_ms = Some(head.at_ms);
                break;
            }
            visit(&head);
            cursor.at = head.after();
            cursor.offset = frames.offset();
        }
        Ok((cursor, next_at_ms))
    }
}
