//! Frames to a delivery: values with their times and quality, events, births, and what was set aside with its reason.
//! Mends no value and no time. A missing value is left out; it is never 0.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{
    Birth, Delivery, DeviceId, Event, KindId, LinkId, MetricId, Quality, Reading, Reason, Rejected, Timestamp,
};

use crate::Setup;
use crate::codec::{Frame, Item, Pair, read_time};
use crate::words::codes::Code;
use crate::words::{Name, Period, marks, name};

/// Names of one talk that are remembered; a flood of new ones starts anew.
const NAMES_MAX: usize = 512;

/// Reads frames. Remembers names, so that a known device's frame allocates nothing for them.
#[derive(Debug)]
pub(crate) struct Reader {
    setup: Arc<Setup>,
    link: LinkId,
    names: [HashMap<Box<[u8]>, Name>; Period::COUNT],
}

/// Where frames came from.
pub(crate) struct Origin<'a> {
    pub(crate) source: Arc<str>,
    pub(crate) raw: Bytes,
    pub(crate) received: Timestamp,
    /// The device, where the frames do not name one.
    pub(crate) device: Option<&'a DeviceId>,
    /// The time that an earlier packet of the same message gave.
    pub(crate) data_time: Option<&'a [u8]>,
}

/// What was read.
pub(crate) struct Read {
    pub(crate) delivery: Delivery,
    /// Deviations of the values; those of the frames stand with the frames.
    pub(crate) counts: Vec<&'static str>,
}

/// The device of an MN, and whether characters had to be replaced.
pub(crate) fn device(setup: &Setup, mn: &[u8]) -> Result<(DeviceId, bool), String> {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    let replaced = !mn.iter().all(fits);
    let text: String = mn.iter().map(|byte| if fits(byte) { char::from(*byte) } else { '-' }).collect();
    DeviceId::parse(&format!("{}{text}", setup.prefix)).map(|id| (id, replaced)).map_err(|error| error.to_string())
}

/// When the device sent this, by its own clock.
pub(crate) fn send_time(frame: &Frame<'_>) -> Option<Timestamp> {
    frame.qn.and_then(read_time).or_else(|| frame.value(b"DataTime").and_then(read_time))
}

/// A delivery that says why these bytes could not be read.
pub(crate) fn undecodable(setup: &Setup, link: &LinkId, origin: Origin<'_>, detail: String) -> Delivery {
    let mut delivery = Delivery::new(link.clone(), origin.source, origin.raw, origin.received);
    delivery.theme = setup.theme.clone();
    delivery.rejected.push(Rejected {
        device: origin.device.cloned(),
        metric: None,
        reason: Reason::Undecodable,
        detail,
    });
    delivery
}

struct Values<'a> {
    device: &'a DeviceId,
    mn: &'a [u8],
    at: Result<Timestamp, (Reason, String)>,
    quality: Quality,
}

impl Reader {
    pub(crate) fn new(setup: Arc<Setup>, link: LinkId) -> Self {
        Self { setup, link, names: std::array::from_fn(|_| HashMap::new()) }
    }

    /// The frames of one message: usually one, more when it came in packets.
    pub(crate) fn read(&mut self, frames: &[Frame<'_>], origin: Origin<'_>) -> Read {
        let mut delivery = Delivery::new(self.link.clone(), origin.source, origin.raw, origin.received);
        delivery.theme = self.setup.theme.clone();
        let mut read = Read { delivery, counts: Vec::new() };
        let mut data_time = origin.data_time;
        for frame in frames {
            data_time = frame.value(b"DataTime").or(data_time);
            self.frame(frame, origin.device, data_time, &mut read);
        }
        read
    }

    fn frame(&mut self, frame: &Frame<'_>, known: Option<&DeviceId>, data_time: Option<&[u8]>, read: &mut Read) {
        let found = match (frame.device_number(), known) {
            (Some(mn), _) => device(&self.setup, mn),
            (None, Some(known)) => Ok((known.clone(), false)),
            (None, None) => Err("MN is missing; expected the device's 24 characters".to_owned()),
        };
        let (device, replaced) = match found {
            Ok(found) => found,
            Err(detail) => {
                read.delivery.rejected.push(Rejected { device: None, metric: None, reason: Reason::BadName, detail });
                return;
            }
        };
        if replaced {
            read.counts.push("mn_characters");
        }
        if !read.delivery.births.iter().any(|(born, _)| *born == device) {
            let kind = self.kind(frame.st);
            read.delivery.births.push((device.clone(), Birth { kind, ..Birth::default() }));
        }
        let at = self.moment(frame, data_time, read);
        let mn = frame.device_number().unwrap_or_default();
        let mut values = Values { device: &device, mn, at, quality: Quality::empty() };
        if frame.command() == Some(2081) {
            restarted(frame, &values, read);
        }
        let period = Period::of(frame.command());
        for item in frame.items() {
            for pair in item.pairs() {
                values.quality = Quality::empty();
                self.pair(pair, item, period, &mut values, read);
            }
        }
    }

    /// The time of a frame's values: DataTime, else the device's time of sending, else the time of arrival.
    fn moment(
        &self,
        frame: &Frame<'_>,
        data_time: Option<&[u8]>,
        read: &mut Read,
    ) -> Result<Timestamp, (Reason, String)> {
        let received = read.delivery.received;
        let (field, at) = match data_time {
            Some(digits) => {
                let unreadable = || {
                    let digits = String::from_utf8_lossy(&digits[..digits.len().min(40)]);
                    (Reason::TimeUnreadable, format!("DataTime is {digits:?}; expected YYYYMMDDhhmmss"))
                };
                ("DataTime", read_time(digits).ok_or_else(unreadable)?)
            }
            None => {
                if frame.items().next().is_some() {
                    read.counts.push("no_data_time");
                }
                ("QN", frame.qn.and_then(read_time).unwrap_or(received))
            }
        };
        self.setup.limits.moment(field, at, received)
    }

    fn kind(&self, st: Option<&[u8]>) -> Option<KindId> {
        let st = st.unwrap_or_default();
        let kinds = &self.setup.kinds;
        let kind =
            kinds.iter().find(|(known, _)| known.as_bytes() == st).map_or(&self.setup.kind_default, |(_, kind)| kind);
        KindId::parse(kind).ok()
    }

    fn pair(&mut self, pair: Pair<'_>, item: Item<'_>, period: Period, values: &mut Values<'_>, read: &mut Read) {
        let names = &mut self.names[period as usize];
        if !names.contains_key(pair.name) {
            if names.len() >= NAMES_MAX {
                names.clear();
            }
            names.insert(pair.name.into(), name(pair, period));
        }
        let Some(name) = names.get(pair.name) else { return };
        match name {
            Name::Aside => {}
            Name::Bad(error) => {
                let device = Some(values.device.clone());
                let detail = error.to_string();
                read.delivery.rejected.push(Rejected { device, metric: None, reason: Reason::BadName, detail });
            }
            Name::Info(metric) if number(pair.value).is_none() => info(metric, pair.value, values, read),
            Name::Info(metric) => value(&self.setup, metric, None, pair, values, read),
            Name::Facility(metric) => {
                // 0 off, 1 run, 2 calibrate, 3 maintain, 4 alarm, 5 back-flush
                if number(pair.value).is_some_and(|state| !(0.0..=5.0).contains(&state) || state.fract() != 0.0) {
                    values.quality = Quality::SUSPECT;
                    read.counts.push("implausible");
                }
                value(&self.setup, metric, None, pair, values, read);
            }
            Name::Value { metric, code } => {
                values.quality = mark(pair, item, &mut read.counts);
                value(&self.setup, metric, *code, pair, values, read);
            }
        }
    }
}

/// What the sender says against the value.
fn mark(pair: Pair<'_>, item: Item<'_>, counts: &mut Vec<&'static str>) -> Quality {
    let code = pair.parts().0;
    let Some(mark) = item.pairs().find(|other| other.parts() == (code, b"Flag")) else { return Quality::empty() };
    marks::quality(mark.value).unwrap_or_else(|| {
        counts.push("flag_unknown");
        Quality::SUSPECT
    })
}

fn number(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

fn value(setup: &Setup, metric: &MetricId, code: Option<&Code>, pair: Pair<'_>, values: &Values<'_>, read: &mut Read) {
    if matches!(pair.value.trim_ascii(), b"" | b"-" | b"--" | b"null" | b"NULL") {
        read.counts.push("missing_value");
        return;
    }
    let device = values.device.clone();
    let set_aside =
        |reason, detail| Rejected { device: Some(device.clone()), metric: Some(metric.clone()), reason, detail };
    let Some(sent) = number(pair.value) else {
        let text = String::from_utf8_lossy(&pair.value[..pair.value.len().min(40)]);
        let detail = format!("{} is {text:?}; expected a number", String::from_utf8_lossy(pair.name));
        read.delivery.rejected.push(set_aside(Reason::NotANumber, detail));
        return;
    };
    let factor = factor(setup, values.mn, pair.parts().0);
    let value = factor.map_or(sent, |factor| sent * factor);
    if !value.is_finite() {
        let detail = format!("{} is {sent}; expected a finite number", String::from_utf8_lossy(pair.name));
        read.delivery.rejected.push(set_aside(Reason::NotFinite, detail));
        return;
    }
    let mut quality = values.quality;
    let suffix = pair.parts().1;
    // a total over a period may exceed what an instant may
    let judged = !suffix.ends_with(b"Cou");
    if judged && code.and_then(|code| code.range).is_some_and(|(low, high)| !(low..=high).contains(&value)) {
        quality |= Quality::SUSPECT;
        read.counts.push("implausible");
    }
    match &values.at {
        Ok(at) => {
            let reading = Reading::new(values.device.clone(), metric.clone(), *at, value);
            read.delivery.readings.push(Reading { quality, ..reading });
        }
        Err((reason, detail)) => read.delivery.rejected.push(set_aside(*reason, detail.clone())),
    }
}

fn factor(setup: &Setup, mn: &[u8], code: &[u8]) -> Option<f64> {
    rule(setup, mn, code).map(|rule| rule.factor)
}

/// The unit rule of a device and a code: those that name the device come first.
pub(crate) fn rule<'a>(setup: &'a Setup, mn: &[u8], code: &[u8]) -> Option<&'a crate::UnitRule> {
    let mut rules = setup.units.iter().filter(|rule| rule.code.as_bytes().eq_ignore_ascii_case(code));
    let of_all = rules.clone().find(|rule| rule.mn.is_none());
    rules.find(|rule| rule.mn.as_deref().is_some_and(|one| one.as_bytes() == mn)).or(of_all)
}

/// A text about the device (信息): an event.
fn info(metric: &MetricId, text: &[u8], values: &Values<'_>, read: &mut Read) {
    let text = String::from_utf8_lossy(text.trim_ascii());
    if text.is_empty() {
        return;
    }
    match &values.at {
        Ok(at) => read.delivery.events.push(Event {
            device: values.device.clone(),
            kind: "device_info".to_owned(),
            at: *at,
            severity: None,
            key: format!("device_info:{metric}:{}", at.ms()),
            detail: serde_json::json!({ "name": metric.as_str(), "text": text }).to_string(),
        }),
        Err((reason, detail)) => read.delivery.rejected.push(Rejected {
            device: Some(values.device.clone()),
            metric: Some(metric.clone()),
            reason: *reason,
            detail: detail.clone(),
        }),
    }
}

/// The data logger has started again (数采仪开机, 2081).
fn restarted(frame: &Frame<'_>, values: &Values<'_>, read: &mut Read) {
    let Some(at) = frame.value(b"RestartTime").and_then(read_time) else { return };
    if let Ok(now) = values.at {
        read.delivery.events.push(Event {
            device: values.device.clone(),
            kind: "restarted".to_owned(),
            at: now,
            severity: None,
            key: format!("restarted:{}", at.ms()),
            detail: serde_json::json!({ "restarted_at": at.to_rfc3339_local() }).to_string(),
        });
    }
}
