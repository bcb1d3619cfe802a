//! What a batch of deliveries means, or what time means: rows, quality flags, transitions, and what must be set aside. A pure
//! look at the board; nothing changes until the transaction is committed.

mod decide;
mod hindsight;
mod others;

use chengshu_core::model::{
    Alarm, AlarmId, Delivery, DeviceId, MetricId, Quality, Reading, Reason, Rejected, Timestamp, Transition,
};
use chengshu_rules::{Reorder, RuleState, Sample};
use chengshu_store::{DirtyMinute, ReadingRows, RuleStateRow};
use rustc_hash::FxHashMap;

use crate::board::{BoardState, DeviceSlot, Latest, SeriesSlot};
use crate::register::Unknown;

pub(crate) use hindsight::hindsight;

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

/// Device and rule by number.
pub(crate) type RuleKey = (u32, u16);

/// Everything that one transaction will write, and what follows when it has been committed.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) rows: ReadingRows,
    pub(crate) planned: Vec<Planned>,
    pub(crate) transitions: Vec<Transition>,
    /// The alarms that the transitions are about, as they stand afterwards.
    pub(crate) alarms: FxHashMap<AlarmId, Alarm>,
    pub(crate) deltas: FxHashMap<RuleKey, RuleState>,
    /// Devices whose readings wait for earlier ones, as they stand afterwards.
    pub(crate) waiting: FxHashMap<u32, Reorder<(u32, Sample)>>,
    /// Places in `planned` of readings that came too late for rules.
    pub(crate) late: Vec<u32>,
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
        let mut decider = decide::Decider::new(board);
        for (number, delivery) in deliveries.enumerate() {
            for reading in &delivery.readings {
                plan.add(board, number as u32, delivery, reading, &mut decider);
            }
            decider.end_of_delivery(&mut plan, delivery.received);
            if let Some(presence) = &delivery.presence {
                match find(board, delivery, &presence.device, None) {
                    Ok(_) => plan.presences.push(number as u32),
                    Err(rejected) => plan.rejected.push((number as u32, rejected)),
                }
            }
        }
        decider.finish(&mut plan);
        plan
    }

    /// Plans what time has brought for these devices.
    pub(crate) fn of_time(board: &BoardState, devices: &[u32], now: Timestamp) -> Self {
        let mut plan = Self::default();
        let mut decider = decide::Decider::new(board);
        for device in devices {
            decider.time(&mut plan, *device, now);
        }
        decider.finish(&mut plan);
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

    /// What waits for time, where that is not what the database knows already.
    pub(crate) fn rule_states(&self, board: &BoardState) -> Vec<RuleStateRow> {
        let rows = self.deltas.iter().filter_map(|((device, rule), state)| {
            let slot = board.device_at(*device)?;
            let known = slot.rules.get(usize::from(*rule))?;
            let (before, after) = (known.state.durable(), state.durable());
            (before != after).then(|| RuleStateRow {
                rule: known.rule.rule().id.clone(),
                device: slot.device.id.clone(),
                state: serde_json::to_string(&after).ok().filter(|_| after != chengshu_rules::Durable::default()),
            })
        });
        rows.collect()
    }

    /// Up to when readings of devices have been decided on, where they wait for earlier ones.
    pub(crate) fn rule_marks(&self, board: &BoardState) -> Vec<(DeviceId, Timestamp)> {
        let marks = self.waiting.iter().filter_map(|(device, waiting)| {
            let slot = board.device_at(*device)?;
            let handed = waiting.handed()?;
            let known = slot.waiting.as_ref().and_then(|waiting| waiting.handed());
            (known != Some(handed)).then(|| (slot.device.id.clone(), handed))
        });
        marks.collect()
    }

    fn add(
        &mut self,
        board: &BoardState,
        number: u32,
        delivery: &Delivery,
        reading: &Reading,
        decider: &mut decide::Decider<'_>,
    ) {
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
        self.planned.push(planned);
        decider.reading(self, planned);
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
