//! The spool as the engine sees it: calls that wait for the disk run beside the loop, and what there is to say of it is
//! kept for screens. A door keeps whoever fills it and whoever empties it apart at the moment of turning.

use std::sync::{Arc, Mutex, PoisonError};

use chengshu_core::model::LinkId;
use chengshu_spool::{Record, Spool, SpoolError, Spooled, Status};
use tokio::sync::OwnedMutexGuard;

use crate::job::tag;

/// What can be said of the spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpoolState {
    /// Nothing waits.
    Empty,
    /// The database is away; what arrives is kept here.
    Spooling,
    /// The database is back; what was kept is written.
    Draining,
    /// No room: nothing more is acknowledged.
    Full,
    /// The disk refuses: nothing more is acknowledged. A code (disk_full, io) and the words.
    Failing(&'static str, String),
}

/// The spool, shared by whoever fills it, whoever empties it and whoever shows it.
#[derive(Clone)]
pub struct SharedSpool {
    spool: Arc<Mutex<Spool>>,
    door: Arc<tokio::sync::Mutex<()>>,
    trouble: Arc<Mutex<Option<SpoolState>>>,
    /// As it was after the last call: whoever shows it must not wait for the disk.
    now: Arc<Mutex<(Status, u64)>>,
    /// What lay in it when the hub started: records and items by link.
    at_start: Arc<Mutex<Status>>,
    id: u64,
}

impl SharedSpool {
    /// Shares a spool.
    #[must_use]
    pub fn new(spool: Spool) -> Self {
        Self {
            door: Arc::default(),
            trouble: Arc::default(),
            now: Arc::new(Mutex::new((spool.status(), spool.head()))),
            at_start: Arc::new(Mutex::new(spool.status())),
            id: spool.id(),
            spool: Arc::new(Mutex::new(spool)),
        }
    }

    /// Its state, given whether the database answers, and its counts.
    #[must_use]
    pub fn report(&self, database_up: bool) -> (SpoolState, Status) {
        let status = self.status();
        let state = match lock(&self.trouble).clone() {
            Some(trouble) => trouble,
            None if status.records == 0 => SpoolState::Empty,
            None if database_up => SpoolState::Draining,
            None => SpoolState::Spooling,
        };
        (state, status)
    }

    /// Items of a link that wait now, and that waited when the hub started.
    #[must_use]
    pub fn items(&self, link: &LinkId) -> (u64, u64) {
        let of = |status: &Status| status.readings_by_tag.get(&tag(link)).copied().unwrap_or(0);
        (of(&self.status()), of(&lock(&self.at_start)))
    }

    /// The identity, as the database keeps it.
    pub(crate) fn id(&self) -> i64 {
        self.id.cast_signed()
    }

    /// The last record that needs no draining.
    pub(crate) fn head(&self) -> u64 {
        lock(&self.now).1
    }

    /// Nobody else fills or turns while this is held.
    pub(crate) async fn door(&self) -> OwnedMutexGuard<()> {
        self.door.clone().lock_owned().await
    }

    /// Keeps records: durable when it returns.
    pub(crate) async fn append(&self, records: Vec<Record>) -> Result<(), SpoolError> {
        let result = self.beside(move |spool| spool.append(&records).map(drop)).await;
        let trouble = match &result {
            Ok(()) => None,
            Err(SpoolError::Full { .. }) => Some(SpoolState::Full),
            Err(error) if error.is_disk_full() => Some(SpoolState::Failing("disk_full", chain(error))),
            Err(error) => Some(SpoolState::Failing("io", chain(error))),
        };
        *lock(&self.trouble) = trouble;
        result
    }

    /// The oldest records after `after`.
    pub(crate) async fn read(&self, after: u64, records: usize, bytes: usize) -> Result<Vec<Spooled>, SpoolError> {
        self.beside(move |spool| spool.read(after, records, bytes)).await
    }

    /// Everything up to `through` is in the database.
    pub(crate) async fn release(&self, through: u64) -> Result<(), SpoolError> {
        self.beside(move |spool| spool.release(through)).await
    }

    /// Everything up to `through` was in the database before this hub started: it is not counted as found here.
    pub(crate) async fn release_old(&self, through: u64) -> Result<(), SpoolError> {
        let before = self.status();
        self.release(through).await?;
        let after = self.status();
        let mut at_start = lock(&self.at_start);
        for (tag, readings) in &mut at_start.readings_by_tag {
            let of = |status: &Status| status.readings_by_tag.get(tag).copied().unwrap_or(0);
            *readings = readings.saturating_sub(of(&before).saturating_sub(of(&after)));
        }
        Ok(())
    }

    async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Spool) -> Result<T, SpoolError> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let (spool, now) = (self.spool.clone(), self.now.clone());
        let call = move || {
            let mut spool = lock(&spool);
            let result = work(&mut spool);
            *lock(&now) = (spool.status(), spool.head());
            result
        };
        match tokio::task::spawn_blocking(call).await {
            Ok(result) => result,
            Err(broken) => Err(SpoolError::Io {
                action: "finish a call to",
                path: "the spool".into(),
                source: std::io::Error::other(broken.to_string()),
            }),
        }
    }

    pub(crate) fn status(&self) -> Status {
        lock(&self.now).0.clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error with its causes.
pub(crate) fn chain(error: &SpoolError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
