//! Walks over the groups of one message: whose, when, what. One fault ends the walk; what came before it stays.

use bytes::Bytes;
use chengshu_core::model::{Birth, DeviceId, Event, Quality, Reading, Reason, Rejected, Timestamp};
use chengshu_line::Picture;
use serde_json::json;

use super::names::Names;
use super::{Read, Reader};
use crate::codec::digits::hex_text;
use crate::codec::{Cell, Group, Id, Message, Number, Slots, Stamp, Station, Step, cell};
use crate::explain::show::{id_text, known};
use crate::rain::Rain;
use crate::words;

/// The most readings and rejections of one message; a transfer of 4 MiB could say millions.
const ITEMS_MAX: usize = 100_000;
/// Unknown elements that an event names.
const UNKNOWN_MAX: usize = 16;
const SLOT_MS: i64 = 300_000;

pub(super) struct Walk<'r> {
    reader: &'r Reader,
    rain: Option<&'r Rain>,
    out: &'r mut Read,
    station: Station,
    device: DeviceId,
    /// When what follows was observed; none when the time cannot be read.
    at: Result<Timestamp, (Reason, String)>,
    step: Option<Step>,
    unknown: Vec<(String, u8, String)>,
}

impl<'r> Walk<'r> {
    pub(super) fn new(
        reader: &'r Reader,
        message: &Message<'_>,
        device: DeviceId,
        rain: Option<&'r Rain>,
        out: &'r mut Read,
    ) -> Self {
        let received = out.delivery.received;
        let at = match message.head() {
            Some(head) => moment(reader, "send time", head.sent, received),
            None => Err((Reason::TimeUnreadable, "there is no send time".to_owned())),
        };
        Self { reader, rain, out, station: message.station, device, at, step: None, unknown: Vec::new() }
    }

    pub(super) fn run(mut self, message: &Message<'_>) {
        let sent = self.at.clone().unwrap_or(self.out.delivery.received);
        let mut groups = message.groups(self.reader.setup.asking);
        while let Some(group) = groups.next() {
            match group {
                Ok(group) => self.group(&group),
                Err(fault) => {
                    let left = groups.rest().len();
                    self.reject(None, Reason::Undecodable, format!("{fault}; {left} bytes of the body were not read"));
                }
            }
            let items = self.out.delivery.readings.len() + self.out.delivery.rejected.len();
            if items > ITEMS_MAX {
                self.reject(None, Reason::PayloadTooLarge, format!("more than {ITEMS_MAX} values in one message"));
                break;
            }
        }
        self.name_unknown(sent);
    }

    fn group(&mut self, group: &Group<'_>) {
        match *group {
            Group::Station(station, class) => self.turn_to(station, class),
            Group::Observed(at) => {
                self.at = moment(self.reader, "observation time", at, self.out.delivery.received);
            }
            Group::Manual(text) => self.manual(text),
            Group::Picture(bytes) => self.picture(bytes),
            Group::Step(step) => self.step = Some(step),
            Group::Slots(slots) => self.slots(&slots),
            Group::Status(word) => self.status(word),
            Group::Value { id, def, data } => match known(id) {
                Some(element) => self.cell(element, cell(id, def, data), 0, data),
                None if self.unknown.len() < UNKNOWN_MAX => {
                    let shown = data.get(..data.len().min(32)).unwrap_or_default();
                    let text = if matches!(id, Id::Code(_)) {
                        hex_text(shown)
                    } else {
                        String::from_utf8_lossy(shown).into_owned()
                    };
                    self.unknown.push((id_text(id), def, text));
                }
                None => {}
            },
            Group::Series { id, .. } => self.series(id, group),
            Group::Config { .. } | Group::Period(..) | Group::Asked(..) | Group::Rest(_) => {}
        }
    }

    fn turn_to(&mut self, station: Station, class: Option<u8>) {
        if station != self.station {
            match self.reader.device(station) {
                Ok(device) => (self.station, self.device) = (station, device),
                Err(rejected) => return self.out.delivery.rejected.push(rejected),
            }
        }
        let kind = class.and_then(|class| self.reader.names.kind(class));
        if kind.is_some() {
            self.out.delivery.births.push((self.device.clone(), Birth { kind, ..Birth::default() }));
        }
    }

    fn cell(&mut self, element: &words::Element, cell: Cell, after_ms: i64, data: &[u8]) {
        match cell {
            Cell::Missing => {}
            Cell::Odd => {
                let read = if data.is_empty() { "cut or no digits".to_owned() } else { hex_text(data) };
                let detail = format!("{} is {read}; expected packed digits or a number", element.name);
                self.reject(Some(element.metric), Reason::NotANumber, detail);
            }
            Cell::Number(number) if self.reader.setup.all_nines_is_fault && all_nines(number, element.digits) => {
                let detail = format!("{} is {number}: all nines, the station's fault value", element.name);
                self.reject(Some(element.metric), Reason::NotANumber, detail);
            }
            Cell::Number(number) => {
                self.reading(element.metric, number.value(), after_ms, Quality::empty());
                if element.metric == "rain_total" {
                    self.rain(number, after_ms);
                }
            }
        }
    }

    fn rain(&mut self, total: Number, after_ms: i64) {
        let (Some(rain), Ok(at)) = (self.rain, &self.at) else { return };
        let at = Timestamp::from_ms(at.ms().saturating_add(after_ms));
        if at.since(self.out.delivery.received) > self.reader.setup.clock_off_ms {
            return; // a clock far ahead would hold up the series until that time has come
        }
        if let Some(fallen) = rain.step(self.station, at, total) {
            let doubt = if fallen.back { Quality::SUSPECT } else { Quality::empty() };
            self.reading("rain_step", fallen.mm, after_ms, Quality::DERIVED | doubt);
        }
    }

    fn slots(&mut self, slots: &Slots<'_>) {
        let rain = slots.lead == 0xF4;
        let n = usize::from(slots.lead.saturating_sub(0xF5));
        let base =
            self.reader.setup.base_levels.get(&self.station.text()).and_then(|bases| bases.get(n).copied().flatten());
        let metric = if rain { "rain_5m" } else { Names::level(n, base.is_some()) };
        for (k, value) in (0..).zip(slots.values()) {
            let Some(value) = value else { continue };
            // exact in whole units first, so that 1.2 does not become 1.2000000000000002
            let value = if rain {
                f64::from(value) / 10.0
            } else {
                (base.unwrap_or_default() * 1000.0 + f64::from(value) * 10.0).round() / 1000.0
            };
            self.reading(metric, value, k * SLOT_MS, Quality::empty());
        }
    }

    fn series(&mut self, id: Id<'_>, group: &Group<'_>) {
        let Some(element) = known(id) else {
            if self.unknown.len() < UNKNOWN_MAX {
                self.unknown.push((id_text(id), 0, String::new()));
            }
            return;
        };
        let Some(minutes) = self.step.and_then(Step::minutes) else {
            let detail = "the step of the series is no time; expected days, hours and minutes".to_owned();
            return self.reject(Some(element.metric), Reason::TimeUnreadable, detail);
        };
        for (k, cell) in (0..).zip(group.cells().take(ITEMS_MAX)) {
            self.cell(element, cell, k * i64::from(minutes) * 60_000, &[]);
        }
    }

    fn status(&mut self, word: u32) {
        for bit in words::BITS {
            let set = (word >> bit.bit & 1 == 1) != bit.inverted;
            self.reading(bit.metric, f64::from(u8::from(set)), 0, Quality::empty());
        }
    }

    fn manual(&mut self, text: &[u8]) {
        let text: String = String::from_utf8_lossy(text).chars().filter(|c| !c.is_control()).take(2000).collect();
        match self.at.clone() {
            Ok(at) => self.event("manual_report", at, format!("manual_report@{}", at.ms()), &json!({"text": text})),
            Err((reason, detail)) => self.reject(None, reason, detail),
        }
    }

    fn picture(&mut self, bytes: &[u8]) {
        match self.at.clone() {
            Ok(at) if !bytes.is_empty() => {
                let picture = Picture { device: self.device.clone(), at, bytes: Bytes::copy_from_slice(bytes) };
                self.out.pictures.push(picture);
            }
            Ok(_) => self.reject(None, Reason::NoValues, "the picture has no bytes".to_owned()),
            Err((reason, detail)) => self.reject(None, reason, format!("picture: {detail}")),
        }
    }

    fn name_unknown(&mut self, sent: Timestamp) {
        if self.unknown.is_empty() {
            return;
        }
        let mut ids: Vec<&str> = self.unknown.iter().map(|(id, ..)| id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let key: String = format!("unknown_element:{}", ids.join(",")).chars().take(200).collect();
        let list: Vec<_> = self
            .unknown
            .iter()
            .map(|(id, def, data)| json!({"id": id, "def": hex_text(&[*def]), "data": data}))
            .collect();
        self.event("unknown_element", sent, key, &json!({"elements": list}));
    }

    fn reading(&mut self, metric: &'static str, value: f64, after_ms: i64, quality: Quality) {
        let received = self.out.delivery.received;
        let at = self.at.clone().and_then(|at| {
            let at = Timestamp::from_ms(at.ms().saturating_add(after_ms));
            self.reader.setup.limits.moment("observation time", at, received)
        });
        match (at, self.reader.names.metric(metric)) {
            (Ok(at), Some(metric)) => {
                let device = self.device.clone();
                self.out.delivery.readings.push(Reading { device, metric, at, value, quality });
            }
            (Ok(_), None) => {}
            (Err((reason, detail)), _) => self.reject(Some(metric), reason, detail),
        }
    }

    fn event(&mut self, kind: &str, at: Timestamp, key: String, detail: &serde_json::Value) {
        let (device, detail) = (self.device.clone(), detail.to_string());
        self.out.delivery.events.push(Event { device, kind: kind.to_owned(), at, severity: None, key, detail });
    }

    fn reject(&mut self, metric: Option<&'static str>, reason: Reason, detail: String) {
        let metric = metric.and_then(|metric| self.reader.names.metric(metric));
        self.out.delivery.rejected.push(Rejected { device: Some(self.device.clone()), metric, reason, detail });
    }
}

fn moment(reader: &Reader, name: &str, stamp: Stamp, received: Timestamp) -> Result<Timestamp, (Reason, String)> {
    let Some(at) = stamp.moment() else {
        let detail = format!("{name} reads as {}; expected YYMMDDHHmm in packed digits", stamp.text());
        return Err((Reason::TimeUnreadable, detail));
    };
    reader.setup.limits.moment(name, at, received)
}

/// Whether a number is nothing but nines over the whole width of its element.
fn all_nines(number: Number, digits: u8) -> bool {
    let full = 10u64.checked_pow(u32::from(digits));
    full.is_some_and(|full| number.digits >= full - 1) && number.digits.to_string().bytes().all(|c| c == b'9')
}
