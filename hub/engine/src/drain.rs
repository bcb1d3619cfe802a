//! The way out of the spool: load the board if that has not been done, then write what is kept, in order, rules
//! included. Exactly once: the database remembers in each transaction how far the spool has been drained.

use std::time::Duration;

use chengshu_core::model::LinkId;
use chengshu_spool::Spooled;
use chengshu_store::StoreError;
use tokio::sync::OwnedMutexGuard;

use crate::checkpoint::Checkpoints;
use crate::job::Job;
use crate::patience::within;
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

    /// The oldest records as jobs.
    async fn next_portion(&mut self) -> Vec<Job> {
        loop {
            match self.spool.read(self.drained, self.options.batch_max, PORTION_BYTES).await {
                Ok(records) => return records.iter().map(|record| self.job(record)).collect(),
                Err(error) => {
                    tracing::error!(%error, "the spool cannot be read; tried again soon");
                    self.clock.sleep(RETRY_MOST).await;
                }
            }
        }
    }

    async fn commit_patiently(&mut self, jobs: &mut Vec<Job>, checkpoints: &mut Checkpoints) -> Result<(), StoreError> {
        let (clock, store) = (self.clock.clone(), self.store.clone());
        let mut wait = RETRY_FIRST;
        loop {
            match within(&clock, &store, COMMIT_TIMEOUT, self.commit(jobs)).await {
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

    /// A record as a job; one that cannot be read any more is set aside with its bytes.
    fn job(&self, record: &Spooled) -> Job {
        match Job::from_record(record) {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(seq = record.seq, error, "a record of the spool cannot be read; it is set aside");
                // under its own link, so that the ledger stays even
                let link = self.board.read(|board| board.link_tagged(record.tag));
                Job::unreadable(record, link.unwrap_or_else(LinkId::spool), &error)
            }
        }
    }
}
