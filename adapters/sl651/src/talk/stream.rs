//! Bytes of a connection: garbage, frames, refused frames, frames that never end. Every byte ends up in one delivery;
//! of a run of garbage the first 1,024.

use bytes::{Buf, Bytes, BytesMut};
use chengshu_core::model::{Reason, Timestamp};
use chengshu_line::{Act, Acts};

use super::Sl651Talk;
use crate::codec::{Packet, Scan, Station, past, scan};

pub(super) const DOWNLINK: &str = "a frame of a centre; expected one of a station";
const GARBAGE_MAX: usize = 1024;

/// A run of bytes that begin no frame.
#[derive(Debug, Default)]
pub(super) struct Garbage {
    kept: Vec<u8>,
    all: usize,
}

impl Garbage {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = GARBAGE_MAX - self.kept.len().min(GARBAGE_MAX);
        self.kept.extend_from_slice(&bytes[..room.min(bytes.len())]);
        self.all += bytes.len();
    }
}

impl Sl651Talk {
    pub(super) fn drain(&mut self, buffer: &mut BytesMut, now: Timestamp, acts: &mut Acts) {
        let mut stale = self.unfinished.is_some_and(|since| now.since(since) > self.setup().frame_ms);
        let mut moved = false;
        while !buffer.is_empty() {
            let eaten = match scan(buffer) {
                Scan::Frame { skip, len, frame } => {
                    self.garbage.add(&buffer[..skip]);
                    self.flush_garbage(now, acts);
                    self.frame(&frame, &buffer[skip..skip + len], now, acts);
                    skip + len
                }
                Scan::Refused { skip, len, fault } => {
                    self.garbage.add(&buffer[..skip]);
                    self.flush_garbage(now, acts);
                    let raw = &buffer[skip..skip + len];
                    self.refuse(raw, fault.code(), fault.to_string(), now, acts);
                    if let Some((station, function, packet)) = packet_of(raw) {
                        self.ask_again(station, function, packet, now, acts);
                    }
                    skip + len
                }
                Scan::Wait { skip } => {
                    self.garbage.add(&buffer[..skip]);
                    if skip == buffer.len() || !stale {
                        buffer.advance(skip);
                        moved |= skip > 0;
                        break;
                    }
                    self.flush_garbage(now, acts);
                    let len = past(&buffer[skip..]);
                    let detail = format!("the frame did not end within {} ms", self.setup().frame_ms);
                    self.refuse(&buffer[skip..skip + len], "unfinished", detail, now, acts);
                    skip + len
                }
            };
            buffer.advance(eaten);
            moved = true;
            stale = false;
        }
        if buffer.is_empty() {
            self.unfinished = None;
        } else if moved || self.unfinished.is_none() {
            self.unfinished = Some(now);
        }
    }

    fn refuse(&mut self, raw: &[u8], code: &'static str, detail: String, now: Timestamp, acts: &mut Acts) {
        let raw = Bytes::copy_from_slice(raw);
        let delivery = self.shared.reader.refused(self.source.clone(), raw, Reason::Undecodable, detail, now);
        acts.push(Act::Count(code));
        self.deliver(delivery, Vec::new(), None, acts);
    }

    pub(super) fn refuse_downlink(&mut self, raw: &[u8], now: Timestamp, acts: &mut Acts) {
        self.refuse(raw, "downlink", DOWNLINK.to_owned(), now, acts);
    }

    /// A run of garbage has ended.
    pub(super) fn flush_garbage(&mut self, now: Timestamp, acts: &mut Acts) {
        if self.garbage.all == 0 {
            return;
        }
        let Garbage { kept, all } = std::mem::take(&mut self.garbage);
        let detail = format!("{all} bytes that begin no frame, {} of them kept; expected 7E7E or 01", kept.len());
        let delivery = self.shared.reader.refused(self.source.clone(), kept.into(), Reason::Undecodable, detail, now);
        acts.push(Act::Count("garbage"));
        self.deliver(delivery, Vec::new(), None, acts);
    }
}

/// Which packet of which transfer a broken frame says it is: to ask for it again, and for nothing else.
fn packet_of(raw: &[u8]) -> Option<(Station, u8, Packet)> {
    let head =
        raw.get(..17).filter(|head| head.starts_with(&[0x7E, 0x7E]) && head[11] >> 4 == 0 && head[13] == 0x16)?;
    let number = u32::from_be_bytes([0, head[14], head[15], head[16]]);
    let packet = Packet { total: (number >> 12) as u16, number: (number & 0xFFF) as u16 };
    let mut station = [0; 5];
    station.copy_from_slice(&head[3..8]);
    (packet.number > 0 && packet.number <= packet.total).then_some((Station(station), head[10], packet))
}
