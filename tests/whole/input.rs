//! D11 and D13: whatever comes, the good is stored, the bad is set aside with its bytes and its reason, and nothing is
//! stored twice.

use chengshu_tests::world::{GUARD, publish_all, until, whole};

fn telemetry(payload: &str) -> (String, Vec<u8>) {
    ("city/test/P-1/telemetry".to_owned(), payload.as_bytes().to_vec())
}

#[test]
fn d11_poison_is_set_aside_and_the_rest_goes_on() {
    let (_world, database, broker, hub) = whole("");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    let mut messages = vec![
        telemetry("not json"),
        telemetry(r#"{"x":NaN}"#),
        telemetry(r#"{"x":1e400,"good":1}"#),
        telemetry(r#"{"ts":0,"x":1}"#),
        telemetry(r#"{"ts":9214646400000,"x":1}"#),
        telemetry(r#"{"id":"P-2","x":1}"#),
        telemetry(r#"{"x":"high"}"#),
        telemetry("[[[[[[[["),
        telemetry(""),
        telemetry(&format!(r#"{{"x":1,"y":"{}"}}"#, "z".repeat(10 << 20))),
        ("city/test/P-1/telemtry".to_owned(), b"{\"x\":1}".to_vec()),
        ("city/test/P 1/telemetry".to_owned(), b"{\"x\":1}".to_vec()),
        ("city/water/P-1/telemetry".to_owned(), b"{\"x\":1}".to_vec()),
        ("city/test/P-1/event".to_owned(), br#"{"kind":"k","detail":"\u0000"}"#.to_vec()),
    ];
    let bad = messages.len();
    // the theme that P-1 belongs to is the one that it first spoke under
    messages.insert(0, telemetry(&format!(r#"{{"ts":{now},"x":0}}"#)));
    messages.extend((1..1000).map(|n| telemetry(&format!(r#"{{"ts":{},"x":{n}}}"#, now + n))));
    publish_all(broker.port, &messages).unwrap();
    until("the last good one is there", GUARD, || hub.latest("P-1", "x").filter(|x| *x == 999.0)).unwrap();
    assert_eq!(hub.latest("P-1", "good"), Some(1.0), "a fault spoils only its own value");
    assert_eq!(database.count("SELECT count(*) FROM reading").unwrap(), 1001);
    assert_eq!(database.count("SELECT count(*) FROM rejected").unwrap(), bad as i64);

    let page = hub.get("/api/v1/rejected").unwrap();
    let reasons: Vec<&str> = page["rejected"].as_array().unwrap().iter().filter_map(|r| r["reason"].as_str()).collect();
    for reason in [
        "undecodable",
        "not_finite",
        "time_too_old",
        "time_too_new",
        "id_mismatch",
        "not_a_number",
        "payload_too_large",
        "topic_malformed",
        "theme_mismatch",
        "database_refused",
    ] {
        assert!(reasons.contains(&reason), "{reason} is missing in {reasons:?}");
    }
    let raw = page["rejected"].as_array().unwrap().iter().find(|r| r["reason"] == "id_mismatch").unwrap();
    assert_eq!(raw["raw"], r#"{"id":"P-2","x":1}"#);
    let large = page["rejected"].as_array().unwrap().iter().find(|r| r["reason"] == "payload_too_large").unwrap();
    assert!(large["raw_bytes"].as_i64().unwrap() > 10 << 20 && large["raw"].as_str().unwrap().len() == 65_536);
}

#[test]
fn d11_a_row_that_the_database_refuses_stands_alone() {
    let (_world, database, broker, hub) = whole("");
    database.execute("ALTER TABLE reading ADD CONSTRAINT test_poison CHECK (value <> 13.13)").unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    let value = |n: u64| if n == 500 { 13.13 } else { n as f64 };
    let messages: Vec<_> = (0..1000).map(|n| telemetry(&format!(r#"{{"ts":{},"x":{}}}"#, now + n, value(n)))).collect();
    publish_all(broker.port, &messages).unwrap();
    until("the last one is there", GUARD, || hub.latest("P-1", "x").filter(|x| *x == 999.0)).unwrap();
    assert_eq!(database.count("SELECT count(*) FROM reading").unwrap(), 999);
    assert_eq!(database.count("SELECT count(*) FROM rejected WHERE reason = 'database_refused'").unwrap(), 1);
}

#[test]
fn d11_a_flood_of_bad_ones_does_not_block_the_good_one() {
    let (_world, database, broker, hub) = whole("");
    let mut messages: Vec<_> = (0..20_000).map(|n| telemetry(&format!("bad {n}"))).collect();
    messages.push(telemetry(r#"{"x":42}"#));
    publish_all(broker.port, &messages).unwrap();
    until("the good one is there", GUARD, || hub.latest("P-1", "x")).unwrap();
    assert_eq!(database.count("SELECT count(*) FROM rejected").unwrap(), 20_000);
}

#[test]
fn d13_the_same_again_is_a_duplicate_and_another_value_a_conflict() {
    let (_world, database, broker, mut hub) = whole("");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    let messages: Vec<_> = (0..500).map(|n| telemetry(&format!(r#"{{"ts":{},"x":{n}}}"#, now + n))).collect();
    publish_all(broker.port, &messages).unwrap();
    publish_all(broker.port, &messages).unwrap();
    hub.kill();
    publish_all(broker.port, &messages).unwrap(); // these wait in the broker
    hub.up().unwrap();
    publish_all(
        broker.port,
        &[telemetry(&format!(r#"{{"ts":{now},"x":-1}}"#)), telemetry(&format!(r#"{{"ts":{},"end":1}}"#, now + 1))],
    )
    .unwrap();
    until("the last one is there", GUARD, || hub.latest("P-1", "end")).unwrap();
    assert_eq!(database.count("SELECT count(*) FROM reading").unwrap(), 501);
    assert_eq!(database.count("SELECT count(*) FROM rejected WHERE reason = 'conflict'").unwrap(), 1);
    let detail = hub.get("/api/v1/rejected").unwrap()["rejected"][0]["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("-1") && detail.contains("but 0 is stored"), "{detail}");
    assert_eq!(hub.latest("P-1", "x"), Some(499.0));
}
