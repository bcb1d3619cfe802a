//! Keeps the rollups true: minutes that readings changed are noted in memory (and in the transaction of the readings),
//! and worked out anew a little after they have ended. They may lag; a reader is told which minutes are not true yet.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_store::{DirtyMinute, Lease, Store, StoreError};
use rustc_hash::{FxHashMap, FxHashSet};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(120);
const MINUTE_MS: i64 = 60_000;
/// A minute is worked out when it has been over for this long: its last readings are still on their way.
const RIPE_MS: i64 = 15_000;
/// Minutes in one transaction.
const PORTION: usize = 20_000;
const DAY_MINUTES: i32 = 1440;
const CST_MINUTES: i32 = 480;

#[derive(Default)]
struct Notes {
    /// By series: minutes since 1970, in order.
    waiting: FxHashMap<i32, Vec<i32>>,
    /// Being worked out just now.
    under_way: FxHashSet<DirtyMinute>,
    /// The newest note of the database that is in here.
    last: i64,
}

/// Minutes that are not true in the rollups.
#[derive(Clone, Default)]
pub struct Rollups(Arc<Mutex<Notes>>);

impl Rollups {
    fn notes(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over a note that was committed under number `id`.
    pub(crate) fn note(&self, id: i64, minutes: &[DirtyMinute]) {
        let mut notes = self.notes();
        for minute in minutes {
            notes.add(*minute);
        }
        notes.last = notes.last.max(id);
    }

    /// Minutes of a series between two moments that the rollups do not tell truly yet.
    #[must_use]
    pub fn untrue(&self, series: i32, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let notes = self.notes();
        let waiting = notes.waiting.get(&series).into_iter().flatten().copied();
        let under_way = notes.under_way.iter().filter(|(of, _)| *of == series).map(|(_, minute)| *minute);
        let (first, end) = (from.ms().div_euclid(MINUTE_MS), to.ms());
        let within = |minute: &i32| i64::from(*minute) >= first && i64::from(*minute) * MINUTE_MS < end;
        let mut minutes: Vec<i32> = waiting.chain(under_way).filter(within).collect();
        minutes.sort_unstable();
        minutes.dedup();
        minutes.into_iter().map(|minute| Timestamp::from_ms(i64::from(minute) * MINUTE_MS)).collect()
    }

    /// The oldest minute that is not true yet, if any: all rollups before it are.
    #[must_use]
    pub fn true_until(&self) -> Option<Timestamp> {
        let notes = self.notes();
        let waiting = notes.waiting.values().filter_map(|minutes| minutes.first().copied());
        let oldest = waiting.chain(notes.under_way.iter().map(|(_, minute)| *minute)).min();
        oldest.map(|minute| Timestamp::from_ms(i64::from(minute) * MINUTE_MS))
    }

    /// Takes the ripe ones out; answers with them, with those that stay, and with the newest note that both cover.
    fn take(&self, now: Timestamp) -> (Vec<DirtyMinute>, Vec<DirtyMinute>, i64) {
        let ripe = |minute: i32| {
            let begin = i64::from(minute) * MINUTE_MS;
            begin + MINUTE_MS + RIPE_MS <= now.ms() || begin > now.ms() + MINUTE_MS
        };
        let mut notes = self.notes();
        let (mut taken, mut staying) = (Vec::new(), Vec::new());
        for (series, minutes) in &mut notes.waiting {
            minutes.retain(|minute| {
                let ripe = ripe(*minute);
                (if ripe { &mut taken } else { &mut staying }).push((*series, *minute));
                !ripe
            });
        }
        notes.waiting.retain(|_, minutes| !minutes.is_empty());
        notes.under_way.extend(taken.iter().copied());
        taken.sort_unstable_by_key(|(series, minute)| (day(*minute), *series, *minute));
        (taken, staying, notes.last)
    }

    /// Those under way are done, or wait again.
    fn finish(&self, failed: &[DirtyMinute]) {
        let mut notes = self.notes();
        notes.under_way.clear();
        for minute in failed {
            notes.add(*minute);
        }
    }
}

impl Notes {
    fn add(&mut self, (series, minute): DirtyMinute) {
        let minutes = self.waiting.entry(series).or_default();
        if let Err(place) = minutes.binary_search(&minute) {
            minutes.insert(place, minute);
        }
    }
}

/// The local day of a minute.
fn day(minute: i32) -> i32 {
    (minute + CST_MINUTES).div_euclid(DAY_MINUTES)
}

/// Works notes off until `stop`.
pub(crate) async fn run(rollups: Rollups, store: Store, lease: Lease, clock: SharedClock, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = work(&rollups, &store, lease, &clock).await {
            tracing::warn!(error = %error.database_words(), "rollups could not be brought up to date; tried again soon");
        }
    }
}

async fn work(rollups: &Rollups, store: &Store, lease: Lease, clock: &SharedClock) -> Result<(), StoreError> {
    let (taken, mut staying, last) = rollups.take(clock.now());
    if taken.is_empty() {
        return Ok(());
    }
    let mut rest = taken.as_slice();
    let mut failed = None;
    while let Some((_, minute)) = rest.first() {
        let today = day(*minute);
        let same = rest.iter().take(PORTION).take_while(|(_, minute)| day(*minute) == today).count();
        let (portion, after) = rest.split_at(same);
        let done = tokio::select! {
            done = store.rollup_work(lease, portion) => done,
            () = clock.sleep(PATIENCE) => Err(StoreError::silent()),
        };
        if let Err(error) = done {
            failed = Some(error);
            break;
        }
        rest = after;
    }
    rollups.finish(rest);
    staying.extend_from_slice(rest);
    tokio::select! {
        done = store.rollup_dirty_turn(last, &staying) => done?,
        () = clock.sleep(PATIENCE) => return Err(StoreError::silent()),
    }
    failed.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_waits_until_it_is_over_and_is_noted_again_when_it_changes_meanwhile() {
        let rollups = Rollups::default();
        let t = |minute: i64, s: i64| Timestamp::from_ms(minute * MINUTE_MS + s * 1000);
        rollups.note(1, &[(7, 100), (7, 101)]);
        rollups.note(2, &[(8, 101), (7, 101)]);
        assert_eq!(rollups.untrue(7, t(0, 0), t(101, 0)), [t(100, 0)]);
        assert_eq!(rollups.take(t(101, 14)).0, [], "its last readings are still on their way");
        let (taken, staying, last) = rollups.take(t(101, 15));
        assert_eq!((taken, staying.len(), last), (vec![(7, 100)], 2, 2));
        assert_eq!(rollups.true_until(), Some(t(100, 0)), "not true while it is being worked out");
        rollups.note(3, &[(7, 100)]); // a late reading, committed meanwhile
        rollups.finish(&[]);
        assert_eq!(rollups.untrue(7, t(100, 0), t(101, 0)), [t(100, 0)]);
        assert_eq!(rollups.take(t(90, 0)).0, [(7, 100), (7, 101), (8, 101)], "readings from the future need not wait");
        rollups.finish(&[(7, 100)]);
        assert_eq!(rollups.true_until(), Some(t(100, 0)), "what failed waits again");
    }
}
