//! Whether a kind makes sense: deadlines that grow, metrics with their own names and a range that is one. What rules say
//! about the kind is not looked at here.

use std::collections::BTreeSet;

use chengshu_core::model::{Kind, KindId, Metric};

use super::{finite, label};
use crate::fields::Lines;
use crate::folder::TOPIC;
use crate::mistakes::Mistakes;

pub(super) fn kind(kind: &Kind, lines: &Lines, m: &mut Mistakes) {
    let id = &kind.id;
    label(&kind.name, &format!("kind {id}: name"), lines.of("name"), m);
    let (expected, stale, offline) = (kind.expected_interval_s, kind.stale_after_s, kind.offline_after_s);
    if expected == 0 || expected >= stale {
        let text = format!(
            "kind {id}: expected_interval_s is {expected}; expected 1 or more and below stale_after_s = {stale}"
        );
        m.add(TOPIC, lines.of("expected_interval_s"), text);
    }
    if stale >= offline {
        let text = format!("kind {id}: stale_after_s is {stale}; expected less than offline_after_s = {offline}");
        m.add(TOPIC, lines.of("stale_after_s"), text);
    }
    if kind.reorder_ms > 2_000 {
        let text = format!("kind {id}: reorder_ms is {}; expected 0 to 2000", kind.reorder_ms);
        m.add(TOPIC, lines.of("reorder_ms"), text);
    }
    let line = lines.of("metrics");
    if kind.metrics.is_empty() {
        m.add(TOPIC, line, format!("kind {id}: metrics is empty; expected at least one metric"));
    }
    let mut seen = BTreeSet::new();
    for metric in &kind.metrics {
        if !seen.insert(&metric.id) {
            m.add(TOPIC, line, format!("kind {id}: metric {:?} stands there twice; expected once", metric.id.as_str()));
        }
        self::metric(id, metric, line, m);
    }
}

fn metric(kind: &KindId, metric: &Metric, line: usize, m: &mut Mistakes) {
    let at = format!("kind {kind}: metric {}", metric.id);
    label(&metric.name, &format!("{at}: name"), line, m);
    if metric.precision > 9 {
        m.add(TOPIC, line, format!("{at}: precision is {}; expected 0 to 9", metric.precision));
    }
    for (key, value) in [("min", metric.min), ("max", metric.max)] {
        finite(value, &format!("{at}: {key}"), line, m);
    }
    if let (Some(min), Some(max)) = (metric.min, metric.max)
        && min >= max
    {
        m.add(TOPIC, line, format!("{at}: min is {min}; expected less than max = {max}"));
    }
    for (state, name) in &metric.states {
        label(name, &format!("{at}: state {state}"), line, m);
        if state.parse::<i64>().is_err() {
            m.add(TOPIC, line, format!("{at}: state is {state:?}; expected a whole number"));
        }
    }
}
