//! HTTP ingest and declared mappings (D13, S15, and D11 by this way in): answered when durable, a retry under the same key
//! stores nothing twice and gets the same answer whatever was killed, bombs are refused, foreign JSON lands as readings.

use std::io::Write as _;
use std::time::Duration;

use chengshu_tests::scenario::even;
use chengshu_tests::world::{GUARD, Hub, now_ms, publish_all, until, whole};
use serde_json::{Value, json};

const INGEST: &str = "/api/v1/ingest";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const LINES: (&str, &str) = ("Content-Type", "application/x-ndjson");
const GZIP: (&str, &str) = ("Content-Encoding", "gzip");

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An answer that must be 200.
fn taken(hub: &Hub, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Value {
    let (status, answer) = hub.send(path, headers, body).unwrap();
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(&answer).unwrap()
}

/// A problem with this status and code.
fn refused(hub: &Hub, path: &str, headers: &[(&str, &str)], body: &[u8], status: u16, code: &str) {
    let (read, answer) = hub.send(path, headers, body).unwrap();
    assert_eq!(read, status, "{path}: {answer}");
    let problem: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(problem["code"], code, "{answer}");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{answer}");
}

#[test]
fn what_is_sent_is_stored_answered_and_counted() {
    let (_world, database, broker, hub) = whole("");
    let one = json!({"theme": "water", "device": "MY-1", "values": {"level": 3.21, "flow": "much"}});
    let answer = taken(&hub, INGEST, &[JSON], one.to_string().as_bytes());
    assert_eq!((&answer["messages"], &answer["stored"], &answer["rejected"]), (&json!(1), &json!(1), &json!(1)));
    let fault = &answer["faults"][0];
    assert_eq!(
        (&fault["index"], &fault["device"], &fault["metric"], &fault["reason"]),
        (&json!(1), &json!("MY-1"), &json!("flow"), &json!("not_a_number"))
    );
    assert_eq!(hub.latest("MY-1", "level"), Some(3.21), "what is answered is there");

    // gzip, a list, and all three types
    let (now, other) = (now_ms(), "MY-2");
    let list = json!([
        {"theme": "water", "device": other, "ts": now, "values": {"level": 1.5}},
        {"theme": "water", "device": other, "type": "event", "kind": "gate_moved", "ts": now, "key": "g1"},
        {"theme": "water", "device": other, "type": "status", "online": true, "name": "双捷站"}
    ]);
    let answer = taken(&hub, INGEST, &[JSON, GZIP], &gzip(list.to_string().as_bytes()));
    assert_eq!((&answer["messages"], &answer["stored"], &answer["faults"]), (&json!(3), &json!(3), &json!([])));
    assert_eq!(hub.get("/api/v1/devices/MY-2").unwrap()["name"], "双捷站");
    assert_eq!(hub.get("/api/v1/events").unwrap()["events"][0]["kind"], "gate_moved");

    // by topic: the payload of MQTT to the letter; what the engine refuses is told as well
    let path = format!("{INGEST}/water/MY-1/telemetry");
    let at = now - 1000;
    let answer = taken(&hub, &path, &[JSON], format!(r#"[{{"ts":{at},"level":3}},{{"ts":0,"level":4}}]"#).as_bytes());
    assert_eq!((&answer["stored"], &answer["faults"][0]["reason"]), (&json!(1), &json!("time_too_old")));
    let answer = taken(&hub, &path, &[JSON], format!(r#"{{"ts":{at},"level":3}}"#).as_bytes());
    assert_eq!((&answer["stored"], &answer["duplicate"]), (&json!(0), &json!(1)));
    let answer = taken(&hub, &path, &[JSON], format!(r#"{{"ts":{at},"level":4}}"#).as_bytes());
    assert_eq!(answer["faults"][0]["reason"], "conflict");
    let wrong = json!({"theme": "fire", "device": "MY-1", "values": {"level": 1}}).to_string();
    assert_eq!(taken(&hub, INGEST, &[JSON], wrong.as_bytes())["faults"][0]["reason"], "theme_mismatch");
    assert_eq!(taken(&hub, &format!("{INGEST}/water/MY-1/status"), &[], b"offline")["stored"], 1);

    // NDJSON with a bad line in the middle: the others are stored, the line is named and kept with its bytes
    let mut lines: Vec<String> =
        (0..1000).map(|n| json!({"theme": "test", "device": "N-1", "ts": now + n, "x": n}).to_string()).collect();
    lines[499] = "{\"theme\": \"test\", oops".to_owned();
    let answer = taken(&hub, INGEST, &[LINES], lines.join("\n").as_bytes());
    assert_eq!((&answer["stored"], &answer["rejected"], &answer["unlisted"]), (&json!(999), &json!(1), &json!(0)));
    assert_eq!((&answer["faults"][0]["index"], &answer["faults"][0]["reason"]), (&json!(500), &json!("undecodable")));
    assert_eq!(
        database
            .count("SELECT count(*) FROM reading r JOIN series s ON s.id = r.series WHERE s.device = 'N-1'")
            .unwrap(),
        999
    );
    let page = hub.get("/api/v1/rejected?link=http:ingest&reason=undecodable").unwrap();
    assert_eq!(page["rejected"][0]["raw"], "{\"theme\": \"test\", oops");

    // a second try goes the same way
    let page = hub.get("/api/v1/rejected?reason=theme_mismatch").unwrap();
    assert_eq!(page["rejected"][0]["raw"], wrong.as_str(), "the bytes as they came");
    let again = hub.post("/api/v1/rejected/replay", json!({"reason": "theme_mismatch"})).unwrap();
    assert_eq!((&again["replayed"], &again["rejected"], &again["skipped"]), (&json!(1), &json!(1), &json!([])));

    let links = hub.get("/api/v1/links").unwrap();
    let link = links["links"].as_array().unwrap().iter().find(|link| link["id"] == "http:ingest").unwrap();
    assert_eq!((&link["kind"], &link["state"]), (&json!("http"), &json!("up")));
    drop(broker);
    let ledger = hub.get("/api/v1/ledger").unwrap();
    let line = ledger["adapters"].as_array().unwrap().iter().find(|line| line["link"] == "http:ingest").unwrap();
    assert_eq!(
        (&line["difference"], &line["in_flight"], &line["spooled"]),
        (&json!(0), &json!(0), &json!(0)),
        "{line}"
    );
    assert!(line["received"].as_u64().unwrap() > 1000, "{line}");
}

#[test]
fn d13_a_retry_under_the_same_key_stores_nothing_twice_and_gets_the_same_answer() {
    let (_world, database, _broker, mut hub) = whole("");
    let key = ("Idempotency-Key", "first");
    let body = |x: u32| json!({"theme": "test", "device": "K-1", "values": {"x": x}}).to_string(); // no ts
    let first = hub.send(INGEST, &[JSON, key], body(1).as_bytes()).unwrap();
    assert_eq!(first.0, 200, "{}", first.1);
    for _ in 0..3 {
        assert_eq!(hub.send(INGEST, &[JSON, key], body(1).as_bytes()).unwrap(), first);
    }
    assert_eq!(hub.send(INGEST, &[JSON, key, GZIP], &gzip(body(1).as_bytes())).unwrap(), first, "however it is packed");
    refused(&hub, INGEST, &[JSON, key], body(2).as_bytes(), 422, "key_reused");
    refused(&hub, &format!("{INGEST}/test/K-1/telemetry"), &[JSON, key], body(1).as_bytes(), 422, "key_reused");
    hub.kill();
    hub.up().unwrap();
    assert_eq!(hub.send(INGEST, &[JSON, key], body(1).as_bytes()).unwrap(), first, "after a kill");
    assert!(hub.stop().unwrap() < Duration::from_secs(10));
    hub.up().unwrap();
    assert_eq!(hub.send(INGEST, &[JSON, key], body(1).as_bytes()).unwrap(), first, "after a stop");
    assert_eq!(database.count("SELECT count(*) FROM reading").unwrap(), 1);

    // killed at any moment of it: before the commit, between commit and answer, after the answer
    let rounds = 8_u32;
    for round in 0..rounds {
        let name = format!("round {round}");
        let headers = [JSON, ("Idempotency-Key", name.as_str())];
        let body = json!({"theme": "test", "device": "K-2", "values": {format!("x{round}"): round}}).to_string();
        let sent = {
            let (http, key, body) = (hub.http.clone(), hub.key.clone(), body.clone());
            let name = name.clone();
            std::thread::spawn(move || hub_send(&http, &key, &[JSON, ("Idempotency-Key", name.as_str())], &body))
        };
        std::thread::sleep(Duration::from_millis(u64::from(round) * 3));
        hub.kill();
        let cut = sent.join().unwrap(); // none: the hub was killed before it answered
        hub.up().unwrap();
        let retry = hub.send(INGEST, &headers, body.as_bytes()).unwrap();
        println!("round {round}: answered before the kill: {}; retry: {}", cut.is_some(), retry.1);
        assert_eq!(retry.0, 200);
        if let Some(answer) = cut {
            assert_eq!(answer, retry);
        }
        assert_eq!(hub.send(INGEST, &headers, body.as_bytes()).unwrap(), retry);
    }
    let rows = "SELECT count(*) FROM reading r JOIN series s ON s.id = r.series WHERE s.device = 'K-2'";
    assert_eq!(database.count(rows).unwrap(), i64::from(rounds));
    even(&hub, &database).unwrap();
}

/// A sender of its own, so that the hub can be killed meanwhile.
fn hub_send(http: &str, key: &str, headers: &[(&str, &str)], body: &str) -> Option<(u16, String)> {
    let config = ureq::Agent::config_builder().timeout_global(Some(GUARD)).http_status_as_error(false).proxy(None);
    let agent: ureq::Agent = config.build().into();
    let mut request = agent.post(format!("{http}{INGEST}")).header("Authorization", format!("Bearer {key}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = request.send(body).ok()?;
    Some((response.status().as_u16(), response.body_mut().read_to_string().ok()?))
}

#[test]
fn a_database_that_is_away_is_no_reason_to_refuse() {
    let (_world, mut database, _broker, hub) = whole("");
    taken(&hub, INGEST, &[JSON], br#"{"theme":"test","device":"A-1","x":1}"#);
    database.down();
    let key = ("Idempotency-Key", "away");
    let body = br#"{"theme":"test","device":"A-1","x":2}"#;
    let first = hub.send(INGEST, &[JSON, key], body).unwrap();
    assert_eq!(first.0, 200, "{}", first.1);
    let answer: Value = serde_json::from_str(&first.1).unwrap();
    assert_eq!((&answer["spooled"], &answer["stored"]), (&json!(1), &json!(0)));
    assert_eq!(hub.send(INGEST, &[JSON, key], body).unwrap(), first);
    database.up().unwrap();
    until("the spool is drained", GUARD, || (database.count("SELECT count(*) FROM reading").ok()? == 2).then_some(()))
        .unwrap();
    assert_eq!(hub.send(INGEST, &[JSON, key], body).unwrap(), first, "the answer that was given stays");
    assert_eq!(even(&hub, &database).unwrap().stored, 2);
}

#[test]
fn s15_bombs_and_nonsense_are_refused_and_cost_little() {
    let (_world, database, _broker, hub) = whole("");
    taken(&hub, INGEST, &[JSON], br#"{"theme":"test","device":"B-1","x":1}"#);
    let before = hub.memory();
    let bomb = gzip(&vec![b' '; 100 << 20]);
    assert!(bomb.len() < (100 << 20) / 900, "{} bytes", bomb.len());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| refused(&hub, INGEST, &[JSON, GZIP], &bomb, 413, "too_large"));
        }
    });
    let grown = hub.memory_peak().saturating_sub(before);
    println!("eight bombs of 1:{} at once: RSS grew by {} MiB at most", (100 << 20) / bomb.len(), grown >> 20);
    assert!(grown <= 64 << 20, "RSS grew by {} MiB", grown >> 20);

    // refused by its length alone: the connection may be closed while the sender still writes
    if let Ok((status, answer)) = hub.send(INGEST, &[JSON], &vec![b' '; (10 << 20) + 1]) {
        assert!(status == 413 && answer.contains("\"too_large\""), "{status} {answer}");
    }
    refused(&hub, INGEST, &[JSON], "[".repeat(100_000).as_bytes(), 400, "bad_request");
    refused(
        &hub,
        INGEST,
        &[JSON],
        format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)).as_bytes(),
        400,
        "bad_request",
    );
    let keys: Vec<String> = (0..500_000).map(|n| format!("\"k{n}\":1")).collect();
    let many = format!("{{\"theme\":\"test\",\"device\":\"B-1\",{}}}", keys.join(","));
    refused(&hub, INGEST, &[JSON], many.as_bytes(), 413, "too_large");
    refused(&hub, INGEST, &[JSON], format!("[{}1]", "1,".repeat(2_000_000)).as_bytes(), 413, "too_large");
    refused(&hub, INGEST, &[JSON], b"no json", 400, "bad_request");
    refused(&hub, INGEST, &[LINES], b"no json\nneither", 400, "bad_request");
    refused(&hub, INGEST, &[JSON, GZIP], b"no gzip", 400, "bad_request");
    refused(&hub, INGEST, &[JSON, ("Content-Encoding", "br")], b"{}", 415, "encoding");
    refused(&hub, INGEST, &[JSON, ("Idempotency-Key", "")], b"{}", 400, "bad_request");
    refused(&hub, &format!("{INGEST}/test/B-1/alarm"), &[JSON], b"{}", 400, "bad_request");
    refused(&hub, "/push/nobody", &[JSON], b"{}", 404, "not_found");
    assert_eq!(hub.call("POST", INGEST, Some("wrong"), None).unwrap().0, 401);
    assert_eq!(database.count("SELECT count(*) FROM rejected").unwrap(), 0, "what is refused is not kept");
    assert_eq!(taken(&hub, INGEST, &[JSON], br#"{"theme":"test","device":"B-1","x":2}"#)["stored"], 1);
    even(&hub, &database).unwrap();
}

/// An uplink of ChirpStack v4 as it comes, with a time of now.
fn uplink(level: f64, offset_ms: i64) -> Vec<u8> {
    let mut message: Value =
        serde_json::from_str(include_str!("../../adapters/mapping/vectors/chirpstack4-up.json")).unwrap();
    let at = chengshu_core::model::Timestamp::from_ms(now_ms() + offset_ms);
    message["time"] = json!(at.to_rfc3339());
    message["object"]["level_m"] = json!(level);
    message["object"]["mode"] = json!("AUTO");
    message.to_string().into_bytes()
}

#[test]
fn chirpstack_uplinks_land_by_mqtt_and_by_push() {
    let (_world, database, broker, hub) = whole("[mapping]\nbuiltin = [\"chirpstack4\"]\n");
    let topic = "application/17c82e96/device/0101010101010101/event/up".to_owned();
    publish_all(broker.port, &[(topic, uplink(3.5, -2000))]).unwrap();
    until("the uplink by MQTT", GUARD, || hub.latest("0101010101010101", "level_m").filter(|level| *level == 3.5))
        .unwrap();
    let device = hub.get("/api/v1/devices/0101010101010101").unwrap();
    assert_eq!((&device["theme"], &device["link"]), (&json!("water"), &json!("mqtt:main")), "{device}");
    assert_eq!(hub.latest("0101010101010101", "battery_v"), Some(3.6));

    let key = ("Idempotency-Key", "up");
    let body = uplink(4.5, -1000);
    let first = hub.send("/push/chirpstack4?event=up", &[JSON, key], &body).unwrap();
    assert_eq!(first.0, 200, "{}", first.1);
    assert_eq!(hub.send("/push/chirpstack4?event=up", &[JSON, key], &body).unwrap(), first);
    let answer: Value = serde_json::from_str(&first.1).unwrap();
    assert_eq!(answer["faults"][0]["reason"], "not_a_number", "{answer}");
    assert_eq!(hub.latest("0101010101010101", "level_m"), Some(4.5));

    // what was set aside is read by the mapping again, by either way
    let again = hub.post("/api/v1/rejected/replay", json!({"reason": "not_a_number"})).unwrap();
    assert_eq!((&again["replayed"], &again["skipped"]), (&json!(2), &json!([])), "{again}");
    let reasons = database.count("SELECT count(*) FROM rejected WHERE reason <> 'not_a_number'").unwrap();
    assert_eq!(reasons, 0, "the mapping read them, not the codec");
    even(&hub, &database).unwrap();
}
