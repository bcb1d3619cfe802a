//! Runs the rules on the readings of a batch, or on the time that has passed: on the states that earlier readings of the same
//! batch have left, which become true only when the batch is committed.

use chengshu_core::model::{Alarm, Crossing, Quality, Timestamp, Transition};
use chengshu_rules::{RuleState, Sample, Subject, decide, hear, observe, take, tick};

use super::others::Means;
use super::{Plan, Planned, RuleKey};
use crate::apply::life;
use crate::board::{BoardState, DeviceSlot, RuleSlot};

/// Decides for one plan.
pub(super) struct Decider<'a> {
    board: &'a BoardState,
    means: Means,
    /// Rules that look at several readings and have taken some of this delivery in.
    joint: Vec<RuleKey>,
    out: Vec<Transition>,
}

impl<'a> Decider<'a> {
    pub(super) fn new(board: &'a BoardState) -> Self {
        Self { board, means: Means::default(), joint: Vec::new(), out: Vec::new() }
    }

    /// A reading that will be a row; it is the last in `plan.planned`.
    pub(super) fn reading(&mut self, plan: &mut Plan, planned: Planned) {
        let board = self.board;
        let Some(slot) = board.device_at(planned.device).filter(|slot| slot.device.registration.counts()) else {
            return;
        };
        let latest = planned.latest;
        self.heard(plan, planned.device, slot, life(latest));
        let sample = Sample { at: latest.at, received: latest.received, value: latest.value, quality: latest.quality };
        let in_time = if sample.quality.decides() {
            self.in_order(plan, planned, slot, sample)
        } else {
            // late ones are looked at in hindsight, all others decide nothing
            sample.quality.difference(Quality::LATE | Quality::DERIVED) != Quality::empty()
        };
        if !in_time {
            plan.late.push(plan.planned.len() as u32 - 1);
        }
    }

    /// Hands a reading to its rules when its turn has come; false when it came too late.
    fn in_order(&mut self, plan: &mut Plan, planned: Planned, slot: &DeviceSlot, sample: Sample) -> bool {
        let window = slot.reorder_ms();
        if window == 0 {
            return self.run(plan, planned.device, planned.series, sample);
        }
        let waiting = plan.waiting.entry(planned.device);
        let waiting = waiting.or_insert_with(|| slot.waiting.as_deref().cloned().unwrap_or_default());
        let in_time = waiting.push(sample.at, sample.received, (planned.series, sample));
        let ready: Vec<_> = waiting.ready(window).collect();
        for (series, sample) in ready {
            self.run(plan, planned.device, series, sample);
        }
        in_time
    }

    /// Runs all rules that look at a series; false when none of them looks at what is so old.
    fn run(&mut self, plan: &mut Plan, device: u32, series: u32, sample: Sample) -> bool {
        let board = self.board;
        let Some(slot) = board.device_at(device) else { return true };
        let Some(from) = slot.series.get(series as usize) else { return true };
        let mut in_time = from.own.is_empty();
        for (rule, input) in &from.own {
            in_time |= self.run_one(plan, (device, *rule), usize::from(*input), &sample);
        }
        for listener in &from.foreign {
            let counts = |slot: &DeviceSlot| slot.device.registration.counts();
            if board.device_at(listener.device).is_some_and(counts) {
                self.run_one(plan, (listener.device, listener.rule), usize::from(listener.input), &sample);
            }
        }
        in_time
    }

    fn run_one(&mut self, plan: &mut Plan, key: RuleKey, input: usize, sample: &Sample) -> bool {
        let Some((slot, rule)) = self.find(key) else { return true };
        if rule.rule.is_joint() {
            let state = state(plan, key, rule);
            let taken = take(&rule.rule, state, input, sample);
            if taken && !self.joint.contains(&key) {
                self.joint.push(key);
            }
            return taken;
        }
        let seen = plan.deltas.get(&key).unwrap_or(&rule.state).decided;
        if seen.is_some_and(|seen| sample.at <= seen) {
            return false;
        }
        let others = self.means.of(self.board, key.0, slot, &rule.rule);
        observe(&rule.rule, &slot.subject(others), state(plan, key, rule), sample, &mut self.out);
        true
    }

    /// All readings of a delivery have been taken in.
    pub(super) fn end_of_delivery(&mut self, plan: &mut Plan, received: Timestamp) {
        for key in std::mem::take(&mut self.joint) {
            let Some((slot, rule)) = self.find(key) else { continue };
            decide(&rule.rule, &slot.subject(None), state(plan, key, rule), received, &mut self.out);
        }
    }

    /// A sign of life.
    fn heard(&mut self, plan: &mut Plan, device: u32, slot: &DeviceSlot, at: Timestamp) {
        let from = self.board.silence_from;
        for (n, rule) in slot.rules.iter().enumerate().filter(|(_, rule)| rule.rule.is_silence()) {
            let subject: Subject<'_> = slot.subject(None);
            hear(&rule.rule, &subject, state(plan, (device, n as u16), rule), at, from, &mut self.out);
        }
    }

    /// Time has passed for a device.
    pub(super) fn time(&mut self, plan: &mut Plan, device: u32, now: Timestamp) {
        let board = self.board;
        let Some(slot) = board.device_at(device).filter(|slot| slot.device.registration.counts()) else { return };
        let window = slot.reorder_ms();
        if let Some(waiting) =
            slot.waiting.as_deref().filter(|waiting| waiting.due(window).is_some_and(|due| due <= now))
        {
            let mut waiting = waiting.clone();
            let ready: Vec<_> = waiting.flush().collect();
            plan.waiting.insert(device, waiting);
            for (series, sample) in ready {
                self.run(plan, device, series, sample);
            }
            self.end_of_delivery(plan, now);
        }
        for (n, rule) in slot.rules.iter().enumerate() {
            if rule.rule.is_silence() && now < board.silence_from {
                continue;
            }
            let due = chengshu_rules::due(&rule.rule, &rule.state, slot.subject(None).gap_ms);
            if due.is_some_and(|due| due <= now) {
                tick(&rule.rule, &slot.subject(None), state(plan, (device, n as u16), rule), now, &mut self.out);
            }
        }
    }

    /// The alarms as they stand after all transitions.
    pub(super) fn finish(self, plan: &mut Plan) {
        for transition in &self.out {
            let known =
                plan.alarms.remove(&transition.alarm).or_else(|| self.board.alarms.get(&transition.alarm).cloned());
            let alarm = match (transition.crossing, known) {
                (Crossing::Raised, _) => self.raised(transition),
                (_, Some(alarm)) => Some(changed(alarm, transition)),
                (_, None) => None,
            };
            plan.alarms.extend(alarm.map(|alarm| (alarm.id, alarm)));
        }
        plan.transitions = self.out;
    }

    fn raised(&self, transition: &Transition) -> Option<Alarm> {
        let slot = self.board.device(transition.device.as_str())?;
        let rule = slot.rules.iter().find(|rule| rule.rule.rule().id == transition.rule)?;
        Some(Alarm {
            id: transition.alarm,
            rule: transition.rule.clone(),
            rule_version: transition.rule_version,
            theme: slot.device.theme.clone(),
            device: slot.device.id.clone(),
            metric: rule.rule.rule().signal.metric().cloned(),
            severity: transition.severity,
            worst: transition.severity,
            limit: transition.limit.raise,
            clear: transition.limit.clear,
            value: transition.value,
            since: transition.since,
            raised_at: transition.at,
            raised_received: transition.received,
            cleared_at: None,
            cleared_value: None,
        })
    }

    fn find(&self, (device, rule): RuleKey) -> Option<(&'a DeviceSlot, &'a RuleSlot)> {
        let slot = self.board.device_at(device)?;
        Some((slot, slot.rules.get(usize::from(rule))?))
    }
}

/// The state of a rule as this plan has left it.
fn state<'p>(plan: &'p mut Plan, key: RuleKey, rule: &RuleSlot) -> &'p mut RuleState {
    plan.deltas.entry(key).or_insert_with(|| rule.state.clone())
}

fn changed(alarm: Alarm, transition: &Transition) -> Alarm {
    let over = transition.crossing == Crossing::Cleared;
    Alarm {
        severity: transition.severity,
        worst: alarm.worst.min(transition.severity),
        limit: transition.limit.raise,
        clear: transition.limit.clear,
        cleared_at: over.then_some(transition.at),
        cleared_value: over.then_some(transition.value),
        ..alarm
    }
}
