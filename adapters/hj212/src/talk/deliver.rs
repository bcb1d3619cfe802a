//! What came becomes a delivery, with everything that follows when it is durable: answers, the newest moment, a birth that
//! need not be told again. Confirms nothing itself.

use bytes::Bytes;
use chengshu_core::model::{DeviceId, Event, Timestamp};
use chengshu_line::{Act, Acts};

use super::answer::{Answer, answer};
use super::conversation::Conversation;
use super::gap;
use super::split::Ready;
use crate::codec::{Frame, Scan, scan};
use crate::readings::{Origin, send_time, undecodable};

/// What is owed when a delivery is durable.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) answers: Vec<Answer>,
    /// Device, command, and the newest moment of its values.
    pub(super) newest: Vec<(DeviceId, Option<u16>, Timestamp)>,
    /// MN of the devices that it tells of.
    pub(super) born: Vec<Box<[u8]>>,
    /// It tells that a clock is off.
    pub(super) clock_told: bool,
    /// The device asked for its clock to be set (1013).
    pub(super) wants_clock: bool,
}

impl Conversation {
    /// Packets that are due together.
    pub(super) fn ready(&mut self, ready: Vec<Ready>, now: Timestamp, acts: &mut Acts) {
        for Ready { packets, data_time, incomplete } in ready {
            if incomplete {
                acts.push(Act::Count("split_incomplete"));
            }
            let frames: Vec<Frame<'_>> = packets
                .iter()
                .filter_map(|packet| match scan(packet, self.setup.mode) {
                    Scan::Frame { frame, .. } => Some(frame),
                    _ => None,
                })
                .collect();
            if !frames.is_empty() {
                self.deliver(&frames, data_time.as_deref(), now, acts);
            }
        }
    }

    /// The frames of one message.
    pub(super) fn deliver(&mut self, frames: &[Frame<'_>], data_time: Option<&[u8]>, now: Timestamp, acts: &mut Acts) {
        let Some(first) = frames.first() else { return };
        let at = match first.device_number() {
            Some(mn) => self.stations.iter().position(|station| *station.mn == *mn),
            None => (self.stations.len() == 1).then_some(0),
        };
        let raw = match frames {
            [one] => Bytes::copy_from_slice(one.raw),
            several => several.iter().flat_map(|frame| frame.raw).copied().collect(),
        };
        let known = at.and_then(|at| self.stations.get(at)).map(|station| station.device.clone());
        let source = self.source.clone();
        let origin = Origin { source, raw, received: now, device: known.as_ref(), data_time };
        let mut read = self.reader.read(frames, origin);
        acts.extend(read.counts.drain(..).map(Act::Count));
        let mut pending = Pending::default();
        let mut asked = false;
        if let Some(station) = at.and_then(|at| self.stations.get_mut(at)) {
            let own = station.asks.front().is_some_and(|ask| ask.owns(first));
            if let Some(ask) = station.asks.front_mut().filter(|ask| ask.matches(first)) {
                asked = true;
                frames.iter().for_each(|frame| ask.data(frame, now));
            }
            if station.born {
                read.delivery.births.clear();
            }
            pending.born.push(station.mn.clone());
            let newest = read.delivery.readings.iter().map(|reading| reading.at).max();
            if let Some(newest) = newest.filter(|_| first.command().is_some_and(|cn| cn != 2031 && cn != 2041)) {
                pending.newest.push((station.device.clone(), first.command(), newest));
            }
            if !own {
                let sent = send_time(first).filter(|sent| self.setup.limits.moment("QN", *sent, now).is_ok());
                if let Some(sent) = sent {
                    let off = now.since(sent).abs() > self.setup.clock_off_ms;
                    if off && !station.clock_told {
                        read.delivery.events.push(clock_off(&station.device, sent, now));
                        (station.clock_told, pending.clock_told) = (true, true);
                    }
                    station.clock_told &= off;
                }
                let memory = self.memory.of(&station.device);
                let jump = first.command() == Some(2051) && !asked && self.memory.piece(&station.device).is_none();
                if !station.gap_seen || jump {
                    station.gap_seen = true;
                    let until = if jump { newest.unwrap_or(now).min(now) } else { now };
                    self.memory.missed(&station.device, gap::gaps(&self.setup, memory, until));
                }
            }
        }
        for frame in frames {
            if frame.cp.is_none_or(<[u8]>::is_empty) && frame.command().is_some_and(|cn| (2000..3000).contains(&cn)) {
                acts.push(Act::Count("empty_cp"));
            }
            pending.wants_clock |= frame.command() == Some(1013);
            pending.answers.extend(answer(frame, &self.setup, asked));
        }
        self.hand_over(read.delivery, pending, acts);
    }

    /// Bytes that could not be read, with their reason.
    pub(super) fn set_aside(
        &mut self,
        raw: Bytes,
        code: &'static str,
        detail: String,
        now: Timestamp,
        acts: &mut Acts,
    ) {
        acts.push(Act::Count(code));
        let origin = Origin { source: self.source.clone(), raw, received: now, device: None, data_time: None };
        let delivery = undecodable(&self.setup, &self.link, origin, detail);
        self.hand_over(delivery, Pending::default(), acts);
    }

    fn hand_over(&mut self, delivery: chengshu_core::model::Delivery, pending: Pending, acts: &mut Acts) {
        let token = self.next_token;
        self.next_token += 1;
        self.pending.insert(token, pending);
        acts.push(Act::Deliver { token, delivery: Box::new(delivery), pictures: Vec::new() });
    }
}

/// The same key for the same frame sent again.
fn clock_off(device: &DeviceId, sent: Timestamp, now: Timestamp) -> Event {
    let detail = serde_json::json!({
        "device_time": sent.to_rfc3339_local(), "hub_time": now.to_rfc3339_local(), "ahead_s": sent.since(now) / 1000,
    });
    Event {
        device: device.clone(),
        kind: "clock_off".to_owned(),
        at: sent,
        severity: None,
        key: format!("clock_off:{}", sent.ms()),
        detail: detail.to_string(),
    }
}
