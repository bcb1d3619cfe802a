//! Puts a committed batch on the board: latest values, signs of life, rule states, alarms, links and the ledger. And,
//! while the database is away, what has only reached the spool: shown as such, decided on by no rule.

use chengshu_core::model::{Alarm, AlarmId, Quality, Timestamp};
use chengshu_core::seam::Outcome;
use chengshu_rules::{Reorder, RuleState, Sample};
use chengshu_store::Fate;
use rustc_hash::FxHashMap;

use crate::batch::Written;
use crate::board::{Arrival, BoardState, DeviceSlot, Latest};
use crate::job::{Job, Origin};
use crate::plan::{Plan, Planned, RuleKey, mark};

/// Puts a committed batch on the board.
pub(crate) fn apply(
    board: &mut BoardState,
    jobs: &[Job],
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
            let heard = life(planned.latest);
            slot.hear(heard);
            board.judge(planned.device, now);
            changed.push(planned.device);
        }
    }
    for n in &plan.presences {
        changed.extend(presence(board, &jobs[*n as usize], now));
    }
    let planned = plan.planned;
    apply_rules(board, plan.deltas, plan.waiting, plan.alarms);
    board.devices_changed(changed, now);
    written.tally.add_to(&mut board.ledger.totals);
    count_links(board, jobs, &planned, outcomes, now);
}

/// Puts on the board what rules have decided.
pub(crate) fn apply_rules(
    board: &mut BoardState,
    deltas: FxHashMap<RuleKey, RuleState>,
    waiting: FxHashMap<u32, Reorder<(u32, Sample)>>,
    alarms: FxHashMap<AlarmId, Alarm>,
) {
    let mut touched: Vec<u32> = deltas.keys().map(|(device, _)| *device).chain(waiting.keys().copied()).collect();
    touched.sort_unstable();
    touched.dedup();
    for ((device, rule), state) in deltas {
        let slot = board.devices.get_mut(device as usize).and_then(|slot| slot.rules.get_mut(usize::from(rule)));
        if let Some(slot) = slot {
            slot.state = state;
        }
    }
    for (device, waiting) in waiting {
        if let Some(slot) = board.devices.get_mut(device as usize) {
            slot.waiting = Some(Box::new(waiting));
        }
    }
    for (id, alarm) in alarms {
        match alarm.cleared_at {
            None => drop(board.alarms.insert(id, alarm)),
            Some(_) => drop(board.alarms.remove(&id)),
        }
    }
    for device in touched {
        board.rules_changed(device);
    }
}

/// The moment at which a reading proves that its device lives: a late one only when it was taken.
pub(crate) fn life(latest: Latest) -> Timestamp {
    if latest.quality.contains(Quality::LATE) { latest.as_of() } else { latest.received }
}

fn presence(board: &mut BoardState, job: &Job, now: Timestamp) -> Option<u32> {
    let presence = job.delivery.presence.as_ref()?;
    let number = board.by_name.get(&presence.device).copied()?;
    let slot: &mut DeviceSlot = board.devices.get_mut(number as usize)?;
    let received = job.delivery.received;
    // one that waited in the spool must not undo what was heard since
    if slot.said.is_none_or(|said| said <= received) {
        slot.said = Some(received);
        slot.device.online = Some(presence.online);
        slot.gone = (!presence.online).then_some(received);
    }
    board.judge(number, now);
    Some(number)
}

/// Shows what has only reached the spool: newest values and signs of life of devices that are known.
pub(crate) fn preview(board: &mut BoardState, jobs: &[Job], now: Timestamp) {
    let mut changed = Vec::new();
    let seq = board.seq() + 1; // the number that devices_changed will give below
    for job in jobs {
        let delivery = &job.delivery;
        if let Some(link) = board.link_index(&delivery.link) {
            let lags = delivery.readings.iter().map(|reading| delivery.received.since(reading.at));
            board.links[link].count(now, delivery.readings.len() as u32, lags);
        }
        for reading in &delivery.readings {
            let Some(number) = board.by_name.get(&reading.device).copied() else { continue };
            let Some(slot) = board.devices.get_mut(number as usize) else { continue };
            if delivery.theme.as_ref().is_some_and(|theme| *theme != slot.device.theme) {
                continue;
            }
            let Some(index) = slot.series.iter().position(|series| series.metric == reading.metric) else { continue };
            let quality = mark(slot, &slot.series[index], reading, delivery.received);
            let latest = Latest { at: reading.at, received: delivery.received, value: reading.value, quality };
            let series = &mut slot.series[index];
            if series.current().is_none_or(|(known, _)| latest.supersedes(&known)) {
                series.spooled = Some(latest);
                series.changed = seq;
                slot.hear(life(latest));
                board.judge(number, now);
                changed.push(number);
                if let Some(link) = board.link_index(&delivery.link) {
                    board.links[link].last = Some(Arrival { device: number, series: index as u32, latest });
                }
            }
        }
        changed.extend(presence(board, job, now));
    }
    board.devices_changed(changed, now);
}

fn count_links(board: &mut BoardState, jobs: &[Job], planned: &[Planned], outcomes: &[Outcome], now: Timestamp) {
    let mut readings = planned;
    let mut link = None;
    for (n, (job, outcome)) in jobs.iter().zip(outcomes).enumerate() {
        let mine = readings.iter().take_while(|planned| planned.delivery as usize == n).count();
        let (these, rest) = readings.split_at(mine);
        readings = rest;
        // Neighbours mostly came by the same link: look it up only when it changes.
        let id = &job.delivery.link;
        let index = link.filter(|at: &usize| board.links[*at].link.id == *id).or_else(|| board.link_index(id));
        link = index;
        let Some(slot) = index.map(|at| &mut board.links[at]) else { continue };
        slot.rejected += u64::from(outcome.rejected);
        if matches!(job.origin, Origin::Spool(_)) {
            continue; // it came a while ago: no news of the link's traffic now
        }
        slot.count(now, outcome.stored, these.iter().map(|planned| planned.latest.received.since(planned.latest.at)));
        if let Some(Planned { device, series, latest, .. }) = these.last().copied() {
            slot.last = Some(Arrival { device, series, latest });
        }
    }
}
