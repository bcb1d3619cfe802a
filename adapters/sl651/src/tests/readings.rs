//! What becomes of messages: tables of a body's groups and the readings, events and rejections that they make.

use chengshu_core::model::Timestamp;

use super::{NOW, bytes, vector};
use crate::{Setup, explain};

/// A timed report of station 4417020001 with these groups after its F1F1.
fn framed(function: &str, groups: &str) -> Vec<u8> {
    let body = bytes(&format!("0101241101080000F1F1441702000148{groups}"));
    let hex = format!("7E7E05441702000103E8{function}{:04X}02", body.len());
    let mut raw = bytes(&hex);
    raw.extend(body);
    raw.push(3);
    let check = crc::Crc::<u16>::new(&crc::CRC_16_MODBUS).checksum(&raw);
    raw.extend(check.to_be_bytes());
    raw
}

/// Lines `metric=value@minutes` after 2024-11-01 08:00, `!metric reason`, `*event key`.
fn lines(raw: &[u8], setup: &Setup) -> Vec<String> {
    let eight = Timestamp::parse("2024-11-01T08:00:00+08:00").unwrap();
    let object = explain(raw, setup, NOW).remove(0);
    assert_eq!(object["ok"], true, "{object}");
    let mut out = Vec::new();
    for r in object["readings"].as_array().unwrap() {
        let minutes = (r["at"].as_i64().unwrap() - eight.ms()) / 60_000;
        out.push(format!("{}={}@{minutes}", r["metric"].as_str().unwrap(), r["value"].as_f64().unwrap()));
    }
    for r in object["rejected"].as_array().into_iter().flatten() {
        out.push(format!("!{} {}", r["metric"].as_str().unwrap_or("-"), r["reason"].as_str().unwrap()));
    }
    for e in object["events"].as_array().unwrap() {
        out.push(format!("*{}", e["key"].as_str().unwrap()));
    }
    out
}

#[track_caller]
fn check(function: &str, groups: &str, expected: &[&str]) {
    assert_eq!(lines(&framed(function, groups), &Setup::default()), expected, "{groups}");
}

#[test]
fn values_have_the_time_of_observation_and_missing_ones_are_left_out() {
    let at = "F0F02411010800";
    check(
        "32",
        &format!("{at}392300010490381212052019000125"),
        &["level=10.49@0", "battery=12.05@0", "rain_today=12.5@0"],
    );
    check("32", &format!("{at}3923FFFFFFFF3812FFFF0219FF0035"), &["air_temperature=-3.5@0"]);
    check("32", "39230001049038121205", &["level=10.49@0", "battery=12.05@0"]); // no observation time: that of sending
    check("32", &format!("{at}392300010490F0F0241101080538121205"), &["level=10.49@0", "battery=12.05@5"]);
}

#[test]
fn faults_are_told_and_spoil_nothing_else() {
    let at = "F0F02411010800";
    check("32", &format!("{at}39230999999938121205"), &["battery=12.05@0", "!level not_a_number"]);
    check("32", &format!("{at}38129999"), &["!battery not_a_number"]);
    check("32", &format!("{at}38120999"), &["battery=9.99@0"]); // three nines in a field of four digits are a voltage
    check("32", &format!("{at}381212A5392300010490"), &["level=10.49@0", "!battery not_a_number"]);
    check("32", "F0F0201101080038121205", &["!battery time_too_old"]);
    check("32", "F0F0591101080038121205", &["!battery time_too_new"]);
    check("32", "F0F0241301080038121205", &["!battery time_unreadable"]);
    check("32", &format!("{at}3812120539230001"), &["battery=12.05@0", "!- undecodable"]);
    check("32", &format!("{at}F0F138121205"), &["!- undecodable"]);
    check(
        "32",
        &format!("{at}EE10123438121205FF071234"),
        &["battery=12.05@0", "!- undecodable", "*unknown_element:EE"],
    );
    check("32", &format!("{at}EE101234FF0710123438121205"), &["battery=12.05@0", "*unknown_element:EE,FF07"]);
    let trusting = Setup { all_nines_is_fault: false, ..Setup::default() };
    assert_eq!(lines(&framed("32", &format!("{at}392309999999")), &trusting), ["level=9999.999@0"]);
}

#[test]
fn slots_and_series_count_from_the_first_group() {
    check(
        "34",
        "F0F02411010705F4600500000014FFFFFFFFFF0000",
        &[
            "rain_5m=0.5@-55",
            "rain_5m=0@-50",
            "rain_5m=0@-45",
            "rain_5m=0@-40",
            "rain_5m=2@-35",
            "rain_5m=0@-5",
            "rain_5m=0@0",
        ],
    );
    let levels = format!("F0F02411010705F5C0000C{}", "FFFF".repeat(11));
    check("34", &levels, &["level_rel_1=0.12@-55"]);
    let based = Setup {
        base_levels: [("4417020001".to_owned(), [Some(4.25), None, None, None, None, None, None, None])].into(),
        ..Setup::default()
    };
    assert_eq!(lines(&framed("34", &levels), &based), ["level=4.37@-55"]);
    check("31", "F0F02411010700041800003039230001049039", &["level=10.49@-60", "!level not_a_number"]);
    check(
        "31",
        "F0F02411010700041800003039 23 00010490 FFFFFFFF 00010500 F0F02411010800 3812 1205".replace(' ', "").as_str(),
        &["level=10.49@-60", "level=10.5@0", "battery=12.05@0"],
    );
}

#[test]
fn status_bits_are_health_with_the_inverted_ones_turned() {
    let found = lines(&vector("sl651_status_alarm"), &Setup::default());
    let on: Vec<_> = found.iter().filter(|line| line.contains("=1@")).collect();
    assert_eq!(found.len(), 12);
    assert_eq!(on, ["mains_off=1@15", "battery_low=1@15", "level_over=1@15", "pump_running=1@15"], "{found:?}");
    assert!(found.contains(&"door_open=0@15".to_owned()), "{found:?}");
}

#[test]
fn both_forms_say_the_same() {
    let received = Timestamp::parse("2017-07-18T11:00:20+08:00").unwrap();
    let read = |name: &str| {
        let object = explain(&vector(name), &Setup::default(), received).remove(0);
        assert_eq!(object["rejected"], serde_json::Value::Null, "{object}");
        object["readings"].clone()
    };
    assert_eq!(read("sl651_ascii_timed_report"), read("sl651_fn32_4"));
    let found = read("sl651_fn32_4");
    assert_eq!(found[2]["device"], "SL-0011223344");
    assert_eq!(found[2]["unit"], "m");
}

#[test]
fn manual_text_is_an_event() {
    check("35", "F0F02411010800F2F25120312E323334", &[&format!("*manual_report@{}", 1_730_419_200_000_i64)]);
}
