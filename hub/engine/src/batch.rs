//! One batch: register, plan, one transaction, then the board and the receipts. A data error splits the batch until
//! the bad delivery stands alone; that one is set aside with its raw bytes and the rest goes on.

use chengshu_core::model::{Crossing, Delivery, Quality, Reason, Rejected, Timestamp};
use chengshu_core::seam::{Handed, Outcome};
use chengshu_store::{Fate, RejectedRow, StoreError};

use crate::board::{Arrival, BoardState, Latest};
use crate::plan::{Plan, Planned};
use crate::register::Additions;
use crate::run::Engine;

impl Engine {
    /// Makes `handed` durable and settles it. On an error nothing of what is left in `handed` has been settled.
    pub(crate) async fn commit(&mut self, handed: &mut Vec<Handed>) -> Result<(), StoreError> {
        while !handed.is_empty() {
            let mut size = handed.len();
            loop {
                match self.commit_first(&handed[..size]).await {
                    Ok(outcomes) => {
                        for (handed, outcome) in handed.drain(..size).zip(outcomes) {
                            handed.settle(outcome);
                        }
                        break;
                    }
                    Err(StoreError::Data(_)) if size > 1 => size /= 2,
                    Err(StoreError::Data(error)) => set_aside(&mut handed[0].delivery, &error.to_string()),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    async fn commit_first(&mut self, handed: &[Handed]) -> Result<Vec<Outcome>, StoreError> {
        let deliveries = || handed.iter().map(|handed| &handed.delivery);
        let now = self.clock.now();
        let additions = self.board.read(|board| Additions::collect(board, &self.book, self.bounds(), deliveries()));
        if !additions.is_empty() {
            let ids = additions.write(&self.store, self.lease, now).await?;
            additions.apply(&self.board, &self.book, &ids, now);
        }
        let plan = self.board.read(|board| Plan::new(board, deliveries()));
        let started = self.clock.monotonic();
        let written = self.write(handed, &plan).await?;
        self.metrics.commit.observe((self.clock.monotonic() - started).as_secs_f64());
        self.metrics.batch.observe(handed.len() as f64);
        if let Some(dirty) = plan.dirty {
            self.dirty_next = Some(self.dirty_next.map_or(dirty, |known| known.min(dirty)));
        }
        let outcomes = self.outcomes(handed, &plan, &written);
        let told = !plan.transitions.is_empty();
        self.board.write(|board| apply(board, handed, plan, &written, &outcomes, now));
        if told {
            self.outbox_wake.notify_one();
        }
        Ok(outcomes)
    }

    async fn write(&self, handed: &[Handed], plan: &Plan) -> Result<Written, StoreError> {
        let mut tx = self.store.batch(self.lease).await?;
        if let Some(dirty) = plan.dirty.filter(|dirty| self.dirty_next.is_none_or(|known| *dirty < known)) {
            tx.dirty_since(dirty).await?;
        }
        let fates = tx.readings_add(&plan.rows).await?;
        let mut written = Written { conflicts: conflicts(plan, fates.as_deref()), fates, events: Vec::new() };
        for (n, handed) in handed.iter().enumerate() {
            let delivery = &handed.delivery;
            if let Some(presence) = &delivery.presence {
                tx.presence_put(presence, delivery.received).await?;
            }
            for event in &delivery.events {
                written.events.push((n as u32, tx.event_add(event, delivery.received).await?));
            }
        }
        for (transition, alarm) in &plan.transitions {
            tx.transition_add(transition, alarm.as_ref()).await?;
        }
        if !plan.transitions.is_empty() {
            let alarms: Vec<_> = plan.transitions.iter().map(|(transition, _)| transition.alarm).collect();
            tx.outbox_add(&alarms).await?;
        }
        let rejected: Vec<RejectedRow<'_>> = rejections(handed, plan, &written).map(row).collect();
        tx.rejected_add(&rejected).await?;
        tx.commit().await?;
        Ok(written)
    }

    fn outcomes(&self, handed: &[Handed], plan: &Plan, written: &Written) -> Vec<Outcome> {
        let mut outcomes = vec![Outcome::default(); handed.len()];
        for (n, planned) in plan.planned.iter().enumerate() {
            let outcome = &mut outcomes[planned.delivery as usize];
            match written.fates.as_ref().map_or(Fate::Stored, |fates| fates[n]) {
                Fate::Stored => outcome.stored += 1,
                Fate::Duplicate => outcome.duplicate += 1,
                Fate::Conflict { .. } => {} // counted with the rejections below
            }
        }
        for (delivery, new) in &written.events {
            let outcome = &mut outcomes[*delivery as usize];
            *(if *new { &mut outcome.stored } else { &mut outcome.duplicate }) += 1;
        }
        for (delivery, _, rejected) in rejections(handed, plan, written) {
            outcomes[delivery as usize].rejected += 1;
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
struct Written {
    fates: Option<Vec<Fate>>,
    conflicts: Vec<(u32, Rejected)>,
    events: Vec<(u32, bool)>,
}

type Rejection<'a> = (u32, &'a Delivery, &'a Rejected);

fn rejections<'a>(handed: &'a [Handed], plan: &'a Plan, written: &'a Written) -> impl Iterator<Item = Rejection<'a>> {
    let early =
        handed.iter().enumerate().flat_map(|(n, handed)| handed.delivery.rejected.iter().map(move |r| (n as u32, r)));
    let late = plan.rejected.iter().chain(&written.conflicts).map(|(n, rejected)| (*n, rejected));
    early.chain(late).map(|(n, rejected)| (n, &handed[n as usize].delivery, rejected))
}

fn row<'a>((_, delivery, rejected): Rejection<'a>) -> RejectedRow<'a> {
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

fn conflicts(plan: &Plan, fates: Option<&[Fate]>) -> Vec<(u32, Rejected)> {
    let rows = fates.unwrap_or_default().iter().zip(&plan.planned);
    rows.filter_map(|(fate, planned)| {
        let Fate::Conflict { stored } = fate else { return None };
        let Latest { at, value, .. } = planned.latest;
        let detail =
            format!("value {value} at {}, but {stored} is stored for that time; both are kept", at.to_rfc3339());
        Some((planned.delivery, Rejected { device: None, metric: None, reason: Reason::Conflict, detail }))
    })
    .collect()
}

/// Turns a delivery that the database refuses into one that is kept with its reason.
fn set_aside(delivery: &mut Delivery, words: &str) {
    let detail = format!("the database refused it: {words}");
    let refused = |device, metric| Rejected { device, metric, reason: Reason::DatabaseRefused, detail: detail.clone() };
    let readings = delivery.readings.drain(..).map(|reading| refused(Some(reading.device), Some(reading.metric)));
    let events = delivery.events.drain(..).map(|event| refused(Some(event.device), None));
    let all: Vec<Rejected> = readings.chain(events).collect();
    delivery.rejected.extend(if all.is_empty() { vec![refused(None, None)] } else { all });
    delivery.presence = None;
}

/// Puts a committed batch on the board.
fn apply(
    board: &mut BoardState,
    handed: &[Handed],
    plan: Plan,
    written: &Written,
    outcomes: &[Outcome],
    now: Timestamp,
) {
    let mut changed = Vec::with_capacity(plan.planned.len());
    let seq = board.seq() + 1; // the number that devices_changed will give below
    for (n, planned) in plan.planned.iter().enumerate() {
        if matches!(written.fates.as_ref().map(|fates| fates[n]), Some(Fate::Conflict { .. })) {
            continue;
        }
        let Some(slot) = board.devices.get_mut(planned.device as usize) else { continue };
        let Some(series) = slot.series.get_mut(planned.series as usize) else { continue };
        if series.consider(planned.latest) {
            series.changed = seq;
            if !std::mem::replace(&mut series.dirty, true) {
                board.dirty.push((planned.device, planned.series));
            }
            let late = planned.latest.quality.contains(Quality::LATE);
            let heard = if late { planned.latest.as_of() } else { planned.latest.received };
            slot.heard = Some(slot.heard.map_or(heard, |known| known.max(heard)));
            slot.judge(now);
            changed.push(planned.device);
        }
    }
    for ((device, series, rule), state) in plan.deltas {
        let series = board.devices.get_mut(device as usize).and_then(|slot| slot.series.get_mut(series as usize));
        if let Some((_, known)) = series.and_then(|series| series.rules.get_mut(rule as usize)) {
            *known = state;
        }
    }
    for (transition, alarm) in plan.transitions {
        match (transition.crossing, alarm) {
            (Crossing::Raised, Some(alarm)) => drop(board.alarms.insert(alarm.id, alarm)),
            _ => drop(board.alarms.remove(&transition.alarm)),
        }
    }
    for handed in handed {
        let Some(presence) = &handed.delivery.presence else { continue };
        let Some(number) = board.by_name.get(&presence.device).copied() else { continue };
        let Some(slot) = board.devices.get_mut(number as usize) else { continue };
        slot.device.online = Some(presence.online);
        slot.gone = (!presence.online).then_some(handed.delivery.received);
        slot.judge(now);
        changed.push(number);
    }
    board.devices_changed(changed, now);
    count_links(board, handed, &plan.planned, outcomes, now);
}

fn count_links(board: &mut BoardState, handed: &[Handed], planned: &[Planned], outcomes: &[Outcome], now: Timestamp) {
    let mut readings = planned;
    let mut link = None;
    for (n, (handed, outcome)) in handed.iter().zip(outcomes).enumerate() {
        let mine = readings.iter().take_while(|planned| planned.delivery as usize == n).count();
        let (these, rest) = readings.split_at(mine);
        readings = rest;
        // Neighbours mostly came by the same link: look it up only when it changes.
        let id = &handed.delivery.link;
        let index = link.filter(|at: &usize| board.links[*at].link.id == *id).or_else(|| board.link_index(id));
        link = index;
        let Some(slot) = index.map(|at| &mut board.links[at]) else { continue };
        slot.count(now, outcome.stored, these.iter().map(|planned| planned.latest.received.since(planned.latest.at)));
        slot.rejected += u64::from(outcome.rejected);
        if let Some(Planned { device, series, latest, .. }) = these.last().copied() {
            slot.last = Some(Arrival { device, series, latest });
        }
    }
}
