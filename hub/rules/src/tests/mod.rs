//! Tables of readings and the transitions that they must give, one file a group of rule kinds, and properties that hold for
//! any readings. Every rule is written as a theme's author writes it.

mod expressions;
mod faults;
mod ladders;
mod properties;
mod signals;
mod timing;

use std::sync::Arc;

use chengshu_core::model::{
    Certainty, Crossing, DeviceId, Direction, Label, Quality, Rule, RuleId, RuleScope, Severity, Timestamp, Transition,
};
use serde_json::{Value, json};

use crate::{Compiled, RuleState, Sample, Subject, due, observe, tick};

/// Values are believed for this long after their reading, seconds.
pub(crate) const GAP_S: i64 = 300;

pub(crate) fn device() -> DeviceId {
    DeviceId::parse("D").unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_ms(second * 1000)
}

/// A rule from its parts: signal, steps and timing as JSON.
pub(crate) fn rule_of(direction: Direction, signal: Value, steps: Value, timing: Value) -> Rule {
    Rule {
        id: RuleId::parse("water.test").unwrap(),
        version: 3,
        name: Label { zh: "试".into(), en: "test".into() },
        scope: RuleScope::default(),
        signal: serde_json::from_value(signal).unwrap(),
        direction,
        steps: serde_json::from_value(steps).unwrap(),
        timing: serde_json::from_value(timing).unwrap(),
        source: "test".into(),
        certainty: Certainty::C,
    }
}

pub(crate) fn compiled(rule: Rule) -> Compiled {
    Compiled::new(Arc::new(rule)).unwrap()
}

pub(crate) fn level() -> Value {
    json!({ "what": "value", "metric": "level" })
}

/// A rule that looks above one limit.
pub(crate) fn above(signal: Value, raise: f64, clear: f64, timing: Value) -> Compiled {
    let steps = json!([{ "severity": "important", "raise": raise, "clear": clear }]);
    compiled(rule_of(Direction::Above, signal, steps, timing))
}

/// One rule on one device, step by step.
pub(crate) struct Bench<'a> {
    pub(crate) rule: &'a Compiled,
    pub(crate) state: RuleState,
    pub(crate) others: Option<f64>,
    pub(crate) out: Vec<Transition>,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(rule: &'a Compiled) -> Self {
        Self { rule, state: RuleState::default(), others: None, out: Vec::new() }
    }

    pub(crate) fn reading(&mut self, second: i64, value: f64, quality: Quality) {
        let id = device();
        let subject = Subject { device: &id, gap_ms: GAP_S * 1000, others: self.others };
        let sample = Sample { at: at(second), received: at(second), value, quality };
        observe(self.rule, &subject, &mut self.state, &sample, &mut self.out);
    }

    pub(crate) fn time(&mut self, ms: i64) {
        let id = device();
        let subject = Subject { device: &id, gap_ms: GAP_S * 1000, others: self.others };
        tick(self.rule, &subject, &mut self.state, Timestamp::from_ms(ms), &mut self.out);
    }

    pub(crate) fn due(&self) -> Option<i64> {
        due(self.rule, &self.state, GAP_S * 1000).map(Timestamp::ms)
    }

    /// `+2i` raised at second 2 as important, `^` worsened, `v` eased, `-` cleared.
    pub(crate) fn said(&self) -> String {
        self.out.iter().map(word).collect::<Vec<_>>().join(" ")
    }
}

pub(crate) fn word(transition: &Transition) -> String {
    let sign = match transition.crossing {
        Crossing::Raised => '+',
        Crossing::Worsened => '^',
        Crossing::Eased => 'v',
        Crossing::Cleared => '-',
    };
    let grave = match transition.severity {
        Severity::Critical => 'c',
        Severity::Urgent => 'u',
        Severity::Important => 'i',
        Severity::General => 'g',
    };
    format!("{sign}{}{grave}", transition.at.ms() / 1000)
}

/// Runs readings (second, value) through a rule and compares the transitions.
pub(crate) fn check(rule: &Compiled, readings: &[(i64, f64)], expected: &str) {
    let mut bench = Bench::new(rule);
    for (second, value) in readings {
        bench.reading(*second, *value, Quality::empty());
    }
    assert_eq!(bench.said(), expected, "{readings:?}");
}
