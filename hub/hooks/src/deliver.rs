//! The loop that sends what is due: one webhook's deliveries one after the other, several webhooks at once, so that a
//! receiver that does not answer delays nobody else. Woken by whoever adds a row; polling makes it certain.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_store::{Attempt, DueDelivery, Store};
use rand::RngExt as _;
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::task::JoinSet;

use crate::send::Sender;
use crate::{HookMetrics, Hooks, within};

const POLL: Duration = Duration::from_secs(2);
const SWEEP: Duration = Duration::from_secs(30);
/// Deliveries of one webhook that are taken at once.
const EACH: i64 = 50;
/// Webhooks that are told at once.
const AT_ONCE: usize = 32;
const AGAIN_FIRST: Duration = Duration::from_secs(2);
const AGAIN_MOST: Duration = Duration::from_secs(3600);
/// Deliveries are remembered for so long.
const REMEMBERED_MS: i64 = 30 * 86_400_000;

pub(crate) async fn run(hooks: &Hooks) {
    let guard = hooks.options.guard.clone();
    let clock = hooks.clock.clone();
    let seal = hooks.seal.clone();
    // reading the system's authorities takes some milliseconds
    let sender = match tokio::task::spawn_blocking(move || Sender::new(guard, seal, clock)).await {
        Ok(Ok(sender)) => sender,
        Ok(Err(error)) => return tracing::error!(%error, "no TLS: webhooks are told nothing"),
        Err(error) => return tracing::error!(%error, "webhooks are told nothing"),
    };
    let mut tasks: JoinSet<i64> = JoinSet::new();
    let mut busy: FxHashSet<i64> = FxHashSet::default();
    let mut known_away = false;
    loop {
        let away = match within(&hooks.clock, hooks.store.delivery_due(hooks.clock.now(), EACH)).await {
            Ok(due) => {
                let mut lines: FxHashMap<i64, Vec<DueDelivery>> = FxHashMap::default();
                due.into_iter().for_each(|one| lines.entry(one.webhook).or_default().push(one));
                for (webhook, due) in lines {
                    if busy.len() < AT_ONCE && busy.insert(webhook) {
                        let line = Line {
                            sender: sender.clone(),
                            store: hooks.store.clone(),
                            clock: hooks.clock.clone(),
                            metrics: hooks.metrics.clone(),
                            give_up_after: hooks.options.give_up_after,
                        };
                        tasks.spawn(line.run(webhook, due));
                    }
                }
                false
            }
            Err(error) => {
                if !known_away {
                    tracing::warn!(error = %error.database_words(), "deliveries to webhooks wait for the database");
                }
                true
            }
        };
        known_away = away;
        tokio::select! {
            () = hooks.wake.notified(), if !away => {}
            () = hooks.clock.sleep(POLL) => {}
            Some(done) = tasks.join_next(), if !away => match done {
                Ok(webhook) => drop(busy.remove(&webhook)),
                Err(error) => {
                    tracing::error!(%error, "telling a webhook panicked");
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
                tracing::warn!(given_up, "deliveries to webhooks were given up; they can be asked for again");
                hooks.metrics.attempts.with_label_values(&["given_up"]).inc_by(given_up);
            }
            Err(error) => tracing::debug!(error = %error.database_words(), "deliveries could not be swept"),
        }
        hooks.clock.sleep(SWEEP).await;
    }
}

/// One webhook's deliveries.
struct Line {
    sender: Sender,
    store: Store,
    clock: SharedClock,
    metrics: HookMetrics,
    give_up_after: Duration,
}

impl Line {
    async fn run(self, webhook: i64, due: Vec<DueDelivery>) -> i64 {
        for delivery in due {
            let answer = self.sender.post(&delivery, self.clock.now()).await;
            let at = self.clock.now();
            let attempt = match answer {
                Ok(status) => Attempt { at, status: Some(status.into()), words: None, again: None, hold: false },
                Err(failure) => {
                    let again = at.after(back_off(delivery.attempts));
                    let again = (again < delivery.asked.after(self.give_up_after)).then_some(again);
                    let (status, hold) = (failure.status.map(i32::from), failure.is_of_receiver());
                    tracing::debug!(webhook, delivery = delivery.id, words = failure.words, "a webhook was not told");
                    Attempt { at, status, words: Some(failure.words), again, hold }
                }
            };
            let outcome = match (&attempt.words, attempt.again) {
                (None, _) => "delivered",
                (Some(_), Some(_)) => "failed",
                (Some(_), None) => "given_up",
            };
            self.metrics.attempts.with_label_values(&[outcome]).inc();
            let noted = within(&self.clock, self.store.delivery_tried(delivery.id, webhook, &attempt)).await;
            if let Err(error) = noted {
                tracing::warn!(error = %error.database_words(), "what came of a delivery could not be noted; it is sent again");
                self.clock.sleep(POLL).await;
                break;
            }
            if attempt.hold {
                break;
            }
        }
        webhook
    }
}

/// The pause after so many attempts before this one: doubled each time up to an hour, a fifth more or less.
fn back_off(attempts: i32) -> Duration {
    let doubled = AGAIN_FIRST.saturating_mul(1_u32 << attempts.clamp(0, 20));
    doubled.min(AGAIN_MOST).mul_f64(rand::rng().random_range(0.8..1.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        for (attempts, seconds) in [(0, 2.0), (1, 4.0), (5, 64.0), (11, 3600.0), (1_000_000, 3600.0), (-1, 2.0)] {
            let pause = back_off(attempts).as_secs_f64();
            assert!((seconds * 0.8..seconds * 1.2).contains(&pause), "{attempts}: {pause}");
        }
    }
}
