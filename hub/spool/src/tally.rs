//! Sums over records: how many there are, how many readings they count, and for which tags. Kept per segment, because
//! memory must not grow with the number of records.

use std::collections::BTreeMap;

use crate::Loss;
use crate::frame::FrameHead;

/// Sums over some records that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// How many records.
    pub records: u64,
    /// Readings in them.
    pub readings: u64,
    /// Readings by tag.
    pub by_tag: BTreeMap<u16, u64>,
    /// Arrival of the first of them.
    pub first_at_ms: Option<i64>,
}

impl Tally {
    /// How much it is, for comparing with how much there should be.
    pub fn all(&self) -> Loss {
        Loss { records: self.records, readings: self.readings }
    }

    /// One more at the end.
    pub fn add(&mut self, tag: u16, readings: u32, at_ms: i64) {
        self.records += 1;
        self.readings += u64::from(readings);
        if readings > 0 {
            *self.by_tag.entry(tag).or_default() += u64::from(readings);
        }
        self.first_at_ms.get_or_insert(at_ms);
    }

    /// One less at the beginning. The caller then sets what is first now.
    pub fn subtract(&mut self, frame: &FrameHead) {
        self.records = self.records.saturating_sub(1);
        self.readings = self.readings.saturating_sub(u64::from(frame.readings));
        if let Some(sum) = self.by_tag.get_mut(&frame.tag) {
            *sum = sum.saturating_sub(u64::from(frame.readings));
            if *sum == 0 {
                self.by_tag.remove(&frame.tag);
            }
        }
    }

    /// Those of `later` behind these.
    pub fn append(&mut self, later: &Self) {
        self.records = self.records.saturating_add(later.records);
        self.readings = self.readings.saturating_add(later.readings);
        for (tag, readings) in &later.by_tag {
            let sum = self.by_tag.entry(*tag).or_default();
            *sum = sum.saturating_add(*readings);
        }
        self.first_at_ms = self.first_at_ms.or(later.first_at_ms);
    }
}
