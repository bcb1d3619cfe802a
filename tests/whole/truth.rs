//! Late, shuffled, corrected and withdrawn readings; what is set aside and tried again; who lives and who does not.

use std::time::Duration;

use chengshu_tests::scenario::{even, shuffled_day, sums};
use chengshu_tests::world::{Broker, GUARD, Hub, now_ms, publish_all, until, whole};
use serde_json::{Value, json};

fn send(broker: &Broker, topic: &str, payload: &Value) {
    publish_all(broker.port, &[(topic.to_owned(), payload.to_string().into_bytes())]).unwrap();
}

#[test]
fn d14_d15_a_shuffled_day_with_corrections_leaves_every_bucket_true() {
    let report = shuffled_day(8_000, 4, 60).unwrap();
    println!("D14 D15 {report:?}");
    assert!(report.minutes > 1_000 && report.hours > 100 && report.days > 0, "{report:?}");
    assert_eq!((report.unequal, report.answered_wrong), (0, 0), "{report:?}");
}

#[test]
fn what_was_set_aside_is_taken_after_its_reason_has_gone() {
    let (_world, database, broker, hub) = whole("");
    // registered under another theme by mistake: its readings are set aside
    send(&broker, "city/fire/P-1/telemetry", &json!({"x": 1}));
    until("it is known", GUARD, || hub.latest("P-1", "x")).unwrap();
    send(&broker, "city/water/P-1/telemetry", &json!({"ts": now_ms() - 1000, "values": {"level": 2, "flow": 3}}));
    let rejected = until("they are set aside", GUARD, || {
        let page = hub.get("/api/v1/rejected?reason=theme_mismatch").ok()?;
        (page["rejected"].as_array()?.len() == 2).then_some(page)
    })
    .unwrap();
    let again = hub.post("/api/v1/rejected/replay", json!({"reason": "theme_mismatch"})).unwrap();
    assert_eq!(
        (&again["replayed"], &again["rejected"], &again["stored"]),
        (&json!(2), &json!(2), &json!(0)),
        "{again}"
    );
    database.execute("UPDATE device SET theme = 'water' WHERE id = 'P-1'").unwrap();
    let mut hub = hub;
    hub.kill();
    hub.up().unwrap();
    let ids: Vec<&Value> = rejected["rejected"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
    let done = hub.post("/api/v1/rejected/replay", json!({"ids": ids})).unwrap();
    assert_eq!((&done["stored"], &done["rejected"], &done["skipped"]), (&json!(2), &json!(0), &json!([])), "{done}");
    assert_eq!(hub.latest("P-1", "flow"), Some(3.0));
    let page = hub.get("/api/v1/rejected?device=P-1").unwrap();
    assert_eq!(page["rejected"].as_array().unwrap().last().unwrap()["replayed"]["stored"], 2, "{page}");
    let (status, body) = hub.call("POST", "/api/v1/rejected/replay", Some(&hub.key), Some(json!({}))).unwrap();
    assert!(status == 400 && body.contains("nothing chosen"), "{body}");
    even(&hub, &database).unwrap();
}

#[test]
fn a_correction_keeps_the_old_value_and_shows_at_once() {
    let (_world, database, broker, mut hub) = whole("");
    let at = now_ms() - 5_000;
    send(&broker, "city/water/C-1/telemetry", &json!({"ts": at - 60_000, "values": {"level": 1.5}}));
    send(&broker, "city/water/C-1/telemetry", &json!({"ts": at, "values": {"level": 99}}));
    until("it is known", GUARD, || hub.latest("C-1", "level").filter(|value| *value == 99.0)).unwrap();
    let correct = |hub: &Hub, at: i64, value: Value, reason: &str| {
        let body = json!({"device": "C-1", "metric": "level", "at": at, "value": value, "reason": reason});
        hub.call("POST", "/api/v1/corrections", Some(&hub.key), Some(body)).unwrap()
    };
    assert_eq!(correct(&hub, at, json!(2.5), "x").0, 400, "a reason is asked for");
    assert_eq!(correct(&hub, at - 1, json!(null), "never measured").0, 404);
    let (status, body) = correct(&hub, at, json!(2.5), "probe was cleaned");
    assert!(status == 200 && body.contains("\"old_value\":99.0"), "{body}");
    let level = |hub: &Hub| hub.get("/api/v1/devices/C-1/latest").unwrap()["metrics"]["level"].clone();
    assert_eq!((&level(&hub)["value"], &level(&hub)["quality"]), (&json!(2.5), &json!(["corrected"])));
    // a restart must not bring the old value back
    hub.kill();
    hub.up().unwrap();
    assert_eq!(level(&hub)["value"], json!(2.5));
    let (status, body) = correct(&hub, at, json!(null), "the probe was in the air");
    assert!(status == 200 && body.contains("\"value\":null"), "{body}");
    assert_eq!(level(&hub)["value"], json!(1.5), "the one before is the newest now");
    let audit = hub.get("/api/v1/corrections").unwrap();
    let list = audit["corrections"].as_array().unwrap();
    assert_eq!(
        (list.len(), &list[1]["old_value"], &list[1]["caller"]),
        (2, &json!(99.0), &json!("service:1")),
        "{audit}"
    );
    assert_eq!(database.count("SELECT count(*) FROM reading").unwrap(), 1);
}

#[test]
fn a05_silence_is_told_with_its_reason_and_is_no_value() {
    let (_world, _database, mut broker, hub) = whole("");
    send(&broker, "city/water/G-1/status", &json!({"online": true, "name": "gateway"}));
    send(&broker, "city/water/K-1/status", &json!({"online": true, "kind": "river_level", "gateway": "G-1"}));
    send(&broker, "city/water/K-1/telemetry", &json!({"values": {"level": 1}}));
    send(&broker, "city/water/G-1/telemetry", &json!({"values": {"battery": 12}}));
    until("both are heard", GUARD, || hub.latest("K-1", "level").and(hub.latest("G-1", "battery"))).unwrap();
    send(&broker, "city/water/G-1/status", &json!({"online": false}));
    let unseen = |id: &str| {
        let page = hub.get("/api/v1/unseen").ok()?;
        page["unseen"].as_array()?.iter().find(|row| row["id"] == id).cloned()
    };
    let gateway = until("the gateway is gone", GUARD, || unseen("G-1")).unwrap();
    assert_eq!((&gateway["state"], &gateway["reason"]), (&json!("offline"), &json!("last_will")), "{gateway}");
    assert_eq!(unseen("K-1"), None, "a child is judged apart from its gateway");
    let child = until("the child's own deadline has passed", GUARD, || unseen("K-1")).unwrap();
    assert_eq!(
        (&child["state"], &child["reason"], &child["gateway"]),
        (&json!("stale"), &json!("gateway"), &json!("G-1"))
    );
    assert_eq!((&child["deadline_s"], &child["deadline_from"]), (&json!(30), &json!("kind")));
    // silence is not a value: the chart gets a gap, not a line
    let to = now_ms();
    let path = format!("/api/v1/readings?device=K-1&metric=level&from={}&to={to}", to - 600_000);
    let gaps = hub.get(&path).unwrap()["gaps"].clone();
    assert_eq!(
        gaps.as_array().unwrap().len(),
        2,
        "ten minutes before its first word, half a one after its last: {gaps}"
    );
    broker.down(true);
    let link = until("the link is missed", GUARD, || unseen("mqtt:main")).unwrap();
    assert_eq!(link["kind"], "link");
    assert_eq!(until("why", GUARD, || unseen("K-1").filter(|row| row["reason"] == "link")).unwrap()["state"], "stale");
}

#[test]
fn d12_the_ledger_is_even_through_kills_and_tells_it_by_device() {
    let (_world, database, broker, mut hub) = whole("");
    let good =
        json!([{"ts": now_ms() - 3000, "values": {"a": 1, "b": 2}}, {"ts": now_ms() - 2000, "values": {"a": 3}}]);
    for _ in 0..2 {
        send(&broker, "city/test/L-1/telemetry", &good);
    }
    publish_all(broker.port, &[("city/test/L-1/telemetry".to_owned(), b"{".to_vec())]).unwrap();
    send(&broker, "city/test/L-1/telemetry", &json!({"ts": now_ms() - 900_000, "values": {"a": 7}}));
    until("all of it has arrived", Duration::from_secs(30), || (sums(&hub).ok()?.received == 8).then_some(())).unwrap();
    let before = even(&hub, &database).unwrap();
    assert_eq!((before.stored, before.duplicate, before.rejected), (4, 3, 1), "{before:?}");
    let page = hub.get("/api/v1/ledger/devices").unwrap();
    hub.kill();
    hub.up().unwrap();
    assert_eq!(even(&hub, &database).unwrap(), before, "a restart forgets nothing");
    assert_eq!(hub.get("/api/v1/ledger/devices").unwrap(), page, "lines and their sums say the same");
    let line = &page["devices"].as_array().unwrap().iter().find(|line| line["device"] == "L-1").unwrap().clone();
    assert_eq!((&line["received"], &line["stored"], &line["duplicate"]), (&json!(8), &json!(4), &json!(3)), "{page}");
    until("the metrics tell it too", GUARD, || {
        let metrics = hub.get("/metrics").ok()?;
        let line = "chengshu_ledger_items{link=\"mqtt:main\",outcome=\"stored\"} 4";
        metrics.as_str()?.contains(line).then_some(())
    })
    .unwrap();
}
