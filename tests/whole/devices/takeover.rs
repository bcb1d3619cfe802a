//! S19: nobody comes under another's client id, neither a device's nor the hub's; where a broker allows it, it is told.

use std::time::Duration;

use chengshu_tests::world::{Broker, Database, GUARD, Hub, Login, Mqtt, World, until};
use serde_json::json;

use super::{counted, enter, equip, messages, shipped};

#[test]
fn s19_a_client_id_is_its_owners_and_so_are_session_and_queue() {
    let world = World::new().unwrap();
    let (mut hub, port) = shipped(&world);
    enter(&hub, &[("A-1", None), ("B-1", None)]);
    let (a, b) = (equip(&hub, port, "A-1"), equip(&hub, port, "B-1"));
    let mut owner = Mqtt::come(port, &a).unwrap();
    owner.subscribe("city/+/A-1/command").unwrap();
    owner.publish("city/water/A-1/telemetry", br#"{"level":1}"#, false).unwrap();
    until("heard", GUARD, || hub.latest("A-1", "level")).unwrap();

    // connected: B in A's name, with and without a clean session, old and new protocol; empty and the hub's own id as well
    let instance = std::fs::read_to_string(hub.data().join("instance.id")).unwrap();
    let own = format!("chengshu-{}", &instance.trim()[..12]);
    let connects = messages(&hub);
    for clean in [true, false] {
        for v5 in [true, false] {
            for id in ["A-1", own.as_str(), "chengshu-hub", "B-1"] {
                let login = Login { v5, ..b.clone().client(id, clean) };
                let (mut rival, _) = Mqtt::connect(port, &login).unwrap().unwrap();
                rival.ping().unwrap();
                assert!(rival.subscribe("city/+/A-1/command").is_ok());
                owner.ping().unwrap_or_else(|error| panic!("A was thrown out by {login:?}: {error}"));
            }
        }
    }
    assert_eq!(hub.get("/api/v1/links").unwrap()["links"][0]["state"], "up");
    assert_eq!(counted(&hub, "session_taken_over"), 0);
    assert_eq!(messages(&hub), connects);

    // away, with a command in its queue: B cannot fetch it, nor wipe it away
    drop(owner);
    hub.post("/api/v1/devices/A-1/commands", json!({ "name": "read_now", "params": {} })).unwrap();
    until("the broker has it", GUARD, || {
        let commands = hub.get("/api/v1/commands").ok()?;
        (commands["commands"][0]["state"] == "sent").then_some(())
    })
    .unwrap();
    for clean in [false, true] {
        let (mut rival, _) = Mqtt::connect(port, &b.clone().client("A-1", clean)).unwrap().unwrap();
        rival.subscribe("city/+/A-1/command").unwrap();
        assert_eq!(rival.message(super::NOTHING).unwrap(), None);
    }
    let (mut owner, present) = Mqtt::connect(port, &a).unwrap().unwrap();
    assert!(present, "the session is there");
    let (topic, _) = owner.message(GUARD).unwrap().expect("the command was kept");
    assert_eq!(topic, "city/water/A-1/command");

    // the hub's own session is kept over its restart, under an id that nobody can guess
    assert!(own.len() >= 20, "{own}");
    hub.stop().unwrap();
    hub.up().unwrap();
    assert_eq!(std::fs::read_to_string(hub.data().join("instance.id")).unwrap(), instance);
}

#[test]
fn s19_at_a_broker_that_lets_it_happen_a_stolen_session_is_told() {
    // mosquitto 2.0.11 closes without a word with either version; what 0x8E makes of it is tested beside the adapter
    for version in ["5", "3.1.1"] {
        let world = World::new().unwrap();
        let database = Database::start(&world).unwrap();
        let broker = Broker::start(&world).unwrap();
        let section = broker.section(&format!("version = \"{version}\""));
        let hub = Hub::with_config(&world, &format!("[database]\nurl = \"{}\"\n{section}", database.url)).unwrap();
        // anonymous, and the hub's id is known: what an open broker allows
        let thief = Login { user: None, client: "hub".to_owned(), clean: false, will: None, v5: version == "5" };
        let told = until("the link says it", GUARD, || {
            let _stolen = Mqtt::come(broker.port, &thief).ok()?;
            std::thread::sleep(Duration::from_millis(700)); // the hub takes its session back
            let links = hub.get("/api/v1/links").ok()?;
            let link = &links["links"][0];
            let is_told = link["reason"]["code"].as_str().is_some_and(|code| code.starts_with("session_"));
            (is_told && link["state"] == "up").then(|| link.clone())
        })
        .unwrap();
        assert!(told["reason"]["text"].as_str().unwrap().contains("\"hub\""), "{told}");
    }
}
