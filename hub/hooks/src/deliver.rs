//! The loop that sends what is due: one receiver's deliveries one after the other, several receivers at once, so that one
//! that does not answer delays nobody else. Woken by whoever adds a row; polling makes it certain.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_store::DueDelivery;
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::task::JoinSet;

use crate::channel::Channels;
use crate::line::Line;
use crate::pace::{Pace, Turn};
use crate::{Hooks, within};

const POLL: Duration = Duration::from_secs(2);
const SWEEP: Duration = Duration::from_secs(30);
/// Deliveries of one receiver that are taken at once, at least.
const EACH: usize = 50;
/// Receivers that are told at once.
const AT_ONCE: usize = 32;
/// Deliveries are remembered for so long.
const REMEMBERED_MS: i64 = 30 * 86_400_000;

pub(crate) async fn run(hooks: &Hooks) {
    let (options, brokers) = (hooks.options.clone(), hooks.brokers.clone());
    let (seal, clock) = (hooks.seal.clone(), hooks.clock.clone());
    // reading the system's authorities takes some milliseconds
    let channels = match tokio::task::spawn_blocking(move || Channels::new(&options, brokers, seal, clock)).await {
        Ok(Ok(channels)) => channels,
        Ok(Err(error)) => return tracing::error!(error, "receivers are told nothing"),
        Err(error) => return tracing::error!(%error, "receivers are told nothing"),
    };
    let most = hooks.options.messages_per_minute;
    let each = EACH.max(most + 1) as i64;
    let mut tasks: JoinSet<Option<(i64, Pace)>> = JoinSet::new();
    let mut busy: FxHashSet<i64> = FxHashSet::default();
    let mut paces: FxHashMap<i64, Pace> = FxHashMap::default();
    let mut known_away = false;
    loop {
        let away = match within(&hooks.clock, hooks.store.delivery_due(hooks.clock.now(), each)).await {
            Ok(due) => {
                let mut lines: FxHashMap<i64, Vec<DueDelivery>> = FxHashMap::default();
                due.into_iter().for_each(|one| lines.entry(one.to.id).or_default().push(one));
                for (receiver, due) in lines {
                    if busy.len() >= AT_ONCE || busy.contains(&receiver) {
                        continue;
                    }
                    let pace = paces.entry(receiver).or_default();
                    let paced = due.first().is_some_and(|one| one.to.channel.is_for_people());
                    let turn = if paced { pace.turn(due.len(), most, hooks.clock.monotonic()) } else { Turn::Each };
                    if turn == Turn::Later {
                        continue; // looked at again with the next poll
                    }
                    busy.insert(receiver);
                    let line = Line {
                        channels: channels.clone(),
                        store: hooks.store.clone(),
                        clock: hooks.clock.clone(),
                        metrics: hooks.metrics.clone(),
                        give_up_after: hooks.options.give_up_after,
                    };
                    tasks.spawn(line.run(due, turn, std::mem::take(pace)));
                }
                false
            }
            Err(error) => {
                if !known_away {
                    tracing::warn!(error = %error.database_words(), "deliveries to receivers wait for the database");
                }
                true
            }
        };
        known_away = away;
        tokio::select! {
            () = hooks.wake.notified(), if !away => {}
            () = hooks.clock.sleep(POLL) => {}
            Some(done) = tasks.join_next(), if !away => match done {
                Ok(Some((receiver, pace))) => {
                    busy.remove(&receiver);
                    paces.insert(receiver, pace);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "telling a receiver panicked");
                    busy.clear(); // whose it was is not known; the rest is at worst told twice
                }
            },
        }
    }
}

/// Gives up what is too old, forgets what nobody asks for any more.
pub(crate) async fn sweep(hooks: &Hooks) {
    loop {
        let now = hooks.clock.now();
        let ago = |ms: i64| Timestamp::from_ms(now.ms() - ms);
        let patience = i64::try_from(hooks.options.give_up_after.as_millis()).unwrap_or(i64::MAX / 2);
        let swept = hooks.store.delivery_sweep(ago(patience), ago(REMEMBERED_MS));
        match within(&hooks.clock, swept).await {
            Ok(0) => {}
            Ok(given_up) => {
                tracing::warn!(given_up, "deliveries to receivers were given up; they can be asked for again");
                hooks.metrics.attempts.with_label_values(&["any", "given_up"]).inc_by(given_up);
            }
            Err(error) => tracing::debug!(error = %error.database_words(), "deliveries could not be swept"),
        }
        hooks.clock.sleep(SWEEP).await;
    }
}
