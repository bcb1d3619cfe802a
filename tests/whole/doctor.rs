//! `chengshu doctor` beside a hub that is well, whose parts fall ill, and that is not there.

use chengshu_tests::world::{Broker, Database, GUARD, Hub, World, chengshu, publish_all, until};
use serde_json::Value;

/// Its findings, and whether it left with success.
fn doctor(world: &World) -> (Vec<Value>, bool) {
    let said = chengshu(&["doctor", "--json", "--config", &world.path("chengshu.toml").to_string_lossy()]).unwrap();
    let findings =
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {} {}", said.out, said.error));
    (findings, said.good)
}

fn verdict<'a>(findings: &'a [Value], part: &str) -> (&'a str, &'a Value) {
    let found = findings.iter().find(|finding| finding["part"] == part);
    let found = found.unwrap_or_else(|| panic!("{part} is not among {findings:?}"));
    (found["verdict"].as_str().unwrap(), found)
}

#[test]
fn every_illness_is_named_with_its_cure() {
    let world = World::new().unwrap();
    let mut database = Database::start(&world).unwrap();
    let broker = Broker::start(&world).unwrap();
    let mut hub = Hub::start(&world, &database, &broker).unwrap();

    let (findings, _) = doctor(&world);
    assert_eq!(verdict(&findings, "probe").0, "note", "nobody lives yet");
    let payload = br#"{"values":{"level":1.5}}"#.to_vec();
    publish_all(broker.port, &[("city/water/D-1/telemetry".to_owned(), payload)]).unwrap();
    until("it lives", GUARD, || hub.latest("D-1", "level")).unwrap();
    let heard = |hub: &Hub| hub.get("/api/v1/devices/D-1/latest").unwrap()["metrics"]["level"]["received"].clone();
    let before = heard(&hub);

    let (findings, _) = doctor(&world);
    assert_eq!(heard(&hub), before, "the doctor's probe is no sign of life");
    for part in [
        "probe",
        "configuration",
        "port http",
        "database",
        "timescaledb",
        "schema",
        "connections",
        "broker main",
        "hub",
    ] {
        assert_eq!(verdict(&findings, part).0, "good", "{findings:#?}");
    }
    let ill = |findings: &[Value]| -> Vec<String> {
        let bad = findings.iter().filter(|finding| finding["verdict"] == "bad" && finding["part"] != "clock");
        let bad = bad.filter(|finding| finding["part"] != "disk"); // the machine of the test may have either of the two
        bad.map(|finding| finding["part"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ill(&findings), Vec::<String>::new());
    assert_eq!(hub.get("/api/v1/rejected").unwrap()["rejected"], serde_json::json!([]), "it leaves no trace");

    database.down();
    until("the hub has noticed", GUARD, || (hub.ask("/readyz", None).ok()?.0 == 503).then_some(())).unwrap();
    let (findings, success) = doctor(&world);
    assert!(!success);
    assert_eq!(ill(&findings), ["database", "hub"], "{findings:#?}");
    assert!(findings.iter().filter(|finding| finding["verdict"] != "good").all(|finding| finding["cure"].is_string()));
    database.up().unwrap();
    hub.wait_ready().unwrap();

    hub.stop().unwrap();
    drop(broker);
    let (findings, success) = doctor(&world);
    assert!(!success);
    assert_eq!(ill(&findings), ["broker main"], "{findings:#?}");
    assert_eq!(verdict(&findings, "hub").0, "note", "it is not running, which is no illness");
}
