//! The main job: a value travels broker → hub → TimescaleDB → API and live stream; devices, alarms and states follow.

use std::time::{Duration, Instant};

use chengshu_tests::world::{Broker, Database, GUARD, Hub, World, until, whole};
use serde_json::{Value, json};

struct Spine {
    hub: Hub,
    broker: Broker,
    database: Database,
    _world: World,
}

fn spine() -> Spine {
    let (world, database, broker, hub) = whole("");
    Spine { hub, broker, database, _world: world }
}

impl Spine {
    /// By hand, with the program that everybody has.
    fn publish(&self, topic: &str, payload: &Value, more: &[&str]) {
        let port = self.broker.port.to_string();
        let payload = payload.to_string();
        let mut command = std::process::Command::new("mosquitto_pub");
        command.args(["-h", "127.0.0.1", "-p", &port, "-q", "1", "-t", topic, "-m", &payload]).args(more);
        assert!(command.status().unwrap().success());
    }
}

#[test]
fn a_value_by_hand_is_stored_answered_and_streamed() {
    let spine = spine();
    let mut stream = spine.hub.stream("topics=device,link&rate=20", None).unwrap();
    assert_eq!(stream.next_event().unwrap().unwrap().0, "snapshot");
    let start = Instant::now();
    spine.publish("city/water/MY-1/telemetry", &json!({"values": {"level": 3.21}}), &[]);
    let item =
        stream.find("device", |item| item["device"] == "MY-1" && item["metrics"]["level"]["value"] == 3.21).unwrap();
    println!("publish (with its process) to live stream: {:?}", start.elapsed());
    assert_eq!(
        (&item["state"], &item["kind"], &item["kind_assumed"]),
        (&json!("live"), &json!("river_level"), &json!(true))
    );

    let latest = spine.hub.get("/api/v1/devices/MY-1/latest").unwrap();
    let level = &latest["metrics"]["level"];
    assert_eq!(
        (&latest["state"], &level["value"], &level["unit"], &level["quality"]),
        (&json!("live"), &json!(3.21), &json!("m"), &json!([]))
    );
    assert!(level["age_s"].as_f64().unwrap() < 60.0 && level["at"].is_i64() && level["received"].is_i64());

    let now = level["at"].as_i64().unwrap();
    let raw = spine
        .hub
        .get(&format!("/api/v1/readings?device=MY-1&metric=level&from={}&to={}", now - 1000, now + 1))
        .unwrap();
    assert_eq!(raw["points"], json!([[now, 3.21, []]]));
    assert_eq!(raw["series"], json!({"device": "MY-1", "metric": "level", "unit": "m"}));
    let hour = spine
        .hub
        .get(&format!("/api/v1/readings?device=MY-1&metric=level&from={}&to={}&bucket=1h&agg=max", now - 1000, now + 1))
        .unwrap();
    assert_eq!((&hour["points"][0][1], &hour["bucket_ms"]), (&json!(3.21), &json!(3_600_000)));
    assert_eq!(spine.database.count("SELECT count(*) FROM reading").unwrap(), 1);

    let link = &spine.hub.get("/api/v1/links").unwrap()["links"][0];
    assert_eq!((&link["state"], &link["last"]["device"], &link["messages"]), (&json!("up"), &json!("MY-1"), &json!(1)));
}

#[test]
fn an_alarm_is_raised_told_kept_over_a_kill_and_cleared() {
    let mut spine = spine();
    let mut stream = spine.hub.stream("topics=alarm", None).unwrap();
    let depth = |value: f64| json!({"values": {"depth": value}});
    spine.publish("city/water/WL-1/telemetry", &depth(5.0), &[]);
    spine.publish("city/water/WL-1/telemetry", &depth(50.0), &[]);
    let mut severities = Vec::new();
    for _ in 0..3 {
        let alarm = stream
            .find("alarm", |alarm| alarm["cleared_at"].is_null() && !severities.contains(&alarm["severity"]))
            .unwrap();
        assert!(alarm["source"].as_str().is_some_and(|source| !source.is_empty()), "{alarm}");
        severities.push(alarm["severity"].clone());
    }
    let device = &spine.hub.get("/api/v1/devices").unwrap()["devices"][0];
    assert_eq!(device["severity"], "critical", "the gravest of {severities:?}");

    spine.hub.kill();
    spine.hub.up().unwrap();
    let active = spine.hub.get("/api/v1/alarms?active=true").unwrap();
    assert_eq!(active["alarms"].as_array().unwrap().len(), 3, "no alarm is raised twice or lost: {active}");
    let mut stream = spine.hub.stream("topics=alarm", None).unwrap();
    spine.publish("city/water/WL-1/telemetry", &depth(2.0), &[]);
    stream.find("alarm", |alarm| !alarm["cleared_at"].is_null() && alarm["cleared_value"] == 2.0).unwrap();
    until("all alarms have ended", GUARD, || {
        let active = spine.hub.get("/api/v1/alarms?active=true").ok()?;
        active["alarms"].as_array()?.is_empty().then_some(())
    })
    .unwrap();
    assert_eq!(spine.database.count("SELECT count(*) FROM transition").unwrap(), 6);
    until("the outbox is empty", GUARD, || {
        (spine.database.count("SELECT count(*) FROM outbox").ok()? == 0).then_some(())
    })
    .unwrap();
}

#[test]
fn flagged_values_neither_raise_nor_hide() {
    let spine = spine();
    spine.publish("city/water/WL-2/telemetry", &json!({"values": {"depth": 99_999.0}}), &[]);
    until("the value is there", GUARD, || spine.hub.latest("WL-2", "depth")).unwrap();
    let latest = spine.hub.get("/api/v1/devices/WL-2/latest").unwrap();
    assert_eq!(latest["metrics"]["depth"]["quality"], json!(["out_of_range"]));
    assert_eq!(spine.hub.get("/api/v1/alarms").unwrap()["alarms"], json!([]));
}

#[test]
fn presence_and_silence_are_told_apart() {
    let spine = spine();
    let birth = json!({"online": true, "kind": "tide_level", "name": "闸坡潮位站", "place": {"lng": 111.83, "lat": 21.57, "datum": "cgcs2000"}});
    spine.publish("city/water/TL-1/status", &birth, &["-r"]);
    let state = |wanted: &'static str| {
        until(wanted, GUARD, || {
            let page = spine.hub.get("/api/v1/devices").ok()?;
            page["devices"]
                .as_array()?
                .iter()
                .find(|device| device["device"] == "TL-1" && device["state"] == wanted)
                .cloned()
        })
        .unwrap()
    };
    let device = state("never");
    assert_eq!(
        (&device["kind"], &device["kind_assumed"], &device["name"]),
        (&json!("tide_level"), &json!(false), &json!("闸坡潮位站"))
    );
    spine.publish("city/water/TL-1/telemetry", &json!({"level": 1.4}), &[]);
    state("live");
    // a broker speaks for a device that has gone
    spine.publish("city/water/TL-1/status", &json!({"online": false}), &["-r"]);
    assert!(state("offline")["state_since"].is_i64());
    spine.publish("city/water/TL-1/telemetry", &json!({"level": 1.5}), &[]);
    state("live");
    // and silence alone is noticed by the deadline of its kind (10/30/60 s)
    let start = Instant::now();
    state("stale");
    assert!(start.elapsed() > Duration::from_secs(20), "stale too early: {:?}", start.elapsed());
}

#[test]
fn a_kill_leaves_latest_values_exact() {
    let mut spine = spine();
    for round in 0..3 {
        // some before and some after a checkpoint, the newest not in it
        let value = f64::from(round) + 0.25;
        spine.publish("city/test/K-1/telemetry", &json!({"x": value}), &[]);
        until("the value is there", GUARD, || spine.hub.latest("K-1", "x").filter(|seen| *seen == value)).unwrap();
        if round == 1 {
            std::thread::sleep(Duration::from_secs(6));
        }
        spine.hub.kill();
        spine.hub.up().unwrap();
        assert_eq!(spine.hub.latest("K-1", "x"), Some(value));
    }
}

#[test]
fn a_stream_resumes_where_it_was_and_starts_anew_after_a_restart() {
    let mut spine = spine();
    let mut stream = spine.hub.stream("topics=device", None).unwrap();
    stream.next_event().unwrap().unwrap();
    let id = stream.last_id.clone().unwrap();
    drop(stream);
    spine.publish("city/test/R-1/telemetry", &json!({"x": 1}), &[]);
    until("the value is there", GUARD, || spine.hub.latest("R-1", "x")).unwrap();
    let mut resumed = spine.hub.stream("topics=device", Some(&id)).unwrap();
    let (name, data) = resumed.next_event().unwrap().unwrap();
    assert_eq!((name.as_str(), &data["items"][0]["device"]), ("delta", &json!("R-1")), "{data}");
    assert_eq!(data["prev"].as_u64(), id.split_once('-').and_then(|(_, seq)| seq.parse().ok()));
    spine.hub.stop().unwrap();
    spine.hub.up().unwrap();
    let mut anew = spine.hub.stream("topics=device", resumed.last_id.as_deref()).unwrap();
    assert_eq!(anew.next_event().unwrap().unwrap().0, "snapshot", "numbers of another epoch mean nothing");
}
