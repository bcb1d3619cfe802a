//! One step of a rule on one device: what a reading, or the passing of time, changes. Severity rises at once and falls after
//! a hold; a condition is raised when it has held for long enough. Deadlines are device time, so that a replay of the same
//! readings says the same.

use chengshu_core::model::{AlarmId, Crossing, DeviceId, Quality, Rule, Severity, Signal, Timestamp, Transition};

use crate::state::{Active, Falling, Pending, RuleState};
use crate::{Compiled, ladder, signal};

/// A timer waits this much longer than it must, so that a reading taken at its very moment can still say no.
const SLACK_MS: i64 = 500;

/// What the rules see of a reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Device time.
    pub at: Timestamp,
    /// Hub time of arrival.
    pub received: Timestamp,
    /// The value.
    pub value: f64,
    /// What is known against it: a flagged value neither raises nor clears.
    pub quality: Quality,
}

/// What a rule is run on.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The device.
    pub device: &'a DeviceId,
    /// A value is believed for so long after its reading, ms: what was true then may have changed since.
    pub gap_ms: i64,
    /// The mean of those that it is compared with, where the rule compares.
    pub others: Option<f64>,
}

/// Decides on one reading.
pub fn observe(
    rule: &Compiled,
    subject: &Subject<'_>,
    state: &mut RuleState,
    sample: &Sample,
    out: &mut Vec<Transition>,
) {
    let seen = state.decided.is_some_and(|decided| sample.at <= decided);
    if seen || !sample.quality.decides() {
        return;
    }
    let mut step = Step { rule, subject, received: sample.received, out };
    step.pass(state, sample.at);
    let value = signal::of_sample(rule, subject, state, sample);
    step.judge(state, sample.at, value);
}

/// Takes a reading in for one input of a rule that looks at several; [`decide`] follows when the message is through.
pub fn take(rule: &Compiled, state: &mut RuleState, input: usize, sample: &Sample) -> bool {
    sample.quality.decides() && signal::take_input(rule, state, input, sample)
}

/// Decides on what was taken in.
pub fn decide(
    rule: &Compiled,
    subject: &Subject<'_>,
    state: &mut RuleState,
    received: Timestamp,
    out: &mut Vec<Transition>,
) {
    let Some((at, value)) = signal::of_inputs(rule, state, subject.gap_ms) else { return };
    if state.decided.is_some_and(|decided| at < decided) {
        return;
    }
    let mut step = Step { rule, subject, received, out };
    step.pass(state, at);
    step.judge(state, at, Some(value));
}

/// A sign of life at `at` (hub time), for rules about silence. Whoever has listened only since `believed_from` or later
/// cannot say that it was silent before.
pub fn hear(
    rule: &Compiled,
    subject: &Subject<'_>,
    state: &mut RuleState,
    at: Timestamp,
    believed_from: Timestamp,
    out: &mut Vec<Transition>,
) {
    if state.decided.is_some_and(|heard| at <= heard) {
        return;
    }
    let mut step = Step { rule, subject, received: at, out };
    if at >= believed_from {
        step.silence(state, at);
    }
    step.judge(state, at, Some(0.0));
}

/// Decides on what `now` (hub time) has brought although nothing was read.
pub fn tick(rule: &Compiled, subject: &Subject<'_>, state: &mut RuleState, now: Timestamp, out: &mut Vec<Transition>) {
    let mut step = Step { rule, subject, received: now, out };
    if matches!(rule.rule().signal, Signal::Silence {}) {
        step.silence(state, Timestamp::from_ms(now.ms() + 1));
    } else {
        step.pass(state, Timestamp::from_ms(now.ms() - i64::from(state.lag_ms) - SLACK_MS + 1));
    }
}

/// When [`tick`] has to be called next, hub time; none when time alone changes nothing.
#[must_use]
pub fn due(rule: &Compiled, state: &RuleState, gap_ms: i64) -> Option<Timestamp> {
    if matches!(rule.rule().signal, Signal::Silence {}) {
        return boundaries(rule.rule(), state).map(|(at, _)| at).min();
    }
    let believed = Timestamp::from_ms(state.decided?.ms().saturating_add(gap_ms));
    let ends = [ends_pending(rule.rule(), state), ends_falling(rule.rule(), state)];
    let next = ends.into_iter().flatten().filter(|end| *end <= believed).min()?;
    Some(Timestamp::from_ms(next.ms() + i64::from(state.lag_ms) + SLACK_MS))
}

/// The moments at which silence becomes graver than it is, with the limit.
fn boundaries<'a>(rule: &'a Rule, state: &'a RuleState) -> impl Iterator<Item = (Timestamp, f64)> + 'a {
    let open = |severity: Severity| state.severity().is_none_or(|current| severity < current);
    state.decided.into_iter().flat_map(move |heard| {
        let steps = rule.steps.iter().filter(move |step| open(step.severity));
        steps.map(move |step| (Timestamp::from_ms(heard.ms() + (step.raise * 1000.0) as i64), step.raise))
    })
}

fn ends_pending(rule: &Rule, state: &RuleState) -> Option<Timestamp> {
    state.pending.map(|pending| after(pending.since, rule.timing.for_s))
}

fn ends_falling(rule: &Rule, state: &RuleState) -> Option<Timestamp> {
    state.falling.map(|falling| after(falling.since, rule.timing.hold_s))
}

fn after(at: Timestamp, seconds: u32) -> Timestamp {
    Timestamp::from_ms(at.ms() + i64::from(seconds) * 1000)
}

struct Step<'a> {
    rule: &'a Compiled,
    subject: &'a Subject<'a>,
    received: Timestamp,
    out: &'a mut Vec<Transition>,
}

impl Step<'_> {
    /// Time passes up to, not including, `until`: what has waited for long enough happens, if it is still believed.
    fn pass(&mut self, state: &mut RuleState, until: Timestamp) {
        let rule = self.rule.rule().clone();
        let believed = |at: Timestamp, state: &RuleState| !state.gap_before(at, self.subject.gap_ms);
        if let Some(end) = ends_pending(&rule, state).filter(|end| *end < until && believed(*end, state)) {
            self.raise(state, end);
        }
        if let Some(end) = ends_falling(&rule, state).filter(|end| *end < until && believed(*end, state)) {
            self.fall(state, end);
        }
    }

    /// Silence grows up to, not including, `until`.
    fn silence(&mut self, state: &mut RuleState, until: Timestamp) {
        loop {
            let rule = self.rule.rule().clone();
            let next = boundaries(&rule, state).filter(|(at, _)| *at < until).min_by_key(|(at, _)| *at);
            let Some((at, seconds)) = next else { return };
            let heard = state.decided;
            let before = state.severity();
            self.judge(state, at, Some(seconds));
            state.decided = heard;
            if state.severity() == before {
                return; // its hours have not come; asked again when something is heard
            }
        }
    }

    /// A number at `at`; none when too little is known to say one.
    fn judge(&mut self, state: &mut RuleState, at: Timestamp, value: Option<f64>) {
        if state.gap_before(at, self.subject.gap_ms) {
            (state.pending, state.falling) = (None, None); // whether it has held all the time is not known: it begins anew
        }
        state.lag_ms = self.received.since(at).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        state.decided = Some(at);
        let Some(value) = value else { return };
        state.value = value;
        let rule = self.rule.rule().clone();
        let level = ladder::level(&rule, value, at, state.severity());
        if rule.timing.repeat.is_some() {
            state.bits = (state.bits << 1) | u64::from(level.is_some());
        }
        match (state.active, level) {
            (None, None) => state.pending = None,
            (None, Some(severity)) => {
                let pending = state.pending.get_or_insert(Pending { since: at, severity });
                pending.severity = severity;
                let since = pending.since;
                let enough = match rule.timing.repeat {
                    Some(repeat) => {
                        let last = u64::MAX >> (64 - u32::from(repeat.of.clamp(1, 64)));
                        (state.bits & last).count_ones() >= u32::from(repeat.times)
                    }
                    None => at >= after(since, rule.timing.for_s),
                };
                if enough {
                    self.raise(state, at);
                } else if rule.timing.repeat.is_some() {
                    state.pending = None; // it is counted, not timed
                }
            }
            (Some(active), Some(severity)) if severity < active.severity => {
                state.falling = None;
                state.active = Some(Active { severity, ..active });
                self.tell(state.value, Crossing::Worsened, Some(active.alarm), severity, at, at);
            }
            (Some(active), Some(severity)) if severity == active.severity => state.falling = None,
            (Some(_), lower) => {
                let known = state.falling.map_or(lower, |falling| graver(falling.to, lower));
                let since = state.falling.map_or(at, |falling| falling.since);
                state.falling = Some(Falling { since, to: known });
                if at >= after(since, rule.timing.hold_s) {
                    self.fall(state, at);
                }
            }
        }
    }

    fn raise(&mut self, state: &mut RuleState, at: Timestamp) {
        let Some(Pending { since, severity }) = state.pending.take() else { return };
        let alarm = self.tell(state.value, Crossing::Raised, None, severity, since, at);
        state.active = Some(Active { alarm, severity });
    }

    fn fall(&mut self, state: &mut RuleState, at: Timestamp) {
        let (Some(Falling { since, to }), Some(active)) = (state.falling.take(), state.active) else { return };
        if let Some(severity) = to {
            state.active = Some(Active { severity, ..active });
            self.tell(state.value, Crossing::Eased, Some(active.alarm), severity, since, at);
        } else {
            (state.active, state.pending, state.bits) = (None, None, 0);
            self.tell(state.value, Crossing::Cleared, Some(active.alarm), active.severity, since, at);
        }
    }

    fn tell(
        &mut self,
        value: f64,
        crossing: Crossing,
        alarm: Option<AlarmId>,
        severity: Severity,
        since: Timestamp,
        at: Timestamp,
    ) -> AlarmId {
        let rule = self.rule.rule();
        let id = AlarmId::of(&rule.id, rule.version, self.subject.device, at, crossing);
        let alarm = alarm.unwrap_or(id);
        self.out.push(Transition {
            id,
            alarm,
            crossing,
            rule: rule.id.clone(),
            rule_version: rule.version,
            device: self.subject.device.clone(),
            severity,
            limit: ladder::limit(rule, severity, at),
            since,
            at,
            received: self.received,
            value,
        });
        alarm
    }
}

fn graver(one: Option<Severity>, other: Option<Severity>) -> Option<Severity> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
