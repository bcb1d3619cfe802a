//! Whether a theme that could be read makes sense: names are unique and lead somewhere, limits stand on the right side
//! of each other, deadlines grow. It mends nothing and stops at nothing.

mod kind;
mod rule;

use std::collections::BTreeMap;

use chengshu_core::model::{Kind, Label, ThemeId};

use crate::fields::Lines;
use crate::folder::TOPIC;
use crate::mistakes::Mistakes;
use crate::topic::{Entry, KEEP, Topic};

/// The kinds by name. What could not be read throws no shadow on what names it: a kind that is named but not readable is
/// none here, and its metrics are not judged; once a kind's very name could not be read, no name is called unknown.
struct Kinds<'a> {
    by_name: BTreeMap<&'a str, Option<&'a Kind>>,
    all_named: bool,
}

/// Checks the whole file.
pub(crate) fn topic(theme: &ThemeId, topic: &Topic, m: &mut Mistakes) {
    if let Some(name) = &topic.name {
        label(name, "theme: name", topic.lines.of("name"), m);
    }
    if topic.readable && topic.kinds.is_empty() {
        m.add(TOPIC, 0, "theme: no kind is there; expected at least one [[kind]]");
    }
    if let Some(days) = topic.keep_readings_days.filter(|days| *days < 60) {
        m.add(
            TOPIC,
            topic.lines.of("keep_readings_days"),
            format!("theme: keep_readings_days is {days}; expected {KEEP}"),
        );
    }
    unique(&topic.kinds, "kind", m);
    unique(&topic.rules, "rule", m);
    unique(&topic.kpis, "kpi", m);
    let kinds = Kinds {
        by_name: topic.kinds.iter().filter_map(|kind| Some((kind.id.as_deref()?, kind.item.as_ref()))).collect(),
        all_named: topic.kinds.iter().all(|kind| kind.id.is_some()),
    };
    each(&topic.kinds, |item, lines| kind::kind(item, lines, m));
    each(&topic.rules, |item, lines| rule::rule(theme, item, lines, &kinds, m));
    each(&topic.kpis, |item, lines| rule::kpi(item, lines, &kinds, m));
}

fn each<T>(entries: &[Entry<T>], mut check: impl FnMut(&T, &Lines)) {
    for entry in entries {
        if let Some(item) = &entry.item {
            check(item, &entry.lines);
        }
    }
}

fn unique<T>(entries: &[Entry<T>], what: &str, m: &mut Mistakes) {
    let mut seen = BTreeMap::new();
    for entry in entries {
        let Some(id) = &entry.id else { continue };
        let line = entry.lines.of("id");
        if let Some(first) = seen.insert(id, line) {
            m.add(TOPIC, line, format!("{what}: id {id:?} stands in line {first} already; expected another"));
        }
    }
}

fn label(label: &Label, what: &str, line: usize, m: &mut Mistakes) {
    if label.zh.trim().is_empty() || label.en.trim().is_empty() {
        m.add(TOPIC, line, format!("{what} is empty in a language; expected both zh and en"));
    }
}

fn finite(value: Option<f64>, at: &str, line: usize, m: &mut Mistakes) -> bool {
    let Some(bad) = value.filter(|value| !value.is_finite()) else { return true };
    m.add(TOPIC, line, format!("{at} is {bad}; expected a finite number"));
    false
}
