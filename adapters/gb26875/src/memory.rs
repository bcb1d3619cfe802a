//! What was heard last of every component, so that a change can be told from a repetition; and which frames were heard
//! a moment ago, so that a resend is decoded exactly as before. Shared by all conversations of a line and bounded: the
//! least recently heard is forgotten.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use chengshu_core::model::Timestamp;

/// What a state belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Device([u8; 6]),
    System([u8; 6], [u8; 2]),
    Component([u8; 6], [u8; 7]),
}

/// A state as it was told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub(crate) subject: Subject,
    pub(crate) state: u16,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    state: u16,
    /// The state before the frame that told this one.
    before: Option<u16>,
    mark: u64,
    at: Timestamp,
    received: Timestamp,
}

/// The shared memory.
#[derive(Debug)]
pub(crate) struct Memory {
    most: usize,
    gap_ms: i64,
    window_ms: i64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    states: Aging<Subject, Last>,
    /// When these bytes were heard first, and last.
    frames: Aging<u64, (Timestamp, Timestamp)>,
}

impl Memory {
    pub(crate) fn new(most: usize, gap_ms: i64, window_ms: i64) -> Self {
        Self { most: most.max(2), gap_ms, window_ms, inner: Mutex::default() }
    }

    /// When these bytes were first heard, if this is a resend: shortly after the last, and not long after the first. A
    /// heartbeat may be the same bytes for ever.
    pub(crate) fn first_heard(&self, raw: &[u8], received: Timestamp) -> Timestamp {
        let mark = mark(raw, 0);
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let resend = |(first, last): &(Timestamp, Timestamp)| {
            (0..=self.gap_ms).contains(&received.since(*last)) && received.since(*first) <= self.window_ms
        };
        let first = inner.frames.get(&mark).filter(resend).map_or(received, |(first, _)| first);
        inner.frames.put(mark, (first, received), self.most);
        first
    }

    /// The state before each of these, which came together in `data`. The same data again is compared with the same.
    pub(crate) fn before(&self, data: &[u8], told: &[Told], received: Timestamp) -> Vec<Option<u16>> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let mut befores: Vec<Option<u16>> = Vec::with_capacity(told.len());
        let mut changed: HashMap<Subject, Last> = HashMap::new();
        for one in told {
            if let Some(last) = changed.get_mut(&one.subject) {
                befores.push(Some(last.state));
                last.state = one.state;
                last.at = last.at.max(one.at);
                continue;
            }
            let mark = mark(data, one.at.ms());
            let known = inner.states.get(&one.subject);
            let before = match known {
                Some(last) if last.mark == mark => last.before,
                // an older frame sent again between newer ones: says nothing of the present
                Some(last) if one.at < last.at && received.since(last.received) <= self.window_ms => {
                    befores.push(None);
                    continue;
                }
                Some(last) => Some(last.state),
                None => None,
            };
            befores.push(before);
            changed.insert(one.subject, Last { state: one.state, before, mark, at: one.at, received });
        }
        for (subject, last) in changed {
            inner.states.put(subject, last, self.most);
        }
        befores
    }
}

fn mark(bytes: &[u8], salt: i64) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    salt.hash(&mut hasher);
    hasher.finish()
}

/// A map in two generations: when the young one is half of all, the old one is forgotten.
#[derive(Debug)]
struct Aging<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K, V> Default for Aging<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Copy + Eq + Hash, V: Copy> Aging<K, V> {
    fn get(&self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    fn put(&mut self, key: K, value: V, most: usize) {
        if self.young.len() >= most / 2 && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: Subject = Subject::Device([1; 6]);

    fn told(state: u16, second: i64) -> Told {
        Told { subject: DEVICE, state, at: Timestamp::from_ms(second * 1000) }
    }

    #[test]
    fn a_resend_is_compared_with_what_was_before_it() {
        let memory = Memory::new(100, 15_000, 60_000);
        let now = Timestamp::from_ms(100_000);
        assert_eq!(memory.before(b"a", &[told(2, 1)], now), [None]);
        assert_eq!(memory.before(b"b", &[told(0, 2), told(4, 3)], now), [Some(2), Some(0)]);
        assert_eq!(memory.before(b"b", &[told(0, 2), told(4, 3)], now), [Some(2), Some(0)], "resent");
        assert_eq!(memory.before(b"a", &[told(2, 1)], now), [None], "an older one, resent late");
        assert_eq!(memory.before(b"c", &[told(2, 4)], now), [Some(4)], "which changed nothing");
    }

    #[test]
    fn frames_are_heard_once_within_the_window_and_memory_is_bounded() {
        let memory = Memory::new(10, 15_000, 60_000);
        let at = Timestamp::from_ms;
        assert_eq!(memory.first_heard(b"x", at(0)), at(0));
        for second in [10, 20, 30, 40, 50, 60] {
            assert_eq!(memory.first_heard(b"x", at(second * 1000)), at(0));
        }
        assert_eq!(memory.first_heard(b"x", at(61_000)), at(61_000), "for too long");
        assert_eq!(memory.first_heard(b"x", at(91_000)), at(91_000), "a heartbeat");
        for n in 0..1000_u32 {
            memory.first_heard(&n.to_le_bytes(), at(0));
        }
        let inner = memory.inner.lock().unwrap();
        assert!(inner.frames.young.len() + inner.frames.old.len() <= 10);
    }
}
