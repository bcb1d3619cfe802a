//! One delivery on its way through the engine: where it came from, and what is owed for it. Also how it looks in the
//! spool.

use chengshu_core::model::{Delivery, LinkId, Reason, Rejected, Timestamp};
use chengshu_core::seam::{Handed, Outcome, Ticket};
use chengshu_spool::{Record, Spooled};
use serde::{Deserialize, Serialize};

/// The first byte of every record: how the rest is written. Older ones stay readable for ever.
const FORMAT: u8 = 1;

/// The attempt of a job that is known to be committed and in the ledger: it is only written again, harmlessly, so that
/// the board and the rules learn of it.
pub(crate) const COUNTED: i64 = -1;

/// A delivery to be made durable.
pub(crate) struct Job {
    pub(crate) delivery: Delivery,
    /// What it was counted as at hand-over.
    pub(crate) items: u32,
    /// The attempt in which it may have been committed without our hearing of it; 0 when there was none, [`COUNTED`]
    /// when it was indeed.
    pub(crate) attempt: i64,
    pub(crate) origin: Origin,
}

/// Where a job came from.
pub(crate) enum Origin {
    /// An adapter waits for the answer.
    Live(Ticket),
    /// It has been answered already; the spool keeps it under this number.
    Spool(u64),
}

impl From<Handed> for Job {
    fn from(handed: Handed) -> Self {
        Self { delivery: handed.delivery, items: handed.items, attempt: 0, origin: Origin::Live(handed.ticket) }
    }
}

impl Job {
    /// Answers whoever waits.
    pub(crate) fn settle(self, outcome: Outcome) {
        if let Origin::Live(ticket) = self.origin {
            ticket.settle(outcome);
        }
    }

    /// Its number in the spool, if it came from there.
    pub(crate) fn seq(&self) -> Option<u64> {
        match self.origin {
            Origin::Live(_) => None,
            Origin::Spool(seq) => Some(seq),
        }
    }

    /// As it is written into the spool.
    pub(crate) fn record(&self) -> Record {
        let mut bytes = vec![FORMAT];
        let written = Written { attempt: self.attempt, delivery: &self.delivery };
        // a Vec takes everything, and nothing in a delivery refuses to be written
        if let Err(error) = rmp_serde::encode::write_named(&mut bytes, &written) {
            tracing::error!(%error, source = %self.delivery.source, "a delivery could not be written for the spool");
        }
        let at_ms = self.delivery.received.ms();
        Record { readings: self.items, tag: tag(&self.delivery.link), at_ms, bytes }
    }

    /// As it is read from the spool.
    pub(crate) fn from_record(spooled: &Spooled) -> Result<Self, String> {
        match spooled.bytes.split_first() {
            Some((&FORMAT, rest)) => {
                let read: Read = rmp_serde::from_slice(rest).map_err(|error| error.to_string())?;
                Ok(Self {
                    delivery: read.delivery,
                    items: spooled.readings,
                    attempt: read.attempt,
                    origin: Origin::Spool(spooled.seq),
                })
            }
            Some((other, _)) => Err(format!("format {other}; expected {FORMAT}")),
            None => Err("an empty record".to_owned()),
        }
    }

    /// A record that cannot be read any more: set aside whole, with its bytes.
    pub(crate) fn unreadable(spooled: &Spooled, link: LinkId, error: &str) -> Self {
        let detail = format!("record {} of the spool cannot be read: {error}", spooled.seq);
        let rejected = Rejected { device: None, metric: None, reason: Reason::Undecodable, detail };
        let items = spooled.readings.max(1);
        Self {
            delivery: Delivery {
                link,
                theme: None,
                received: Timestamp::from_ms(spooled.at_ms),
                source: "spool".into(),
                raw: spooled.bytes.clone().into(),
                readings: Vec::new(),
                events: Vec::new(),
                presence: None,
                births: Vec::new(),
                rejected: vec![rejected; items as usize],
            },
            items,
            attempt: 0,
            origin: Origin::Spool(spooled.seq),
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    attempt: i64,
    delivery: &'a Delivery,
}

#[derive(Deserialize)]
struct Read {
    attempt: i64,
    delivery: Delivery,
}

/// A link as the spool counts it: sixteen bits of its name, so that it means the same after a restart.
pub(crate) fn tag(link: &LinkId) -> u16 {
    let hash = link
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 16) ^ (hash >> 32) ^ (hash >> 48)) as u16
}

#[cfg(test)]
mod tests {
    use chengshu_core::model::{
        Birth, DeviceId, Event, MetricId, Presence, Quality, Reading, Reason, Rejected, ThemeId, Timestamp,
    };

    use super::*;

    fn full() -> Delivery {
        let device = DeviceId::parse("W-1").unwrap();
        Delivery {
            link: LinkId::parse("mqtt:main").unwrap(),
            theme: Some(ThemeId::parse("water").unwrap()),
            received: Timestamp::from_ms(1_795_336_920_123),
            source: "city/water/W-1/telemetry".into(),
            raw: vec![0, 159, 146, 150].into(),
            readings: vec![Reading {
                quality: Quality::SUSPECT,
                ..Reading::new(
                    device.clone(),
                    MetricId::parse("level").unwrap(),
                    Timestamp::from_ms(1_795_336_920_000),
                    0.1 + 0.2,
                )
            }],
            events: vec![Event {
                device: device.clone(),
                kind: "pump_started".to_owned(),
                at: Timestamp::from_ms(1),
                severity: None,
                key: "k".to_owned(),
                detail: "{}".to_owned(),
            }],
            births: vec![(device.clone(), Birth::default())],
            presence: Some(Presence { device, online: true, birth: Some(Birth::default()) }),
            rejected: vec![Rejected {
                device: None, metric: None, reason: Reason::NotFinite, detail: "水".to_owned()
            }],
        }
    }

    #[test]
    fn comes_out_of_the_spool_as_it_went_in() {
        let job = Job { items: full().items(), delivery: full(), attempt: 7, origin: Origin::Spool(3) };
        let record = job.record();
        assert_eq!(record.readings, 4);
        let spooled =
            Spooled { seq: 3, readings: record.readings, tag: record.tag, at_ms: record.at_ms, bytes: record.bytes };
        let back = Job::from_record(&spooled).unwrap();
        assert_eq!((back.delivery, back.attempt, back.items), (full(), 7, 4));
    }

    /// As it was before readings brought flags of their sender and deliveries brought births.
    fn first() -> Delivery {
        let mut first = full();
        first.births.clear();
        first.readings.iter_mut().for_each(|reading| reading.quality = Quality::default());
        first
    }

    /// E05: what an older hub wrote must stay readable. A field that is added has a default and a file of its own here, which
    /// is never written again; where that does not do, write a new format beside the old one.
    #[test]
    fn reads_what_an_older_hub_left() {
        let files: [(&[u8], Delivery); 2] = [
            (include_bytes!("../vectors/spool-record-1.bin"), first()),
            (include_bytes!("../vectors/spool-record-1-births.bin"), full()),
        ];
        for (bytes, expected) in files {
            let spooled = Spooled { seq: 1, readings: 4, tag: 0, at_ms: 0, bytes: bytes.to_vec() };
            assert_eq!(Job::from_record(&spooled).unwrap().delivery, expected);
        }
        let spooled = Spooled { seq: 1, readings: 4, tag: 0, at_ms: 0, bytes: Vec::new() };
        let newer = Spooled { bytes: vec![2, 0], ..spooled };
        let error = Job::from_record(&newer).err().unwrap();
        assert!(error.contains("expected 1"));
        let aside = Job::unreadable(&newer, full().link, &error);
        assert_eq!((aside.items, aside.delivery.items()), (4, 4), "counted as it was when it was received");
        assert_eq!((&aside.delivery.raw[..], aside.seq()), (&[2, 0][..], Some(1)));
    }
}
