//! A rule made ready: its expression is compiled, its inputs are counted. Whatever makes no sense is told here, once, so
//! that nothing can go wrong while readings pass.

use std::sync::Arc;

use chengshu_core::model::{DeviceId, Direction, MetricId, Rule, Signal};

use crate::expression::Expression;
use crate::ladder::reaches;

/// What is wrong with a rule: the field, what was read and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field, as it stands in a theme's file.
    pub field: &'static str,
    /// What was read and what would be right.
    pub text: String,
}

/// A rule that can be run.
#[derive(Debug)]
pub struct Compiled {
    rule: Arc<Rule>,
    expression: Option<Expression>,
}

/// The longest window, seconds: a week.
const WINDOW_MAX_S: u32 = 7 * 86_400;
const WAIT_MAX_S: u32 = 7 * 86_400;

impl Compiled {
    /// Checks a rule and makes it ready.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(rule: Arc<Rule>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        ladder(&rule, &mut faults);
        timing(&rule, &mut faults);
        let expression = signal(&rule, &mut faults);
        if faults.is_empty() { Ok(Self { rule, expression }) } else { Err(faults) }
    }

    /// What was compiled.
    #[must_use]
    pub fn rule(&self) -> &Arc<Rule> {
        &self.rule
    }

    pub(crate) fn expression(&self) -> Option<&Expression> {
        self.expression.as_ref()
    }

    /// The readings that it looks at: of this device (none: of the one that the rule is about) this metric. Their places
    /// in this list are the numbers of the inputs. Silence looks at none.
    #[must_use]
    pub fn inputs(&self) -> Vec<(Option<&DeviceId>, &MetricId)> {
        match &self.rule.signal {
            Signal::Expression { inputs, .. } => {
                inputs.values().map(|input| (input.device.as_ref(), &input.metric)).collect()
            }
            single => single.metric().map(|metric| (None, metric)).into_iter().collect(),
        }
    }

    /// How far back readings must be fed for its memory to be whole, seconds; 0 = it has none.
    #[must_use]
    pub fn memory_s(&self) -> u32 {
        match &self.rule.signal {
            Signal::Change { over_s, .. } | Signal::Against { over_s, .. } => *over_s,
            Signal::Stuck { .. } => self.rule.steps.iter().map(|step| step.raise.ceil() as u32).max().unwrap_or(0),
            Signal::Spike { .. } => 3_600,
            Signal::Expression { inputs, .. } => {
                inputs.values().map(|input| input.over_s.max(3_600)).max().unwrap_or(0)
            }
            Signal::Value { .. } | Signal::Silence {} | Signal::State { .. } | Signal::Bits { .. } => 0,
        }
    }

    /// True when it looks at readings of other devices than the one that it is about.
    #[must_use]
    pub fn joins_devices(&self) -> bool {
        matches!(self.rule.signal, Signal::Against { .. }) || self.inputs().iter().any(|(device, _)| device.is_some())
    }

    /// True when it is about silence: it looks at no reading, only at when something was heard.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        matches!(self.rule.signal, Signal::Silence {})
    }

    /// True when several readings of one message must be taken in before it decides.
    #[must_use]
    pub fn is_joint(&self) -> bool {
        matches!(self.rule.signal, Signal::Expression { .. })
    }
}

fn ladder(rule: &Rule, faults: &mut Vec<Fault>) {
    let mut add = |field, text: String| faults.push(Fault { field, text });
    if rule.steps.is_empty() {
        add("steps", "is empty; expected at least one step with severity, raise and clear".to_owned());
    }
    for step in &rule.steps {
        let (raise, clear, side) =
            (step.raise, step.clear, if rule.direction == Direction::Above { "less" } else { "more" });
        let mut finite = true;
        for (field, value) in [("raise", raise), ("clear", clear)].into_iter().filter(|(_, value)| !value.is_finite()) {
            finite = false;
            add(field, format!("is {value}; expected a finite number"));
        }
        if finite && reaches(rule.direction, clear, raise) {
            add("clear", format!("is {clear}; expected {side} than raise = {raise}"));
        }
        if let Some(hours) = &step.hours
            && let Some(day) = hours.days.iter().find(|day| !(1..=7).contains(*day))
        {
            add("hours", format!("names day {day}; expected 1 (Monday) to 7 (Sunday)"));
        }
    }
    // of two steps that hold at the same time, the graver one must lie further out
    for (n, one) in rule.steps.iter().enumerate() {
        for other in rule.steps.iter().skip(n + 1).filter(|other| other.hours == one.hours) {
            let (mild, grave) = if one.severity > other.severity { (one, other) } else { (other, one) };
            if mild.severity == grave.severity {
                add(
                    "steps",
                    format!("name {} twice for the same hours; expected each severity once", mild.severity.word()),
                );
            } else if reaches(rule.direction, mild.raise, grave.raise) {
                let text = format!(
                    "raise {} ({}) at {} and {} at {}; expected the graver one further out",
                    mild.severity.word(),
                    rule.direction.word(),
                    mild.raise,
                    grave.severity.word(),
                    grave.raise
                );
                add("steps", text);
            }
        }
    }
}

fn timing(rule: &Rule, faults: &mut Vec<Fault>) {
    let mut add = |field, text: String| faults.push(Fault { field, text });
    let timing = rule.timing;
    for (field, seconds) in [("for_s", timing.for_s), ("hold_s", timing.hold_s)] {
        if seconds > WAIT_MAX_S {
            add(field, format!("is {seconds}; expected at most {WAIT_MAX_S} (a week)"));
        }
    }
    if let Some(repeat) = timing.repeat {
        if !(1..=repeat.of).contains(&repeat.times) || !(1..=64).contains(&repeat.of) {
            add(
                "repeat",
                format!(
                    "is {} of {}; expected times 1 or more, and of 64 or less and not below times",
                    repeat.times, repeat.of
                ),
            );
        }
        if timing.for_s > 0 {
            add("repeat", "stands beside for_s; expected one of them".to_owned());
        }
    }
    if matches!(rule.signal, Signal::Silence {})
        && (timing != chengshu_core::model::Timing::default() || rule.direction != Direction::Above)
    {
        add("signal", "is silence, which is seconds by itself; expected neither for_s, hold_s nor repeat, and direction \"above\"".to_owned());
    }
}

fn signal(rule: &Rule, faults: &mut Vec<Fault>) -> Option<Expression> {
    let mut window = |over_s: u32, least: u32| {
        if !(least..=WINDOW_MAX_S).contains(&over_s) {
            faults.push(Fault {
                field: "signal",
                text: format!("has over_s {over_s}; expected {least} to {WINDOW_MAX_S} seconds"),
            });
        }
    };
    match &rule.signal {
        Signal::Value { .. } | Signal::Silence {} => {}
        Signal::Change { over_s, .. } => window(*over_s, 1),
        Signal::Against { over_s, .. } => window(*over_s, 0),
        Signal::Stuck { tolerance, .. } => {
            if !tolerance.is_finite() || *tolerance < 0.0 {
                faults.push(Fault { field: "signal", text: format!("has tolerance {tolerance}; expected 0 or more") });
            }
        }
        Signal::Spike { of, .. } => {
            if !(3..=60).contains(of) {
                faults.push(Fault { field: "signal", text: format!("looks at {of} values; expected 3 to 60") });
            }
        }
        Signal::State { states, .. } => {
            if states.is_empty() {
                faults.push(Fault { field: "signal", text: "names no state; expected whole numbers".to_owned() });
            }
        }
        Signal::Bits { mask, .. } => {
            if *mask == 0 {
                faults.push(Fault { field: "signal", text: "has mask 0; expected the bits to look at".to_owned() });
            }
        }
        Signal::Expression { cel, inputs } => {
            inputs.values().for_each(|input| window(input.over_s, 0));
            match Expression::new(cel, inputs) {
                Ok(expression) => return Some(expression),
                Err(text) => faults.push(Fault { field: "signal", text }),
            }
        }
    }
    None
}
