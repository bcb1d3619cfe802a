//! A second try for what was set aside, after a mapping, a limit or the register was mended: decoded anew by the adapter
//! that it came by, handed over by the same way in, and counted in the ledger like anything that is received.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chengshu_core::seam::{Decoder, Intake, Outcome, SharedClock};
use chengshu_store::{Replayed, Store, StoreError, StoredRejected};

/// By link: its decoder and its way in.
type Ways = BTreeMap<String, (Decoder, Intake)>;

/// Tries things again.
#[derive(Clone)]
pub struct Replayer {
    ways: Arc<Mutex<Arc<Ways>>>,
    store: Store,
    clock: SharedClock,
}

/// What came of trying many.
#[derive(Debug, Default)]
pub struct ReplayReport {
    /// Rows that were tried.
    pub replayed: u32,
    /// What became of their items.
    pub outcome: Outcome,
    /// Rows that could not be tried: number and why.
    pub skipped: Vec<(i64, String)>,
}

impl Replayer {
    /// A replayer for these links.
    #[must_use]
    pub fn new(ways: BTreeMap<String, (Decoder, Intake)>, store: Store, clock: SharedClock) -> Self {
        Self { ways: Arc::new(Mutex::new(Arc::new(ways))), store, clock }
    }

    /// Lets go of the ways in, so that the engine sees that nobody is left.
    pub fn close(&self) {
        *self.ways.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    /// Tries rows again. Rows of one message are tried together, once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the outcome could not be noted: then trying again finds duplicates.
    pub async fn replay(&self, rows: Vec<StoredRejected>) -> Result<ReplayReport, StoreError> {
        let ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut report = ReplayReport::default();
        let mut messages: BTreeMap<(i64, String, String), Vec<StoredRejected>> = BTreeMap::new();
        for row in rows {
            messages.entry((row.received.ms(), row.link.clone(), row.source.clone())).or_default().push(row);
        }
        for rows in messages.into_values() {
            let mut rest = rows;
            // the same millisecond may have brought two messages on one topic
            while let Some(first) = rest.first().cloned() {
                let (same, other): (Vec<_>, Vec<_>) = rest.into_iter().partition(|row| row.raw == first.raw);
                rest = other;
                let ids: Vec<i64> = same.iter().map(|row| row.id).collect();
                match self.one(&ways, &first).await {
                    Err(why) => report.skipped.extend(ids.into_iter().map(|id| (id, why.clone()))),
                    Ok(outcome) => {
                        let of = |items: u32| i32::try_from(items).unwrap_or(i32::MAX);
                        let replayed = Replayed {
                            at: self.clock.now(),
                            stored: of(outcome.stored),
                            duplicate: of(outcome.duplicate),
                            rejected: of(outcome.rejected),
                        };
                        self.store.rejected_replayed(&ids, replayed).await?;
                        report.replayed += ids.len() as u32;
                        report.outcome.stored += outcome.stored;
                        report.outcome.duplicate += outcome.duplicate;
                        report.outcome.rejected += outcome.rejected;
                        report.outcome.spooled += outcome.spooled;
                    }
                }
            }
        }
        Ok(report)
    }

    async fn one(&self, ways: &Ways, row: &StoredRejected) -> Result<Outcome, String> {
        let (decode, intake) =
            ways.get(&row.link).ok_or_else(|| format!("link {} is not configured any more", row.link))?;
        if usize::try_from(row.raw_bytes).is_ok_and(|bytes| bytes > row.raw.len()) {
            return Err(format!("only {} of its {} bytes were kept", row.raw.len(), row.raw_bytes));
        }
        let delivery = decode(&row.source, Bytes::from(row.raw.clone()), row.received)
            .ok_or("the adapter does not take messages from there")?;
        let receipt = intake.hand_over(delivery).await.map_err(|_| "the hub is stopping".to_owned())?;
        receipt.durable().await.map_err(|_| "it did not become durable; try again".to_owned())
    }
}
