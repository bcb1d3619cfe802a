//! Talks: confirmations after durability, split packets, garbage, other addresses, clocks.

use bytes::Bytes;
use chengshu_core::model::{Quality, Reason};
use chengshu_core::seam::{NotDurable, Outcome};
use chengshu_line::Instrument;

use super::line::{Line, MN, NOW, frame, of};
use crate::codec::{FRAME_MAX, Head, build};
use crate::{DataLogger, Setup, decoder};

const DUST: &str =
    "DataTime=20261122164200;a34002-Rtd=91.2,a34002-Flag=N;a34004-Rtd=44,a34004-Flag=D;LA-Rtd=56,LA-Flag=M";

#[test]
fn data_is_confirmed_when_it_is_durable_and_not_before() {
    let mut line = Line::plain();
    line.durable = false;
    line.hears(&frame("2011", 5, DUST));
    assert!(line.sent.is_empty());
    line.settle(0, Err(NotDurable));
    assert!(line.sent.is_empty());
    line.hears(&frame("2011", 5, DUST));
    line.settle(1, Ok(Outcome { rejected: 3, ..Outcome::default() }));
    assert_eq!(line.take_sent(), [("9014".to_owned(), String::new())]);
    assert_eq!(line.deliveries[0], line.deliveries[1], "sent again = the same delivery");
    let delivery = &line.deliveries[0];
    assert_eq!((&delivery.raw[..], &*delivery.source), (&frame("2011", 5, DUST)[..], "10.0.0.7:4000"));
    assert_eq!(delivery.births[0].1.kind.as_ref().unwrap().as_str(), "dust_monitor");
    let quality: Vec<_> = delivery.readings.iter().map(|reading| reading.quality).collect();
    assert_eq!(quality, [Quality::empty(), Quality::SUSPECT, Quality::MAINTENANCE]);
    // the birth is durable now: it is not told again; but a confirmation that was lost is sent again
    line.hears(&frame("2011", 5, DUST));
    line.settle(2, Ok(Outcome::default()));
    assert_eq!((line.take_sent().len(), line.deliveries[2].births.len()), (1, 0));
    line.hears(&frame("2011", 4, DUST));
    line.settle(3, Ok(Outcome::default()));
    assert!(line.sent.is_empty(), "no answer was wanted");
}

#[test]
fn the_answer_is_the_vector_of_the_standard() {
    let mut line = Line::plain();
    line.hears(&of(MN, "20160801085000001", "2011", 5, "DataTime=20261122164200;LA-Rtd=1"));
    let expected =
        "##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&C241\r\n";
    assert_eq!(line.sent, [Bytes::from(expected)]);
}

#[test]
fn an_edition_of_2005_gets_the_number_in_cp() {
    let mut line = Line::plain();
    line.hears(&of("88888880000001", "20261122164200000", "2011", 1, "DataTime=20261122164200;011-Rtd=18.5"));
    assert_eq!(line.take_sent(), [("9014".to_owned(), "QN=20261122164200000".to_owned())]);
    assert_eq!(line.values(), [("cod".to_owned(), 18.5)]);
}

#[test]
fn slices_garbage_and_cut_frames_give_the_same_deliveries() {
    let mut stream = b"\r\nGET / HTTP/1.1\r\n##00".to_vec();
    stream.extend(frame("2011", 5, DUST));
    stream.extend(&frame("2011", 5, DUST)[..100]); // cut, and the device begins anew
    stream.extend(frame("2051", 5, "DataTime=20261122163000;a34002-Avg=90"));
    stream.extend(b"##0010QN=1;ST=3999FFFF\r\n");
    stream.extend(frame("2011", 5, DUST));
    let whole = {
        let mut line = Line::plain();
        line.hears(&stream);
        assert_eq!(line.left(), 0);
        line
    };
    assert_eq!(
        whole.deliveries.iter().map(|d| (d.readings.len(), d.rejected.len())).collect::<Vec<_>>(),
        [
            (0, 1), // garbage: one for the run
            (3, 0),
            (0, 1),
            (1, 0),
            (0, 1),
            (3, 0),
        ]
    );
    assert!(whole.deliveries.iter().flat_map(|d| &d.rejected).all(|one| one.reason == Reason::Undecodable));
    let bytes: usize = whole.deliveries.iter().map(|d| d.raw.len()).sum();
    assert_eq!(bytes, stream.len() - 2, "every byte but the empty line");
    for step in [1, 7, 64] {
        let mut line = Line::plain();
        for slice in stream.chunks(step) {
            line.hears(slice);
            assert!(line.left() <= FRAME_MAX);
        }
        assert_eq!(
            line.deliveries.iter().map(|d| &d.raw).collect::<Vec<_>>(),
            whole.deliveries.iter().map(|d| &d.raw).collect::<Vec<_>>()
        );
        assert_eq!((&line.counts, &line.sent), (&whole.counts, &whole.sent));
    }
}

#[test]
fn endless_garbage_is_one_delivery_at_a_time_and_then_the_end() {
    let mut line = Line::plain();
    for _ in 0..100 {
        line.hears(&[b'x'; 4096]);
    }
    assert!(line.deliveries.is_empty());
    line.later(10_000);
    assert_eq!((line.deliveries.len(), line.deliveries[0].raw.len()), (1, 1024));
    for _ in 0..200 {
        line.hears(&[b'x'; 4096]);
    }
    assert_eq!(line.closed, Some("garbage"));
}

#[test]
fn packets_are_merged_and_each_is_answered() {
    let packet = |pno, cp: &str| {
        let head = Head {
            qn: Some("20261122164200000"),
            st: "39",
            cn: "2061",
            pw: Some("123456"),
            mn: Some(MN),
            flag: Some(7),
            packet: Some((2, pno)),
        };
        build(&head, cp)
    };
    let (one, two) = (packet(1, "DataTime=20261122150000;a34002-Avg=91.2"), packet(2, "a34004-Avg=44"));
    let mut line = Line::plain();
    line.hears(&two);
    assert!(line.deliveries.is_empty());
    line.hears(&one);
    assert_eq!(line.values(), [("pm10_hour".to_owned(), 91.2), ("pm25_hour".to_owned(), 44.0)]);
    assert_eq!(line.deliveries[0].raw, [&one[..], &two[..]].concat());
    assert_eq!(line.take_sent().len(), 2);
    let again = decoder(Setup::default(), line.deliveries[0].link.clone());
    let read = again("10.0.0.7:4000", line.deliveries[0].raw.clone(), NOW).unwrap();
    assert_eq!(read, line.deliveries[0]);

    // a device that waits for the answer before it sends the next
    let mut line = Line::plain();
    line.hears(&one).later(3_000);
    assert_eq!((line.take_sent().len(), line.values().len()), (1, 1));
    line.hears(&two);
    assert_eq!((line.take_sent().len(), line.values().len()), (1, 2));
    assert_eq!(line.deliveries[1].readings[0].at, line.deliveries[0].readings[0].at);
    // the second never comes
    let mut line = Line::plain();
    line.hears(&one).later(60_000).later(1_000);
    assert!(line.counts.contains(&"split_incomplete"));
    assert_eq!(line.deliveries.len(), 1);
}

#[test]
fn another_address_is_kept_apart_and_none_is_nobody() {
    let mut line = Line::plain();
    line.hears(&frame("2011", 5, DUST));
    line.hears(&of("44170200000000000000JC01", "20261122164200001", "2011", 5, DUST));
    assert_eq!(line.speaks, [format!("HJ-{MN}"), "HJ-44170200000000000000JC01".to_owned()]);
    assert!(line.counts.contains(&"address_changed"));
    line.hears(&of("null", "20261122164200002", "2011", 5, DUST));
    assert_eq!(line.deliveries[2].rejected[0].reason, Reason::BadName);
    assert!(line.deliveries[2].readings.is_empty());
    line.hears(&of("A/B", "20261122164200003", "2011", 5, DUST));
    assert_eq!(line.deliveries[3].readings[0].device.as_str(), "HJ-A-B");
    assert!(line.counts.contains(&"mn_characters"));
}

#[test]
fn a_clock_that_is_off_is_told_once_per_change_and_one_by_decades_refused() {
    let mut line = Line::plain();
    let off = |qn: &str| of(MN, qn, "2011", 5, "DataTime=20261122120000;LA-Rtd=50");
    line.durable = false;
    line.hears(&off("20261122120000000"));
    line.settle(0, Err(NotDurable));
    line.hears(&off("20261122120000000"));
    assert_eq!(line.deliveries[0].events[0].key, line.deliveries[1].events[0].key);
    line.durable = true;
    line.hears(&off("20261122120030000")).hears(&frame("2011", 5, DUST)).hears(&off("20261122120100000"));
    let events: Vec<_> = line.deliveries.iter().map(|delivery| delivery.events.len()).collect();
    assert_eq!(events, [1, 1, 0, 0, 1]);
    line.hears(&of(MN, "20060801085857223", "2011", 5, "DataTime=20060801085857;LA-Rtd=50,LA-Flag=N"));
    let last = line.deliveries.last().unwrap();
    assert_eq!((last.rejected[0].reason, last.events.len()), (Reason::TimeTooOld, 0));
    assert!(!last.raw.is_empty() && !line.take_sent().is_empty(), "it is kept, so it is answered");
}

#[test]
fn silence_follows_the_interval() {
    let mut line = Line::plain();
    assert_eq!(line.talk.silence_ms(), 180_000);
    line.hears(&frame("2011", 5, DUST));
    assert_eq!(line.talk.silence_ms(), 7_200_000);
    line.later(600_000).hears(&frame("2011", 5, DUST));
    assert_eq!(line.talk.silence_ms(), 1_800_000);
}

#[test]
fn a_data_logger_resends_until_it_is_confirmed() {
    let mut logger = DataLogger::new(MN, "39");
    let mut line = Line::plain();
    line.durable = false;
    let report = logger.report(&[("pm10", 91.0), ("laeq", 56.5)], line.now);
    line.exchange(&mut logger, report);
    assert_eq!(logger.unconfirmed(), 1);
    let again = logger.tick(line.later(10_000).now);
    assert_eq!(again.len(), 1, "sent again");
    line.durable = true;
    line.exchange(&mut logger, again);
    assert_eq!(logger.unconfirmed(), 0);
    assert_eq!(line.deliveries[0].readings, line.deliveries[1].readings);
    // a message too long for one frame goes in packets
    let many: Vec<(String, f64)> = (0..80).map(|n| (format!("code{n:03}"), f64::from(n))).collect();
    let many: Vec<(&str, f64)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let report = logger.report(&many, line.now);
    assert!(report.len() > 1);
    line.exchange(&mut logger, report);
    assert_eq!((logger.unconfirmed(), line.deliveries[2].readings.len()), (0, 80));
    assert!(line.counts.iter().all(|code| *code == "x"), "no deviation: {:?}", line.counts);
}
