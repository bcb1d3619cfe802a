//! From what stands in the folder to what the spool holds. Decides what is torn (cut off, nothing lost), what is damaged
//! (counted), what is released (deleted) and what is foreign (left alone); changes nothing itself.

use std::collections::VecDeque;
use std::path::PathBuf;

use crate::footer::Footer;
use crate::format::{HEAD_BYTES, Mark};
use crate::point::{Point, SEQ_MAX};
use crate::scan::Frames;
use crate::segment::Segment;
use crate::survey::{Found, Survey};
use crate::{Damage, SpoolError};

/// What the spool holds, and what is to be done to the folder.
pub(crate) struct Recovered {
    /// The mark as it should be now.
    pub mark: Mark,
    /// The segments, in order.
    pub segments: VecDeque<Segment>,
    /// Whether the last one can be written further.
    pub active: bool,
    /// Files that hold nothing any more.
    pub delete: Vec<PathBuf>,
    /// What was wrong.
    pub damage: Damage,
    /// Whether `meta` can be kept.
    pub meta_good: bool,
}

/// A segment, and whether its head could be read.
struct Accepted {
    segment: Segment,
    head_good: bool,
}

/// Puts the folder's content together. A folder that nothing identifies gets `fresh_id`.
pub(crate) fn recover(mut survey: Survey, fresh_id: u64) -> Result<Recovered, SpoolError> {
    let known_id = survey.id();
    let id = known_id.unwrap_or(fresh_id);
    let mark = survey.mark(id);
    let meta_good = survey.meta.mark.is_some() && survey.meta.identity.is_some_and(|(found, _)| found == id);
    let mut damage = Damage {
        meta_rebuilt: !meta_good && (survey.meta.file_bytes > 0 || !survey.files.is_empty()),
        ..Damage::default()
    };
    // When nothing tells whose the files are, new records must not take their names.
    let unknown = survey.files.last().filter(|_| known_id.is_none()).map_or(0, |found| found.first);

    let (accepted, hollow) = accept(&mut survey, id)?;
    damage.segment_heads = accepted.iter().filter(|accepted| !accepted.head_good).count() as u32;
    let start = accepted.front().map_or(Point { seq: unknown, readings: 0 }, |first| first.segment.start);
    let mark = mark.unwrap_or(Mark { id, head: start, end: start, passed: start, ..Mark::default() });

    let mut recovered =
        Recovered { mark, segments: VecDeque::new(), active: false, delete: Vec::new(), damage, meta_good };
    recovered.sum_up(accepted)?;
    recovered.hollow(hollow, &mut survey);
    recovered.damage.foreign_files = survey.foreign;
    Ok(recovered)
}

/// Tells segments from files that only look like some: those of another spool or under a wrong name are left alone,
/// those without a readable head count when they hold at least one record. Returns those that hold nothing, too.
fn accept(survey: &mut Survey, id: u64) -> Result<(VecDeque<Accepted>, Vec<Found>), SpoolError> {
    let (mut accepted, mut hollow) = (VecDeque::new(), Vec::new());
    let mut bound = SEQ_MAX;
    for found in std::mem::take(&mut survey.files).into_iter().rev() {
        let (start, head_good) = match found.head.identity {
            Some((whose, start)) if whose == id && start.seq + 1 == found.first => (start, true),
            Some(_) => {
                survey.leave(&found.path);
                continue;
            }
            None => {
                let bytes = HEAD_BYTES..found.head.file_bytes;
                match Frames::open(&found.path, id, bytes, found.first - 1..bound)?.next()? {
                    Some(frame) => (frame.head.before, false),
                    None => {
                        hollow.push(found);
                        continue;
                    }
                }
            }
        };
        bound = start.seq;
        let segment = Segment::new(found.path, start, found.head.file_bytes);
        accepted.push_front(Accepted { segment, head_good });
    }
    Ok((accepted, hollow))
}

impl Recovered {
    fn sum_up(&mut self, mut accepted: VecDeque<Accepted>) -> Result<(), SpoolError> {
        let (id, head) = (self.mark.id, self.mark.head.seq);
        while let Some(Accepted { mut segment, head_good }) = accepted.pop_front() {
            let bound = accepted.front().map_or(SEQ_MAX, |next| next.segment.start.seq);
            if bound <= head {
                self.delete.push(segment.path);
                continue;
            }
            let footer = if head_good && head <= segment.start.seq {
                Footer::read(&segment.path, id, segment.start, segment.file_bytes)?
            } else {
                None // the footer sums up all records, released or not
            };
            match footer.filter(|(footer, _)| footer.last.seq <= bound) {
                Some((footer, data_end)) => {
                    (segment.last, segment.data_end, segment.tally) = (footer.last, data_end, footer.tally);
                    self.active = false;
                }
                None => {
                    segment.explore(id, head, bound)?;
                    self.active = head_good;
                }
            }
            self.segments.push_back(segment);
        }
        self.mark.end = self.segments.back().map_or(self.mark.end, |newest| self.mark.end.later(newest.last));
        self.newest();
        self.damage.missing = self.mark.head.until(self.mark.end);
        self.segments.iter().for_each(|segment| self.damage.missing.subtract(segment.tally.all()));
        Ok(())
    }

    /// Whether the newest segment goes on. What follows its last record is an unfinished batch, unless the mark says
    /// that more was acknowledged.
    fn newest(&mut self) {
        let Mark { end, head, .. } = self.mark;
        let Some(newest) = self.segments.back_mut() else { return };
        let empty = newest.data_end == HEAD_BYTES;
        if empty && newest.start.seq == end.seq {
            self.damage.torn_bytes += newest.file_bytes;
            self.delete.extend(self.segments.pop_back().map(|segment| segment.path));
            self.active = false;
            return;
        }
        if empty && head.seq == end.seq {
            newest.last = end; // it was emptied when all was released
        }
        self.active &= newest.last.seq == end.seq;
        if self.active {
            self.damage.torn_bytes += newest.file_bytes.saturating_sub(newest.data_end);
        }
    }

    /// A file that holds nothing is the beginning of a batch that was never acknowledged, or else not ours to judge.
    fn hollow(&mut self, hollow: Vec<Found>, survey: &mut Survey) {
        for found in hollow {
            if found.first == self.mark.end.seq + 1 {
                self.damage.torn_bytes += found.head.file_bytes;
                self.delete.push(found.path);
            } else {
                survey.leave(&found.path);
            }
        }
    }
}
