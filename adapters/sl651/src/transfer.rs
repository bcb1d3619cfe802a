//! Multi-packet transfers (M3) put together: out of order, repeated and missing packets. Bounded in bytes and in number;
//! sends nothing, only says what is missing.

use std::collections::BTreeMap;

use bytes::Bytes;
use chengshu_core::model::Timestamp;

use crate::codec::{End, Form, Frame, Packet, Station};

/// Unfinished transfers of one peer at a time.
const OPEN_MAX: usize = 8;

/// Which transfer. Later packets carry no serial, so that a new serial shows only in a first packet.
type Key = (Station, u8, u16, Form);

/// An unfinished transfer.
#[derive(Debug)]
pub(crate) struct Transfer {
    key: Key,
    packets: BTreeMap<u16, (Bytes, usize)>,
    bytes: usize,
    /// When its last new packet came.
    pub(crate) fresh: Timestamp,
    ended: bool,
    asked: Option<(u16, u32, Timestamp)>,
    pub(crate) center: u8,
    pub(crate) password: [u8; 2],
}

/// What became of a packet.
#[derive(Debug)]
pub(crate) enum Put {
    /// Kept; more are missing.
    Kept,
    /// It was there already.
    Repeated,
    /// All are there: their bodies in their order, and all frames in theirs.
    Whole(Vec<u8>, Bytes),
}

/// The unfinished transfers of one peer.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    open: Vec<Transfer>,
}

impl Transfer {
    /// All frames that came, and how many of how many.
    pub(crate) fn give_up(self) -> (Bytes, usize, u16) {
        let raw: Vec<u8> = self.packets.values().flat_map(|(raw, _)| raw.iter().copied()).collect();
        (raw.into(), self.packets.len(), self.key.2)
    }

    pub(crate) fn station(&self) -> Station {
        self.key.0
    }

    pub(crate) fn function(&self) -> u8 {
        self.key.1
    }

    pub(crate) fn total(&self) -> u16 {
        self.key.2
    }

    pub(crate) fn form(&self) -> Form {
        self.key.3
    }

    /// The serial that its first packet says.
    pub(crate) fn serial(&self) -> u16 {
        let first = self.packets.get(&1).and_then(|(raw, body)| raw.get(*body..));
        first.and_then(|body| crate::codec::head(self.key.3, body)).map_or(0, |head| head.serial)
    }

    /// The packet to ask for now, if any: the first that is missing, when the end was seen or nothing new has come for
    /// `wait_ms`, and not more often than `asks`.
    pub(crate) fn ask(&mut self, now: Timestamp, wait_ms: i64, asks: u32) -> Option<Packet> {
        let total = self.key.2;
        let number = (1..=total).find(|n| !self.packets.contains_key(n))?;
        let times = match self.asked {
            Some((n, times, at)) if n == number => {
                if times >= asks || now.since(at) < wait_ms {
                    return None;
                }
                times
            }
            _ if self.ended || now.since(self.fresh) >= wait_ms => 0,
            _ => return None,
        };
        self.asked = Some((number, times + 1, now));
        Some(Packet { total, number })
    }

    /// The packet came broken: it is asked for at once.
    pub(crate) fn ask_again(&mut self, number: u16, now: Timestamp, asks: u32) -> Option<Packet> {
        let times = self.asked.filter(|(n, ..)| *n == number).map_or(0, |(_, times, _)| times);
        if self.packets.contains_key(&number) || times >= asks {
            return None;
        }
        self.asked = Some((number, times + 1, now));
        Some(Packet { total: self.key.2, number })
    }
}

impl Transfers {
    /// Takes a packet; `raw` is its frame. Transfers that had to make room come out with it.
    pub(crate) fn put(
        &mut self,
        frame: &Frame<'_>,
        packet: Packet,
        raw: &[u8],
        now: Timestamp,
        max: usize,
    ) -> (Put, Vec<Transfer>) {
        let key = (frame.station, frame.function, packet.total, frame.form);
        let offset = frame.body_offset();
        let mut gone = Vec::new();
        if let Some(n) = self.open.iter().position(|transfer| transfer.key == key) {
            match self.open[n].packets.get(&packet.number) {
                Some((held, at)) if same_body(held, *at, frame) => {
                    return (Put::Repeated, gone);
                }
                // the same number with other bytes: the station has begun anew
                Some(_) => gone.push(self.open.swap_remove(n)),
                None => {}
            }
        }
        let held: usize = self.open.iter().map(|transfer| transfer.bytes).sum();
        let mut room = max.saturating_sub(held);
        let new = !self.open.iter().any(|transfer| transfer.key == key);
        while (room < raw.len() || (new && self.open.len() >= OPEN_MAX)) && !self.open.is_empty() {
            let oldest = self.open.iter().enumerate().min_by_key(|(_, transfer)| transfer.fresh).map_or(0, |(n, _)| n);
            let transfer = self.open.swap_remove(oldest);
            room += transfer.bytes;
            gone.push(transfer);
        }
        let n = self.open.iter().position(|transfer| transfer.key == key).unwrap_or_else(|| {
            self.open.push(Transfer {
                key,
                packets: BTreeMap::new(),
                bytes: 0,
                fresh: now,
                ended: false,
                asked: None,
                center: frame.center,
                password: frame.password,
            });
            self.open.len() - 1
        });
        let transfer = &mut self.open[n];
        transfer.packets.insert(packet.number, (Bytes::copy_from_slice(raw), offset));
        transfer.bytes += raw.len();
        transfer.fresh = now;
        transfer.ended |= frame.end == End::Etx;
        if transfer.packets.len() < usize::from(packet.total) {
            return (Put::Kept, gone);
        }
        let transfer = self.open.swap_remove(n);
        let tail = if frame.form == Form::Hex { 3 } else { 5 };
        let mut body = Vec::with_capacity(transfer.bytes);
        for (raw, offset) in transfer.packets.values() {
            body.extend_from_slice(raw.get(*offset..raw.len().saturating_sub(tail)).unwrap_or_default());
        }
        let (raw, ..) = transfer.give_up();
        (Put::Whole(body, raw), gone)
    }

    /// The unfinished ones.
    pub(crate) fn open(&mut self) -> &mut [Transfer] {
        &mut self.open
    }

    /// Those without a new packet for `after_ms` come out.
    pub(crate) fn stale(&mut self, now: Timestamp, after_ms: i64) -> Vec<Transfer> {
        let (stale, open) = std::mem::take(&mut self.open).into_iter().partition(|t| now.since(t.fresh) >= after_ms);
        self.open = open;
        stale
    }
}

/// A resent packet ends with ETX where it ended with ETB before: only the bodies must be equal.
fn same_body(held: &Bytes, at: usize, frame: &Frame<'_>) -> bool {
    held.get(at..at + frame.body.len()) == Some(frame.body)
        && held.len() == at + frame.body.len() + if frame.form == Form::Hex { 3 } else { 5 }
}
