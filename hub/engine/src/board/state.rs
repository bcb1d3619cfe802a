//! The state behind the board. Devices are found by number on the hot path and by name from outside; both never
//! change once given.

use std::sync::Arc;

use chengshu_core::model::{
    Alarm, AlarmId, Device, DeviceId, DeviceState, Kpi, LinkId, MetricId, RuleId, Severity, Theme, ThemeId, Timestamp,
};
use chengshu_core::seam::LinkState;
use chengshu_rules::RuleBook;
use rustc_hash::FxHashMap;

use crate::register::Unknown;

use super::{Changes, DeviceSlot, LedgerBook, LinkSlot, Listener, Silence};

/// Whether the database answers, since when, and what it said last if not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseReport {
    /// It answers.
    pub up: bool,
    /// Since when that has been so.
    pub since: Timestamp,
    /// What is wrong, as a stable code: starting, away, disk_full; `ok` while it answers.
    pub code: &'static str,
    /// The words of the last failure.
    pub reason: Option<String>,
}

/// A key figure as it stands.
#[derive(Debug, Clone)]
pub struct KpiSlot {
    /// The theme that declares it.
    pub theme: ThemeId,
    /// Its declaration.
    pub kpi: Kpi,
    /// When it was computed.
    pub at: Timestamp,
    /// Its value; none when no live device gives one.
    pub value: Option<f64>,
    /// The device that gives a largest or smallest value.
    pub device: Option<DeviceId>,
    /// The gravest active alarm on its metric.
    pub severity: Option<Severity>,
    /// Devices that contribute.
    pub fresh: u32,
    /// Devices that should contribute but are not live.
    pub stale: u32,
    /// Up to 24 h of samples, oldest first.
    pub trend: Vec<(Timestamp, f64)>,
    pub(crate) changed: u64,
    pub(crate) trend_changed: u64,
}

impl KpiSlot {
    /// The number of the last change, and of the last change of the trend.
    #[must_use]
    pub fn changed(&self) -> (u64, u64) {
        (self.changed, self.trend_changed)
    }
}

/// How many devices are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StateCounts {
    /// Live.
    pub live: u32,
    /// Stale.
    pub stale: u32,
    /// Offline.
    pub offline: u32,
    /// Never heard.
    pub never: u32,
}

impl StateCounts {
    fn of(&mut self, state: DeviceState) -> &mut u32 {
        match state {
            DeviceState::Live => &mut self.live,
            DeviceState::Stale => &mut self.stale,
            DeviceState::Offline => &mut self.offline,
            DeviceState::Never => &mut self.never,
        }
    }
}

/// Everything on the board.
pub struct BoardState {
    /// False until the register was read: nothing can be said of any device before.
    pub loaded: bool,
    /// What was received and what became of it.
    pub ledger: LedgerBook,
    /// The lease's epoch: numbers of changes of another epoch mean nothing.
    pub epoch: i64,
    /// When the hub started.
    pub started: Timestamp,
    /// What becomes of devices that nobody entered.
    pub unknown: Unknown,
    /// The themes.
    pub themes: Arc<[Theme]>,
    /// The database.
    pub database: DatabaseReport,
    /// Key figures in the order of their themes.
    pub kpis: Vec<KpiSlot>,
    /// What changed lately.
    pub changes: Changes,
    pub(crate) devices: Vec<DeviceSlot>,
    /// When each device's state may change although nothing is heard.
    due: Vec<Timestamp>,
    /// When time alone may change an alarm of each device.
    rules_due: Vec<Timestamp>,
    /// Silence is believed from then on: what was sent while the hub was away has arrived.
    pub(crate) silence_from: Timestamp,
    /// For rules that compare: the series of all devices that they are about.
    pub(crate) compared: FxHashMap<RuleId, Vec<(u32, u32)>>,
    counts: StateCounts,
    pub(crate) by_name: FxHashMap<DeviceId, u32>,
    pub(crate) links: Vec<LinkSlot>,
    pub(crate) alarms: FxHashMap<AlarmId, Alarm>,
    pub(crate) links_changed: u64,
    /// Series whose latest value is not in the checkpoint.
    pub(crate) dirty: Vec<(u32, u32)>,
    seq: u64,
}

impl BoardState {
    pub(crate) fn new(epoch: i64, themes: Arc<[Theme]>, now: Timestamp) -> Self {
        Self {
            loaded: false,
            ledger: LedgerBook::default(),
            due: Vec::new(),
            rules_due: Vec::new(),
            silence_from: Timestamp::from_ms(i64::MAX),
            compared: FxHashMap::default(),
            counts: StateCounts::default(),
            epoch,
            started: now,
            unknown: Unknown::default(),
            themes,
            database: DatabaseReport { up: true, since: now, code: "ok", reason: None },
            kpis: Vec::new(),
            changes: Changes::default(),
            devices: Vec::new(),
            by_name: FxHashMap::default(),
            links: Vec::new(),
            alarms: FxHashMap::default(),
            links_changed: 0,
            dirty: Vec::new(),
            seq: 1,
        }
    }

    /// The number of the last change.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    pub(crate) fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// The theme of that name.
    #[must_use]
    pub fn theme(&self, id: &ThemeId) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.id == *id)
    }

    /// The device of that name.
    #[must_use]
    pub fn device(&self, id: &str) -> Option<&DeviceSlot> {
        self.by_name.get(id).and_then(|n| self.devices.get(*n as usize))
    }

    /// The device of that number.
    #[must_use]
    pub fn device_at(&self, number: u32) -> Option<&DeviceSlot> {
        self.devices.get(number as usize)
    }

    /// All devices, in the order in which they were first heard.
    #[must_use]
    pub fn devices(&self) -> &[DeviceSlot] {
        &self.devices
    }

    /// All links.
    #[must_use]
    pub fn links(&self) -> &[LinkSlot] {
        &self.links
    }

    /// The number of the last change of any link.
    #[must_use]
    pub fn links_changed(&self) -> u64 {
        self.links_changed
    }

    /// All active alarms.
    pub fn alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.values()
    }

    /// How many devices are in which state.
    #[must_use]
    pub fn counts(&self) -> StateCounts {
        self.counts
    }

    /// Why a device is not live: the nearest thing on its way that is known to be broken, else the device itself.
    #[must_use]
    pub fn silence(&self, slot: &DeviceSlot) -> Option<Silence> {
        let own = slot.silence()?;
        if own != Silence::Silent {
            return Some(own);
        }
        let link = self.links.iter().find(|link| link.link.id == slot.device.link);
        if link.is_some_and(|link| link.link.last_report().state != LinkState::Up) {
            return Some(Silence::Link);
        }
        let gateway = slot.device.gateway.as_ref().and_then(|gateway| self.device(gateway.as_str()));
        Some(if gateway.is_some_and(|gateway| gateway.state != DeviceState::Live) { Silence::Gateway } else { own })
    }

    /// Judges a device anew; true when its state changed.
    pub(crate) fn judge(&mut self, number: u32, now: Timestamp) -> bool {
        let Some(slot) = self.devices.get_mut(number as usize) else { return false };
        let before = slot.state;
        let changed = slot.judge(now);
        self.due[number as usize] = slot.due();
        if changed && slot.device.registration.counts() {
            let after = slot.state;
            *self.counts.of(before) -= 1;
            *self.counts.of(after) += 1;
        }
        changed
    }

    /// The hub's clock was set by `step` ms: what was heard keeps its age, so that nobody looks fresh (or dead) by it.
    pub(crate) fn clock_was_set(&mut self, step: i64, now: Timestamp) {
        let shift = |at: &mut Option<Timestamp>| *at = at.map(|at| Timestamp::from_ms(at.ms().saturating_add(step)));
        for slot in &mut self.devices {
            shift(&mut slot.heard);
            shift(&mut slot.gone);
            shift(&mut slot.said);
            for rule in &mut slot.rules {
                if rule.rule.is_silence() {
                    shift(&mut rule.state.decided);
                } else {
                    let lag = i64::from(rule.state.lag_ms).saturating_add(step);
                    rule.state.lag_ms = lag.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
                }
            }
        }
        for number in 0..self.devices.len() as u32 {
            self.rules_changed(number);
        }
        let changed = (0..self.devices.len() as u32).filter(|number| self.judge(*number, now)).collect();
        self.devices_changed(changed, now);
    }

    /// Devices whose time has come.
    pub(crate) fn overdue(&self, now: Timestamp) -> Vec<u32> {
        let due = self.due.iter().enumerate().filter(|(_, due)| **due <= now);
        due.map(|(number, _)| number as u32).collect()
    }

    /// Devices of which time may change an alarm.
    pub(crate) fn rules_overdue(&self, now: Timestamp) -> Vec<u32> {
        let due = self.rules_due.iter().enumerate().filter(|(_, due)| **due <= now);
        due.map(|(number, _)| number as u32).collect()
    }

    /// The states of a device's rules have changed: looks anew when time will change them.
    pub(crate) fn rules_changed(&mut self, number: u32) {
        let Some(slot) = self.devices.get(number as usize) else { return };
        let waits = slot.waiting.as_ref().and_then(|waiting| waiting.due(slot.reorder_ms()));
        let due = waits.map_or(slot.rules_due(), |waits| waits.min(slot.rules_due()));
        self.rules_due[number as usize] = due;
    }

    /// Finds anew which rules look at series of other devices.
    pub(crate) fn relink(&mut self, book: &RuleBook) {
        if !book.joins_devices() && self.compared.is_empty() {
            return;
        }
        self.compared.clear();
        let mut links: Vec<(u32, MetricId, Listener)> = Vec::new();
        for (number, slot) in self.devices.iter_mut().enumerate() {
            slot.series.iter_mut().for_each(|series| series.foreign.clear());
            for (n, rule) in slot.rules.iter().enumerate().filter(|(_, rule)| rule.rule.joins_devices()) {
                for (input, (device, metric)) in rule.rule.inputs().into_iter().enumerate() {
                    let listener = Listener { device: number as u32, rule: n as u16, input: input as u16 };
                    if let Some(device) = device.and_then(|device| self.by_name.get(device)) {
                        links.push((*device, metric.clone(), listener));
                    } else if let Some(series) = slot.series.iter().position(|series| series.metric == *metric) {
                        let all = self.compared.entry(rule.rule.rule().id.clone()).or_default();
                        all.push((number as u32, series as u32));
                    }
                }
            }
        }
        for (device, metric, listener) in links {
            let slot = self.devices.get_mut(device as usize);
            let series = slot.and_then(|slot| slot.series.iter_mut().find(|series| series.metric == metric));
            if let Some(series) = series {
                series.foreign.push(listener);
            }
        }
    }

    pub(crate) fn link_index(&self, id: &LinkId) -> Option<usize> {
        self.links.iter().position(|slot| slot.link.id == *id)
    }

    /// The link that the spool counts under this number; none when it is not configured any more.
    pub(crate) fn link_tagged(&self, tag: u16) -> Option<LinkId> {
        self.links.iter().map(|slot| &slot.link.id).find(|id| crate::job::tag(id) == tag).cloned()
    }

    pub(crate) fn add_device(&mut self, slot: DeviceSlot) -> u32 {
        let number = u32::try_from(self.devices.len()).unwrap_or(u32::MAX);
        self.by_name.insert(slot.device.id.clone(), number);
        *self.counts.of(slot.state) += u32::from(slot.device.registration.counts());
        self.due.push(slot.due());
        self.rules_due.push(slot.rules_due());
        self.devices.push(slot);
        number
    }

    /// Puts an entry of the register on the board; `nums` are the short numbers that the database gave.
    pub(crate) fn put(
        &mut self,
        device: Device,
        nums: &FxHashMap<String, i32>,
        book: &RuleBook,
        now: Timestamp,
    ) -> u32 {
        let themes = self.themes.clone();
        let theme = themes.iter().find(|theme| theme.id == device.theme);
        let number = self.by_name.get(&device.id).copied();
        let Some((number, slot)) = number.and_then(|n| Some((n, self.devices.get_mut(n as usize)?))) else {
            let num = nums.get(device.id.as_str()).copied().unwrap_or(0);
            return self.add_device(DeviceSlot { num, ..DeviceSlot::new(device, theme, now) });
        };
        *self.counts.of(slot.state) -= u32::from(slot.device.registration.counts());
        slot.device = device;
        slot.set_kind(theme, book);
        *self.counts.of(slot.state) += u32::from(slot.device.registration.counts());
        self.judge(number, now); // another kind may have other deadlines
        self.rules_changed(number);
        number
    }

    /// Marks devices as changed now, under one new number.
    pub(crate) fn devices_changed(&mut self, mut devices: Vec<u32>, now: Timestamp) {
        devices.sort_unstable();
        devices.dedup();
        if devices.is_empty() {
            return;
        }
        let seq = self.next_seq();
        for number in &devices {
            if let Some(slot) = self.devices.get_mut(*number as usize) {
                slot.changed = seq;
            }
        }
        self.changes.devices_changed(seq, now, devices);
    }
}
