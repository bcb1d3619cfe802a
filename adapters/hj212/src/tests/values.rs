//! What becomes of values: through one `check`.

use chengshu_core::model::Timestamp;
use serde_json::{Value, json};

use super::line::{MN, NOW, frame};
use crate::{Setup, UnitRule, explain};

fn read(cn: &str, cp: &str, setup: &Setup) -> Value {
    explain(&frame(cn, 5, cp), setup, NOW).remove(0)
}

fn check(cn: &str, cp: &str, expected: &[(&str, f64, &str, &[&str])]) {
    let words = read(cn, &format!("DataTime=20261122160000;{cp}"), &Setup::default());
    let at = Timestamp::parse("2026-11-22T16:00:00+08:00").unwrap().ms();
    let expected: Vec<Value> = expected
        .iter()
        .map(|(metric, value, unit, quality)| {
            json!({ "device": format!("HJ-{MN}"), "metric": metric, "at": at, "value": value, "unit": unit, "quality": quality })
        })
        .collect();
    assert_eq!(words["readings"], Value::Array(expected), "{cp}");
}

#[test]
fn values_become_readings() {
    check("2011", "a34002-Rtd=91.2,a34002-Flag=N", &[("pm10", 91.2, "µg/m³", &[])]);
    check("2011", "LA-Rtd-Rtd=56;Leq-Rtd=55", &[("la", 56.0, "dB(A)", &[]), ("laeq", 55.0, "dB(A)", &[])]);
    check("2011", "a34002-Rtd=140600.000", &[("pm10", 140_600.0, "µg/m³", &["suspect"])]);
    check("2011", "w01001-Rtd=-99.0,w01001-Flag=N", &[("ph", -99.0, "", &["suspect"])]);
    check("2011", "a01001-Rtd=1,a01001-Flag=S", &[("temperature", 1.0, "℃", &["estimated"])]);
    check("2011", "a01001-Rtd=1,a01001-Flag=Xy", &[("temperature", 1.0, "℃", &["suspect"])]);
    check("2011", "a01001-Rtd=,a01001-Flag=B;a01002-Rtd=null", &[]);
    check(
        "2051",
        "a34004-Min=1,a34004-Avg=2,a34004-Max=3,a34004-Flag=C",
        &[
            ("pm25_minute_min", 1.0, "µg/m³", &["maintenance"]),
            ("pm25_minute", 2.0, "µg/m³", &["maintenance"]),
            ("pm25_minute_max", 3.0, "µg/m³", &["maintenance"]),
        ],
    );
    check(
        "2061",
        "a21005-ZsAvg=1.5;w01018-Cou=7",
        &[("co_zs_hour", 1.5, "mg/m³", &[]), ("cod_hour_total", 7.0, "mg/L", &[])],
    );
    check("2021", "SB1-RS=1;SB2-RS=9", &[("facility_1", 1.0, "", &[]), ("facility_2", 9.0, "", &["suspect"])]);
    check("3020", "i12001-Info=5", &[("i12001_info", 5.0, "", &[])]);
}

#[test]
fn what_cannot_be_read_is_set_aside_and_named() {
    let aside = |cp: &str, reason: &str, part: &str| {
        let words = read("2011", cp, &Setup::default());
        assert_eq!(words["rejected"][0]["reason"], reason, "{words}");
        assert!(words["rejected"][0]["detail"].as_str().unwrap().contains(part), "{words}");
    };
    aside("DataTime=20261122160000;LA-Rtd=loud", "not_a_number", "LA-Rtd is \"loud\"");
    aside("DataTime=20261122160000;LA-Rtd=inf", "not_finite", "LA-Rtd");
    aside("DataTime=20261322160000;LA-Rtd=1", "time_unreadable", "20261322160000");
    aside("DataTime=20061122160000;LA-Rtd=1", "time_too_old", "DataTime");
    aside("DataTime=20361122160000;LA-Rtd=1", "time_too_new", "DataTime");
    aside("DataTime=20261122160000;-Rtd=1", "bad_name", "metric");
}

#[test]
fn units_are_those_of_the_device() {
    let rule = |mn: Option<&str>, factor| UnitRule {
        mn: mn.map(str::to_owned),
        code: "a34002".to_owned(),
        factor,
        unit: "mg/m³".to_owned(),
    };
    let value = |units: Vec<UnitRule>| {
        let words = read("2011", "DataTime=20261122160000;a34002-Rtd=0.5", &Setup { units, ..Setup::default() });
        (words["readings"][0]["value"].as_f64().unwrap(), words["readings"][0]["unit"].as_str().unwrap().to_owned())
    };
    assert_eq!(value(vec![rule(None, 1000.0)]), (500.0, "mg/m³".to_owned()));
    assert_eq!(value(vec![rule(None, 1000.0), rule(Some(MN), 2.0)]).0, 1.0);
    assert_eq!(value(vec![rule(Some("other"), 1000.0)]), (0.5, "µg/m³".to_owned()));
}

#[test]
fn texts_and_restarts_are_events() {
    let words = read("3020", "DataTime=20261122160000;i11001-Info=//door open//", &Setup::default());
    assert_eq!(words["events"][0]["kind"], "device_info");
    assert_eq!(words["events"][0]["detail"]["text"], "//door open//");
    let words = read("2081", "DataTime=20261122160000;RestartTime=20261122155500", &Setup::default());
    assert_eq!(words["events"][0]["kind"], "restarted");
}

#[test]
fn explain_finds_frames_among_garbage_and_without_an_end_mark() {
    let one = frame("2011", 4, "DataTime=20261122160000;LA-Rtd=1");
    let text = [b"junk".as_slice(), &one, &one[..one.len() - 2]].concat();
    let words = explain(&text, &Setup::default(), NOW);
    assert_eq!(words.iter().map(|one| one["ok"] == true).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!((&words[0]["error"], &words[1]["offset"]), (&json!("garbage"), &json!(4)));
    assert_eq!(words[2]["frame"]["deviations"], json!(["end_mark"]));
    let words = explain(&one[..40], &Setup::default(), NOW);
    assert_eq!((&words[0]["ok"], &words[0]["error"]), (&json!(false), &json!("end_mark_missing")));
}
