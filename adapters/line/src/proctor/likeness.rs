//! When two arrivals are the same report, and when they are of the same sort. By what they say, not by their bytes: a maker
//! may write a new serial number or sending time into a repeated report.

use std::collections::BTreeSet;

use chengshu_core::model::{Delivery, Quality, Reading, Reason};

/// What the device itself measured.
pub(super) fn measured(delivery: &Delivery) -> impl Iterator<Item = &Reading> {
    delivery.readings.iter().filter(|reading| !reading.quality.contains(Quality::DERIVED))
}

/// Whether it reports anything: a link keep does not.
pub(super) fn is_report(delivery: &Delivery) -> bool {
    !delivery.readings.is_empty() || !delivery.events.is_empty() || delivery.rejected.iter().any(|r| is_value(r.reason))
}

/// Whether it was set aside for what it says rather than for how it is written.
pub(super) const fn is_value(reason: Reason) -> bool {
    matches!(reason, Reason::NotANumber | Reason::NotFinite | Reason::TimeTooOld | Reason::TimeTooNew)
}

/// The same report once more: equal values of equal times, or equal events, or equal bytes.
pub(super) fn same(one: &Delivery, other: &Delivery) -> bool {
    if one.raw == other.raw {
        return true;
    }
    let (mut left, mut right) = (measured(one).peekable(), measured(other).peekable());
    if left.peek().is_some() || right.peek().is_some() {
        let key = |r: &Reading| (r.device.clone(), r.metric.clone(), r.at, r.value.to_bits());
        return left.map(key).collect::<BTreeSet<_>>() == right.map(key).collect();
    }
    let keys = |delivery: &Delivery| -> BTreeSet<_> {
        delivery.events.iter().map(|event| (event.device.clone(), event.key.clone())).collect()
    };
    !one.events.is_empty() && keys(one) == keys(other)
}

/// What sort of report it is: the devices and quantities of it.
pub(super) fn sort(delivery: &Delivery) -> BTreeSet<String> {
    let mut sort: BTreeSet<String> = measured(delivery).map(|r| format!("{} {}", r.device, r.metric)).collect();
    if sort.is_empty() {
        sort.extend(delivery.events.iter().map(|event| format!("{} event {}", event.device, event.kind)));
    }
    if sort.is_empty() {
        let aside = delivery.rejected.iter().filter_map(|r| r.device.as_ref());
        sort.extend(aside.map(|device| format!("{device} set aside")));
    }
    sort
}
