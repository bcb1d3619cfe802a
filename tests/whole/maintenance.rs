//! The morning of maintenance staff: which battery is next, what the silent have in common, and who said how much today.

use chengshu_tests::world::{GUARD, Hub, now_ms, publish_all, until, whole};
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;

fn said(device: &str, payload: &Value) -> (String, Vec<u8>) {
    (format!("city/fire/{device}/telemetry"), payload.to_string().into_bytes())
}

#[test]
fn the_battery_that_is_empty_first_stands_first_with_its_days() {
    let (_world, database, broker, hub) = whole("");
    let table = "device,theme,kind,vendor\nM-1,fire,smoke_detector,甲\nM-2,fire,smoke_detector,乙\nM-3,fire,smoke_detector,乙\n";
    let (status, report) = hub.upload("/api/v1/import/devices?format=csv", table.as_bytes()).unwrap();
    assert_eq!((status, &report["created"]), (200, &json!(3)), "{report}");
    // M-1 loses 0.01 V a day, M-2 0.1 V; nobody can tell of M-3
    let mut messages = Vec::new();
    for back in 0..6 {
        let ts = now_ms() - 60_000 - back * DAY_MS;
        messages.push(said("M-1", &json!({"ts": ts, "values": {"battery": 3.4 + 0.01 * back as f64}})));
        messages.push(said("M-2", &json!({"ts": ts, "values": {"battery": 3.4 + 0.1 * back as f64}})));
    }
    messages.push(said("M-3", &json!({"ts": now_ms() - 60_000, "values": {"battery": 3.3}})));
    publish_all(broker.port, &messages).unwrap();
    until("all days are summed up", GUARD, || {
        let days = "SELECT count(*) FROM rollup_day JOIN series ON series.id = series WHERE metric = 'battery'";
        (database.count(days).ok()? == 13).then_some(())
    })
    .unwrap();
    let board = hub.get("/api/v1/maintenance?theme=fire").unwrap();
    let rows = board["batteries"].as_array().unwrap();
    let order: Vec<_> = rows.iter().map(|row| row["device"].as_str().unwrap()).collect();
    assert_eq!(order, ["M-2", "M-1", "M-3"], "{board}");
    let near = |value: &Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 0.01 * wanted.abs();
    let limit = rows[0]["limit"].as_f64().unwrap();
    assert!(near(&rows[0]["per_day"], -0.1) && near(&rows[1]["per_day"], -0.01), "{board}");
    assert!(near(&rows[0]["days_left"], (3.4 - limit) / 0.1), "{board}");
    assert_eq!((&rows[2]["per_day"], &rows[2]["days_left"]), (&Value::Null, &Value::Null), "two days tell nothing");
    let other = hub.get("/api/v1/maintenance?theme=water").unwrap();
    assert_eq!(other["batteries"], json!([]), "{other}");
}

#[test]
fn the_ledger_of_a_day_is_read_page_by_page_and_by_device() {
    let (_world, database, broker, mut hub) = whole("");
    let reading = |value: f64| json!({"ts": now_ms(), "values": {"battery": value}});
    let all = ["P-3", "P-1", "P-2"];
    for (n, device) in all.iter().enumerate() {
        publish_all(broker.port, &[said(device, &reading(n as f64)), said(device, &json!({"values": {}}))]).unwrap();
        until("it is in the register", GUARD, || hub.get(&format!("/api/v1/devices/{device}")).ok().map(drop)).unwrap();
    }
    let pages = |hub: &Hub| {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = hub.get(&format!("/api/v1/ledger/devices?limit=1{after}")).unwrap();
            found.extend(page["devices"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { return found };
            after = format!("&after={}", next.replace('|', "%7C"));
        }
    };
    let fresh = pages(&hub);
    let names: Vec<_> = fresh.iter().filter_map(|line| line["device"].as_str()).collect();
    assert_eq!(names, all, "in the order in which they came: {fresh:?}");
    hub.kill();
    hub.up().unwrap(); // folds the lines into sums
    assert_eq!(database.count("SELECT count(*) FROM ledger_line").unwrap(), 0);
    assert_eq!(pages(&hub), fresh, "lines and their sums say the same");
    let one = hub.get("/api/v1/ledger/devices?device=P-1").unwrap();
    assert_eq!((one["devices"].as_array().unwrap().len(), &one["devices"][0]), (1, &fresh[1]), "{one}");
    assert_eq!(hub.get("/api/v1/ledger/devices?device=P-9").unwrap()["devices"], json!([]));
    let (status, _) = hub.ask("/api/v1/ledger/devices?after=P-1", Some(&hub.key)).unwrap();
    assert_eq!(status, 400, "a page that nobody gave");
}
