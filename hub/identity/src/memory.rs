//! What is remembered of tokens that were shown: each is asked for once. A token that nobody has is not remembered, so that
//! inventing them fills nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chengshu_access::{Bucket, TokenHash};
use chengshu_core::model::Timestamp;
use chengshu_store::{FoundSession, StoredScreen, StoredService};
use tokio::sync::watch;

/// Tokens at most; when there are more, all are asked for again.
const MOST: usize = 20_000;

/// Whose token.
pub(crate) enum Whose {
    Person(FoundSession),
    Service(StoredService, Mutex<Bucket>),
    Screen(StoredScreen),
}

pub(crate) struct Entry {
    pub(crate) whose: Whose,
    used: AtomicI64,
}

impl Entry {
    pub(crate) fn new(whose: Whose, used: Timestamp) -> Self {
        Self { whose, used: AtomicI64::new(used.ms()) }
    }

    /// When it was last used, as far as it was noted.
    pub(crate) fn used(&self) -> Timestamp {
        Timestamp::from_ms(self.used.load(Ordering::Relaxed))
    }

    pub(crate) fn note(&self, now: Timestamp) {
        self.used.store(now.ms(), Ordering::Relaxed);
    }
}

#[derive(Default)]
pub(crate) struct Memory {
    remembered: RwLock<Remembered>,
    /// Told each time that everything is forgotten.
    forgotten: watch::Sender<()>,
}

#[derive(Default)]
struct Remembered {
    entries: HashMap<TokenHash, Arc<Entry>>,
    /// Counts how often everything was forgotten: what was asked for before is not remembered after.
    turn: u64,
}

impl Memory {
    /// What is known of a token, and the turn of the answer.
    pub(crate) fn find(&self, hash: &TokenHash) -> (Option<Arc<Entry>>, u64) {
        let memory = self.remembered.read().unwrap_or_else(PoisonError::into_inner);
        (memory.entries.get(hash).cloned(), memory.turn)
    }

    pub(crate) fn put(&self, hash: TokenHash, entry: Arc<Entry>, turn: u64) {
        let mut memory = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if memory.turn != turn {
            return;
        }
        if memory.entries.len() >= MOST {
            memory.entries.clear();
        }
        memory.entries.insert(hash, entry);
    }

    pub(crate) fn forget(&self) {
        let mut memory = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        memory.entries.clear();
        memory.turn += 1;
        drop(memory);
        self.forgotten.send_replace(());
    }

    pub(crate) fn forgotten(&self) -> watch::Receiver<()> {
        self.forgotten.subscribe()
    }
}
