//! A frame to a delivery: readings, events, births, and what was set aside with its reason. The same frame gives the same
//! delivery again, so that a resend is harmless. Missing values are left out.

mod moment;
mod object;
mod states;

pub(crate) use object::clock_off;

use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Birth, Delivery, DeviceId, Event, LinkId, Presence, Reason, Rejected, Severity, Timestamp};
use serde_json::json;

use crate::Setup;
use crate::codec::{App, Fault, Frame, command};
use crate::json::hex;
use crate::memory::Memory;
use crate::names;
use crate::words::{TYPES, word};

/// Makes deliveries out of frames.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) setup: Arc<Setup>,
    pub(crate) link: LinkId,
    pub(crate) memory: Arc<Memory>,
}

/// A frame, read.
pub(crate) struct Read {
    pub(crate) delivery: Delivery,
    /// Who sent it; none where both addresses are zero.
    pub(crate) sender: Option<([u8; 6], DeviceId)>,
    /// When these bytes were first heard: `received` unless it is a resend.
    pub(crate) first: Timestamp,
    /// What is to be counted.
    pub(crate) count: Option<&'static str>,
    /// False: its content cannot be read, and is denied.
    pub(crate) readable: bool,
}

impl Reader {
    pub(crate) fn new(setup: Setup, link: LinkId) -> Self {
        let memory = Memory::new(setup.memory_max, setup.resend_gap_ms, setup.resend_window_ms);
        Self { setup: Arc::new(setup), link, memory: Arc::new(memory) }
    }

    /// A delivery of `raw` that carries nothing yet.
    pub(crate) fn empty(&self, source: &Arc<str>, raw: Bytes, received: Timestamp) -> Delivery {
        let theme = Some(self.setup.theme.clone());
        Delivery { theme, ..Delivery::new(self.link.clone(), source.clone(), raw, received) }
    }

    /// A delivery of bytes that are no frame.
    pub(crate) fn refused(&self, detail: String, source: &Arc<str>, raw: Bytes, received: Timestamp) -> Delivery {
        let mut delivery = self.empty(source, raw, received);
        let rejected = Rejected { device: None, metric: None, reason: Reason::Undecodable, detail };
        delivery.rejected.push(rejected);
        delivery
    }

    /// Reads a frame. `raw` are its bytes.
    pub(crate) fn read(&self, frame: &Frame<'_>, raw: Bytes, source: &Arc<str>, received: Timestamp) -> Read {
        let first = self.memory.first_heard(frame.raw, received);
        let delivery = self.empty(source, raw, received);
        let mut read = Read { delivery, sender: None, first, count: None, readable: true };
        let Some((address, device)) = self.sender(frame, &mut read) else { return read };
        match frame.app() {
            Ok(app) => self.content(frame, &app, address, &device, &mut read),
            Err(fault) => {
                read.readable = false;
                read.count = Some(fault.code());
                read.delivery.rejected.push(undecodable(&device, &fault));
            }
        }
        read.sender = Some((address, device));
        read
    }

    fn sender(&self, frame: &Frame<'_>, read: &mut Read) -> Option<([u8; 6], DeviceId)> {
        let named = match names::address(frame, &self.setup) {
            Some(address) => names::device(&self.setup, address).map(|id| (address, id)).map_err(|e| e.to_string()),
            None => {
                Err("source and destination address are zero; expected the address of the device in one".to_owned())
            }
        };
        match named {
            Ok(named) => Some(named),
            Err(detail) => {
                read.readable = frame.app().is_ok();
                read.count = Some("no_address");
                let rejected = Rejected { device: None, metric: None, reason: Reason::BadName, detail };
                read.delivery.rejected.push(rejected);
                None
            }
        }
    }

    fn content(&self, frame: &Frame<'_>, app: &App<'_>, address: [u8; 6], device: &DeviceId, read: &mut Read) {
        match frame.head.command {
            command::CONFIRM | command::DENY => return,
            command::CONTROL | command::REQUEST => read.count = Some("direction"), // ours to ask, not theirs
            _ => {}
        }
        let kind = Some(self.setup.transmitter_kind.clone());
        let name = Some(format!("用户信息传输装置 {}", hex(&address)));
        read.delivery.births.push((device.clone(), Birth { kind, name, ..Birth::default() }));
        let asked = matches!(frame.head.command, command::CONTROL | command::REQUEST);
        match app {
            App::Objects(objects) if !asked => object::all(self, frame, objects, address, device, read),
            App::None => read.delivery.presence = present(device),
            App::Bare(kind) => {
                read.delivery.presence = present(device);
                read.count = read.count.or(Some("vendor_type"));
                read.delivery.events.push(self.vendor(frame, *kind, device, read.first));
            }
            App::Objects(objects) => read.delivery.events.push(self.vendor(frame, objects.kind, device, read.first)),
            App::Vendor { kind, .. } => {
                read.count = read.count.or(Some("vendor_type"));
                read.delivery.events.push(self.vendor(frame, *kind, device, read.first));
            }
        }
    }

    /// What a standard reader does not know, kept as it came. A heartbeat of one byte says the same each time: one event
    /// for ever, by its key.
    fn vendor(&self, frame: &Frame<'_>, kind: u8, device: &DeviceId, first: Timestamp) -> Event {
        let at = moment::moment(&self.setup, None, frame.head.time, first).at;
        let key = if frame.data.len() < 2 { format!("vendor-{kind}") } else { format!("vendor-{kind}@{}", at.ms()) };
        let shown = &frame.data[..frame.data.len().min(self.setup.vendor_hex_max)];
        let name = word(TYPES, kind);
        let detail = json!({
            "type": kind, "command": frame.head.command, "bytes": frame.data.len(), "hex": hex(shown),
            "zh": name.map_or("厂家自定义数据", |name| name.zh), "en": name.map_or("Vendor data", |name| name.en),
        });
        let severity = Some(Severity::General);
        Event { device: device.clone(), kind: "vendor".to_owned(), at, severity, key, detail: detail.to_string() }
    }
}

fn present(device: &DeviceId) -> Option<Presence> {
    Some(Presence { device: device.clone(), online: true, birth: None })
}

fn undecodable(device: &DeviceId, fault: &Fault) -> Rejected {
    Rejected { device: Some(device.clone()), metric: None, reason: Reason::Undecodable, detail: fault.to_string() }
}
