//! After an outage what was missed is asked for by itself, also over a new connection and after a restart of the hub.

use chengshu_core::model::{DeviceId, Timestamp};
use chengshu_line::Instrument;

use super::line::{Line, MN, NOW, hj212};
use crate::{DataLogger, Hj212, Setup};

/// A logger that has measured every minute for the last three hours and told nobody.
fn full() -> DataLogger {
    let mut logger = DataLogger::new(MN, "39");
    for minute in (0..180).rev() {
        let at = Timestamp::from_ms(NOW.ms() - minute * 60_000);
        logger.measure(&[("pm10", 90.0)], at);
    }
    logger
}

fn device() -> DeviceId {
    DeviceId::parse(&format!("HJ-{MN}")).unwrap()
}

fn comes_back(protocol: &Hj212, logger: &mut DataLogger) -> Line {
    let mut line = Line::new(protocol);
    let report = logger.report(&[("pm10", 91.0)], line.now);
    line.exchange(logger, report);
    line
}

fn minutes(line: &Line) -> Vec<String> {
    let readings = line.deliveries.iter().flat_map(|delivery| &delivery.readings);
    let minutes = readings.filter(|reading| reading.metric.as_str() == "pm10_minute");
    minutes.map(|reading| reading.at.to_rfc3339_local()[11..16].to_owned()).collect()
}

#[test]
fn a_seeded_gap_is_asked_for_in_pieces() {
    let protocol = hj212(Setup::default());
    protocol.seed(&device(), Timestamp::from_ms(NOW.ms() - 2 * 3_600_000)); // 14:42
    let mut logger = full();
    let line = comes_back(&protocol, &mut logger);
    let expected = ["14:50", "15:00", "15:10", "15:20", "15:30", "15:40", "15:50", "16:00", "16:10", "16:20", "16:30"];
    assert_eq!(minutes(&line), expected);
    assert_eq!(line.counts.iter().filter(|code| **code == "gap_asked").count(), 2, "{:?}", line.counts);
    assert_eq!(logger.unconfirmed(), 0);
    // nothing is missing now
    let line = comes_back(&protocol, &mut logger);
    assert!(minutes(&line).is_empty() && !line.counts.contains(&"gap_asked"), "{:?}", line.counts);
}

#[test]
fn an_unknown_device_is_not_asked_for_its_past() {
    let line = comes_back(&hj212(Setup::default()), &mut full());
    assert!(!line.counts.contains(&"gap_asked"));
}

#[test]
fn a_gap_outlives_the_connection_on_which_it_was_found() {
    let protocol = hj212(Setup::default());
    protocol.seed(&device(), Timestamp::from_ms(NOW.ms() - 2 * 3_600_000));
    let mut logger = full();
    let mut line = Line::new(&protocol);
    for bytes in logger.report(&[("pm10", 91.0)], line.now) {
        line.hears(&bytes);
    }
    assert!(line.counts.contains(&"gap_asked"));
    drop(line); // the request is lost with the line
    logger.connected(NOW);
    let line = comes_back(&protocol, &mut logger);
    assert_eq!(minutes(&line).len(), 11);
}

#[test]
fn a_device_that_refuses_is_left_alone() {
    let protocol = hj212(Setup::default());
    protocol.seed(&device(), Timestamp::from_ms(NOW.ms() - 5 * 86_400_000));
    let mut line = Line::new(&protocol);
    let mut logger = full();
    for bytes in logger.report(&[("pm10", 91.0)], line.now) {
        line.hears(&bytes);
    }
    let asked = line.sent.iter().map(|bytes| super::line::told(bytes)).find(|(cn, _)| cn == "2051").unwrap();
    assert_eq!(asked.1, "BeginTime=20261117165000;EndTime=20261117174000");
    let text = String::from_utf8(line.sent.last().unwrap().to_vec()).unwrap();
    line.sent.clear();
    line.hears(&super::line::of(MN, &text[9..26], "9011", 4, "QnRtn=8"));
    assert!(line.counts.contains(&"gap_refused") && line.sent.is_empty());
}

#[test]
fn pieces_that_could_not_be_kept_are_asked_for_again() {
    let protocol = hj212(Setup::default());
    let mut line = Line::new(&protocol);
    line.hears(&super::line::of(MN, "20261122164200000", "2011", 4, "DataTime=20261122164200;LA-Rtd=1"));
    line.durable = false;
    line.hears(&super::line::of(MN, "20261122164200001", "2051", 4, "DataTime=20261122163000;LA-Avg=1"));
    let token = line.tokens[0];
    line.settle(token, Err(chengshu_core::seam::NotDurable));
    assert!(line.take_sent().is_empty());
    line.later(60_000);
    assert_eq!(line.take_sent(), [("2051".to_owned(), "BeginTime=20261122163000;EndTime=20261122163000".to_owned())]);
}
