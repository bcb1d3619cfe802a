//! Rules of every kind in the running hub: durations over a kill, silence to the second, ladders as one alarm, several metrics
//! of one message, readings in a wrong order, and what came too late told in hindsight only.

use std::time::Duration;

use chengshu_tests::world::{Broker, Database, GUARD, Hub, World, now_ms as now, until};
use serde_json::{Value, json};

const TOPIC: &str = r#"
name = { zh = "试", en = "Lab" }
version = "1"

[[kind]]
id = "probe"
name = { zh = "探头", en = "Probe" }
expected_interval_s = 60
stale_after_s = 120
offline_after_s = 240
late_after_s = 30
metrics = [
  { id = "level", name = { zh = "水位", en = "Level" }, unit = "m", min = -100, max = 100 },
  { id = "rain", name = { zh = "雨量", en = "Rain" }, unit = "mm", min = 0, max = 500 },
]

[[kind]]
id = "unsorted"
name = { zh = "乱序", en = "Unsorted" }
expected_interval_s = 60
stale_after_s = 120
offline_after_s = 240
reorder_ms = 2000
metrics = [{ id = "depth", name = { zh = "深", en = "Depth" }, unit = "m" }]

[[rule]]
id = "lab.ladder"
version = 1
name = { zh = "分级", en = "Ladder" }
kind = "probe"
metric = "level"
direction = "above"
steps = [{ severity = "general", raise = 10, clear = 9 }, { severity = "critical", raise = 20, clear = 19 }]
source = "test"
certainty = "C"

[[rule]]
id = "lab.held"
version = 1
name = { zh = "持续", en = "Held" }
kind = "probe"
metric = "level"
direction = "below"
severity = "urgent"
raise = -10
clear = -9
for_s = 5
source = "test"
certainty = "C"

[[rule]]
id = "lab.silent"
version = 1
name = { zh = "无数据", en = "Silent" }
kind = "probe"
devices = ["QUIET"]
signal = { what = "silence" }
severity = "important"
raise = 6
source = "test"
certainty = "C"

[[rule]]
id = "lab.joint"
version = 1
name = { zh = "组合", en = "Joint" }
kind = "probe"
signal = { what = "expression", cel = "level > 5.0 && rain < 1.0", inputs = { level = { metric = "level" }, rain = { metric = "rain" } } }
severity = "important"
source = "test"
certainty = "C"

[[rule]]
id = "lab.rises"
version = 1
name = { zh = "上涨", en = "Rises" }
kind = "unsorted"
metric = "depth"
direction = "above"
severity = "general"
raise = 5
clear = 4
source = "test"
certainty = "C"
"#;

struct Lab {
    hub: Hub,
    database: Database,
    _world: World,
    _broker: Broker,
}

impl Lab {
    fn new() -> Self {
        let world = World::new().unwrap();
        let folder = world.path("topics/lab");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("topic.toml"), TOPIC).unwrap();
        std::fs::write(folder.join("screen.json"), r#"{"kpis": []}"#).unwrap();
        std::fs::write(folder.join("zh-CN.json"), "{}").unwrap();
        std::fs::write(folder.join("en.json"), "{}").unwrap();
        let (database, broker) = (Database::start(&world).unwrap(), Broker::start(&world).unwrap());
        let dir = world.path("topics").display().to_string();
        let sections =
            format!("[database]\nurl = \"{}\"\n[topics]\ndir = \"{dir}\"\n{}", database.url, broker.section(""));
        let hub = Hub::with_config(&world, &sections).unwrap();
        Self { hub, database, _world: world, _broker: broker }
    }

    /// One message of a device, taken at `at`.
    fn send(&self, device: &str, at: i64, values: &Value) {
        let answer = self.try_send(device, at, values).unwrap();
        assert_eq!(answer["faults"], json!([]), "{answer}");
    }

    fn try_send(&self, device: &str, at: i64, values: &Value) -> anyhow::Result<Value> {
        self.hub.post("/api/v1/ingest", json!({ "theme": "lab", "device": device, "ts": at, "values": values }))
    }

    fn alarms(&self, query: &str) -> Vec<Value> {
        self.hub.get(&format!("/api/v1/alarms?{query}")).unwrap()["alarms"].as_array().unwrap().clone()
    }

    fn crossings(&self) -> Vec<String> {
        self.database.lines("SELECT crossing::text FROM transition ORDER BY received, at".to_owned()).unwrap()
    }
}

#[test]
fn a_ladder_is_one_alarm_that_climbs_and_comes_down() {
    let lab = Lab::new();
    let start = now() - 10_000;
    for (n, level) in [1.0, 11.0, 25.0, 12.0].into_iter().enumerate() {
        lab.send("P-1", start + n as i64 * 1000, &json!({ "level": level, "rain": 5.0 }));
    }
    let active = lab.alarms("active=true");
    assert_eq!(active.len(), 1, "{active:?}");
    let alarm = &active[0];
    assert_eq!(
        (&alarm["severity"], &alarm["worst"], &alarm["limit"], &alarm["value"]),
        (&json!("general"), &json!("critical"), &json!(10.0), &json!(11.0))
    );
    lab.send("P-1", start + 5000, &json!({ "level": 3.0, "rain": 5.0 }));
    assert_eq!(lab.alarms("active=true"), [] as [Value; 0]);
    assert_eq!(lab.crossings(), ["1", "3", "4", "2"], "raised, worsened, eased, cleared");
}

#[test]
fn a_duration_goes_on_over_a_kill_and_is_never_early() {
    let mut lab = Lab::new();
    let start = now();
    lab.send("P-1", start, &json!({ "level": -20.0 }));
    assert_eq!(lab.database.count("SELECT count(*) FROM rule_state").unwrap(), 1, "written with its reading");
    lab.hub.kill();
    lab.hub.up().unwrap();
    let alarm = until("it is raised", GUARD, || lab.alarms("active=true").pop()).unwrap();
    assert!(now() >= start + 5000, "never early");
    assert_eq!(
        (&alarm["since"], &alarm["raised_at"]),
        (&json!(start), &json!(start + 5000)),
        "as it was, and when it had lasted"
    );
    assert_eq!(lab.database.count("SELECT count(*) FROM rule_state").unwrap(), 0, "nothing waits any more");
    // the same again, down over its moment
    lab.send("P-2", now(), &json!({ "level": -20.0 }));
    lab.hub.kill();
    std::thread::sleep(Duration::from_secs(6));
    lab.hub.up().unwrap();
    until("it is raised after the start", GUARD, || (lab.alarms("active=true").len() == 2).then_some(())).unwrap();
    assert_eq!(lab.database.count("SELECT count(*) FROM transition").unwrap(), 2, "each once");
}

#[test]
fn silence_is_told_at_its_moment_and_ends_with_the_first_word() {
    let mut lab = Lab::new();
    let start = now();
    lab.send("QUIET", start, &json!({ "level": 1.0 }));
    let heard = lab.hub.get("/api/v1/devices/QUIET/latest").unwrap()["metrics"]["level"]["received"].as_i64().unwrap();
    let alarm = until("the silence is told", GUARD, || lab.alarms("active=true").pop()).unwrap();
    assert_eq!(alarm["raised_at"], json!(heard + 6000), "to the second");
    assert_eq!(
        (&alarm["metric"], &alarm["signal"], &alarm["unit"], &alarm["value"]),
        (&Value::Null, &json!("silence"), &json!("s"), &json!(6.0))
    );
    lab.send("QUIET", now(), &json!({ "level": 1.0 }));
    assert_eq!(lab.alarms("active=true"), [] as [Value; 0]);
    // a hub that was away has not heard, and that is not the device's fault: it listens first
    lab.hub.kill();
    std::thread::sleep(Duration::from_secs(7));
    lab.hub.alive().unwrap();
    until("it is heard", GUARD, || lab.try_send("QUIET", now(), &json!({ "level": 1.0 })).ok()).unwrap();
    lab.hub.wait_ready().unwrap();
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(lab.alarms("active=true"), [] as [Value; 0], "it spoke as soon as it could");
    assert_eq!(lab.database.count("SELECT count(*) FROM alarm").unwrap(), 1);
}

#[test]
fn several_metrics_of_one_message_are_looked_at_together() {
    let lab = Lab::new();
    let start = now() - 10_000;
    lab.send("P-1", start, &json!({ "level": 1.0, "rain": 0.0 }));
    lab.send("P-1", start + 1000, &json!({ "level": 6.0, "rain": 9.0 }));
    assert_eq!(lab.alarms("active=true"), [] as [Value; 0], "neither order of the two may raise it");
    lab.send("P-1", start + 2000, &json!({ "rain": 0.5 }));
    let active = lab.alarms("active=true");
    assert_eq!((active.len(), &active[0]["rule"], &active[0]["metric"]), (1, &json!("lab.joint"), &Value::Null));
    assert_eq!(active[0]["raised_at"], json!(start + 2000));
}

#[test]
fn readings_in_a_wrong_order_are_decided_on_in_the_right_one_over_a_kill_too() {
    let mut lab = Lab::new();
    let start = now() - 20_000;
    for (offset, depth) in [(1000, 1.0), (0, 9.0), (2000, 9.0), (1500, 1.0)] {
        lab.send("U-1", start + offset, &json!({ "depth": depth }));
    }
    lab.hub.kill();
    lab.hub.up().unwrap();
    until("all are decided on", GUARD, || (lab.crossings().len() == 3).then_some(())).unwrap();
    let times = lab
        .database
        .lines(
            "SELECT (extract(epoch FROM at) * 1000)::bigint::text || crossing FROM transition ORDER BY at".to_owned(),
        )
        .unwrap();
    assert_eq!(times, [format!("{}1", start), format!("{}2", start + 1000), format!("{}1", start + 2000)]);
}

#[test]
fn what_came_too_late_is_told_in_hindsight_only() {
    let lab = Lab::new();
    let start = now();
    lab.send("P-1", start - 1000, &json!({ "level": 1.0, "rain": 5.0 }));
    // a backlog of an hour ago, twice, in a wrong order
    for _ in 0..2 {
        for (offset, level) in [(60_000, 1.0), (0, 30.0), (30_000, 30.0)] {
            lab.send("P-1", start - 3_600_000 + offset, &json!({ "level": level }));
        }
    }
    assert_eq!(lab.alarms(""), [] as [Value; 0], "nothing is raised as if it were now");
    let told = lab
        .database
        .lines("SELECT crossing || ' ' || severity || ' ' || rule FROM retrospect ORDER BY at".to_owned())
        .unwrap();
    assert!(told.contains(&"1 1 lab.ladder".to_owned()), "{told:?}");
    assert_eq!(
        lab.database.count("SELECT count(*) FROM reading WHERE series = (SELECT min(id) FROM series)").unwrap(),
        4,
        "all readings are kept"
    );
}
