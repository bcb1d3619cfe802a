//! What a batch means for the ledger: per link and day one line, with what was heard from each device and what became
//! of it. What was heard is counted from the deliveries, what became of it from the answers of the database.

use std::collections::BTreeMap;

use chengshu_core::model::{DeviceId, LinkId, Reason, Timestamp};
use chengshu_store::{Fate, LedgerLine, LedgerSums};

use crate::board::BoardState;
use crate::job::{COUNTED, Job};
use crate::plan::Plan;

const HEARD: usize = 0;
const STORED: usize = 1;
const DUPLICATE: usize = 2;
const CONFLICT: usize = 3;
const DAY_MS: i64 = 86_400_000;
const CST_MS: i64 = 8 * 3_600_000;

/// Lines of a batch by link and local day.
#[derive(Default)]
pub(crate) struct Tally {
    lines: Vec<(LinkId, i64, LedgerLine)>,
    /// The line of each job; none when it was counted in an attempt before.
    of_job: Vec<Option<usize>>,
}

/// The short number of a device; 0 when it is not known.
fn number(board: &BoardState, device: &DeviceId) -> i32 {
    board.device(device.as_str()).map_or(0, |slot| slot.num)
}

impl Tally {
    /// Counts what was heard; jobs of attempt `counted` are in the ledger already.
    pub(crate) fn new(board: &BoardState, jobs: &[Job], counted: i64) -> Self {
        let mut tally = Self::default();
        for job in jobs {
            if job.attempt == COUNTED || (job.attempt != 0 && job.attempt == counted) {
                tally.of_job.push(None);
                continue;
            }
            let index = tally.line(job);
            tally.of_job.push(Some(index));
            let line = &mut tally.lines[index].2;
            line.messages += 1;
            line.received += job.items;
            let delivery = &job.delivery;
            let mut last: Option<(&DeviceId, i32)> = None;
            let devices = delivery.readings.iter().map(|reading| &reading.device);
            for device in devices.chain(delivery.events.iter().map(|event| &event.device)) {
                let known = last.filter(|(id, _)| *id == device).map_or_else(|| number(board, device), |(_, num)| num);
                last = Some((device, known));
                line.devices.entry(known).or_default()[HEARD] += 1;
            }
            if let Some(presence) = &delivery.presence {
                line.devices.entry(number(board, &presence.device)).or_default()[HEARD] += 1;
            }
            for rejected in &delivery.rejected {
                let device = rejected.device.as_ref().map_or(0, |device| number(board, device));
                line.devices.entry(device).or_default()[HEARD] += 1;
            }
        }
        tally
    }

    fn line(&mut self, job: &Job) -> usize {
        let day = (job.delivery.received.ms() + CST_MS).div_euclid(DAY_MS);
        let found = self.lines.iter().position(|(link, d, _)| *d == day && *link == job.delivery.link);
        found.unwrap_or_else(|| {
            self.lines.push((job.delivery.link.clone(), day, LedgerLine::default()));
            self.lines.len() - 1
        })
    }

    fn add(&mut self, job: u32, device: i32, what: usize) {
        let Some(index) = self.of_job.get(job as usize).copied().flatten() else { return };
        self.lines[index].2.devices.entry(device).or_default()[what] += 1;
    }

    /// Counts what the database said of the planned readings.
    pub(crate) fn readings(&mut self, board: &BoardState, plan: &Plan, fates: Option<&[Fate]>) {
        for (n, planned) in plan.planned.iter().enumerate() {
            let device = board.device_at(planned.device).map_or(0, |slot| slot.num);
            let what = match fates.map_or(Fate::Stored, |fates| fates[n]) {
                Fate::Stored => STORED,
                Fate::Duplicate => DUPLICATE,
                Fate::Conflict { .. } => CONFLICT,
            };
            self.add(planned.delivery, device, what);
        }
    }

    /// Counts an event or a word of presence that was kept, or was there already.
    pub(crate) fn kept(&mut self, board: &BoardState, job: u32, device: &DeviceId, new: bool) {
        self.add(job, number(board, device), if new { STORED } else { DUPLICATE });
    }

    /// Counts something set aside. Conflicts have been counted with the readings.
    pub(crate) fn rejected(&mut self, board: &BoardState, job: u32, device: Option<&DeviceId>, reason: Reason) {
        let Some(index) = self.of_job.get(job as usize).copied().flatten() else { return };
        if reason != Reason::Conflict {
            let device = device.map_or(0, |device| number(board, device));
            *self.lines[index].2.rejected.entry((device, reason.code())).or_default() += 1;
        }
    }

    /// True when some job had been counted before: memory then has to learn the sums from the database.
    pub(crate) fn has_repeats(&self) -> bool {
        self.of_job.contains(&None)
    }

    /// True for a job that was counted before.
    pub(crate) fn is_repeat(&self, job: u32) -> bool {
        self.of_job.get(job as usize).is_some_and(Option::is_none)
    }

    /// The lines, each with a moment of its day.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&LinkId, Timestamp, &LedgerLine)> {
        self.lines.iter().map(|(link, day, line)| (link, Timestamp::from_ms(day * DAY_MS - CST_MS), line))
    }

    /// Adds the lines to sums by link.
    pub(crate) fn add_to(&self, sums: &mut BTreeMap<String, LedgerSums>) {
        for (link, _, line) in &self.lines {
            let sums = sums.entry(link.to_string()).or_default();
            sums.messages += u64::from(line.messages);
            sums.received += u64::from(line.received);
            for counts in line.devices.values() {
                sums.stored += u64::from(counts[STORED]);
                sums.duplicate += u64::from(counts[DUPLICATE]);
                sums.conflict += u64::from(counts[CONFLICT]);
            }
            for ((_, reason), count) in &line.rejected {
                *sums.rejected.entry((*reason).to_owned()).or_default() += u64::from(*count);
            }
        }
    }
}
