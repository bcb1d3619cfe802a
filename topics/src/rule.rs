//! Reads one `[[rule]]`: whom it is about, the number that it looks at, its ladder and its times. The short form with one
//! severity and the long form with `steps` give the same words; whether they make sense is `check`'s business.

use chengshu_core::model::{Direction, Hours, MetricId, Repeat, Rule, RuleScope, RuleStep, Severity, Signal, Timing};
use serde::Deserialize;

use crate::fields::Fields;
use crate::mistakes::Mistakes;
use crate::topic::{Entry, LABEL, METRIC, NUMBER, WORD};

const SIGNAL: &str = r#"a table such as { what = "change", over_s = 600 }; what is value, change, stuck, spike, silence, state, bits, against or expression"#;
const STEPS: &str = r#"[{ severity = "general", raise = 15, clear = 14.2 }, …], each with hours = { from = "22:00", to = "06:00" } if it holds only then"#;
const SEVERITY: &str = r#""critical", "urgent", "important" or "general""#;
const WAIT: &str = "whole seconds such as 60";

/// A step as it is written: a signal that is yes or no needs no limits, silence needs no way back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepForm {
    severity: Severity,
    raise: Option<f64>,
    clear: Option<f64>,
    hours: Option<Hours>,
}

/// One rule, as far as it could be read.
pub(crate) fn read(mut table: Fields<'_>, m: &mut Mistakes) -> Entry<Rule> {
    let id = table.need("id", "the theme's id, a dot and a name, in quotes", m);
    let version = table.need("version", "a whole number, raised with every change of the limits", m);
    let name = table.need("name", LABEL, m);
    let scope = scope(&mut table, m);
    let signal = signal(&mut table, m);
    let direction = match &signal {
        Some(Signal::Value { .. } | Signal::Change { .. } | Signal::Against { .. }) => {
            table.need("direction", r#""above" or "below""#, m)
        }
        _ => Some(table.may("direction", r#""above" or "below""#, m).unwrap_or(Direction::Above)),
    };
    let steps = steps(&mut table, signal.as_ref(), m);
    let timing = Timing {
        for_s: table.may("for_s", WAIT, m).unwrap_or_default(),
        hold_s: table.may("hold_s", WAIT, m).unwrap_or_default(),
        repeat: table.may::<Repeat>("repeat", "{ times = 3, of = 5 }", m),
    };
    let source = table.need("source", "the standard, clause and version, in quotes", m);
    let certainty = table.need("certainty", r#""A", "B" or "C""#, m);
    let lines = table.finish(m);
    let item = (|| {
        Some(Rule {
            id: Option::clone(&id)?,
            version: version?,
            name: name?,
            scope,
            signal: signal?,
            direction: direction?,
            steps: steps?,
            timing,
            source: source?,
            certainty: certainty?,
        })
    })();
    Entry { id: id.map(|id| id.to_string()), item, lines }
}

fn scope(table: &mut Fields<'_>, m: &mut Mistakes) -> RuleScope {
    const WORDS: &str = r#"a list of names such as ["one", "two"]"#;
    let mut kinds: Vec<_> = table.may("kinds", WORDS, m).unwrap_or_default();
    kinds.extend(table.may("kind", WORD, m));
    RuleScope {
        kinds,
        devices: table.may("devices", WORDS, m).unwrap_or_default(),
        groups: table.may("groups", WORDS, m).unwrap_or_default(),
        areas: table.may("areas", WORDS, m).unwrap_or_default(),
    }
}

/// The signal; the metric may stand beside it, and alone it means its value.
fn signal(table: &mut Fields<'_>, m: &mut Mistakes) -> Option<Signal> {
    let metric: Option<MetricId> = table.may("metric", METRIC, m);
    match metric {
        Some(metric) => {
            let mut parts: toml::Table = table.may("signal", SIGNAL, m).unwrap_or_default();
            parts.entry("what").or_insert_with(|| "value".into());
            parts.insert("metric".into(), metric.to_string().into());
            table.form("signal", parts, SIGNAL, m)
        }
        None if table.has("signal") => table.need("signal", SIGNAL, m),
        None => {
            table.absent("metric", METRIC, m);
            None
        }
    }
}

fn steps(table: &mut Fields<'_>, signal: Option<&Signal>, m: &mut Mistakes) -> Option<Vec<RuleStep>> {
    let limits = |raise: Option<f64>, clear: Option<f64>| match signal {
        Some(Signal::State { .. } | Signal::Bits { .. }) => Some((raise.unwrap_or(1.0), clear.unwrap_or(0.0))),
        Some(Signal::Expression { .. }) if raise.is_none() && clear.is_none() => Some((1.0, 0.0)),
        Some(Signal::Silence {}) => raise.map(|raise| (raise, clear.unwrap_or(raise - 1.0))),
        _ => raise.zip(clear),
    };
    if table.has("steps") {
        let line = table.line("steps");
        let forms: Vec<StepForm> = table.need("steps", STEPS, m)?;
        let steps: Option<Vec<RuleStep>> = forms
            .into_iter()
            .map(|StepForm { severity, raise, clear, hours }| {
                limits(raise, clear).map(|(raise, clear)| RuleStep { severity, raise, clear, hours })
            })
            .collect();
        if steps.is_none() {
            m.add(
                crate::folder::TOPIC,
                line,
                "rule: a step has no limits; expected raise and clear in each".to_owned(),
            );
        }
        return steps;
    }
    let severity = table.need("severity", SEVERITY, m);
    let (raise, clear) = (table.may("raise", NUMBER, m), table.may("clear", NUMBER, m));
    let Some((raise, clear)) = limits(raise, clear) else {
        // what a signal that could not be read would need is not known
        for (key, value) in [("raise", raise), ("clear", clear)] {
            if value.is_none() && signal.is_some() {
                table.absent(key, NUMBER, m);
            }
        }
        return None;
    };
    Some(vec![RuleStep { severity: severity?, raise, clear, hours: None }])
}
