//! Commands against the simulated station: each is obeyed and answered, bad ones are told what would be right.

use chengshu_core::model::{CommandId, DeviceId, Order, Progress, Timestamp};
use chengshu_line::{Acts, Instrument, Talk};
use serde_json::{Value, json};

use super::{NOW, Pair, Seen, after, bytes, vector};
use crate::codec::{Form, Scan, scan};
use crate::{COMMANDS, DeviceSetup};

fn order(name: &str, params: Value) -> Order {
    Order {
        id: CommandId(7),
        theme: chengshu_core::model::ThemeId::parse("water").unwrap(),
        device: DeviceId::parse("SL-4417020001").unwrap(),
        name: name.to_owned(),
        params: params.as_object().unwrap().clone(),
        expires: after(3_600_000),
    }
}

fn pair(form: Form, clock_off_ms: i64) -> Pair {
    let mut pair = Pair::new(DeviceSetup { form, clock_off_ms, keep_s: 0, ..DeviceSetup::default() });
    let up = pair.device.report(&[("level", 4.91), ("battery", 12.05), ("rain_total", 153.0)], NOW);
    pair.exchange(up, NOW);
    pair
}

/// Gives the order, carries everything, returns how it went.
fn run(pair: &mut Pair, order: &Order) -> Seen {
    let mut acts = Acts::new();
    pair.talk.order(order, NOW, &mut acts);
    let mut seen = Seen::default();
    seen.add(acts);
    let mut down = bytes::BytesMut::from(&seen.sent.concat()[..]);
    let up = pair.device.hear(&mut down, NOW);
    let more = pair.exchange(up, NOW);
    seen.progress.extend(more.progress);
    seen.sent.extend(more.sent);
    seen.deliveries.extend(more.deliveries);
    seen
}

fn confirmed(seen: &Seen) -> Value {
    match seen.progress.as_slice() {
        [Progress::Sent, Progress::Confirmed(value)] => value.clone(),
        other => panic!("{other:?}"),
    }
}

fn params(name: &str) -> Value {
    match name {
        "read_period" => {
            json!({"from": "2024-11-01T06:00:00+08:00", "to": "2024-11-01T08:00:00+08:00", "element": "Z", "step": 30})
        }
        "read_elements" => json!({"elements": "Z, 38"}),
        "write_basic" => json!({"items": "0C=03"}),
        "write_run" => json!({"items": "20=2, 28=10.500"}),
        "set_password" => json!({"password": "1234"}),
        "pump" | "valve" => json!({"states": "1,0,1"}),
        "gate" => json!({"states": "1,0", "openings_cm": "150,0"}),
        "quota" => json!({"on": 1}),
        _ => json!({}),
    }
}

#[test]
fn every_command_is_obeyed_and_answered() {
    for command in COMMANDS {
        let mut pair = pair(Form::Hex, 0);
        let seen = run(&mut pair, &order(command.name, params(command.name)));
        let answer = confirmed(&seen);
        assert_eq!(seen.deliveries.len(), 1, "{}", command.name);
        assert!(answer["elements"].is_array(), "{}: {answer}", command.name);
    }
}

#[test]
fn answers_have_names_metrics_units_and_their_readings_are_delivered() {
    for form in [Form::Hex, Form::Ascii] {
        let mut pair = pair(form, 0);
        let seen = run(&mut pair, &order("read_elements", json!({"elements": "Z,VT"})));
        let answer = confirmed(&seen);
        let level = answer["elements"].as_array().unwrap().iter().find(|e| e["metric"] == "level").unwrap().clone();
        assert_eq!((&level["value"], &level["unit"]), (&json!("4.910"), &json!("m")));
        assert_eq!(answer["elements"].as_array().unwrap().iter().filter(|e| e["metric"].is_string()).count(), 2);
        assert_eq!(seen.deliveries[0].readings.len(), 2);
        assert_eq!(seen.sent.len(), 1, "the answer to a question is not confirmed");
    }
}

#[test]
fn configuration_is_written_and_read_again() {
    let mut pair = pair(Form::Hex, 0);
    confirmed(&run(&mut pair, &order("write_run", params("write_run"))));
    let answer = confirmed(&run(&mut pair, &order("read_run", json!({"items": "20,28"}))));
    let values: Vec<_> = answer["elements"].as_array().unwrap().iter().filter_map(|e| e["value"].as_str()).collect();
    assert_eq!(values, ["2", "10.500"]);
    confirmed(&run(&mut pair, &order("set_password", params("set_password"))));
    let up = pair.device.report(&[("level", 5.0)], after(1000));
    pair.exchange(up, after(1000));
    confirmed(&run(&mut pair, &order("read_version", json!({}))));
}

#[test]
fn a_clock_that_is_far_off_is_set_twice() {
    for (off, times) in [(0, 1), (600_000, 2)] {
        let mut pair = pair(Form::Hex, off);
        let seen = run(&mut pair, &order("set_clock", json!({})));
        confirmed(&seen);
        let sent =
            seen.sent.iter().filter(|raw| matches!(scan(raw), Scan::Frame { frame, .. } if frame.function == 0x4A));
        assert_eq!(sent.count(), times, "{off}");
        assert_eq!(pair.device.clock(NOW).ms() / 1000, NOW.ms() / 1000);
    }
}

#[test]
fn the_clock_frame_is_that_of_the_vector() {
    let mut talk = super::protocol().begin("peer".into());
    super::take(&mut talk, &vector("sl651_fn32_4"), NOW);
    let mut acts = Acts::new();
    let order = Order { device: DeviceId::parse("SL-0011223344").unwrap(), ..order("set_clock", json!({})) };
    let at = Timestamp::parse("2024-11-01T08:30:00+08:00").unwrap();
    talk.order(&order, at, &mut acts);
    let mut seen = Seen::default();
    seen.add(acts);
    assert_eq!(seen.sent, [vector("sl651_down_clock_4A_enq")]);
}

#[test]
fn bodies_are_as_the_tools_of_the_field_write_them() {
    for (name, params, hex) in [
        ("read_period", params("read_period"), "24110106241101080418000030 3923"),
        ("read_elements", json!({"elements": "DRP,PJ"}), "F460 2019"),
        ("read_run", json!({"items": "20,28"}), "2028"),
        ("write_basic", json!({"items": "0C=03,04:50=02218094153172009708"}), "0C0803 045002218094153172009708"),
        ("write_run", json!({"items": "28=-1.5"}), "2823FF001500"),
        ("clear_storage", json!({}), "9700"),
        ("factory_reset", json!({}), "9800"),
        ("set_password", json!({"password": "03e9"}), "031003E8 031003E9"),
        ("pump", json!({"states": "1,0,0,0,0,0,0,0,1"}), "020101"),
        ("gate", json!({"states": "0,1", "openings_cm": "0,1234"}), "0202 0000 1234"),
        ("quota", json!({"on": 0}), "00"),
    ] {
        let ask = crate::talk::ask::ask(&order(name, params), Form::Hex, crate::codec::Asking::default(), [0x03, 0xE8]);
        assert_eq!(ask.unwrap().tail, bytes(&hex.replace(' ', "")), "{name}");
    }
}

#[test]
fn bad_orders_say_what_would_be_right() {
    for (name, params, code, words) in [
        ("reboot", json!({}), "unknown_command", "expected one of read_now"),
        ("read_period", json!({"from": "x"}), "bad_param", "from is \"\\\"x\\\"\"; expected a time"),
        ("read_elements", json!({}), "bad_param", "elements is \"\"; expected a text"),
        ("read_elements", json!({"elements": "Z,WHAT"}), "bad_param", "expected names or identifiers"),
        ("write_run", json!({"items": "28=1.23456"}), "bad_param", "no more decimals"),
        ("write_run", json!({"items": "20=1234"}), "bad_param", "too many digits"),
        ("write_basic", json!({"items": "0C=0"}), "bad_param", "expected"),
        ("set_password", json!({"password": "xyz"}), "bad_param", "four hexadecimal digits"),
        ("pump", json!({"states": "1,2"}), "bad_param", "1 to 64 of 0 and 1"),
        ("gate", json!({"states": "1", "openings_cm": "1,2"}), "bad_param", "for each of the states"),
        ("quota", json!({"on": 2}), "bad_param", "on is \"2\"; expected 0 to 1"),
    ] {
        let seen = run(&mut pair(Form::Hex, 0), &order(name, params));
        assert!(seen.sent.is_empty(), "{name}");
        match seen.progress.as_slice() {
            [Progress::Failed(got, text)] => assert!(*got == code && text.contains(words), "{name}: {got} {text}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    let elsewhere = Order { device: DeviceId::parse("SL-1").unwrap(), ..order("read_now", json!({})) };
    assert!(matches!(run(&mut pair(Form::Hex, 0), &elsewhere).progress[0], Progress::Failed("not_here", _)));
    let late = Order { expires: NOW, ..order("read_now", json!({})) };
    assert!(matches!(run(&mut pair(Form::Hex, 0), &late).progress[0], Progress::Failed("expired", _)));
}

#[test]
fn without_an_answer_it_is_sent_twice_more_and_then_fails() {
    let mut pair = pair(Form::Hex, 0);
    let mut acts = Acts::new();
    pair.talk.order(&order("read_now", json!({})), NOW, &mut acts);
    for second in 1..=90 {
        pair.talk.tick(after(second * 1000), &mut acts);
    }
    let mut seen = Seen::default();
    seen.add(acts);
    assert_eq!(seen.sent.len(), 3);
    assert!(seen.sent.iter().all(|frame| *frame == seen.sent[0]));
    assert!(
        matches!(seen.progress.as_slice(), [Progress::Sent, Progress::Failed("timeout", _)]),
        "{:?}",
        seen.progress
    );
}
