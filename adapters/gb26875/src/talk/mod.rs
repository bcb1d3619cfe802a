//! The platform's side: what arrives is handed over first and confirmed when it is durable; a damaged frame is denied.
//! Questions go out one at a time. Pure: it is told the time and says what it wants done.

mod exchange;
mod garbage;
mod orders;
mod peer;
mod post;
mod pulse;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use chengshu_core::model::{Delivery, LinkId, Order, Timestamp};
use chengshu_core::seam::{NotDurable, Outcome};
use chengshu_line::{Act, Acts, Protocol, Talk, Token};

use crate::Setup;
use crate::codec::{Fault, Frame, Head, Label, Scan, command, scan, scan_last};
use crate::readings::{Read, Reader};
use exchange::Exchange;
use garbage::Garbage;
use peer::Peer;
use post::PostCheck;
use pulse::Pulse;

/// A line of GB/T 26875.3. What its conversations remember of components is shared, so that a device that connects anew
/// goes on where it was.
pub struct Gb26875 {
    reader: Reader,
}

impl Gb26875 {
    /// A line with these settings.
    #[must_use]
    pub fn new(setup: Setup, link: LinkId) -> Self {
        Self { reader: Reader::new(setup, link) }
    }
}

impl Protocol for Gb26875 {
    fn talk(&self, _peer: SocketAddr, source: Arc<str>, _now: Timestamp) -> Box<dyn Talk> {
        Box::new(Conversation::new(self.reader.clone(), source))
    }
}

/// What is owed when a delivery is durable.
#[derive(Debug)]
enum Owed {
    /// This, with the time when it is said.
    Reply(Head),
    /// Nothing: it was an answer.
    Nothing,
    /// The hub's own word, which nobody would send again.
    Own(Box<Delivery>),
}

struct Conversation {
    reader: Reader,
    source: Arc<str>,
    peers: Vec<Peer>,
    owed: HashMap<Token, Owed>,
    next: Token,
    /// The hub's own deliveries that were not made durable.
    again: Vec<Delivery>,
    exchange: Exchange,
    posts: Vec<PostCheck>,
    garbage: Garbage,
    pulse: Pulse,
    /// Since when an unfinished frame has stood at the front.
    unfinished: Option<Timestamp>,
}

impl Conversation {
    fn new(reader: Reader, source: Arc<str>) -> Self {
        Self {
            reader,
            source,
            peers: Vec::new(),
            owed: HashMap::new(),
            next: 0,
            again: Vec::new(),
            exchange: Exchange::default(),
            posts: Vec::new(),
            garbage: Garbage::default(),
            pulse: Pulse::default(),
            unfinished: None,
        }
    }

    fn deliver(&mut self, delivery: Delivery, owed: Owed, acts: &mut Acts) {
        self.next += 1;
        self.owed.insert(self.next, owed);
        acts.push(Act::Deliver { token: self.next, delivery: Box::new(delivery), pictures: Vec::new() });
    }

    fn flush(&mut self, run: Option<(Vec<u8>, String)>, now: Timestamp, acts: &mut Acts) {
        if let Some((bytes, detail)) = run {
            let delivery = self.reader.refused(detail, &self.source, bytes.into(), now);
            self.deliver(delivery, Owed::Nothing, acts);
        }
    }

    /// A whole frame.
    fn heard(&mut self, frame: &Frame<'_>, now: Timestamp, acts: &mut Acts) {
        let run = self.garbage.end();
        self.flush(run, now, acts);
        self.pulse.beat(now);
        let raw = Bytes::copy_from_slice(frame.raw);
        let mut read = self.reader.read(frame, raw, &self.source, now);
        acts.extend(read.count.map(Act::Count));
        let peer = self.meet(&read, frame, acts);
        match frame.head.command {
            command::CONFIRM => self.confirmed(frame, now, acts),
            command::DENY => self.denied(frame, acts),
            command::ANSWER => {
                self.answered(frame, &read, now, acts);
                self.deliver(read.delivery, Owed::Nothing, acts);
            }
            _ => {
                if let Some(peer) = peer.and_then(|at| self.peers.get_mut(at)) {
                    read.delivery.events.extend(peer.watch(frame, read.first, &self.reader.setup));
                }
                self.duty_officer(frame, &read, now, acts);
                let answer = if read.readable { command::CONFIRM } else { command::DENY };
                let Read { delivery, .. } = read;
                self.deliver(delivery, Owed::Reply(frame.head.back(answer, Label::default())), acts);
                self.set_clock(peer, frame.head.time, now, acts);
            }
        }
        self.go_on(now, acts);
    }

    /// Knows the sender by its place among the peers; says so when it is new.
    fn meet(&mut self, read: &Read, frame: &Frame<'_>, acts: &mut Acts) -> Option<usize> {
        let (address, device) = read.sender.as_ref()?;
        if let Some(at) = self.peers.iter().position(|peer| peer.address == *address) {
            self.peers[at].head = frame.head;
            return Some(at);
        }
        if !self.peers.is_empty() {
            acts.push(Act::Count("address_changed"));
        }
        if self.peers.len() >= self.reader.setup.addresses_max {
            acts.push(Act::Count("too_many_addresses"));
            return None;
        }
        self.peers.push(Peer::new(*address, device.clone(), frame.head));
        acts.push(Act::Speaks(device.clone()));
        Some(self.peers.len() - 1)
    }

    /// Bytes that were no frame. One whose marks are right and whose sum is not is denied, so that it comes again.
    fn refused(&mut self, bytes: &[u8], fault: &Fault, now: Timestamp, acts: &mut Acts) {
        acts.push(Act::Count(fault.code()));
        if !matches!(fault, Fault::Checksum { .. }) {
            self.garbage.add(bytes, Some(fault.to_string()), now);
            return;
        }
        let run = self.garbage.end();
        self.flush(run, now, acts);
        let raw = Bytes::copy_from_slice(bytes);
        let delivery = self.reader.refused(fault.to_string(), &self.source, raw, now);
        let owed = match Head::peek(bytes) {
            Some(head) if !matches!(head.command, command::CONFIRM | command::ANSWER | command::DENY) => {
                Owed::Reply(head.back(command::DENY, Label::default()))
            }
            _ => Owed::Nothing,
        };
        self.deliver(delivery, owed, acts);
    }
}

impl Talk for Conversation {
    fn take(&mut self, buffer: &mut BytesMut, now: Timestamp, acts: &mut Acts) {
        let patience = self.reader.setup.patience_ms;
        let mut patient = self.unfinished.is_none_or(|since| now.since(since) < patience);
        loop {
            let found = if patient { scan(buffer) } else { scan_last(buffer) };
            let taken = match found {
                Scan::Frame { skip, len, frame } => {
                    self.garbage(&buffer[..skip], now, acts);
                    self.heard(&frame, now, acts);
                    skip + len
                }
                Scan::Refused { skip, len, fault } => {
                    self.garbage(&buffer[..skip], now, acts);
                    self.refused(&buffer[skip..skip + len], &fault, now, acts);
                    skip + len
                }
                Scan::Wait { skip } => {
                    self.garbage(&buffer[..skip], now, acts);
                    buffer.advance(skip);
                    if skip > 0 {
                        self.unfinished = None;
                    }
                    break;
                }
            };
            buffer.advance(taken);
            self.unfinished = None;
            patient = true;
        }
        self.unfinished = if buffer.is_empty() { None } else { self.unfinished.or(Some(now)) };
    }

    fn settled(&mut self, token: Token, result: Result<Outcome, NotDurable>, now: Timestamp, acts: &mut Acts) {
        match (self.owed.remove(&token), result) {
            (Some(Owed::Reply(head)), Ok(_)) => {
                let head = Head { time: Label::of(now), ..head };
                acts.push(Act::Send(head.frame(&[]).into()));
            }
            (Some(Owed::Own(delivery)), Err(NotDurable)) => self.again.push(*delivery),
            _ => {} // not durable: the device hears nothing and sends it again
        }
    }

    fn tick(&mut self, now: Timestamp, acts: &mut Acts) {
        let run = self.garbage.ended(now);
        self.flush(run, now, acts);
        for delivery in std::mem::take(&mut self.again) {
            self.own(delivery, acts);
        }
        self.missed(now, acts);
        self.go_on(now, acts);
    }

    fn order(&mut self, order: &Order, now: Timestamp, acts: &mut Acts) {
        self.ordered(order, now, acts);
    }

    fn ended(&mut self, left: &[u8], now: Timestamp, acts: &mut Acts) {
        self.garbage(left, now, acts);
        let run = self.garbage.end();
        self.flush(run, now, acts);
        for delivery in std::mem::take(&mut self.again) {
            self.own(delivery, acts);
        }
    }

    fn silence_ms(&self) -> i64 {
        self.pulse.silence_ms(&self.reader.setup)
    }
}

impl Conversation {
    fn garbage(&mut self, bytes: &[u8], now: Timestamp, acts: &mut Acts) {
        if !bytes.is_empty() {
            acts.push(Act::Count("garbage"));
            self.garbage.add(bytes, None, now);
        }
    }
}
