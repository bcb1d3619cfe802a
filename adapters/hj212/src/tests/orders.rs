//! Orders, answered by a data logger: each command to its end, refusals in words, time-outs with resends.

use chengshu_core::model::Progress;
use chengshu_line::Instrument;
use serde_json::{Value, json};

use super::line::{Line, MN, frame, told};
use crate::{COMMANDS, DataLogger};

/// A line on which the device has spoken.
fn begun() -> (Line, DataLogger) {
    let (mut line, mut logger) = (Line::plain(), DataLogger::new(MN, "39"));
    let report = logger.report(&[("pm10", 91.0)], line.now);
    line.exchange(&mut logger, report);
    (line, logger)
}

fn ask(line: &mut Line, logger: &mut DataLogger, name: &str, params: Value) -> Progress {
    line.progress.clear();
    line.order(name, params);
    line.exchange(logger, Vec::new());
    assert_eq!(line.progress.len(), 2, "{name}: {:?}", line.progress);
    assert_eq!(line.progress[0], Progress::Sent, "{name}");
    line.progress.remove(1)
}

fn data(progress: &Progress) -> &Value {
    let Progress::Confirmed(value) = progress else { panic!("{progress:?}") };
    &value["data"][0]["CP"]
}

#[test]
fn commands_are_confirmed_with_what_the_device_told() {
    let (mut line, mut logger) = begun();
    let mut ask = |name, params| ask(&mut line, &mut logger, name, params);
    assert_eq!(data(&ask("read_clock", json!({})))[0]["SystemTime"], "20261122164200");
    ask("set_realtime_interval", json!({ "seconds": 60 }));
    assert_eq!(data(&ask("read_realtime_interval", json!({})))[0]["RtdInterval"], "60");
    ask("set_minute_interval", json!({ "minutes": 5 }));
    assert_eq!(data(&ask("read_minute_interval", json!({})))[0]["MinInterval"], "5");
    assert_eq!(data(&ask("read_now", json!({})))[1]["a34002-Rtd"], "91");
    assert_eq!(data(&ask("read_device_info", json!({ "pol_id": "a34002" })))[0]["a34002-SN"], MN);
    assert!(matches!(ask("stop_realtime", json!({})), Progress::Confirmed(_)));
    for name in ["zero_calibration", "sample_now", "clean"] {
        assert!(matches!(ask(name, json!({ "pol_id": "a34002" })), Progress::Confirmed(_)), "{name}");
    }
    assert!(matches!(ask("set_password", json!({ "password": "654321" })), Progress::Confirmed(_)));
    assert!(matches!(ask("read_clock", json!({})), Progress::Confirmed(_)), "by the new password");
    let span = json!({ "from": "2026-11-01T00:00:00+08:00", "to": "2026-11-02T00:00:00+08:00" });
    assert!(matches!(ask("read_hours", span.clone()), Progress::Failed("no_data", _)));
    assert!(
        matches!(ask("read_facility_days", span), Progress::Failed("no_data", words) if words.contains("ExeRtn=100"))
    );
    let set = json!({ "pol_id": "a34002", "info_id": "i13004", "value": "1" });
    assert!(matches!(ask("set_parameter", set), Progress::Confirmed(_)));
}

#[test]
fn clocks_are_set_by_order_and_when_the_device_asks() {
    let (mut line, mut logger) = begun();
    logger.put_clock_off(-5_400_000);
    ask(&mut line, &mut logger, "set_clock", json!({}));
    assert_eq!(data(&ask(&mut line, &mut logger, "read_clock", json!({})))[0]["SystemTime"], "20261122164200");
    logger.put_clock_off(5_400_000);
    let asks = logger.ask_clock(line.now);
    line.exchange(&mut logger, asks);
    assert_eq!(logger.unconfirmed(), 0, "the notice was answered");
    assert_eq!(data(&ask(&mut line, &mut logger, "read_clock", json!({})))[0]["SystemTime"], "20261122164200");
}

#[test]
fn a_device_that_asks_for_the_time_is_told_it() {
    let mut line = Line::plain();
    line.hears(&frame("1011", 5, ""));
    let expected = [("9011", "QnRtn=1"), ("1011", "SystemTime=20261122164200"), ("9012", "ExeRtn=1")];
    assert_eq!(line.take_sent(), expected.map(|(cn, cp)| (cn.to_owned(), cp.to_owned())));
    line.hears(&frame("1061", 5, ""));
    assert_eq!(line.take_sent(), [("9011".to_owned(), "QnRtn=2".to_owned())]);
}

#[test]
fn what_goes_wrong_is_said() {
    let (mut line, _) = begun();
    line.order("explode", json!({}));
    line.order("clean", json!({}));
    let codes = |line: &Line| -> Vec<&'static str> {
        line.progress.iter().map(|one| if let Progress::Failed(code, _) = one { code } else { "sent" }).collect()
    };
    assert_eq!(codes(&line), ["unknown_command", "bad_param"]);
    // silence: three resends with the same number, then the end; the next one follows
    line.progress.clear();
    line.order("read_clock", json!({}));
    line.order("clean", json!({ "pol_id": "w01018" }));
    let first = line.sent[0].clone();
    for _ in 0..3 {
        line.later(10_000);
    }
    assert_eq!(line.sent, vec![first; 4]);
    line.later(10_000);
    assert_eq!(codes(&line), ["sent", "timeout", "sent"]);
    // refused
    let asked = line.sent.pop().unwrap();
    let text = String::from_utf8(asked.to_vec()).unwrap();
    assert_eq!(told(&asked), ("3013".to_owned(), "PolId=w01018".to_owned()));
    let qn = &text[9..26];
    line.hears(&super::line::of(MN, qn, "9011", 4, "QnRtn=3"));
    assert!(matches!(line.progress.last(), Some(Progress::Failed("bad_password", words)) if words.contains("PW")));
    // an answer that nobody waits for
    line.hears(&super::line::of(MN, qn, "9012", 4, "ExeRtn=1"));
    assert!(line.counts.contains(&"unexpected_answer"));
}

#[test]
fn a_queue_has_an_end_and_orders_do_expire() {
    let (mut line, _) = begun();
    for _ in 0..40 {
        line.order("read_clock", json!({}));
    }
    assert_eq!(line.progress.iter().filter(|one| matches!(one, Progress::Failed("busy", _))).count(), 8);
    for _ in 0..40 {
        line.later(10_000);
    }
    assert!(line.progress.iter().any(|one| matches!(one, Progress::Failed("expired", _))));
    assert!(COMMANDS.iter().any(|kind| kind.dangerous));
}
