//! The decoder against a table of payloads, against random bytes and against its own corpus.

use chengshu_core::model::{Delivery, LinkId, Reason, TimeLimits, Timestamp};
use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_ms(1_795_336_920_000);

fn codec() -> Codec {
    let limits = Limits { payload_max: 1024, times: TimeLimits::default() };
    Codec::new(LinkId::parse("mqtt:test").unwrap(), limits)
}

fn decode(topic: &str, payload: &str) -> Delivery {
    codec().decode(topic, Bytes::copy_from_slice(payload.as_bytes()), false, NOW).unwrap()
}

fn telemetry(payload: &str) -> Delivery {
    decode("city/water/W-1/telemetry", payload)
}

/// `level=3.21@0` for each reading (seconds relative to now), `!reason` for each rejection.
fn summary(delivery: &Delivery) -> String {
    let readings = delivery.readings.iter().map(|r| format!("{}={}@{}", r.metric, r.value, r.at.since(NOW) / 1000));
    let rejected = delivery.rejected.iter().map(|r| format!("!{}", r.reason.code()));
    readings.chain(rejected).collect::<Vec<_>>().join(" ")
}

#[test]
fn payloads_of_the_contract() {
    for (payload, expected) in [
        (r#"{"ts":1795336910000,"values":{"level":3.21,"battery":3.6}}"#, "level=3.21@-10 battery=3.6@-10"),
        (r#"{"values":{"level":3.21},"ts":"2026-11-22T16:41:50+08:00"}"#, "level=3.21@-10"),
        (r#"{"level":3.21,"ts":1795336910000}"#, "level=3.21@-10"),
        (r#"{"level":3}"#, "level=3@0"),
        (r#"{"id":"W-1","running":true}"#, "running=1@0"),
        (r#"[{"ts":1795336910000,"values":{"level":1}},{"ts":1795336911000,"level":2}]"#, "level=1@-10 level=2@-9"),
        (r#"{"l\u0065vel":1}"#, "level=1@0"),
        (r#"{"ts":null,"level":1}"#, "level=1@0"),
    ] {
        assert_eq!(summary(&telemetry(payload)), expected, "{payload}");
    }
}

#[test]
fn a_fault_spoils_only_what_it_touches() {
    for (payload, expected) in [
        (r#"{"level":1e400,"flow":2}"#, "flow=2@0 !not_finite"),
        (
            r#"{"values":{"level":"high","flow":2,"x":null,"y":[1],"z":{"a":1}}}"#,
            "flow=2@0 !not_a_number !not_a_number !not_a_number !not_a_number",
        ),
        (r#"{"PM2.5":1,"flow":2}"#, "flow=2@0 !bad_name"),
        (r#"{"level":NaN}"#, "!undecodable"),
        (r#"{"ts":0,"level":1,"flow":2}"#, "!time_too_old !time_too_old"),
        (r#"{"ts":1795336910,"level":1}"#, "!time_too_old"),
        (r#"{"ts":9214646400000,"level":1}"#, "!time_too_new"),
        (r#"{"ts":"yesterday","level":1}"#, "!time_unreadable"),
        (r#"{"id":"W-2","level":1}"#, "!id_mismatch"),
        (r#"{"id":7,"level":1}"#, "!id_mismatch"),
        (r#"{}"#, "!no_values"),
        ("[]", "!no_values"),
        ("", "!undecodable"),
        ("3.21", "!undecodable"),
        ("{\"level\":1", "!undecodable"),
        (r#"[{"level":1},7]"#, "!undecodable"),
    ] {
        assert_eq!(summary(&telemetry(payload)), expected, "{payload}");
    }
    assert!(telemetry(r#"{"ts":1795336910,"level":1}"#).rejected[0].detail.contains("seconds?"));
    assert_eq!(summary(&telemetry(&format!("{{\"level\":1,\"x\":\"{}\"}}", "y".repeat(2000)))), "!payload_too_large");
}

#[test]
fn topics_are_taken_apart_or_named() {
    for topic in [
        "",
        "city",
        "city/water/W-1",
        "city/water/W-1/telemtry",
        "town/water/W-1/telemetry",
        "city/Water/W-1/telemetry",
        "city/water/a b/telemetry",
        "city/water/W-1/telemetry/x",
        "city//W-1/telemetry",
    ] {
        let delivery = decode(topic, r#"{"level":1}"#);
        assert_eq!(delivery.rejected[0].reason, Reason::TopicMalformed, "{topic}");
        assert!(delivery.readings.is_empty());
    }
    assert!(codec().decode("city/water/W-1/alarm", Bytes::new(), false, NOW).is_none());
}

#[test]
fn retained_values_need_a_time() {
    let decode =
        |payload: &'static str| codec().decode("city/water/W-1/telemetry", Bytes::from(payload), true, NOW).unwrap();
    assert_eq!(summary(&decode(r#"{"level":1}"#)), "!time_unreadable");
    assert_eq!(summary(&decode(r#"{"ts":1795336910000,"level":1}"#)), "level=1@-10");
}

#[test]
fn status_and_events() {
    let status = |payload| decode("city/water/W-1/status", payload);
    let birth = status(r#"{"online":true,"kind":"river_level","name":"双捷站","place":{"lng":111.789,"lat":21.93}}"#);
    let presence = birth.presence.unwrap();
    assert!(presence.online);
    assert_eq!(presence.birth.unwrap().name.unwrap(), "双捷站");
    assert!(!status(r#"{"online":false}"#).presence.unwrap().online);
    assert!(!status("offline").presence.unwrap().online);
    for bad in [
        "maybe",
        r#"{"online":true,"place":{"lng":999,"lat":0}}"#,
        r#"{"online":true,"place":{"lng":1,"lat":0,"datum":"gcj02"}}"#,
    ] {
        assert_eq!(summary(&status(bad)), "!undecodable", "{bad}");
    }
    assert!(status("").presence.is_none() && status("").rejected.is_empty());

    let event = |payload| decode("city/water/W-1/event", payload);
    assert_eq!(event(r#"{"kind":"pump_started","ts":1795336910000}"#).events[0].key, "pump_started@1795336910000");
    assert_eq!(summary(&event(r#"{"ts":1}"#)), "!undecodable");
}

/// Whatever comes, every message is accounted for: a reading, an event, a presence or a rejection.
fn accounted(topic: &str, payload: &[u8], retained: bool) -> bool {
    let Some(delivery) = codec().decode(topic, Bytes::copy_from_slice(payload), retained, NOW) else { return true };
    let finite = delivery.readings.iter().all(|reading| reading.value.is_finite());
    let silent = payload.is_empty() && topic.ends_with("/status");
    let something = !delivery.readings.is_empty()
        || !delivery.events.is_empty()
        || delivery.presence.is_some()
        || !delivery.rejected.is_empty();
    finite && (something || silent)
}

#[test]
fn the_corpus_of_the_fuzz_target_is_accounted_for() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/decode");
    let files: Vec<_> = std::fs::read_dir(&corpus).unwrap().collect();
    assert!(files.len() >= 10, "the corpus at {} is missing", corpus.display());
    for file in files {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let (topic, payload) = bytes.split_at(bytes.iter().position(|b| *b == b'\n').unwrap_or(0));
        assert!(accounted(&String::from_utf8_lossy(topic), payload, false), "{}", path.display());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_accounted_for(topic in "(city/water/W-1/(telemetry|event|status)|.{0,40})", payload in prop::collection::vec(any::<u8>(), 0..200), retained: bool) {
        prop_assert!(accounted(&topic, &payload, retained));
    }

    #[test]
    fn any_json_is_accounted_for(key in "[a-zA-Z0-9_.\\\\\"]{0,10}", number in prop::num::f64::ANY, text in ".{0,20}", nest in 0usize..200) {
        let payload = format!("{{\"{key}\":{number},\"t\":{text:?},\"n\":{}{}}}", "[".repeat(nest), "]".repeat(nest));
        prop_assert!(accounted("city/water/W-1/telemetry", payload.as_bytes(), false));
    }
}

#[test]
fn values_without_a_time_that_come_within_one_millisecond_are_told_apart() {
    let mut codec = codec();
    let mut at = |topic: &str, payload: &str, received: Timestamp| {
        let delivery = codec.decode(topic, Bytes::copy_from_slice(payload.as_bytes()), false, received).unwrap();
        delivery.readings.iter().map(|reading| reading.at.ms() - NOW.ms()).collect::<Vec<_>>()
    };
    let (one, two) = ("city/water/W-1/telemetry", "city/water/W-2/telemetry");
    assert_eq!(at(one, r#"{"level":1}"#, NOW), [0]);
    assert_eq!(at(one, r#"[{"level":2,"flow":1},{"level":3}]"#, NOW), [1, 1, 2]);
    assert_eq!(at(two, r#"{"level":1}"#, NOW), [0], "each device has its own");
    assert_eq!(
        at(one, &format!(r#"{{"ts":{},"level":4}}"#, NOW.ms()), NOW),
        [0],
        "a time that is told is never changed"
    );
    let later = |ms: i64| Timestamp::from_ms(NOW.ms() + ms);
    assert_eq!(at(one, r#"{"level":5}"#, later(2)), [3]);
    assert_eq!(at(one, r#"{"level":6}"#, later(100)), [100]);
    assert_eq!(at(one, r#"{"level":7}"#, later(-5_000)), [-5_000], "the clock was set back");
}
