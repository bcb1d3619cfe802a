//! States: every bit becomes a reading at every report, so that a cleared bit is the recovery; every change becomes an
//! event as well. A fire is a fire whatever bit 0 says.

use chengshu_core::model::{DeviceId, Event, MetricId, Reading, Severity, Timestamp};
use serde_json::{Map, Value, json};

use crate::memory::{Subject, Told};
use crate::words::Bit;

/// A state that was told of a device.
pub(super) struct State {
    pub(super) subject: Subject,
    pub(super) device: DeviceId,
    pub(super) state: u16,
    pub(super) at: Timestamp,
    pub(super) bits: &'static [Bit],
    /// What else goes into the detail of its events: texts, a time that was not believed.
    pub(super) detail: Map<String, Value>,
}

impl State {
    pub(super) fn told(&self) -> Told {
        Told { subject: self.subject, state: self.state, at: self.at }
    }

    /// One reading for each bit.
    pub(super) fn readings(&self, metrics: &[MetricId], hint: Option<&MetricId>, out: &mut Vec<Reading>) {
        let value = |set: bool| f64::from(u8::from(set));
        for (bit, metric) in self.bits.iter().zip(metrics) {
            let value = value(self.state >> bit.bit & 1 == 1);
            out.push(Reading::new(self.device.clone(), metric.clone(), self.at, value));
        }
        if let Some(hint) = hint {
            out.push(Reading::new(self.device.clone(), hint.clone(), self.at, value(self.state == 0)));
        }
    }

    /// One event for each bit that changed; where nothing was known before, for each that is set.
    pub(super) fn events(&self, before: Option<u16>, out: &mut Vec<Event>) {
        let changed = self.state ^ before.unwrap_or(0);
        for bit in self.bits.iter().filter(|bit| changed >> bit.bit & 1 == 1) {
            let set = self.state >> bit.bit & 1 == 1;
            let kind = if set { bit.event.to_owned() } else { format!("{}_cleared", bit.event) };
            let mut detail = self.detail.clone();
            let (zh, en) = if set {
                (bit.zh.to_owned(), bit.en.to_owned())
            } else {
                (format!("{}解除", bit.zh), format!("{}: cleared", bit.en))
            };
            detail.insert("zh".into(), zh.into());
            detail.insert("en".into(), en.into());
            detail.insert("state".into(), self.state.into());
            out.push(Event {
                device: self.device.clone(),
                key: format!("{kind}@{}", self.at.ms()),
                kind,
                at: self.at,
                severity: Some(if set { bit.severity } else { Severity::General }),
                detail: Value::Object(detail).to_string(),
            });
        }
    }
}

/// The detail that says which time of an object was not believed.
pub(super) fn object_time(detail: &mut Map<String, Value>, label: Option<crate::codec::Label>) {
    if let Some(label) = label {
        let text = label.text().map_or_else(|| json!(crate::json::hex(&label.0)), Value::from);
        detail.insert("object_time".into(), text);
    }
}
