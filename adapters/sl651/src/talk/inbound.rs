//! Frames of stations: sessions, transfers, answers to questions, and what will be confirmed. Reads no values itself.

use bytes::Bytes;
use chengshu_core::model::{Event, Progress, Reason, Timestamp};
use chengshu_line::{Act, Acts};
use serde_json::json;

use super::{Line, Session, Sl651Talk, reply};
use crate::codec::{Direction, End, Form, Frame, Message, Packet, Station};
use crate::readings::Read;
use crate::transfer::{Put, Transfer};

const LINK_KEEP: u8 = 0x2F;

impl Sl651Talk {
    pub(super) fn frame(&mut self, frame: &Frame<'_>, raw: &[u8], now: Timestamp, acts: &mut Acts) {
        if frame.direction == Direction::Down {
            return self.refuse_downlink(raw, now, acts);
        }
        if self.last.replace(frame.station).is_some_and(|last| last != frame.station) {
            acts.push(Act::Count("address_changed"));
        }
        self.meet(frame, acts);
        let Some(packet) = frame.packet else {
            return self.message(&Message::of(frame), Bytes::copy_from_slice(raw), now, acts);
        };
        if let Some(session) = self.stations.get_mut(&frame.station) {
            session.jobs.touched(frame.function, now);
        }
        let max = self.setup().transfer_max;
        let (put, gone) = self.transfers.put(frame, packet, raw, now, max);
        self.give_up(gone, now, acts);
        match put {
            Put::Kept => {}
            Put::Repeated => acts.push(Act::Count("repeated_packet")),
            Put::Whole(body, raw) => self.message(&Message::joined(frame, &body), raw, now, acts),
        }
        if frame.end == End::Etx {
            self.ask_missing(now, acts);
        }
    }

    /// Learns how the station is spoken to.
    fn meet(&mut self, frame: &Frame<'_>, acts: &mut Acts) {
        let line = Line {
            form: frame.form,
            center: frame.center,
            station: frame.station,
            password: frame.password,
            function: frame.function,
            serial: 0,
            packet: None,
        };
        if let Some(session) = self.stations.get_mut(&frame.station) {
            session.line = line;
            return;
        }
        if self.stations.len() >= self.setup().stations_max {
            return acts.push(Act::Count("stations_full"));
        }
        if let Ok(device) = self.shared.reader.device(frame.station) {
            acts.push(Act::Speaks(device.clone()));
            let session = Session { device, line, clock_ms: None, clock_event: None, jobs: super::Jobs::default() };
            self.stations.insert(frame.station, session);
        }
    }

    fn message(&mut self, message: &Message<'_>, raw: Bytes, now: Timestamp, acts: &mut Acts) {
        let mut read = self.shared.reader.read(self.source.clone(), raw, message, now, Some(&self.shared.rain));
        self.watch_clock(message, &mut read, now, acts);
        let answer = self.answered(message, now, acts);
        if message.function == LINK_KEEP {
            self.link_kept(now);
        }
        let wanted = message.function != LINK_KEEP && (!answer || self.setup().confirm_answers || message.packets > 1);
        let confirm = wanted.then(|| self.confirmation(message)).flatten();
        self.deliver(read.delivery, read.pictures, confirm, acts);
    }

    fn confirmation(&self, message: &Message<'_>) -> Option<Line> {
        let total = message.packets;
        Some(Line {
            form: message.form,
            center: message.center,
            station: message.station,
            password: message.password,
            function: message.function,
            serial: message.head()?.serial,
            packet: (total > 1).then_some(Packet { total, number: total }),
        })
    }

    /// Whether it answers a command that is under way, and what becomes of that.
    fn answered(&mut self, message: &Message<'_>, now: Timestamp, acts: &mut Acts) -> bool {
        let asking = self.setup().asking;
        let Some(session) = self.stations.get_mut(&message.station) else { return false };
        let Some(mut job) = session.jobs.answered(message.function) else { return false };
        if std::mem::take(&mut job.again) {
            self.send_job(message.station, job, now, acts);
        } else {
            acts.push(Act::Progress(job.id, Progress::Confirmed(reply::reply(message, asking))));
            self.tend_jobs(now, acts);
        }
        true
    }

    fn link_kept(&mut self, now: Timestamp) {
        if let Some(before) = self.keep.replace(now) {
            let span = now.since(before);
            // the longer of the last two: one that is sent again at once says nothing of the interval
            self.interval_ms = Some(span.max(self.span_ms));
            self.span_ms = span;
        }
    }

    /// One event when a clock is found to be wrong, and the same again with the frame that told it.
    fn watch_clock(&mut self, message: &Message<'_>, read: &mut Read, now: Timestamp, acts: &mut Acts) {
        let limit = self.setup().clock_off_ms;
        let limits = self.setup().limits.times;
        let (Some(session), Some(head)) = (self.stations.get_mut(&message.station), message.head()) else { return };
        let Some(sent) = head.sent.moment() else { return };
        let off = sent.since(now);
        session.clock_ms = Some(off);
        if off.abs() <= limit {
            session.clock_event = None;
            return;
        }
        let told = session.clock_event.get_or_insert_with(|| {
            acts.push(Act::Count("clock_off"));
            head.sent
        });
        if *told == head.sent && limits.refuse(sent, now).is_none() {
            let detail = json!({"sent": sent.to_rfc3339_local(), "received": now.to_rfc3339_local(), "off_ms": off});
            read.delivery.events.push(Event {
                device: session.device.clone(),
                kind: "clock_off".to_owned(),
                at: sent,
                severity: None,
                key: format!("clock_off@{}", sent.ms()),
                detail: detail.to_string(),
            });
        }
    }

    fn give_up(&mut self, gone: Vec<Transfer>, now: Timestamp, acts: &mut Acts) {
        for transfer in gone {
            let (raw, came, total) = transfer.give_up();
            let detail = format!("{came} of {total} packets came before the transfer was given up");
            acts.push(Act::Count("transfer_given_up"));
            let delivery = self.shared.reader.refused(self.source.clone(), raw, Reason::Undecodable, detail, now);
            self.deliver(delivery, Vec::new(), None, acts);
        }
    }

    pub(super) fn tend_transfers(&mut self, now: Timestamp, acts: &mut Acts) {
        let stale = self.transfers.stale(now, self.setup().transfer_ms);
        self.give_up(stale, now, acts);
        self.ask_missing(now, acts);
    }

    fn ask_missing(&mut self, now: Timestamp, acts: &mut Acts) {
        let (wait, asks) = (self.setup().packet_ms, self.setup().packet_asks);
        for transfer in self.transfers.open() {
            if let Some(packet) = transfer.ask(now, wait, asks) {
                nak(transfer, packet, now, acts);
            }
        }
    }

    pub(super) fn ask_again(
        &mut self,
        station: Station,
        function: u8,
        packet: Packet,
        now: Timestamp,
        acts: &mut Acts,
    ) {
        let asks = self.setup().packet_asks;
        for transfer in self.transfers.open() {
            let same = transfer.station() == station && transfer.function() == function && transfer.form() == Form::Hex;
            if same
                && transfer.total() == packet.total
                && let Some(packet) = transfer.ask_again(packet.number, now, asks)
            {
                nak(transfer, packet, now, acts);
            }
        }
    }
}

fn nak(transfer: &Transfer, packet: Packet, now: Timestamp, acts: &mut Acts) {
    let line = Line {
        form: transfer.form(),
        center: transfer.center,
        station: transfer.station(),
        password: transfer.password,
        function: transfer.function(),
        serial: transfer.serial(),
        packet: Some(packet),
    };
    acts.push(Act::Count("packet_asked"));
    acts.extend(line.frame(End::Nak, &[], now).map(Act::Send));
}
