//! Idempotency keys (幂等键): what was begun under a key, when, and what was answered, so that a request that is sent again
//! gets the same answer and stores nothing twice. Kept in a log of its own beside the spool, because it must hold while
//! the database is away, and read into memory at the start.
//!
//! Before anything of a keyed request is handed over, its time of arrival is fsynced. A hub that is killed between commit
//! and answer therefore gives the same time to the retry, and since (series, time) is unique everything that was stored
//! is found as a duplicate. Once an answer is kept, the retry gets it to the byte and nothing is handed over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_spool::{Record, Spool, SpoolError, Spooled};
use rustc_hash::FxHashMap;

use crate::spool::chain;

/// Room of the log, bytes; about 200,000 small requests. The oldest keys go first when it is full.
pub const KEYS_BYTES: u64 = 64 * 1024 * 1024;
/// How long a key is kept.
const KEEP_MS: i64 = 86_400_000;
/// How often what is older is let go.
const SWEEP_EVERY_MS: i64 = 60_000;
/// The log gives room back in eighths.
const PARTS: usize = 8;

const READ_RECORDS: usize = 10_000;
const READ_BYTES: usize = 4 * 1024 * 1024;

/// The first byte of a record.
const BEGUN: u8 = 1;
const ANSWERED: u8 = 2;

/// A hash: of a key with its caller, or of what was sent under it.
pub type KeyHash = [u8; 16];

/// The key could not be kept; nothing was begun.
#[derive(Debug, thiserror::Error)]
#[error("the key could not be kept: {0}")]
pub struct KeysError(String);

/// What there is to do under a key.
#[derive(Debug)]
pub enum Begun {
    /// It has not been answered: do it, with this time of arrival.
    Go(Turn),
    /// This was answered.
    Answered(Bytes),
    /// It is being done right now.
    Busy,
    /// Something else was sent under this key.
    Other,
}

/// The right to do what was asked under a key. Dropped unfinished, the next one may try, with the same time.
#[derive(Debug)]
pub struct Turn {
    /// When it came first.
    pub received: Timestamp,
    key: KeyHash,
    keys: Keys,
}

/// All keys of the last 24 hours.
#[derive(Clone)]
pub struct Keys {
    state: Arc<Mutex<State>>,
    clock: SharedClock,
}

struct State {
    log: Spool,
    known: FxHashMap<KeyHash, Entry>,
    /// Records of the log in order: number, time, and the key that it began.
    order: VecDeque<(u64, i64, Option<KeyHash>)>,
    swept: i64,
}

struct Entry {
    /// The record that began it.
    seq: u64,
    print: KeyHash,
    received: Timestamp,
    reply: Option<Bytes>,
    busy: bool,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads what `log` holds.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn open(mut log: Spool, clock: SharedClock) -> Result<Self, SpoolError> {
        let (mut known, mut order) = (FxHashMap::default(), VecDeque::new());
        let mut after = log.head();
        loop {
            let read = log.read(after, READ_RECORDS, READ_BYTES)?;
            let Some(last) = read.last() else { break };
            after = last.seq;
            for record in read {
                order.push_back((record.seq, record.at_ms, learn(&mut known, &record)));
            }
        }
        Ok(Self { state: Arc::new(Mutex::new(State { log, known, order, swept: 0 })), clock })
    }

    /// Begins what was sent under `key`; `print` is the hash of what it was.
    ///
    /// # Errors
    /// [`KeysError`] when the disk refuses.
    pub async fn begin(&self, key: KeyHash, print: KeyHash) -> Result<Begun, KeysError> {
        let (keys, now) = (self.clone(), self.clock.now());
        let begun = tokio::task::spawn_blocking(move || keys.begin_now(key, print, now)).await;
        begun.map_err(|error| KeysError(error.to_string()))?
    }

    fn begin_now(&self, key: KeyHash, print: KeyHash, now: Timestamp) -> Result<Begun, KeysError> {
        let mut state = self.lock();
        state.sweep(now);
        if let Some(entry) = state.known.get_mut(&key) {
            if entry.print != print {
                return Ok(Begun::Other);
            }
            if let Some(reply) = &entry.reply {
                return Ok(Begun::Answered(reply.clone()));
            }
            if std::mem::replace(&mut entry.busy, true) {
                return Ok(Begun::Busy);
            }
            let received = entry.received;
            return Ok(Begun::Go(Turn { received, key, keys: self.clone() }));
        }
        let mut bytes = vec![BEGUN];
        bytes.extend_from_slice(&key);
        bytes.extend_from_slice(&print);
        bytes.extend_from_slice(&now.ms().to_be_bytes());
        let seq = state.append(bytes, now, Some(key)).map_err(|error| KeysError(chain(&error)))?;
        state.known.insert(key, Entry { seq, print, received: now, reply: None, busy: true });
        Ok(Begun::Go(Turn { received: now, key, keys: self.clone() }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Keeps the answer; only then may it be given. A disk that refuses is logged: what was asked is durable all the
    /// same, and after a restart a retry would be answered anew, with duplicates instead of new rows.
    pub async fn finish(self, reply: Bytes) {
        let (keys, key, now) = (self.keys.clone(), self.key, self.keys.clock.now());
        let kept = tokio::task::spawn_blocking(move || {
            let mut state = keys.lock();
            let mut bytes = vec![ANSWERED];
            bytes.extend_from_slice(&key);
            bytes.extend_from_slice(&reply);
            let kept = state.append(bytes, now, None);
            if let Some(entry) = state.known.get_mut(&key) {
                entry.reply = Some(reply);
            }
            kept
        });
        if let Ok(Err(error)) = kept.await {
            tracing::warn!(error = chain(&error), "an answer could not be kept under its idempotency key");
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(entry) = self.keys.lock().known.get_mut(&self.key) {
            entry.busy = false;
        }
    }
}

impl State {
    /// Keeps a record; the oldest make room when there is none.
    fn append(&mut self, bytes: Vec<u8>, now: Timestamp, key: Option<KeyHash>) -> Result<u64, SpoolError> {
        let record = Record { readings: 1, tag: 0, at_ms: now.ms(), bytes };
        let mut tries = PARTS;
        let seq = loop {
            match self.log.append(std::slice::from_ref(&record)) {
                Ok(numbers) => break numbers.start,
                Err(SpoolError::Full { .. }) if tries > 0 => {
                    tries -= 1;
                    let forgotten = self.order.len().div_ceil(PARTS);
                    tracing::warn!(forgotten, "the log of idempotency keys is full: the oldest go before their time");
                    self.forget(forgotten)?;
                }
                Err(error) => return Err(error),
            }
        };
        self.order.push_back((seq, now.ms(), key));
        Ok(seq)
    }

    /// Lets go of what is too old.
    fn sweep(&mut self, now: Timestamp) {
        if (now.ms() - self.swept).abs() < SWEEP_EVERY_MS {
            return;
        }
        self.swept = now.ms();
        let old = self.order.iter().take_while(|(_, at, _)| *at < now.ms() - KEEP_MS).count();
        if old > 0
            && let Err(error) = self.forget(old)
        {
            tracing::warn!(error = chain(&error), "old idempotency keys could not be released");
        }
    }

    fn forget(&mut self, records: usize) -> Result<(), SpoolError> {
        let mut through = 0;
        for (seq, _, key) in self.order.drain(..records.min(self.order.len())) {
            through = seq;
            if let Some(key) = key
                && self.known.get(&key).is_some_and(|entry| entry.seq == seq)
            {
                self.known.remove(&key);
            }
        }
        if through > 0 { self.log.release(through) } else { Ok(()) }
    }
}

/// What a record says; answers the key that it began. One that cannot be read says nothing.
fn learn(known: &mut FxHashMap<KeyHash, Entry>, record: &Spooled) -> Option<KeyHash> {
    let (kind, rest) = record.bytes.split_first()?;
    let (key, rest) = rest.split_first_chunk::<16>()?;
    match *kind {
        BEGUN => {
            let (print, rest) = rest.split_first_chunk::<16>()?;
            let received = Timestamp::from_ms(i64::from_be_bytes(rest.try_into().ok()?));
            known.insert(*key, Entry { seq: record.seq, print: *print, received, reply: None, busy: false });
            Some(*key)
        }
        ANSWERED => {
            known.get_mut(key)?.reply = Some(Bytes::copy_from_slice(rest));
            None
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
