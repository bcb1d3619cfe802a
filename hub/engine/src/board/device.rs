//! A device on the board: its register entry, its state and its series with their latest values and rule states.

use std::sync::Arc;

use chengshu_core::model::{
    AlarmId, Device, DeviceState, Freshness, Kind, MetricId, Quality, Severity, Theme, Timestamp,
};
use chengshu_rules::{Compiled, Reorder, RuleBook, RuleState, Sample, Subject};

use super::Habit;

/// The newest reading of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Latest {
    /// Device time.
    pub at: Timestamp,
    /// Hub time of arrival.
    pub received: Timestamp,
    /// The value.
    pub value: f64,
    /// What is known against it.
    pub quality: Quality,
}

impl Latest {
    /// The moment that the value can honestly claim: a device whose clock runs ahead must not look fresh for ever.
    #[must_use]
    pub fn as_of(&self) -> Timestamp {
        self.at.min(self.received)
    }

    /// Whether this is to be shown rather than `other`.
    pub(crate) fn supersedes(&self, other: &Self) -> bool {
        (self.as_of(), self.at) > (other.as_of(), other.at)
    }
}

/// Where a device's deadlines come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadlineFrom {
    /// Its kind says so.
    Kind,
    /// Learned from its own pauses.
    Habit,
    /// Nothing is known of it.
    Default,
}

/// Why a device is not live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It has not spoken within its deadline.
    Silent,
    /// Its last will said that it is gone.
    LastWill,
    /// The gateway that it speaks through is not live.
    Gateway,
    /// The link that it came by is not up.
    Link,
    /// It was never heard.
    NeverHeard,
}

/// One metric of a device.
#[derive(Debug, Clone)]
pub struct SeriesSlot {
    /// Which metric.
    pub metric: MetricId,
    /// What readings carry.
    pub id: i32,
    /// The newest reading in the database.
    pub latest: Option<Latest>,
    /// A newer one that has only reached the spool.
    pub(crate) spooled: Option<Latest>,
    /// Lowest and highest believable value.
    pub(crate) range: (f64, f64),
    /// Rules of this device that look at it, by their place and the number of the input.
    pub(crate) own: Vec<(u16, u16)>,
    /// Rules of other devices that look at it.
    pub(crate) foreign: Vec<Listener>,
    pub(crate) changed: u64,
    pub(crate) dirty: bool,
}

/// A rule of some device that looks at a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listener {
    pub(crate) device: u32,
    pub(crate) rule: u16,
    pub(crate) input: u16,
}

/// A rule on a device.
#[derive(Debug, Clone)]
pub struct RuleSlot {
    /// Which rule.
    pub rule: Arc<Compiled>,
    /// Its state.
    pub state: RuleState,
}

impl SeriesSlot {
    /// Takes a reading as the latest unless a newer one is there. True when it was taken.
    pub(crate) fn consider(&mut self, candidate: Latest) -> bool {
        let newer = self.latest.is_none_or(|latest| candidate.supersedes(&latest));
        if newer {
            self.latest = Some(candidate);
            self.spooled = self.spooled.filter(|spooled| spooled.supersedes(&candidate));
        }
        newer
    }

    /// The newest reading that there is, and whether the database has it.
    #[must_use]
    pub fn current(&self) -> Option<(Latest, bool)> {
        self.spooled.map(|spooled| (spooled, false)).or(self.latest.map(|latest| (latest, true)))
    }

    /// The number of the last change of this series.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.changed
    }
}

/// A device with everything that is known of it now.
#[derive(Debug, Clone)]
pub struct DeviceSlot {
    /// Its register entry.
    pub device: Device,
    /// Its short number in the database.
    pub num: i32,
    /// Its kind, where known.
    pub kind: Option<Arc<Kind>>,
    /// How often it speaks.
    pub habit: Habit,
    /// What the database knows of its habit, ms.
    pub(crate) habit_kept_ms: i32,
    /// Its metrics.
    pub series: Vec<SeriesSlot>,
    /// The rules that are about it.
    pub rules: Vec<RuleSlot>,
    /// Readings that wait for earlier ones before rules decide: series and reading.
    pub(crate) waiting: Option<Box<Reorder<(u32, Sample)>>>,
    /// For how long a value is believed, ms.
    pub(super) gap_ms: i64,
    /// The last sign of life.
    pub heard: Option<Timestamp>,
    /// When its last will said that it is gone, unless it came back.
    pub gone: Option<Timestamp>,
    /// When it last spoke of its presence.
    pub(crate) said: Option<Timestamp>,
    /// What can honestly be said of it.
    pub state: DeviceState,
    /// Since when.
    pub state_since: Timestamp,
    pub(crate) changed: u64,
}

impl DeviceSlot {
    pub(crate) fn new(mut device: Device, theme: Option<&Theme>, now: Timestamp) -> Self {
        let kind = find_kind(&device, theme);
        device.theme = theme.map_or(device.theme, |theme| theme.id.clone()); // one name in memory for all of its devices
        Self {
            device,
            num: 0,
            kind,
            habit: Habit::default(),
            habit_kept_ms: 0,
            series: Vec::new(),
            rules: Vec::new(),
            waiting: None,
            gap_ms: i64::from(Freshness::default().stale_after_s) * 1000,
            heard: None,
            gone: None,
            said: None,
            state: DeviceState::Never,
            state_since: now,
            changed: 0,
        }
    }

    /// Gives the device its kind anew, and its series the ranges and rules of that kind. Rule states survive.
    pub(crate) fn set_kind(&mut self, theme: Option<&Theme>, book: &RuleBook) {
        self.kind = find_kind(&self.device, theme);
        for series in &mut self.series {
            series.range = range(self.kind.as_deref(), &series.metric);
        }
        self.equip(book);
    }

    /// Gives the device the rules that are about it now. States of those that it had survive.
    pub(crate) fn equip(&mut self, book: &RuleBook) {
        let mut old = std::mem::take(&mut self.rules);
        for rule in book.about(&self.device, self.kind.as_deref()) {
            let known = old.iter().position(|slot| slot.rule.rule().id == rule.rule().id);
            let state = known.map_or_else(|| self.fresh_state(rule), |n| std::mem::take(&mut old[n].state));
            self.rules.push(RuleSlot { rule: rule.clone(), state });
        }
        self.rules.shrink_to_fit();
        if !self.device.registration.counts() {
            self.rules.iter_mut().for_each(|slot| slot.state.active = None); // whoever changed it has withdrawn them
        }
        for series in &mut self.series {
            series.own = listeners(&self.rules, &series.metric);
        }
    }

    /// A rule that is new to a device begins after what the device has already shown.
    fn fresh_state(&self, rule: &Compiled) -> RuleState {
        let shown =
            |metric: &MetricId| self.series(metric).and_then(|series| series.latest).map(|latest| latest.as_of());
        let decided = if rule.is_silence() {
            self.heard
        } else {
            rule.inputs().iter().filter(|(of, _)| of.is_none()).filter_map(|(_, metric)| shown(metric)).max()
        };
        RuleState { decided, ..RuleState::default() }
    }

    /// The series of a metric.
    #[must_use]
    pub fn series(&self, metric: &MetricId) -> Option<&SeriesSlot> {
        self.series.iter().find(|series| series.metric == *metric)
    }

    /// Its active alarms.
    pub(crate) fn active_alarms(&self) -> impl Iterator<Item = AlarmId> + '_ {
        self.rules.iter().filter_map(|slot| slot.state.active).map(|active| active.alarm)
    }

    /// The rules that look at a series of this device alone.
    pub fn rules_of(&self, series: &SeriesSlot) -> impl Iterator<Item = &RuleSlot> {
        series.own.iter().filter_map(|(rule, _)| self.rules.get(usize::from(*rule)))
    }

    /// What rules are run on.
    pub(crate) fn subject(&self, others: Option<f64>) -> Subject<'_> {
        Subject { device: &self.device.id, gap_ms: self.gap_ms, others }
    }

    /// How long readings wait for earlier ones before rules decide, ms.
    pub(crate) fn reorder_ms(&self) -> i64 {
        self.kind.as_ref().map_or(0, |kind| i64::from(kind.reorder_ms))
    }

    /// When time alone may change one of its alarms.
    pub(crate) fn rules_due(&self) -> Timestamp {
        let due = self.rules.iter().filter_map(|slot| chengshu_rules::due(&slot.rule, &slot.state, self.gap_ms)).min();
        due.unwrap_or(Timestamp::from_ms(i64::MAX))
    }

    pub(crate) fn add_series(&mut self, metric: MetricId, id: i32, book: &RuleBook) {
        let known = self.kind.as_ref().and_then(|kind| kind.metric(&metric)).map(|known| known.id.clone());
        let metric = known.unwrap_or(metric); // one name in memory for all devices of a kind
        if self.rules.is_empty() {
            self.equip(book);
        }
        let slot = SeriesSlot {
            id,
            latest: None,
            spooled: None,
            range: range(self.kind.as_deref(), &metric),
            own: listeners(&self.rules, &metric),
            foreign: Vec::new(),
            changed: 0,
            dirty: false,
            metric,
        };
        self.series.reserve_exact(1); // most devices measure one or two things, and there are many devices
        self.series.push(slot);
    }

    /// The deadlines that apply to it, and where they come from: its kind, unless it has the habit of sleeping longer.
    #[must_use]
    pub fn deadline(&self) -> (Freshness, DeadlineFrom) {
        match (self.kind.as_ref().map(|kind| kind.freshness()), self.habit.freshness()) {
            (Some(kind), Some(habit)) if habit.stale_after_s > kind.stale_after_s => (habit, DeadlineFrom::Habit),
            (Some(kind), _) => (kind, DeadlineFrom::Kind),
            (None, Some(habit)) => (habit, DeadlineFrom::Habit),
            (None, None) => (Freshness::default(), DeadlineFrom::Default),
        }
    }

    /// Notes a sign of life.
    pub(crate) fn hear(&mut self, heard: Timestamp) {
        if let Some(last) = self.heard {
            self.habit.note(heard.since(last));
        }
        self.heard = Some(self.heard.map_or(heard, |known| known.max(heard)));
    }

    /// Why it is not live, as far as the device alone can tell.
    #[must_use]
    pub fn silence(&self) -> Option<Silence> {
        match self.state {
            DeviceState::Live => None,
            DeviceState::Never => Some(Silence::NeverHeard),
            DeviceState::Stale | DeviceState::Offline => {
                let will = self.gone.is_some_and(|gone| self.heard.is_none_or(|heard| gone >= heard));
                Some(if will { Silence::LastWill } else { Silence::Silent })
            }
        }
    }

    /// When its state may change although nothing is heard.
    pub(crate) fn due(&self) -> Timestamp {
        let (freshness, _) = self.deadline();
        let after = |s: u32| self.heard.map(|heard| Timestamp::from_ms(heard.ms() + i64::from(s) * 1000));
        let due = match self.state {
            DeviceState::Live => after(freshness.stale_after_s),
            DeviceState::Stale => after(freshness.offline_after_s),
            DeviceState::Offline | DeviceState::Never => None,
        };
        due.unwrap_or(Timestamp::from_ms(i64::MAX))
    }

    pub(crate) fn late_after_ms(&self) -> i64 {
        self.kind.as_ref().map_or(300_000, |kind| i64::from(kind.late_after_s) * 1000)
    }

    /// The gravest alarm that is active on it.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.rules.iter().filter_map(|slot| slot.state.severity()).min()
    }

    /// Judges its state anew; true when it changed.
    pub(crate) fn judge(&mut self, now: Timestamp) -> bool {
        let deadline = self.deadline().0;
        self.gap_ms = i64::from(deadline.stale_after_s) * 1000;
        let (state, since) = deadline.judge(now, self.heard, self.gone);
        let changed = state != self.state;
        if changed {
            self.state = state;
            self.state_since = since;
        }
        changed
    }

    /// The number of the last change of this device.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.changed
    }
}

fn find_kind(device: &Device, theme: Option<&Theme>) -> Option<Arc<Kind>> {
    theme.zip(device.kind.as_ref()).and_then(|(theme, kind)| theme.kind(kind)).cloned()
}

fn range(kind: Option<&Kind>, metric: &MetricId) -> (f64, f64) {
    let metric = kind.and_then(|kind| kind.metric(metric));
    metric.map_or((f64::NEG_INFINITY, f64::INFINITY), |metric| {
        (metric.min.unwrap_or(f64::NEG_INFINITY), metric.max.unwrap_or(f64::INFINITY))
    })
}

/// Which rules of a device look at its metric, and as which input.
fn listeners(rules: &[RuleSlot], metric: &MetricId) -> Vec<(u16, u16)> {
    let mut all = Vec::new();
    for (n, slot) in rules.iter().enumerate() {
        for (input, (device, wanted)) in slot.rule.inputs().into_iter().enumerate() {
            if device.is_none() && wanted == metric {
                all.push((n as u16, input as u16));
            }
        }
    }
    all.shrink_to_fit();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_runs_ahead_does_not_hold_the_latest_value() {
        let t = Timestamp::from_ms;
        let mut slot = SeriesSlot {
            metric: MetricId::parse("level").unwrap(),
            id: 1,
            latest: None,
            spooled: None,
            range: (0.0, 1.0),
            own: Vec::new(),
            foreign: Vec::new(),
            changed: 0,
            dirty: false,
        };
        let reading = |at, received| Latest { at: t(at), received: t(received), value: 1.0, quality: Quality::empty() };
        assert!(slot.consider(reading(9_999_000, 1_000)));
        assert!(slot.consider(reading(2_000, 2_010)), "a true time that is newer than the arrival of the false one");
        assert!(!slot.consider(reading(1_500, 3_000)), "an older reading that came later");
        assert_eq!(slot.latest.unwrap().at, t(2_000));
    }
}
