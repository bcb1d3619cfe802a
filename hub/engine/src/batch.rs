//! One batch: register, plan, one transaction, then the board and the answers. A data error splits the batch until
//! the bad delivery stands alone; that one is set aside with its raw bytes and the rest goes on.

use chengshu_core::model::{Delivery, Reason, Rejected};
use chengshu_core::seam::Outcome;
use chengshu_store::{Batch, Fate, Marks, RejectedRow, StoreError};

use crate::apply::apply;
use crate::board::Latest;
use crate::happenings::of_event;
use crate::job::{COUNTED, Job};
use crate::plan::{Plan, hindsight};
use crate::register::Additions;
use crate::run::Engine;
use crate::tally::Tally;

impl Engine {
    /// Makes `jobs` durable in the database and answers for them. On an error nothing of what is left in `jobs` has
    /// been answered for.
    pub(crate) async fn commit(&mut self, jobs: &mut Vec<Job>) -> Result<(), StoreError> {
        while !jobs.is_empty() {
            let mut size = jobs.len();
            loop {
                match self.commit_first(&mut jobs[..size]).await {
                    Ok(outcomes) => {
                        for (job, outcome) in jobs.drain(..size).zip(outcomes) {
                            job.settle(outcome);
                        }
                        break;
                    }
                    Err(StoreError::Data(_)) if size > 1 => size /= 2,
                    Err(StoreError::Data(error)) => set_aside(&mut jobs[0].delivery, &error.to_string()),
                    Err(error) => return Err(error),
                }
            }
        }
        if self.ledger_unsure {
            let totals = self.store.ledger_totals().await?;
            self.board.write(|board| board.ledger.learn(totals));
            self.ledger_unsure = false;
        }
        Ok(())
    }

    async fn commit_first(&mut self, jobs: &mut [Job]) -> Result<Vec<Outcome>, StoreError> {
        let now = self.clock.now();
        let deliveries = || jobs.iter().map(|job| &job.delivery);
        let additions = self.board.read(|board| Additions::collect(board, &self.book, self.bounds(), deliveries()));
        if !additions.is_empty() {
            let ids = additions.write(&self.store, self.lease, now).await?;
            additions.apply(&self.board, &self.book, &ids, now);
        }
        let plan = self.board.read(|board| Plan::new(board, jobs.iter().map(|job| &job.delivery)));
        let started = self.clock.monotonic();
        let written = self.write(jobs, &plan).await?;
        self.metrics.commit.observe((self.clock.monotonic() - started).as_secs_f64());
        self.metrics.batch.observe(jobs.len() as f64);
        if let Some(dirty) = plan.dirty {
            self.dirty_next = Some(self.dirty_next.map_or(dirty, |known| known.min(dirty)));
        }
        self.attempts.committed = self.attempts.last;
        self.ledger_unsure |= written.tally.has_repeats();
        if let Some((id, minutes)) = &written.dirty {
            self.rollups.note(*id, minutes);
        }
        let outcomes = self.outcomes(jobs, &plan, &written);
        // what came out of the spool was shown when it went in
        self.taps.see(jobs.iter().filter(|job| job.seq().is_none()).map(|job| &job.delivery));
        let told = !plan.transitions.is_empty();
        self.board.write(|board| apply(board, jobs, plan, &written, &outcomes, now));
        if told {
            self.outbox_wake.notify_one();
        }
        Ok(outcomes)
    }

    async fn write(&mut self, jobs: &mut [Job], plan: &Plan) -> Result<Written, StoreError> {
        let mut tx = self.store.batch(self.lease).await?;
        // Which earlier attempt turned out to be committed although we never heard of it, if any.
        let counted = if tx.marks.attempt == self.attempts.committed { 0 } else { tx.marks.attempt };
        let attempt = self.attempts.next(self.lease.epoch);
        let mut tally = self.board.read(|board| Tally::new(board, jobs, counted));
        for job in jobs.iter_mut().filter(|job| job.attempt != COUNTED) {
            let done = counted != 0 && job.attempt == counted;
            job.attempt = if done { COUNTED } else { attempt };
        }
        let fates = tx.readings_add(&plan.rows).await?;
        let conflicts = self.board.read(|board| {
            tally.readings(board, plan, fates.as_deref());
            conflicts(board, plan, fates.as_deref())
        });
        let (mut events, mut happenings) = (Vec::new(), Vec::new());
        for (n, job) in jobs.iter().enumerate() {
            let (theme, received) = (job.delivery.theme.as_ref(), job.delivery.received);
            for event in &job.delivery.events {
                let new = tx.event_add(event, received).await?;
                events.push((n as u32, new, event.device.clone()));
                if new {
                    happenings.push(self.board.read(|board| of_event(board, theme, event, received)));
                }
            }
        }
        let told = tx.delivery_add(&happenings, self.clock.now()).await? > 0;
        for n in &plan.presences {
            let delivery = &jobs[*n as usize].delivery;
            if let Some(presence) = &delivery.presence {
                tx.presence_put(presence, delivery.received).await?;
                events.push((*n, true, presence.device.clone()));
            }
        }
        self.write_rules(&mut tx, plan).await?;
        let late = self.board.read(|board| hindsight(board, plan, fates.as_deref()));
        tx.retrospect_add(&late).await?;
        let aside = rejections(jobs, plan, &conflicts);
        let rejected: Vec<RejectedRow<'_>> =
            aside.iter().filter(|(n, ..)| !tally.is_repeat(*n)).map(|rejection| row(rejection)).collect();
        tx.rejected_add(&rejected).await?;
        self.board.read(|board| {
            for (n, new, device) in &events {
                tally.kept(board, *n, device, *new);
            }
            for (n, _, rejected) in &aside {
                tally.rejected(board, *n, rejected.device.as_ref(), rejected.reason);
            }
        });
        let lines: Vec<_> = tally.lines().collect();
        for (link, day, line) in lines {
            tx.ledger_add(link, day, line).await?;
        }
        let minutes = plan.minutes();
        let dirty = if minutes.is_empty() { None } else { Some((tx.rollup_dirty_add(&minutes).await?, minutes)) };
        let through = jobs.iter().filter_map(Job::seq).max();
        let spool = through.map_or(tx.marks.spool, |through| (self.spool.id(), through.cast_signed()));
        let first_dirty = plan.dirty.filter(|dirty| self.dirty_next.is_none_or(|known| *dirty < known));
        tx.marks_put(Marks { attempt, spool }, first_dirty).await?;
        tx.commit().await?;
        if told {
            self.hooks_wake.notify_one();
        }
        Ok(Written { fates, conflicts, events, tally, dirty })
    }

    /// What rules have decided: transitions, alarms, what waits, and that somebody has to be told.
    pub(crate) async fn write_rules(&self, tx: &mut Batch, plan: &Plan) -> Result<(), StoreError> {
        if plan.deltas.is_empty() && plan.waiting.is_empty() {
            return Ok(());
        }
        let (states, marks) = self.board.read(|board| (plan.rule_states(board), plan.rule_marks(board)));
        tx.rule_state_put(&states).await?;
        tx.rule_mark_put(&marks).await?;
        if plan.transitions.is_empty() {
            return Ok(());
        }
        let alarms: Vec<_> = plan.alarms.values().cloned().collect();
        tx.alarms_put(&plan.transitions, &alarms).await?;
        let told: Vec<_> = plan.transitions.iter().map(|transition| transition.alarm).collect();
        tx.outbox_add(&told).await
    }

    fn outcomes(&self, jobs: &[Job], plan: &Plan, written: &Written) -> Vec<Outcome> {
        let mut outcomes = vec![Outcome::default(); jobs.len()];
        for (n, planned) in plan.planned.iter().enumerate() {
            let outcome = &mut outcomes[planned.delivery as usize];
            match written.fates.as_ref().map_or(Fate::Stored, |fates| fates[n]) {
                Fate::Stored => outcome.stored += 1,
                Fate::Duplicate => outcome.duplicate += 1,
                Fate::Conflict { .. } => {} // counted with the rejections below
            }
        }
        for (delivery, new, _) in &written.events {
            let outcome = &mut outcomes[*delivery as usize];
            *(if *new { &mut outcome.stored } else { &mut outcome.duplicate }) += 1;
        }
        for (delivery, _, rejected) in rejections(jobs, plan, &written.conflicts) {
            let outcome = &mut outcomes[delivery as usize];
            outcome.rejected += 1;
            outcome.reason = Some(rejected.reason);
            self.metrics.rejected.with_label_values(&[rejected.reason.code()]).inc();
        }
        let sum = |part: fn(&Outcome) -> u32| outcomes.iter().map(|outcome| u64::from(part(outcome))).sum();
        self.metrics.readings.with_label_values(&["stored"]).inc_by(sum(|outcome| outcome.stored));
        self.metrics.readings.with_label_values(&["duplicate"]).inc_by(sum(|outcome| outcome.duplicate));
        self.metrics.readings.with_label_values(&["rejected"]).inc_by(sum(|outcome| outcome.rejected));
        outcomes
    }
}

/// What the transaction said.
pub(crate) struct Written {
    pub(crate) fates: Option<Vec<Fate>>,
    conflicts: Vec<(u32, Rejected)>,
    /// Events and words of presence: of which job, whether new, of which device.
    events: Vec<(u32, bool, chengshu_core::model::DeviceId)>,
    pub(crate) tally: Tally,
    /// The note for the rollups: its number and its minutes.
    dirty: Option<(i64, Vec<chengshu_store::DirtyMinute>)>,
}

/// Attempts are numbered so that none of any hub is ever taken for another.
#[derive(Default)]
pub(crate) struct Attempts {
    last: i64,
    /// The last one that is known to be committed.
    pub(crate) committed: i64,
}

impl Attempts {
    fn next(&mut self, epoch: i64) -> i64 {
        self.last = (epoch << 40) | ((self.last + 1) & ((1 << 40) - 1));
        self.last
    }
}

type Rejection<'a> = (u32, &'a Delivery, &'a Rejected);

fn rejections<'a>(jobs: &'a [Job], plan: &'a Plan, conflicts: &'a [(u32, Rejected)]) -> Vec<Rejection<'a>> {
    let early = jobs.iter().enumerate().flat_map(|(n, job)| job.delivery.rejected.iter().map(move |r| (n as u32, r)));
    let late = plan.rejected.iter().chain(conflicts).map(|(n, rejected)| (*n, rejected));
    early.chain(late).map(|(n, rejected)| (n, &jobs[n as usize].delivery, rejected)).collect()
}

fn row<'a>((_, delivery, rejected): &Rejection<'a>) -> RejectedRow<'a> {
    RejectedRow {
        received: delivery.received,
        link: &delivery.link,
        source: &delivery.source,
        device: rejected.device.as_ref(),
        metric: rejected.metric.as_ref(),
        reason: rejected.reason,
        detail: &rejected.detail,
        raw: &delivery.raw,
    }
}

fn conflicts(board: &crate::board::BoardState, plan: &Plan, fates: Option<&[Fate]>) -> Vec<(u32, Rejected)> {
    let rows = fates.unwrap_or_default().iter().zip(&plan.planned);
    rows.filter_map(|(fate, planned)| {
        let Fate::Conflict { stored } = fate else { return None };
        let Latest { at, value, .. } = planned.latest;
        let detail =
            format!("value {value} at {}, but {stored} is stored for that time; both are kept", at.to_rfc3339());
        let slot = board.device_at(planned.device);
        let metric = slot.and_then(|slot| slot.series.get(planned.series as usize)).map(|series| series.metric.clone());
        let device = slot.map(|slot| slot.device.id.clone());
        Some((planned.delivery, Rejected { device, metric, reason: Reason::Conflict, detail }))
    })
    .collect()
}

/// Turns a delivery that the database refuses into one that is kept with its reason, item for item.
fn set_aside(delivery: &mut Delivery, words: &str) {
    let detail = format!("the database refused it: {words}");
    let refused = |device, metric| Rejected { device, metric, reason: Reason::DatabaseRefused, detail: detail.clone() };
    let readings = delivery.readings.drain(..).map(|reading| refused(Some(reading.device), Some(reading.metric)));
    let events = delivery.events.drain(..).map(|event| refused(Some(event.device), None));
    let presence = delivery.presence.take().map(|presence| refused(Some(presence.device), None));
    let all: Vec<Rejected> = readings.chain(events).chain(presence).collect();
    delivery.rejected.extend(if all.is_empty() { vec![refused(None, None)] } else { all });
}
