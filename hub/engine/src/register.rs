//! Devices and metrics that are heard for the first time, and what devices say of themselves. Registered in a
//! transaction of its own before the readings: an entry without readings harms nobody, and the readings then find
//! their numbers.

use chengshu_core::model::{
    AlarmId, Birth, Delivery, Device, DeviceId, KindId, LinkId, MetricId, Presence, Registration, ThemeId, Timestamp,
};
use chengshu_rules::RuleBook;
use chengshu_store::{Lease, NewSeries, Store, StoreError};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::board::{Board, BoardState, DeviceSlot};

/// What becomes of a device that nobody entered (未登记设备).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// It counts at once.
    #[default]
    Accept,
    /// Its values are kept; it counts when a person has entered it.
    Pending,
    /// What it sends is set aside.
    Reject,
}

/// How much the register may grow by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) unknown: Unknown,
    pub(crate) devices: usize,
    pub(crate) metrics_per_device: usize,
}

/// The numbers that the database gave to what was new.
pub(crate) struct Numbers {
    devices: FxHashMap<String, i32>,
    series: Vec<i32>,
}

/// What a batch adds to the register.
#[derive(Default)]
pub(crate) struct Additions {
    /// New entries, and entries that say something new of themselves.
    devices: FxHashMap<DeviceId, Device>,
    series: Vec<NewSeries>,
    /// How many of the entries are new.
    new: usize,
    /// Alarms of rules that no longer concern a device, because its kind has changed.
    withdrawn: Vec<AlarmId>,
}

impl Additions {
    pub(crate) fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.series.is_empty()
    }

    /// Collects what `deliveries` add to the register on the board.
    pub(crate) fn collect<'a>(
        board: &BoardState,
        book: &RuleBook,
        bounds: Bounds,
        deliveries: impl Iterator<Item = &'a Delivery>,
    ) -> Self {
        let mut add = Self::default();
        let mut wanted: FxHashSet<(&DeviceId, &MetricId)> = FxHashSet::default();
        let mut grown: FxHashMap<&DeviceId, usize> = FxHashMap::default();
        for delivery in deliveries {
            let Some(theme) = &delivery.theme else { continue };
            for reading in &delivery.readings {
                let known = board.device(reading.device.as_str());
                let has = known.is_some_and(|slot| {
                    slot.device.registration != Registration::Retired
                        && slot.series.iter().any(|series| series.metric == reading.metric)
                });
                if has || wanted.contains(&(&reading.device, &reading.metric)) {
                    continue;
                }
                let metrics = grown.entry(&reading.device).or_insert_with(|| known.map_or(0, |slot| slot.series.len()));
                if *metrics >= bounds.metrics_per_device || !add.device(board, bounds, delivery, theme, &reading.device)
                {
                    continue;
                }
                if known.is_some_and(|slot| slot.series.iter().any(|series| series.metric == reading.metric)) {
                    continue; // it has spoken again after it was taken out of service
                }
                *metrics += 1;
                wanted.insert((&reading.device, &reading.metric));
                add.series.push(NewSeries { device: reading.device.clone(), metric: reading.metric.clone() });
            }
            let speakers = delivery.events.iter().map(|event| &event.device);
            for device in speakers.chain(delivery.presence.iter().map(|presence| &presence.device)) {
                add.device(board, bounds, delivery, theme, device);
            }
            if let Some(Presence { device, birth: Some(birth), .. }) = &delivery.presence {
                add.birth(board, book, theme, device, birth);
            }
            for (device, birth) in &delivery.births {
                add.device(board, bounds, delivery, theme, device);
                add.birth(board, book, theme, device, birth);
            }
        }
        add.assume_kinds(board);
        add.devices.retain(|id, device| board.device(id.as_str()).is_none_or(|slot| slot.device != *device));
        add
    }

    /// Makes sure that a device is known; false when it may not be.
    fn device(
        &mut self,
        board: &BoardState,
        bounds: Bounds,
        delivery: &Delivery,
        theme: &ThemeId,
        id: &DeviceId,
    ) -> bool {
        if let Some(device) = self.devices.get(id) {
            return device.theme == *theme;
        }
        if let Some(slot) = board.device(id.as_str()) {
            let retired = slot.device.registration == Registration::Retired;
            // entered by people, and heard for the first time now
            let unheard = slot.device.link == LinkId::register();
            if (retired || unheard) && slot.device.theme == *theme {
                let registration = if retired { Registration::Pending } else { slot.device.registration };
                let device = Device { registration, link: delivery.link.clone(), ..slot.device.clone() };
                self.devices.insert(id.clone(), device);
            }
            return slot.device.theme == *theme;
        }
        let registration = match bounds.unknown {
            Unknown::Accept => Registration::Accepted,
            Unknown::Pending => Registration::Pending,
            Unknown::Reject => return false,
        };
        if board.devices().len() + self.new >= bounds.devices {
            return false;
        }
        let device = Device::heard(id.clone(), theme.clone(), delivery.link.clone(), delivery.received);
        self.devices.insert(id.clone(), Device { registration, ..device });
        self.new += 1;
        true
    }

    /// Takes over what a device says of itself.
    fn birth(&mut self, board: &BoardState, book: &RuleBook, theme: &ThemeId, id: &DeviceId, birth: &Birth) {
        let known = board.device(id.as_str());
        if known.is_some_and(|slot| slot.device.theme != *theme) {
            return;
        }
        let entry = self.devices.get(id).or(known.map(|slot| &slot.device));
        let Some(mut device) = entry.cloned() else { return };
        let entered = device.registration == Registration::Registered && device.kind.is_some() && !device.kind_assumed;
        if let Some(kind) =
            birth.kind.as_ref().filter(|kind| !entered && board.theme(theme).is_some_and(|t| t.kind(kind).is_some()))
        {
            device.kind = Some(kind.clone());
            device.kind_assumed = false;
            self.withdrawn.extend(known.into_iter().flat_map(|slot| orphans(slot, book, board, &device)));
        }
        // What people entered stands; what they left open the device may tell.
        let theirs = device.registration == Registration::Registered;
        device.name = prefer(theirs, device.name, birth.name.clone());
        device.place = prefer(theirs, device.place, birth.place);
        device.gateway = prefer(theirs, device.gateway, birth.gateway.clone());
        self.devices.insert(device.id.clone(), device);
    }

    /// A device that has not said what it is gets the first kind of its theme that measures all its metrics.
    fn assume_kinds(&mut self, board: &BoardState) {
        let mut grown: FxHashMap<&DeviceId, Vec<&MetricId>> = FxHashMap::default();
        for series in &self.series {
            grown.entry(&series.device).or_default().push(&series.metric);
        }
        for (id, new) in grown {
            let known = board.device(id.as_str());
            let entry = self.devices.get(id).or(known.map(|slot| &slot.device));
            let Some(device) = entry.filter(|device| device.kind.is_none() || device.kind_assumed) else { continue };
            let old = known.into_iter().flat_map(|slot| &slot.series).map(|series| &series.metric);
            let metrics: Vec<&MetricId> = old.chain(new).collect();
            let kind = board.theme(&device.theme).and_then(|theme| theme.kind_of_metrics(metrics.iter().copied()));
            let kind: Option<KindId> = kind.map(|kind| kind.id.clone());
            if kind.is_some() && kind != device.kind {
                let device = Device { kind, kind_assumed: true, ..device.clone() };
                self.devices.insert(id.clone(), device);
            }
        }
    }

    /// Writes the additions.
    pub(crate) async fn write(&self, store: &Store, lease: Lease, now: Timestamp) -> Result<Numbers, StoreError> {
        let mut tx = store.batch(lease).await?;
        let devices = tx.device_put(self.devices.values()).await?;
        let series = if self.series.is_empty() { Vec::new() } else { tx.series_add(&self.series).await? };
        if !self.withdrawn.is_empty() {
            tx.alarm_withdraw(&self.withdrawn, now).await?;
            tx.outbox_add(&self.withdrawn).await?;
        }
        tx.commit().await?;
        Ok(Numbers { devices: devices.into_iter().collect(), series })
    }

    /// Puts the additions on the board, after they have been written.
    pub(crate) fn apply(self, board: &Board, book: &RuleBook, numbers: &Numbers, now: Timestamp) {
        board.write(|state| {
            let devices = self.devices.into_values();
            let mut changed: Vec<u32> = devices.map(|device| state.put(device, &numbers.devices, book, now)).collect();
            for (series, id) in self.series.into_iter().zip(&numbers.series) {
                let Some(number) = state.by_name.get(&series.device).copied() else { continue };
                let Some(slot) = state.devices.get_mut(number as usize) else { continue };
                slot.add_series(series.metric, *id, book);
                changed.push(number);
            }
            state.relink(book);
            for alarm in &self.withdrawn {
                state.alarms.remove(alarm);
            }
            state.devices_changed(changed, now);
        });
    }
}

fn prefer<T>(theirs: bool, entered: Option<T>, told: Option<T>) -> Option<T> {
    if theirs { entered.or(told) } else { told.or(entered) }
}

/// Active alarms of rules that are not about the device any more when its entry is `after`.
pub(crate) fn orphans(slot: &DeviceSlot, book: &RuleBook, board: &BoardState, after: &Device) -> Vec<AlarmId> {
    let kind = after.kind.as_ref().and_then(|kind| board.theme(&after.theme)?.kind(kind));
    let still: Vec<_> = book.about(after, kind.map(|kind| kind.as_ref())).map(|rule| &rule.rule().id).collect();
    let gone = slot.rules.iter().filter(|rule| !still.contains(&&rule.rule.rule().id));
    gone.filter_map(|rule| rule.state.active).map(|active| active.alarm).collect()
}
