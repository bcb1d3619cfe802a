//! The platform's side of a conversation. Everything that came is handed over first; what is owed for it is sent only when
//! it is durable. Opens nothing and reads no clock.

mod answer;
mod ask;
mod conversation;
mod deliver;
mod gap;
mod garbage;
mod memory;
mod split;
mod station;

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, DeviceId, LinkId, Timestamp};
use chengshu_core::seam::Decoder;
use chengshu_line::{Protocol, Talk};

use self::conversation::Conversation;
use self::memory::Memory;
use crate::Setup;
use crate::codec::{Frame, Scan, scan};
use crate::readings::{Origin, Reader, undecodable};

/// HJ 212 as a field line speaks it: settings, and the newest moment of each device.
#[derive(Debug)]
pub struct Hj212 {
    setup: Arc<Setup>,
    link: LinkId,
    memory: Arc<Memory>,
}

impl Hj212 {
    /// A protocol for this link, which knows no device yet.
    #[must_use]
    pub fn new(setup: Setup, link: LinkId) -> Self {
        Self { setup: Arc::new(setup), link, memory: Arc::default() }
    }

    /// Tells it at start up to when a device's values are stored, so that what was missed while the hub was away is asked
    /// for. Older than what is known changes nothing.
    pub fn seed(&self, device: &DeviceId, newest: Timestamp) {
        self.memory.heard(device, None, newest);
    }
}

impl Protocol for Hj212 {
    fn talk(&self, _peer: SocketAddr, source: Arc<str>, _now: Timestamp) -> Box<dyn Talk> {
        Box::new(Conversation::new(self.setup.clone(), self.link.clone(), self.memory.clone(), source))
    }
}

/// Decodes once more what was set aside: one frame, or the packets of one message behind one another.
#[must_use]
pub fn decoder(setup: Setup, link: LinkId) -> Decoder {
    let setup = Arc::new(setup);
    Box::new(move |source, raw, received| Some(again(&setup, &link, source, raw, received)))
}

fn again(setup: &Arc<Setup>, link: &LinkId, source: &str, raw: Bytes, received: Timestamp) -> Delivery {
    let origin = |raw| Origin { source: source.into(), raw, received, device: None, data_time: None };
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut at = 0;
    let fault = loop {
        match scan(&raw[at..], setup.mode) {
            Scan::Frame { skip, len, frame } => {
                frames.push(frame);
                at += skip + len;
            }
            Scan::Refused { fault, .. } => break Some(fault.to_string()),
            Scan::Wait { .. } if frames.is_empty() => break Some("no frame; expected ## and four digits".to_owned()),
            Scan::Wait { .. } => break None,
        }
    };
    if let Some(detail) = fault {
        return undecodable(setup, link, origin(raw.clone()), detail);
    }
    Reader::new(setup.clone(), link.clone()).read(&frames, origin(raw.clone())).delivery
}
