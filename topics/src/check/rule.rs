//! Whether rules and key figures lead somewhere and stand on the right side of themselves. Whether a limit is wise is for
//! its source to answer, not for this file.

use std::sync::Arc;

use chengshu_core::model::{KindId, Kpi, Metric, MetricId, Rule, RuleId, Signal, ThemeId};
use chengshu_rules::Compiled;

use super::{Kinds, finite, label};
use crate::fields::Lines;
use crate::folder::TOPIC;
use crate::mistakes::Mistakes;

pub(super) fn rule(theme: &ThemeId, rule: &Rule, lines: &Lines, kinds: &Kinds<'_>, m: &mut Mistakes) {
    let id = &rule.id;
    label(&rule.name, &format!("rule {id}: name"), lines.of("name"), m);
    if id.as_str().strip_prefix(theme.as_str()).and_then(|rest| rest.strip_prefix('.')).is_none_or(str::is_empty) {
        m.add(TOPIC, lines.of("id"), format!("rule: id is {:?}; expected it to begin with \"{theme}.\"", id.as_str()));
    }
    if rule.version < 1 {
        m.add(TOPIC, lines.of("version"), format!("rule {id}: version is {}; expected 1 or more", rule.version));
    }
    if rule.source.trim().is_empty() {
        m.add(
            TOPIC,
            lines.of("source"),
            format!("rule {id}: source is empty; expected the standard, clause and version"),
        );
    }
    let compiled = match Compiled::new(Arc::new(rule.clone())) {
        Ok(compiled) => compiled,
        Err(faults) => {
            for fault in faults {
                m.add(TOPIC, lines.of(fault.field), format!("rule {id}: {} {}", fault.field, fault.text));
            }
            return;
        }
    };
    for (device, metric) in compiled.inputs() {
        let found = match device {
            Some(_) => continue, // whoever it is may come later
            None if rule.scope.kinds.is_empty() => anywhere(id, metric, lines, kinds, m),
            None => rule
                .scope
                .kinds
                .iter()
                .map(|kind| target(&format!("rule {id}"), kind, metric, lines, kinds, m))
                .collect(),
        };
        if !matches!(rule.signal, Signal::Value { .. }) {
            continue;
        }
        for metric in found.into_iter().flatten() {
            let (min, max) = (metric.min.unwrap_or(f64::NEG_INFINITY), metric.max.unwrap_or(f64::INFINITY));
            for raise in
                rule.steps.iter().map(|step| step.raise).filter(|raise| min < max && !(min..=max).contains(raise))
            {
                let text =
                    format!("raise is {raise}; expected a value that {} can have, {min:?} to {max:?}", metric.id);
                m.add(TOPIC, lines.of("raise"), format!("rule {id}: {text}"));
            }
        }
    }
}

/// The metric in all kinds that have it; notes one that none has.
fn anywhere<'a>(
    id: &RuleId,
    metric: &MetricId,
    lines: &Lines,
    kinds: &Kinds<'a>,
    m: &mut Mistakes,
) -> Vec<Option<&'a Metric>> {
    let found: Vec<_> = kinds.by_name.values().flatten().filter_map(|kind| kind.metric(metric)).map(Some).collect();
    let judgeable = kinds.all_named && kinds.by_name.values().all(Option::is_some);
    if found.is_empty() && judgeable {
        let text = format!("rule {id}: metric is {:?}; expected one that some kind measures", metric.as_str());
        m.add(TOPIC, lines.of("metric"), text);
    }
    found
}

pub(super) fn kpi(kpi: &Kpi, lines: &Lines, kinds: &Kinds<'_>, m: &mut Mistakes) {
    let id = &kpi.id;
    label(&kpi.name, &format!("kpi {id}: name"), lines.of("name"), m);
    if kpi.precision > 9 {
        m.add(TOPIC, lines.of("precision"), format!("kpi {id}: precision is {}; expected 0 to 9", kpi.precision));
    }
    target(&format!("kpi {id}"), &kpi.kind, &kpi.metric, lines, kinds, m);
    let Some([low, high]) = kpi.band else { return };
    let at = format!("kpi {id}: band");
    let line = lines.of("band");
    if finite(Some(low), &at, line, m) & finite(Some(high), &at, line, m) && low >= high {
        m.add(TOPIC, line, format!("{at} is [{low}, {high}]; expected the low end first and below the high end"));
    }
    if kpi.band_source.trim().is_empty() {
        m.add(
            TOPIC,
            lines.of("band_source"),
            format!("kpi {id}: band_source is empty; expected where the band comes from"),
        );
    }
}

/// The metric that something is about; notes a kind or a metric that is not there.
fn target<'a>(
    at: &str,
    kind: &KindId,
    metric: &MetricId,
    lines: &Lines,
    kinds: &Kinds<'a>,
    m: &mut Mistakes,
) -> Option<&'a Metric> {
    let Some(known) = kinds.by_name.get(kind.as_str()) else {
        if kinds.all_named {
            let all = kinds.by_name.keys().copied().collect::<Vec<_>>().join(", ");
            m.add(TOPIC, lines.of("kind"), format!("{at}: kind is {:?}; expected one of {all}", kind.as_str()));
        }
        return None;
    };
    let found = known.filter(|kind| !kind.metrics.is_empty())?;
    let hit = found.metric(metric);
    if hit.is_none() {
        let all = found.metrics.iter().map(|metric| metric.id.as_str()).collect::<Vec<_>>().join(", ");
        m.add(TOPIC, lines.of("metric"), format!("{at}: metric is {:?}; expected one of {all}", metric.as_str()));
    }
    hit
}
