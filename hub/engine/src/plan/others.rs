//! The mean of those that a device is compared with: their newest good values, as they were before this batch. Worked out at
//! most once a batch for each group.

use chengshu_core::model::{DeviceId, DeviceState, Others, RuleId, Signal};
use chengshu_rules::Compiled;
use rustc_hash::FxHashMap;

use crate::board::{BoardState, DeviceSlot};

/// Fewer others say nothing about what is usual.
const ENOUGH: usize = 2;

#[derive(Debug, PartialEq, Eq, Hash, Clone)]
enum Group {
    All,
    Gateway(Option<DeviceId>),
    Area(Option<String>),
}

/// Sums of groups that were asked for in this batch: value by device.
#[derive(Default)]
pub(super) struct Means {
    known: FxHashMap<(RuleId, Group), FxHashMap<u32, f64>>,
}

impl Means {
    /// The mean of the others of a device; none when the rule does not compare, or too few of them are live.
    pub(super) fn of(&mut self, board: &BoardState, device: u32, slot: &DeviceSlot, rule: &Compiled) -> Option<f64> {
        let Signal::Against { others, .. } = &rule.rule().signal else { return None };
        let id = &rule.rule().id;
        let group = group(*others, slot);
        let key = (id.clone(), group.clone());
        let values = self.known.entry(key).or_insert_with(|| {
            let members = board.compared.get(id).into_iter().flatten();
            let found = members.filter_map(|(number, series)| {
                let member = board.device_at(*number).filter(|member| member.state == DeviceState::Live)?;
                let latest = member.series.get(*series as usize)?.latest.filter(|latest| latest.quality.decides())?;
                (self::group(*others, member) == group).then_some((*number, latest.value))
            });
            found.collect()
        });
        let own = values.get(&device).copied();
        let count = values.len() - usize::from(own.is_some());
        let sum: f64 = values.values().sum::<f64>() - own.unwrap_or(0.0);
        (count >= ENOUGH).then(|| sum / count as f64)
    }
}

fn group(others: Others, slot: &DeviceSlot) -> Group {
    match others {
        Others::All => Group::All,
        Others::Gateway => Group::Gateway(slot.device.gateway.clone()),
        Others::Area => Group::Area(slot.device.details.as_deref().and_then(|details| details.area.clone())),
    }
}
