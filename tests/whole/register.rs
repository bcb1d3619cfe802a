//! The register as people keep it: entries with their history, tables in and out, devices that nobody entered, and what
//! is taken out of service.

use chengshu_tests::world::{Broker, GUARD, Hub, now_ms, publish_all, until, whole};
use serde_json::{Value, json};

const CSV: &str = "设备编号,专题,类型,名称,经度,纬度,坐标系,分组,安装日期,厂家\n\
    R-1,water,river_level,漠阳江 1 号,111.960365004,21.85862727,gcj02,汛期;重点,2024-05-01,甲\n\
    R-2,智慧水利,rain_gauge,=cmd|' /C calc'!A0,111.8,21.9,,,,甲\n";

fn send(broker: &Broker, device: &str, level: f64) {
    let payload = json!({"ts": now_ms(), "values": {"level": level}}).to_string().into_bytes();
    publish_all(broker.port, &[(format!("city/water/{device}/telemetry"), payload)]).unwrap();
}

fn import(hub: &Hub, query: &str, bytes: &[u8]) -> (u16, Value) {
    hub.upload(&format!("/api/v1/import/devices?{query}"), bytes).unwrap()
}

#[test]
fn a_table_with_mistakes_is_told_line_by_line_and_mended_it_comes_in_and_goes_out_unchanged() {
    let (_world, _database, broker, mut hub) = whole("");
    let bad = "device,theme,kind,lng,lat,installed\nR-1,water,rivers,111.9,21.8,\nR 2,water,,,,\nR-3,water,,21.8,111.9,2026-02-30\nR-3,water,,,,\n";
    let (status, report) = import(&hub, "format=csv&dry_run=true", bad.as_bytes());
    assert_eq!(status, 200, "{report}");
    let told: Vec<_> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["line"].as_i64().unwrap(), e["column"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(2, "kind"), (3, "device"), (4, "lng"), (4, "installed"), (5, "device")], "{report}");
    let (status, problem) = import(&hub, "format=csv", bad.as_bytes());
    assert_eq!((status, &problem["code"]), (422, &json!("import")), "{problem}");
    assert_eq!(hub.get("/api/v1/devices").unwrap()["devices"], json!([]), "nothing of it was taken");

    let path = "/api/v1/import/devices?format=csv&dry_run=true";
    let (status, answer) = hub.send(path, &[("Content-Type", "application/geo+json")], CSV.as_bytes()).unwrap();
    assert!(status == 415 && answer.contains("expected text/csv"), "{status} {answer}");

    let (status, report) = import(&hub, "format=csv", CSV.as_bytes());
    assert_eq!((status, &report["created"], &report["errors"]), (200, &json!(2), &json!([])), "{report}");
    let device = hub.get("/api/v1/devices/R-1").unwrap();
    assert_eq!(
        (&device["state"], &device["registration"], &device["version"]),
        (&json!("never"), &json!("registered"), &json!(1))
    );
    assert_eq!(device["entry"]["groups"], json!(["汛期", "重点"]));
    let lng = device["place"]["lng"].as_f64().unwrap();
    assert!((lng - 111.955_36).abs() < 1e-6, "converted once: {lng}");
    for format in ["csv", "geojson", "xlsx"] {
        let table = hub.download(&format!("/api/v1/export/devices?format={format}")).unwrap();
        let (status, report) = import(&hub, &format!("format={format}"), &table);
        assert_eq!((status, &report["unchanged"]), (200, &json!(2)), "{format}: {report}");
    }
    send(&broker, "R-1", 1.5);
    until("the entry comes to life", GUARD, || (hub.get("/api/v1/devices/R-1").ok()?["state"] == "live").then_some(()))
        .unwrap();
    assert_eq!(hub.get("/api/v1/devices/R-1").unwrap()["link"], "mqtt:main", "it was heard by a link at last");
    hub.kill();
    hub.up().unwrap();
    let again = hub.get("/api/v1/devices/R-1").unwrap();
    assert_eq!(again["entry"], device["entry"], "a restart forgets nothing");
    let found = hub.get("/api/v1/devices?vendor=%E7%94%B2&q=r-2").unwrap();
    assert_eq!(found["devices"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["devices"][0]["name"], "=cmd|' /C calc'!A0", "a text stays what it is");
}

#[test]
fn an_entry_is_changed_by_whoever_has_seen_it_and_its_history_tells_what() {
    let (_world, _database, broker, hub) = whole("");
    send(&broker, "W-1", 1.0);
    until("it is heard", GUARD, || hub.latest("W-1", "level")).unwrap();
    let path = "/api/v1/devices/W-1/messages";
    assert_eq!(hub.get(path).unwrap()["messages"], json!([]), "nothing is kept before anybody looks");
    publish_all(broker.port, &[("city/water/W-1/telemetry".to_owned(), b"{\"level\":".to_vec())]).unwrap();
    let message = until("the technician sees it", GUARD, || hub.get(path).ok()?["messages"].get(0).cloned()).unwrap();
    assert_eq!((&message["raw"], &message["outcome"]), (&json!("{\"level\":"), &json!("rejected")), "{message}");
    let put = |version: i64, entry: Value| {
        let body = json!({"theme": "water", "version": version, "entry": entry});
        let (status, text) = hub.call("PUT", "/api/v1/devices/W-1", Some(&hub.key), Some(body)).unwrap();
        (status, serde_json::from_str::<Value>(&text).unwrap())
    };
    let (status, device) = put(0, json!({"name": "一号", "department": "水务局", "tags": ["a"]}));
    assert_eq!(
        (status, &device["version"], &device["registration"]),
        (200, &json!(1), &json!("registered")),
        "{device}"
    );
    assert_eq!(device["kind"], "river_level", "what it was taken for stands");
    let (status, problem) = put(0, json!({"name": "二号"}));
    assert_eq!((status, &problem["code"]), (409, &json!("changed")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("by service:1 at"), "{problem}");
    let (status, problem) = put(1, json!({"kind": "pump", "installed": "yesterday"}));
    assert_eq!(status, 400);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");
    let (status, _) = put(1, json!({"name": "二号", "department": "水务局", "tags": ["a"]}));
    assert_eq!(status, 200);
    let changes = hub.get("/api/v1/devices/W-1/history").unwrap()["changes"].clone();
    assert_eq!(changes[0]["changed"], json!([{"field": "name", "old": "一号", "new": "二号"}]));
    assert_eq!((changes.as_array().unwrap().len(), &changes[1]["action"]), (2, &json!("changed")));
    let parts = hub.get("/api/v1/parts").unwrap();
    assert_eq!(parts["departments"], json!([{"name": "水务局", "devices": 1, "live": 1}]));
    // what it says of itself does not overrule people
    let birth = json!({"online": true, "name": "我是自己", "kind": "tide_level"}).to_string().into_bytes();
    publish_all(broker.port, &[("city/water/W-1/status".to_owned(), birth)]).unwrap();
    send(&broker, "W-1", 2.0);
    until("it has spoken", GUARD, || (hub.latest("W-1", "level")? == 2.0).then_some(())).unwrap();
    let device = hub.get("/api/v1/devices/W-1").unwrap();
    assert_eq!((&device["name"], &device["version"]), (&json!("二号"), &json!(2)));
}

#[test]
fn what_is_taken_out_of_service_leaves_every_count_and_waits_for_a_person_when_it_speaks_again() {
    let (_world, _database, broker, hub) = whole("");
    send(&broker, "W-1", 9.0);
    send(&broker, "W-2", 1.0);
    until("its alarm is raised", GUARD, || {
        hub.get("/api/v1/alarms?active=true").ok()?["alarms"].as_array().filter(|alarms| !alarms.is_empty()).map(|_| ())
    })
    .unwrap();
    let (status, _) = hub.call("DELETE", "/api/v1/devices/W-1", Some(&hub.key), None).unwrap();
    assert_eq!(status, 204);
    assert_eq!(hub.get("/api/v1/devices").unwrap()["devices"].as_array().unwrap().len(), 1);
    assert_eq!(hub.get("/api/v1/alarms?active=true").unwrap()["alarms"], json!([]), "its alarms are withdrawn");
    let counts = hub.get("/api/v1/status").unwrap()["devices"].clone();
    assert_eq!(counts["live"], 1, "{counts}");
    send(&broker, "W-1", 9.5);
    let state = until("it waits for a person", GUARD, || {
        let device = hub.get("/api/v1/devices/W-1").ok()?;
        (device["registration"] == "pending").then_some(device)
    })
    .unwrap();
    assert_eq!(state["severity"], Value::Null);
    assert_eq!(hub.get("/api/v1/alarms?active=true").unwrap()["alarms"], json!([]));
    assert_eq!(hub.get("/api/v1/status").unwrap()["devices"]["live"], 1);
}

#[test]
fn a_device_that_nobody_entered_is_let_in_kept_waiting_or_refused_as_the_policy_says() {
    let (_world, _database, broker, hub) = whole("[register]\nunknown = \"reject\"\n");
    send(&broker, "N-1", 1.0);
    let aside =
        until("it is set aside", GUARD, || hub.get("/api/v1/rejected").ok()?["rejected"].as_array()?.first().cloned())
            .unwrap();
    assert_eq!((&aside["reason"], &aside["device"]), (&json!("not_registered"), &json!("N-1")), "{aside}");
    let (status, report) = import(&hub, "format=csv&theme=water", b"device,kind\nN-1,river_level\n");
    assert_eq!((status, &report["created"]), (200, &json!(1)), "{report}");
    let done = hub.post("/api/v1/rejected/replay", json!({"device": "N-1"})).unwrap();
    assert_eq!(done["stored"], 1, "{done}");
    assert_eq!(hub.latest("N-1", "level"), Some(1.0));
}

#[test]
fn photos_of_a_device_are_kept_as_files_and_nothing_else_is() {
    let (world, _database, _broker, mut hub) = whole("");
    let (status, report) = import(&hub, "format=csv", CSV.as_bytes());
    assert_eq!(status, 200, "{report}");
    let mut picture = vec![0xff, 0xd8, 0xff, 0xe0];
    picture.extend((0..200_000).map(|n| (n * 7 % 251) as u8));
    let send = |hub: &Hub, path: &str, bytes: &[u8]| {
        let (status, answer) = hub.exchange("POST", path, Some(&hub.key), "image/jpeg", bytes).unwrap();
        (status, serde_json::from_slice::<Value>(&answer).unwrap())
    };
    let (status, photo) = send(&hub, "/api/v1/devices/R-1/photos", &picture);
    assert_eq!((status, &photo["media"]), (200, &json!("image/jpeg")), "{photo}");
    let (_, again) = send(&hub, "/api/v1/devices/R-1/photos", &picture);
    let (_, other) = send(&hub, "/api/v1/devices/R-2/photos", &picture);
    assert_eq!((&again["hash"], &other["hash"]), (&photo["hash"], &photo["hash"]));
    let (status, problem) = send(&hub, "/api/v1/devices/R-1/photos", b"<svg onload=alert(1)>");
    assert_eq!((status, &problem["code"]), (415, &json!("unsupported_media_type")), "{problem}");
    let (status, problem) = send(&hub, "/api/v1/devices/R-9/photos", &picture);
    assert_eq!(status, 404, "{problem}");

    hub.kill();
    hub.up().unwrap();
    let list = hub.get("/api/v1/devices/R-1/photos").unwrap();
    assert_eq!(list["photos"].as_array().unwrap().len(), 1, "sent twice, kept once: {list}");
    let path = format!("/api/v1/devices/R-1/photos/{}", photo["hash"].as_str().unwrap());
    assert_eq!(hub.download(&path).unwrap(), picture);
    assert_eq!(hub.ask(&path, None).unwrap().0, 401, "nobody sees it without a key");
    assert_eq!(hub.ask("/api/v1/devices/R-1/photos/..%2f..%2fadmin.key", Some(&hub.key)).unwrap().0, 400);

    assert_eq!(hub.call("DELETE", &path, Some(&hub.key), None).unwrap().0, 204);
    assert_eq!(hub.ask(&path, Some(&hub.key)).unwrap().0, 404);
    let other = path.replace("R-1", "R-2");
    assert_eq!(hub.download(&other).unwrap(), picture, "the other device still has it");
    assert_eq!(hub.call("DELETE", &other, Some(&hub.key), None).unwrap().0, 204);
    let (_, first) = send(&hub, "/api/v1/devices/R-1/photos", &picture);
    let name = first["hash"].as_str().unwrap();
    let file = world.path("hub").join("evidence").join(&name[..2]).join(&name[2..]);
    std::fs::write(&file, b"somebody else's").unwrap();
    let (status, problem) = hub.ask(&path, Some(&hub.key)).unwrap();
    assert!(status == 404 && problem.contains("damaged"), "{status} {problem}");
}
