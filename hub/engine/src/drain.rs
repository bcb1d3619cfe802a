//! The way out of the spool: load the board if that has not been done, then write what is kept, in order, rules
//! included. Exactly once: the database remembers in each transaction how far the spool has been drained.

use std::time::Duration;

use chengshu_core::model::{Delivery, LinkId, Reason, Rejected, Timestamp};
use chengshu_spool::Spooled;
use chengshu_store::StoreError;
use tokio::sync::OwnedMutexGuard;

use crate::checkpoint::Checkpoints;
use crate::job::{Job, Origin};
use crate::run::Engine;

const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MOST: Duration = Duration::from_secs(2);
/// A transaction that takes longer than this is given up and tried again.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(30);
/// Raw records in memory at once.
const PORTION_BYTES: usize = 16 * 1024 * 1024;

impl Engine {
    /// Drains until the spool is empty and the database answers. Whoever holds the answered guard knows that nothing is
    /// being added.
    pub(crate) async fn drain(&mut self, checkpoints: &mut Checkpoints) -> Result<OwnedMutexGuard<()>, StoreError> {
        self.load_patiently().await?;
        loop {
            let mut jobs = self.next_portion().await;
            if jobs.is_empty() {
                let door = self.spool.door().await;
                if self.spool.status().records == 0 {
                    return Ok(door);
                }
                self.clock.sleep(Duration::from_millis(20)).await;
                continue;
            }
            let through = jobs.iter().filter_map(Job::seq).max().unwrap_or(0);
            self.commit_patiently(&mut jobs, checkpoints).await?;
            // Not released is not lost: the database knows how far it has come.
            if let Err(error) = self.spool.release(through).await {
                tracing::error!(%error, "drained records could not be removed from the spool");
            }
            self.drained = through;
            self.checkpoint_if_due(checkpoints).await;
        }
    }

    async fn load_patiently(&mut self) -> Result<(), StoreError> {
        let mut wait = RETRY_FIRST;
        while !self.board.read(|board| board.loaded) {
            match self.load_within(COMMIT_TIMEOUT).await {
                Ok(()) => break,
                Err(error @ (StoreError::Unavailable(_) | StoreError::Data(_))) => self.away(&error),
                Err(error) => return Err(error),
            }
            self.clock.sleep(wait).await;
            wait = (wait * 2).min(RETRY_MOST);
        }
        Ok(())
    }

    /// The oldest records as jobs; one that cannot be read any more is set aside with its bytes.
    async fn next_portion(&mut self) -> Vec<Job> {
        loop {
            match self.spool.read(self.drained, self.options.batch_max, PORTION_BYTES).await {
                Ok(records) => return records.iter().map(job).collect(),
                Err(error) => {
                    tracing::error!(%error, "the spool cannot be read; tried again soon");
                    self.clock.sleep(RETRY_MOST).await;
                }
            }
        }
    }

    async fn commit_patiently(&mut self, jobs: &mut Vec<Job>, checkpoints: &mut Checkpoints) -> Result<(), StoreError> {
        let mut wait = RETRY_FIRST;
        loop {
            let clock = self.clock.clone();
            let result = tokio::select! {
                result = self.commit(jobs) => result,
                () = clock.sleep(COMMIT_TIMEOUT) => {
                    self.store.renew();
                    Err(StoreError::silent())
                }
            };
            match result {
                Ok(()) => {
                    self.database_report(None);
                    return Ok(());
                }
                Err(error @ (StoreError::Unavailable(_) | StoreError::Data(_))) => self.away(&error),
                Err(error) => return Err(error),
            }
            clock.sleep(wait).await;
            wait = (wait * 2).min(RETRY_MOST);
            self.checkpoint_if_due(checkpoints).await;
        }
    }
}

fn job(record: &Spooled) -> Job {
    Job::from_record(record).unwrap_or_else(|error| {
        tracing::error!(seq = record.seq, error, "a record of the spool cannot be read; it is set aside");
        let detail = format!("record {} of the spool cannot be read: {error}", record.seq);
        let rejected = Rejected { device: None, metric: None, reason: Reason::Undecodable, detail };
        Job {
            delivery: Delivery {
                link: unknown_link(),
                theme: None,
                received: Timestamp::from_ms(record.at_ms),
                source: "spool".into(),
                raw: record.bytes.clone().into(),
                readings: Vec::new(),
                events: Vec::new(),
                presence: None,
                rejected: vec![rejected; (record.readings as usize).max(1)],
            },
            items: record.readings.max(1),
            attempt: 0,
            origin: Origin::Spool(record.seq),
        }
    })
}

#[expect(clippy::expect_used, reason = "a literal that is a name")]
fn unknown_link() -> LinkId {
    LinkId::parse("spool").expect("a name")
}
