//! What a batch of deliveries means: rows, quality flags, transitions, and what must be set aside. A pure look at the
//! board; nothing changes until the transaction is committed.

use chengshu_core::model::{
    Alarm, Crossing, Delivery, DeviceId, MetricId, Quality, Reading, Reason, Rejected, Timestamp, Transition,
};
use chengshu_rules::{RuleState, Sample, step};
use chengshu_store::{DirtyMinute, ReadingRows};
use rustc_hash::FxHashMap;

use crate::board::{BoardState, DeviceSlot, Latest, SeriesSlot};
use crate::register::Unknown;

/// A device time this far ahead of the hub's clock is flagged, ms.
const FUTURE_MS: i64 = 60_000;

/// A reading that will be a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned {
    pub(crate) delivery: u32,
    pub(crate) device: u32,
    pub(crate) series: u32,
    pub(crate) latest: Latest,
}

/// Device, series and rule by number.
pub(crate) type RuleKey = (u32, u32, u32);

/// Everything that one transaction will write, and what follows when it has been committed.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) rows: ReadingRows,
    pub(crate) planned: Vec<Planned>,
    pub(crate) transitions: Vec<(Transition, Option<Alarm>)>,
    pub(crate) deltas: FxHashMap<RuleKey, RuleState>,
    pub(crate) rejected: Vec<(u32, Rejected)>,
    /// Deliveries whose word of presence is about a device that is known.
    pub(crate) presences: Vec<u32>,
    /// Oldest device time among the readings that become latest values.
    pub(crate) dirty: Option<Timestamp>,
}

impl Plan {
    /// Plans `deliveries` on the board as it is.
    pub(crate) fn new<'a>(board: &BoardState, deliveries: impl Iterator<Item = &'a Delivery>) -> Self {
        let mut plan = Self::default();
        for (number, delivery) in deliveries.enumerate() {
            for reading in &delivery.readings {
                plan.add(board, number as u32, delivery, reading);
            }
            if let Some(presence) = &delivery.presence {
                match find(board, delivery, &presence.device, None) {
                    Ok(_) => plan.presences.push(number as u32),
                    Err(rejected) => plan.rejected.push((number as u32, rejected)),
                }
            }
        }
        plan
    }

    /// Minutes of series that these readings change in the rollups, each once. Duplicates may be among them: working a
    /// minute out anew harms nothing.
    pub(crate) fn minutes(&self) -> Vec<DirtyMinute> {
        let mut minutes: Vec<DirtyMinute> =
            self.rows.series_and_time().map(|(series, at)| (series, at.ms().div_euclid(60_000) as i32)).collect();
        minutes.sort_unstable();
        minutes.dedup();
        minutes
    }

    fn add(&mut self, board: &BoardState, number: u32, delivery: &Delivery, reading: &Reading) {
        let (device, slot) = match find(board, delivery, &reading.device, Some(&reading.metric)) {
            Ok(found) => found,
            Err(rejected) => return self.rejected.push((number, rejected)),
        };
        let Some(index) = slot.series.iter().position(|series| series.metric == reading.metric) else {
            return self.rejected.push((number, refused(&reading.device, Some(&reading.metric))));
        };
        let series = &slot.series[index];
        let quality = mark(slot, series, reading, delivery.received);
        let latest = Latest { at: reading.at, received: delivery.received, value: reading.value, quality };
        let planned = Planned { delivery: number, device, series: index as u32, latest };
        self.rows.push(series.id, latest.at, latest.received, latest.value, latest.quality);
        if series.latest.is_none_or(|known| latest.supersedes(&known)) {
            self.dirty = Some(self.dirty.map_or(latest.at, |dirty| dirty.min(latest.at)));
        }
        self.decide(slot, planned);
        self.planned.push(planned);
    }

    /// Runs the rules of the series, on the state that earlier readings of this batch have left.
    fn decide(&mut self, slot: &DeviceSlot, planned: Planned) {
        if !slot.device.registration.counts() {
            return;
        }
        let Latest { at, received, value, quality } = planned.latest;
        for (n, (rule, before)) in slot.series[planned.series as usize].rules.iter().enumerate() {
            let key = (planned.device, planned.series, n as u32);
            let state = self.deltas.get(&key).unwrap_or(before);
            let (delta, transition) = step(rule, &slot.device.id, state, &Sample { at, received, value, quality });
            if delta != *state {
                self.deltas.insert(key, delta);
            }
            if let Some(transition) = transition {
                let alarm = (transition.crossing == Crossing::Raised).then(|| raised(slot, rule, &transition));
                self.transitions.push((transition, alarm));
            }
        }
    }
}

fn find<'a>(
    board: &'a BoardState,
    delivery: &Delivery,
    device: &DeviceId,
    metric: Option<&MetricId>,
) -> Result<(u32, &'a DeviceSlot), Rejected> {
    let missing = || match board.unknown {
        Unknown::Reject => Rejected {
            device: Some(device.clone()),
            metric: metric.cloned(),
            reason: Reason::NotRegistered,
            detail: format!(
                "device {device} is not in the register, and register.unknown is \"reject\"; enter it, then replay"
            ),
        },
        Unknown::Accept | Unknown::Pending => refused(device, metric),
    };
    let number = board.by_name.get(device).copied().ok_or_else(missing)?;
    let slot = board.device_at(number).ok_or_else(|| refused(device, metric))?;
    match &delivery.theme {
        Some(theme) if *theme != slot.device.theme => Err(Rejected {
            device: Some(device.clone()),
            metric: metric.cloned(),
            reason: Reason::ThemeMismatch,
            detail: format!(
                "topic says theme {theme}; device {} is registered under {}; send it there or give the device another id",
                device, slot.device.theme
            ),
        }),
        _ => Ok((number, slot)),
    }
}

fn refused(device: &DeviceId, metric: Option<&MetricId>) -> Rejected {
    Rejected {
        device: Some(device.clone()),
        metric: metric.cloned(),
        reason: Reason::RegisterFull,
        detail: "the register takes no more devices or metrics; raise engine.devices_max or metrics_per_device_max"
            .to_owned(),
    }
}

/// What is known against a reading.
pub(crate) fn mark(slot: &DeviceSlot, series: &SeriesSlot, reading: &Reading, received: Timestamp) -> Quality {
    let mut quality = reading.quality;
    let (low, high) = series.range;
    if reading.value < low || reading.value > high {
        quality |= Quality::OUT_OF_RANGE;
    }
    let lag = received.since(reading.at);
    if lag > slot.late_after_ms() {
        quality |= Quality::LATE;
    } else if lag < -FUTURE_MS {
        quality |= Quality::FUTURE;
    }
    quality
}

fn raised(slot: &DeviceSlot, rule: &chengshu_core::model::ThresholdRule, transition: &Transition) -> Alarm {
    Alarm {
        id: transition.alarm,
        rule: rule.id.clone(),
        rule_version: rule.version,
        theme: slot.device.theme.clone(),
        device: slot.device.id.clone(),
        metric: rule.metric.clone(),
        severity: rule.severity,
        limit: rule.raise,
        clear: rule.clear,
        value: transition.value,
        raised_at: transition.at,
        raised_received: transition.received,
        cleared_at: None,
        cleared_value: None,
    }
}
