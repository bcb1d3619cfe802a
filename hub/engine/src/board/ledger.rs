//! The ledger in memory: what the database knew when the hub started, and every committed batch since. The links count
//! what is handed over, the spool what waits there: nobody derives one from the other.

use std::collections::BTreeMap;

use chengshu_core::seam::Link;
use chengshu_store::LedgerSums;

use crate::spool::SharedSpool;

/// Sums by link.
#[derive(Debug, Default)]
pub struct LedgerBook {
    /// Items and messages that the database knew of when the hub started.
    base: BTreeMap<String, (u64, u64)>,
    /// What became of everything that was committed, up to now.
    pub(crate) totals: BTreeMap<String, LedgerSums>,
}

/// A link's line as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Items handed over, counted there.
    pub received: u64,
    /// Messages.
    pub messages: u64,
    /// What became of them; `received` and `messages` in here are those of committed batches.
    pub sums: LedgerSums,
    /// In the spool.
    pub spooled: u64,
    /// Handed over, not durable yet.
    pub in_flight: u64,
}

impl LedgerEntry {
    /// What the equation leaves over: 0 at rest.
    #[must_use]
    pub fn difference(&self) -> i64 {
        let rejected: u64 = self.sums.rejected.values().sum();
        let known =
            self.sums.stored + self.sums.duplicate + self.sums.conflict + rejected + self.spooled + self.in_flight;
        self.received.cast_signed() - known.cast_signed()
    }
}

impl LedgerBook {
    /// What the database knows when the hub starts.
    pub(crate) fn loaded(totals: BTreeMap<String, LedgerSums>) -> Self {
        let base = totals.iter().map(|(link, sums)| (link.clone(), (sums.received, sums.messages))).collect();
        Self { base, totals }
    }

    /// The sums as the database knows them now, after a commit whose answer was lost.
    pub(crate) fn learn(&mut self, totals: BTreeMap<String, LedgerSums>) {
        self.totals = totals;
    }

    /// The line of a link.
    #[must_use]
    pub fn entry(&self, link: &Link, spool: &SharedSpool) -> LedgerEntry {
        let (base, messages) = self.base.get(link.id.as_str()).copied().unwrap_or_default();
        let (spooled, at_start) = spool.items(&link.id);
        let (received, in_flight) = link.items();
        LedgerEntry {
            received: base + at_start + received,
            messages: messages + link.messages(),
            sums: self.totals.get(link.id.as_str()).cloned().unwrap_or_default(),
            spooled,
            in_flight,
        }
    }
}
