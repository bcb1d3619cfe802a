//! The identifiers of this crate's metrics and kinds, made once, so that a report allocates nothing for them.

use std::collections::BTreeMap;

use chengshu_core::model::{KindId, MetricId};

use crate::setup::Setup;
use crate::words;

#[derive(Debug)]
pub(super) struct Names {
    metrics: BTreeMap<&'static str, MetricId>,
    kinds: BTreeMap<char, KindId>,
    other: Option<KindId>,
}

/// Levels from relative ones, where the base is known.
const LEVELS: [&str; 8] = ["level", "level_2", "level_3", "level_4", "level_5", "level_6", "level_7", "level_8"];
/// Relative levels.
const RELATIVE: [&str; 8] = [
    "level_rel_1",
    "level_rel_2",
    "level_rel_3",
    "level_rel_4",
    "level_rel_5",
    "level_rel_6",
    "level_rel_7",
    "level_rel_8",
];

impl Names {
    pub(super) fn new(setup: &Setup) -> Self {
        let all = words::ELEMENTS.iter().map(|element| element.metric);
        let all = all.chain(words::DERIVED.iter().map(|(id, ..)| *id)).chain(words::BITS.iter().map(|bit| bit.metric));
        let metrics = all.filter_map(|id| MetricId::parse(id).ok().map(|metric| (id, metric))).collect();
        let kinds = setup.kinds.iter().filter_map(|(class, kind)| KindId::parse(kind).ok().map(|kind| (*class, kind)));
        Self { metrics, kinds: kinds.collect(), other: KindId::parse(&setup.kind_other).ok() }
    }

    /// By its text, which stands in `words`.
    pub(super) fn metric(&self, id: &str) -> Option<MetricId> {
        self.metrics.get(id).cloned()
    }

    /// The metric of relative levels 1–8 (`n` from 0), absolute or not.
    pub(super) const fn level(n: usize, absolute: bool) -> &'static str {
        let names = if absolute { LEVELS } else { RELATIVE };
        names[n % 8]
    }

    pub(super) fn kind(&self, class: u8) -> Option<KindId> {
        self.kinds.get(&char::from(class)).or(self.other.as_ref()).cloned()
    }
}
