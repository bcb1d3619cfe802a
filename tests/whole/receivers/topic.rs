//! Alarms at a broker: a real subscriber at a real mosquitto hears them on `city/{theme}/{device}/alarm`.

use std::time::Duration;

use chengshu_tests::world::{GUARD, Hub, Login, Mqtt, World, until, whole};
use serde_json::{Value, json};

use super::{depth, make, told};

fn listener(port: u16, client: &str) -> Mqtt {
    let login = Login { user: None, client: client.to_owned(), clean: true, will: None, v5: false };
    let mut listener = Mqtt::come(port, &login).unwrap();
    assert!(listener.subscribe("city/+/+/alarm").unwrap() < 0x80);
    listener
}

#[test]
fn alarms_are_heard_at_the_broker_and_not_kept_there() {
    let (_world, database, mut broker, hub) = whole("");
    let mut ear = listener(broker.port, "ear");
    let id = make(&hub, json!({"name": "市平台", "channel": "mqtt"}));
    let made = hub.get(&format!("/api/v1/receivers/{id}")).unwrap();
    assert_eq!((&made["broker"], &made["events"]), (&json!("main"), &json!(["alarm.cleared", "alarm.raised"])));
    depth(&broker, "H-1", "东门", 3_000, 30.0);
    told(&hub, id, 2);
    depth(&broker, "H-1", "东门", 0, 2.0);
    told(&hub, id, 4);
    let mut heard: Vec<Value> = Vec::new();
    for _ in 0..4 {
        let (topic, payload) = ear.message(GUARD).unwrap().expect("an alarm");
        assert_eq!(topic, "city/water/H-1/alarm");
        heard.push(serde_json::from_slice(&payload).unwrap());
    }
    let count = |kind: &str| heard.iter().filter(|one| one["event"] == kind).count();
    assert_eq!((count("alarm.raised"), count("alarm.cleared")), (2, 2), "{heard:?}");
    let raised = &heard[0]["data"];
    assert_eq!(
        (&raised["device"], &raised["device_name"], &raised["unit"]),
        (&json!("H-1"), &json!("东门"), &json!("cm"))
    );
    assert!(
        heard.windows(2).all(|two| two[0]["sequence"].as_i64() < two[1]["sequence"].as_i64()),
        "in order: {heard:?}"
    );
    let mut late = listener(broker.port, "late");
    assert_eq!(late.message(Duration::from_millis(300)).unwrap(), None, "nothing is retained");
    let own = database.count("SELECT count(*) FROM rejected").unwrap();
    assert_eq!(own, 0, "what the hub hears of itself is not set aside");

    // the broker is away: it is told when it is back
    broker.down(true);
    hub.post(&format!("/api/v1/receivers/{id}/test"), json!({})).unwrap();
    let held = until("it fails", GUARD, || {
        let view = hub.get(&format!("/api/v1/receivers/{id}")).ok()?;
        view["error"].is_string().then_some(view)
    });
    assert!(held.unwrap()["error"].as_str().unwrap().contains("broker"));
    broker.up().unwrap();
    told(&hub, id, 5);
}

/// The managed broker lets the hub publish there: nobody would notice otherwise, for it acknowledges what it throws away.
#[test]
fn the_managed_broker_lets_alarms_through() {
    let world = World::new().unwrap();
    let (hub, ready) = Hub::demo(&world, 5).unwrap();
    let (_, port) = ready["mqtt"].as_str().unwrap().rsplit_once(':').unwrap();
    let (user, password) = (ready["mqtt_user"].as_str().unwrap(), ready["mqtt_password"].as_str().unwrap());
    let login = Login::new(user, password).client("ear", true);
    let mut ear = Mqtt::come(port.parse().unwrap(), &login).unwrap();
    assert!(ear.subscribe("city/+/+/alarm").unwrap() < 0x80);
    let id = make(&hub, json!({"name": "市平台", "channel": "mqtt"}));
    hub.post(&format!("/api/v1/receivers/{id}/test"), json!({})).unwrap();
    let message = until("it is heard", GUARD, || {
        let (topic, payload) = ear.message(Duration::from_secs(1)).ok()??;
        let message: Value = serde_json::from_slice(&payload).ok()?;
        (message["event"] == "test").then_some(topic)
    });
    assert_eq!(message.unwrap(), "city/test/-/alarm");
}
