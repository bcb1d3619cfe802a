//! All rules that are in force, found by the devices that they are about. Made anew when a rule changes, and shared by
//! whoever decides meanwhile.

use std::sync::Arc;

use chengshu_core::model::{Device, DeviceId, Kind, MetricId, Rule, RuleId, RuleScope, ThemeId};
use rustc_hash::FxHashMap;

use crate::{Compiled, Fault};

/// The rules of all themes.
#[derive(Debug, Default, Clone)]
pub struct RuleBook {
    by_theme: FxHashMap<ThemeId, Vec<Arc<Compiled>>>,
    by_id: FxHashMap<RuleId, Arc<Compiled>>,
    joins: bool,
}

impl RuleBook {
    /// Collects rules. Those that make no sense are left out, and told with what is wrong with them.
    #[must_use]
    pub fn new(rules: impl IntoIterator<Item = (ThemeId, Arc<Rule>)>) -> (Self, Vec<(RuleId, Vec<Fault>)>) {
        let mut book = Self::default();
        let mut faults = Vec::new();
        for (theme, rule) in rules {
            match Compiled::new(rule.clone()) {
                Ok(compiled) => {
                    let compiled = Arc::new(compiled);
                    book.joins |= compiled.joins_devices();
                    book.by_theme.entry(theme).or_default().push(compiled.clone());
                    book.by_id.insert(rule.id.clone(), compiled);
                }
                Err(wrong) => faults.push((rule.id.clone(), wrong)),
            }
        }
        (book, faults)
    }

    /// The rules that are about a device, as its entry stands: its kind measures what they look at.
    pub fn about<'a>(
        &'a self,
        device: &'a Device,
        kind: Option<&'a Kind>,
    ) -> impl Iterator<Item = &'a Arc<Compiled>> + 'a {
        let rules = self.by_theme.get(&device.theme).map_or(&[][..], Vec::as_slice);
        rules.iter().filter(move |rule| {
            let own = |(of, metric): &(Option<&DeviceId>, &MetricId)| {
                of.is_none() && kind.is_none_or(|kind| kind.metric(metric).is_none())
            };
            covers(&rule.rule().scope, device) && !rule.inputs().iter().any(own)
        })
    }

    /// True when some rule looks at several devices.
    #[must_use]
    pub fn joins_devices(&self) -> bool {
        self.joins
    }

    /// The rule of that name.
    #[must_use]
    pub fn rule(&self, id: &RuleId) -> Option<&Arc<Compiled>> {
        self.by_id.get(id)
    }

    /// All of them, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Compiled>> {
        self.by_id.values()
    }
}

/// Whether a rule is about a device of its theme.
fn covers(scope: &RuleScope, device: &Device) -> bool {
    let details = device.details.as_deref();
    let kind = scope.kinds.is_empty() || device.kind.as_ref().is_some_and(|kind| scope.kinds.contains(kind));
    let named = scope.devices.is_empty() || scope.devices.contains(&device.id);
    let group = scope.groups.is_empty()
        || details.is_some_and(|details| details.groups.iter().any(|group| scope.groups.contains(group)));
    let area = scope.areas.is_empty()
        || details
            .and_then(|details| details.area.as_deref())
            .is_some_and(|area| scope.areas.iter().any(|wanted| area.starts_with(wanted.as_str())));
    kind && named && group && area
}
