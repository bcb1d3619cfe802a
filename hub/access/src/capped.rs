//! A map that cannot outgrow its cap: whoever invents keys (addresses, names) cannot fill the memory. Forgets what was
//! used longest ago, and what is of no more use before that. Knows no time.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// How many of the oldest are looked at for one that is of no more use.
const LOOK: usize = 8;

#[derive(Debug)]
pub(crate) struct Capped<K, V> {
    cap: usize,
    tick: u64,
    values: HashMap<K, (u64, V)>,
    order: BTreeMap<u64, K>,
}

impl<K: Hash + Eq + Clone, V> Capped<K, V> {
    pub(crate) fn new(cap: usize) -> Self {
        Self { cap: cap.max(1), tick: 0, values: HashMap::new(), order: BTreeMap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key).map(|(_, value)| value)
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (tick, value) = self.values.remove(key)?;
        self.order.remove(&tick);
        Some(value)
    }

    /// Puts a value; when there are too many, the oldest that is `useless` goes, or else the oldest.
    pub(crate) fn put(&mut self, key: K, value: V, useless: impl Fn(&V) -> bool) {
        self.remove(&key);
        while self.values.len() >= self.cap {
            let oldest = self.order.values().take(LOOK);
            let victim =
                oldest.clone().find(|key| self.get(key).is_none_or(&useless)).or_else(|| oldest.clone().next());
            let Some(victim) = victim.cloned() else { break };
            self.remove(&victim);
        }
        self.tick += 1;
        self.order.insert(self.tick, key.clone());
        self.values.insert(key, (self.tick, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_cap_and_forgets_the_useless_first() {
        let mut map = Capped::new(3);
        for n in 0..3 {
            map.put(n, n, |_| false);
        }
        map.put(0, 10, |_| false); // used again: now 1 is the oldest
        map.put(3, 3, |value| *value == 2);
        assert_eq!((map.get(&0), map.get(&1), map.get(&2), map.get(&3)), (Some(&10), Some(&1), None, Some(&3)));
        map.put(4, 4, |_| false);
        assert_eq!((map.get(&1), map.len()), (None, 3));
        for n in 0..100_000 {
            map.put(n, n, |_| false);
        }
        assert_eq!((map.len(), map.order.len()), (3, 3));
    }
}
