//! One receiver's turn: what waits for it is sent, one after the other or all in one message, and what came of each attempt is
//! noted. A receiver that does not answer is left alone for a while, longer each time.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_store::{Attempt, DueDelivery, Recipient, Store};
use rand::RngExt as _;

use crate::channel::{Channels, Failure};
use crate::pace::{Pace, Turn};
use crate::text::Digest;
use crate::{HookMetrics, within};

const AGAIN_FIRST: Duration = Duration::from_secs(2);
/// A receiver that is back is told within this.
const AGAIN_MOST: Duration = Duration::from_secs(300);
/// How long to wait when the database does not note what was sent.
const UNNOTED: Duration = Duration::from_secs(2);
/// Rows that are read at once for a message of many.
const PAGE: i64 = 2_000;
/// What one message holds at most; what is left has the next one.
const TOGETHER: usize = 100_000;

/// One receiver's deliveries.
pub(crate) struct Line {
    pub(crate) channels: Channels,
    pub(crate) store: Store,
    pub(crate) clock: SharedClock,
    pub(crate) metrics: HookMetrics,
    pub(crate) give_up_after: Duration,
}

impl Line {
    /// Sends what is due, each or all in one message; answers whose it was, with its pace.
    pub(crate) async fn run(self, due: Vec<DueDelivery>, turn: Turn, mut pace: Pace) -> Option<(i64, Pace)> {
        let to = due.first()?.to.clone();
        match turn {
            Turn::Later => {}
            Turn::Each => self.each(due, &mut pace, false).await,
            Turn::Together if due.len() == 1 => self.each(due, &mut pace, true).await,
            Turn::Together => {
                pace.sent(true, self.clock.monotonic());
                self.together(&to, &due).await;
            }
        }
        Some((to.id, pace))
    }

    async fn each(&self, due: Vec<DueDelivery>, pace: &mut Pace, instead: bool) {
        for delivery in due {
            if delivery.to.channel.is_for_people() {
                pace.sent(instead, self.clock.monotonic());
            }
            let answer = self.channels.tell(&delivery, self.clock.now()).await;
            let at = self.clock.now();
            let tries = delivery.attempts.max(delivery.to.failures);
            let again = at.after(back_off(tries));
            let again = (again < delivery.asked.after(self.give_up_after)).then_some(again);
            let attempt = attempt(answer, at, again);
            if !self.note(&[delivery.id], &delivery.to, &attempt, None).await || attempt.hold {
                break;
            }
        }
    }

    /// All that wait, in one message. What is too old is given up by the sweep.
    async fn together(&self, to: &Recipient, due: &[DueDelivery]) {
        let digest = match self.gather(to).await {
            Ok(digest) if digest.ids().is_empty() => return,
            Ok(digest) => digest,
            Err(error) => {
                tracing::warn!(error = %error.database_words(), "what waits for a receiver could not be read");
                return self.clock.sleep(UNNOTED).await;
            }
        };
        let answer = self.channels.tell_all(to, &digest, self.clock.now()).await;
        let at = self.clock.now();
        let tries = due.iter().map(|one| one.attempts).max().unwrap_or(0).max(to.failures);
        let attempt = attempt(answer, at, Some(at.after(back_off(tries))));
        self.note(digest.ids(), to, &attempt, digest.ids().first().copied()).await;
    }

    async fn gather(&self, to: &Recipient) -> Result<Digest, chengshu_store::StoreError> {
        let (mut digest, now) = (Digest::new(to.lang), self.clock.now());
        loop {
            let after = digest.ids().last().copied().unwrap_or(0);
            let page = within(&self.clock, self.store.delivery_waiting(to.id, now, after, PAGE)).await?;
            page.iter().for_each(|one| digest.add(one));
            if (page.len() as i64) < PAGE || digest.ids().len() >= TOGETHER {
                return Ok(digest);
            }
        }
    }

    /// True when what came of it was noted; else it is sent again.
    async fn note(&self, ids: &[i64], to: &Recipient, attempt: &Attempt, digest: Option<i64>) -> bool {
        let outcome = match (&attempt.words, attempt.again) {
            (None, _) => "delivered",
            (Some(_), Some(_)) => "failed",
            (Some(_), None) => "given_up",
        };
        if let Some(words) = &attempt.words {
            tracing::debug!(receiver = to.id, deliveries = ids.len(), words, "a receiver was not told");
        }
        self.metrics.attempts.with_label_values(&[to.channel.word(), outcome]).inc();
        let noted = within(&self.clock, self.store.delivery_tried(ids, to.id, attempt, digest)).await;
        if let Err(error) = &noted {
            tracing::warn!(error = %error.database_words(), "what came of a delivery could not be noted; it is sent again");
            self.clock.sleep(UNNOTED).await;
        }
        noted.is_ok()
    }
}

fn attempt(answer: Result<Option<u16>, Failure>, at: Timestamp, again: Option<Timestamp>) -> Attempt {
    match answer {
        Ok(status) => Attempt { at, status: status.map(Into::into), words: None, again: None, hold: false },
        Err(Failure { status, words, hold }) => {
            Attempt { at, status: status.map(Into::into), words: Some(words), again, hold }
        }
    }
}

/// The pause after so many attempts before this one: doubled each time up to five minutes, a fifth more or less.
fn back_off(attempts: i32) -> Duration {
    let doubled = AGAIN_FIRST.saturating_mul(1_u32 << attempts.clamp(0, 20));
    doubled.mul_f64(rand::rng().random_range(0.8..1.2)).min(AGAIN_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        for (attempts, seconds) in [(0, 2.0), (1, 4.0), (5, 64.0), (-1, 2.0)] {
            let pause = back_off(attempts).as_secs_f64();
            assert!((seconds * 0.8..seconds * 1.2).contains(&pause), "{attempts}: {pause}");
        }
        for attempts in [8, 11, 1_000_000] {
            assert_eq!(back_off(attempts), AGAIN_MOST, "A09: never longer than five minutes");
        }
    }
}
