//! All rules, found by what a reading is about. Built once from the themes; never changed afterwards.

use std::sync::Arc;

use chengshu_core::model::{KindId, MetricId, RuleId, Theme, ThemeId, ThresholdRule};
use rustc_hash::FxHashMap;

/// The rules of all themes.
#[derive(Debug, Default)]
pub struct RuleBook {
    by_subject: FxHashMap<(ThemeId, KindId, MetricId), Vec<Arc<ThresholdRule>>>,
    by_id: FxHashMap<RuleId, Arc<ThresholdRule>>,
}

impl RuleBook {
    /// Collects the rules of `themes`.
    #[must_use]
    pub fn new(themes: &[Theme]) -> Self {
        let mut book = Self::default();
        for theme in themes {
            for rule in &theme.rules {
                let rule = Arc::new(rule.clone());
                let subject = (theme.id.clone(), rule.kind.clone(), rule.metric.clone());
                book.by_subject.entry(subject).or_default().push(rule.clone());
                book.by_id.insert(rule.id.clone(), rule);
            }
        }
        book
    }

    /// The rules that look at a metric of a kind.
    #[must_use]
    pub fn about(&self, theme: &ThemeId, kind: &KindId, metric: &MetricId) -> &[Arc<ThresholdRule>] {
        self.by_subject.get(&(theme.clone(), kind.clone(), metric.clone())).map_or(&[], Vec::as_slice)
    }

    /// The rule of that name.
    #[must_use]
    pub fn rule(&self, id: &RuleId) -> Option<&Arc<ThresholdRule>> {
        self.by_id.get(id)
    }
}
