//! Time decides too: durations that are over, silence that has lasted too long, readings that have waited for earlier ones. Looked
//! for four times a second by the loop itself, and written like a batch of readings, so that it can be lost as little.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_store::StoreError;

use crate::apply::apply_rules;
use crate::patience::{PATIENCE, within};
use crate::plan::Plan;
use crate::run::Engine;

/// How often it is looked whether time has decided something.
pub(crate) const EVERY: Duration = Duration::from_millis(250);
/// Nobody is called silent before so long after the hub began to listen: what was sent meanwhile has arrived by then.
const LISTEN: Duration = Duration::from_secs(4);
/// Devices that are decided on in one transaction at most.
const MOST: usize = 5_000;

impl Engine {
    /// The hub begins to listen, or has caught up after a while in which it could not write.
    pub(crate) fn listens_from(&self, now: Timestamp) {
        self.board.write(|board| board.silence_from = now.after(LISTEN));
    }

    /// Decides what time has brought. What cannot be written now is decided again soon.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] only.
    pub(crate) async fn pass_time(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut overdue = self.board.read(|board| board.rules_overdue(now));
        overdue.truncate(MOST);
        if overdue.is_empty() {
            return Ok(());
        }
        let plan = self.board.read(|board| Plan::of_time(board, &overdue, now));
        if plan.deltas.is_empty() && plan.waiting.is_empty() {
            return Ok(());
        }
        let (clock, store) = (self.clock.clone(), self.store.clone());
        match within(&clock, &store, PATIENCE, self.write_time(&plan)).await {
            Ok(()) => {}
            Err(error @ StoreError::LeaseLost { .. }) => return Err(error),
            Err(error) => {
                tracing::warn!(error = %error.database_words(), "what time has decided could not be written; tried again soon");
                return Ok(());
            }
        }
        let told = !plan.transitions.is_empty();
        self.board.write(|board| apply_rules(board, plan.deltas, plan.waiting, plan.alarms));
        if told {
            self.outbox_wake.notify_one();
        }
        Ok(())
    }

    async fn write_time(&self, plan: &Plan) -> Result<(), StoreError> {
        let mut tx = self.store.batch(self.lease).await?;
        self.write_rules(&mut tx, plan).await?;
        tx.commit().await
    }
}
