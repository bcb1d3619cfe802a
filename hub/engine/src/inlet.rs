//! The way in while the database is away (or not yet there, or being caught up with): what arrives is kept in the spool,
//! fsynced together, and answered from there. When the spool is full or the disk refuses, nothing more is answered.

use std::time::Duration;

use chengshu_core::seam::{IntakeQueue, Outcome, SharedClock};
use chengshu_spool::{Record, SpoolError};

use crate::apply::preview;
use crate::board::Board;
use crate::job::Job;
use crate::spool::{SharedSpool, chain};
use crate::taps::Taps;

/// Bytes written together.
const PORTION_BYTES: usize = 4 * 1024 * 1024;
const FULL_PAUSE: Duration = Duration::from_millis(200);
const TROUBLE_PAUSE: Duration = Duration::from_secs(1);

/// The intake, and what was taken from it but not answered yet.
pub(crate) struct Inlet {
    pub(crate) queue: IntakeQueue,
    pub(crate) jobs: Vec<Job>,
    handed: Vec<chengshu_core::seam::Handed>,
}

impl Inlet {
    pub(crate) fn new(queue: IntakeQueue) -> Self {
        Self { queue, jobs: Vec::new(), handed: Vec::new() }
    }

    /// Takes what has piled up, up to `most` in all; 0 means that no adapter is left. Loses nothing when dropped.
    pub(crate) async fn take(&mut self, most: usize) -> usize {
        let room = most.saturating_sub(self.jobs.len()).max(1);
        let taken = self.queue.take(&mut self.handed, room).await;
        self.jobs.extend(self.handed.drain(..).map(Job::from));
        taken
    }

    /// The first jobs as records, as many as go well into one append.
    fn portion(&self) -> Vec<Record> {
        let mut bytes = 0;
        let fits = |record: &Record| {
            let first = bytes == 0;
            bytes += record.bytes.len();
            first || bytes <= PORTION_BYTES
        };
        self.jobs.iter().map(Job::record).take_while(fits).collect()
    }

    /// Keeps what arrives in the spool until no adapter is left. May be dropped at any moment when the door is held by
    /// somebody else.
    pub(crate) async fn fill(
        &mut self,
        spool: SharedSpool,
        board: Board,
        clock: SharedClock,
        taps: &Taps,
        most: usize,
    ) {
        loop {
            if self.jobs.is_empty() && self.take(most).await == 0 {
                return;
            }
            let door = spool.door().await;
            let records = self.portion();
            let count = records.len();
            match spool.append(records).await {
                Ok(()) => {
                    taps.see(self.jobs[..count].iter().map(|job| &job.delivery));
                    board.write(|board| preview(board, &self.jobs[..count], clock.now()));
                    for job in self.jobs.drain(..count) {
                        let outcome = Outcome { spooled: job.items, ..Outcome::default() };
                        job.settle(outcome);
                    }
                }
                Err(error) => {
                    drop(door); // whoever drains makes room
                    let full = matches!(error, SpoolError::Full { .. });
                    if !full {
                        tracing::error!(
                            error = chain(&error),
                            "the spool cannot be written; deliveries wait unacknowledged"
                        );
                    }
                    clock.sleep(if full { FULL_PAUSE } else { TROUBLE_PAUSE }).await;
                }
            }
        }
    }
}
