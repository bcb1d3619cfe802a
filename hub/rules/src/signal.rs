//! The number that a rule looks at, made from a reading and from what is remembered of those before it.

use chengshu_core::model::{Aggregate, Signal, Timestamp};

use crate::Compiled;
use crate::memory::{Memory, Window};
use crate::state::RuleState;
use crate::step::{Sample, Subject};

/// Decimal numbers are not whole in memory: 1.01 − 1.00 is a little more than 0.01.
const ROUNDING: f64 = 1e-9;

/// Takes a reading into the memory and answers the number; none while too little is known.
pub(crate) fn of_sample(rule: &Compiled, subject: &Subject<'_>, state: &mut RuleState, sample: &Sample) -> Option<f64> {
    let Sample { at, value, .. } = *sample;
    match &rule.rule().signal {
        Signal::Value { .. } => Some(value),
        Signal::State { states, .. } => Some(yes(value.fract() == 0.0 && states.contains(&(value as i64)))),
        Signal::Bits { mask, .. } => {
            Some(yes(value.fract() == 0.0 && value >= 0.0 && (value as u64) & u64::from(*mask) != 0))
        }
        Signal::Change { over_s, .. } => {
            let over = i64::from(*over_s) * 1000;
            let window = window(state);
            window.push(at, value, over);
            let base = window.as_of(Timestamp::from_ms(at.ms() - over), subject.gap_ms)?;
            Some(value - base)
        }
        Signal::Stuck { tolerance, .. } => {
            let still = match state.memory.as_deref() {
                // nobody knows what happened in a gap
                Some(Memory::Still(known, since))
                    if (value - known).abs() <= tolerance + value.abs().max(1.0) * ROUNDING
                        && !state.gap_before(at, subject.gap_ms) =>
                {
                    (*known, *since)
                }
                _ => (value, at),
            };
            state.memory = Some(Box::new(Memory::Still(still.0, still.1)));
            Some(at.since(still.1) as f64 / 1000.0)
        }
        Signal::Spike { of, .. } => {
            let count = usize::from(*of);
            let window = window(state);
            let middle = window.median().filter(|_| window.len() >= count);
            window.push(at, value, i64::MAX);
            window.keep(count);
            middle.map(|middle| (value - middle).abs())
        }
        Signal::Against { over_s, .. } => {
            let over = i64::from(*over_s) * 1000;
            let own = if over == 0 {
                value
            } else {
                let window = window(state);
                window.push(at, value, over);
                window.aggregate(Timestamp::from_ms(at.ms() - over), Aggregate::Avg)?
            };
            Some(own - subject.others?)
        }
        Signal::Silence {} | Signal::Expression { .. } => None,
    }
}

/// Takes a reading in for one input of an expression; false when a newer one is known.
pub(crate) fn take_input(rule: &Compiled, state: &mut RuleState, input: usize, sample: &Sample) -> bool {
    let Some(expression) = rule.expression() else { return false };
    let memory =
        state.memory.get_or_insert_with(|| Box::new(Memory::Inputs(vec![Window::default(); expression.width()])));
    let Memory::Inputs(windows) = memory.as_mut() else { return false };
    let Some(window) = windows.get_mut(input) else { return false };
    if window.newest().is_some_and(|(newest, _)| sample.at <= newest) {
        return false;
    }
    match expression.over_ms(input) {
        0 => {
            window.push(sample.at, sample.value, 0);
            window.keep(1);
        }
        over => window.push(sample.at, sample.value, over),
    }
    true
}

/// What an expression says at the time of its newest input.
pub(crate) fn of_inputs(rule: &Compiled, state: &RuleState, gap_ms: i64) -> Option<(Timestamp, f64)> {
    let Some(Memory::Inputs(windows)) = state.memory.as_deref() else { return None };
    let at = windows.iter().filter_map(|window| window.newest()).map(|(at, _)| at).max()?;
    Some((at, rule.expression()?.value(windows, at, gap_ms)?))
}

fn window(state: &mut RuleState) -> &mut Window {
    let memory = state.memory.get_or_insert_with(|| Box::new(Memory::Window(Window::default())));
    if !matches!(memory.as_ref(), Memory::Window(_)) {
        **memory = Memory::Window(Window::default());
    }
    match memory.as_mut() {
        Memory::Window(window) => window,
        Memory::Still(..) | Memory::Inputs(_) => unreachable!("it was made a window above"),
    }
}

fn yes(condition: bool) -> f64 {
    f64::from(u8::from(condition))
}
