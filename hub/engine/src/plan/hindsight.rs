//! What readings that came too late would have raised, had they come in time: looked at by themselves, in the order of their
//! time, and written into the journal of hindsight. Nothing is raised by it as if it were now.

use chengshu_core::model::{Quality, Transition};
use chengshu_rules::{Reorder, RuleState, Sample, observe};
use chengshu_store::Fate;
use rustc_hash::FxHashMap;

use super::Plan;
use crate::board::BoardState;

/// Entries of one batch at most: a backlog of a year must not drown the rest.
const MOST: usize = 10_000;

/// Judges the late readings of a plan that turned out to be new.
pub(crate) fn hindsight(board: &BoardState, plan: &Plan, fates: Option<&[Fate]>) -> Vec<Transition> {
    let mut out = Vec::new();
    let new = |n: &&u32| fates.is_none_or(|fates| fates.get(**n as usize) == Some(&Fate::Stored));
    let mut by_series: FxHashMap<(u32, u32), Reorder<Sample>> = FxHashMap::default();
    for planned in plan.late.iter().filter(new).filter_map(|n| plan.planned.get(*n as usize)) {
        let latest = planned.latest;
        let quality = latest.quality.difference(Quality::LATE);
        let sample = Sample { at: latest.at, received: latest.received, value: latest.value, quality };
        by_series.entry((planned.device, planned.series)).or_default().push(latest.at, latest.received, sample);
    }
    for ((device, series), mut samples) in by_series {
        let Some(slot) = board.device_at(device) else { continue };
        let Some(from) = slot.series.get(series as usize) else { continue };
        let samples: Vec<Sample> = samples.flush().collect();
        // what compares or joins needs the others as they were then
        let rules = slot.rules_of(from).filter(|rule| !rule.rule.is_joint() && !rule.rule.joins_devices());
        for rule in rules {
            let mut state = RuleState::default();
            for sample in &samples {
                observe(&rule.rule, &slot.subject(None), &mut state, sample, &mut out);
            }
        }
        if out.len() > MOST {
            tracing::warn!(device = %slot.device.id, "a backlog would have raised more than is noted at once");
            out.truncate(MOST);
            break;
        }
    }
    out
}
