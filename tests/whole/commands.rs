//! Commands to devices over MQTT: asked for, agreed to, sent, answered; nothing silent, nothing dangerous twice.

use std::thread::JoinHandle;
use std::time::Duration;

use chengshu_tests::world::{GUARD, Hub, publish_all, until, whole};
use rumqttc::{Client, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};

/// A device that answers commands: `open` is done, `break` is refused, `sleep` is never answered. Ends after `left` of them
/// and returns the ids that it saw.
fn device(port: u16, name: &'static str, left: usize) -> JoinHandle<Vec<i64>> {
    let mut options = MqttOptions::new(format!("device-{name}"), "127.0.0.1", port);
    options.set_keep_alive(Duration::from_secs(5));
    let (client, mut connection) = Client::new(options, 100);
    client.subscribe(format!("city/water/{name}/command"), QoS::AtLeastOnce).unwrap();
    std::thread::spawn(move || {
        let (mut seen, mut answered) = (Vec::new(), 0);
        for event in connection.iter() {
            let event = event.unwrap();
            answered -= i32::from(matches!(event, Event::Incoming(Packet::PubAck(_))));
            let Event::Incoming(Packet::Publish(publish)) = event else { continue };
            let order: Value = serde_json::from_slice(&publish.payload).unwrap();
            let id = order["id"].as_i64().unwrap();
            seen.push(id);
            let answer = match order["name"].as_str().unwrap() {
                "open" => Some(json!({"id": id, "ok": true, "result": {"gate": order["params"]["gate"]}})),
                "break" => Some(json!({"id": id, "ok": false, "error": "the gate is jammed"})),
                _ => None,
            };
            if let Some(answer) = answer {
                answered += 1;
                let topic = format!("city/water/{name}/reply");
                client.publish(topic, QoS::AtLeastOnce, false, answer.to_string()).unwrap();
            }
            if seen.len() == left {
                break;
            }
        }
        // until the last answer is on its way
        while answered > 0 {
            let event = connection.recv().unwrap();
            answered -= i32::from(matches!(event, Ok(Event::Incoming(Packet::PubAck(_)))));
        }
        seen
    })
}

fn ask(hub: &Hub, device: &str, body: Value) -> (u16, Value) {
    let (status, text) =
        hub.call("POST", &format!("/api/v1/devices/{device}/commands"), Some(&hub.key), Some(body)).unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

fn comes_to(hub: &Hub, id: i64, state: &str) -> Value {
    let path = format!("/api/v1/commands/{id}");
    until(state, GUARD, || hub.get(&path).ok().filter(|command| command["state"] == state))
        .unwrap_or_else(|_| panic!("{state}: {}", hub.get(&path).unwrap()))
}

#[test]
fn a_command_is_sent_answered_and_written_down_step_by_step() {
    let (_world, _database, broker, mut hub) = whole("");
    publish_all(broker.port, &[("city/water/G-1/telemetry".to_owned(), br#"{"level":1}"#.to_vec())]).unwrap();
    until("heard", GUARD, || hub.latest("G-1", "level")).unwrap();
    let kinds = hub.get("/api/v1/devices/G-1/commands").unwrap();
    assert_eq!((&kinds["link"], &kinds["free"]), (&json!("mqtt:main"), &json!(true)), "{kinds}");
    let gate = device(broker.port, "G-1", 3);

    let (status, asked) = ask(&hub, "G-1", json!({"name": "open", "params": {"gate": 2}, "person": "王工"}));
    assert_eq!(status, 200, "{asked}");
    let done = comes_to(&hub, asked["id"].as_i64().unwrap(), "confirmed");
    assert_eq!(done["result"], json!({"gate": 2}));
    let states: Vec<&str> = done["journal"].as_array().unwrap().iter().map(|s| s["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["approved", "sent", "confirmed"]);
    assert_eq!((&done["person"], &done["journal"][0]["person"]), (&json!("王工"), &json!("王工")));

    let (_, asked) = ask(&hub, "G-1", json!({"name": "break"}));
    let refused = comes_to(&hub, asked["id"].as_i64().unwrap(), "failed");
    assert_eq!((&refused["code"], &refused["words"]), (&json!("refused"), &json!("the gate is jammed")));

    // nobody answers: too late is said, and somebody else's late word changes nothing
    let (_, asked) = ask(&hub, "G-1", json!({"name": "sleep", "expires_s": 10}));
    let id = asked["id"].as_i64().unwrap();
    comes_to(&hub, id, "sent");
    let forged = json!({"id": id, "ok": true}).to_string().into_bytes();
    publish_all(broker.port, &[("city/water/G-2/reply".to_owned(), forged)]).unwrap();
    comes_to(&hub, id, "expired");
    assert_eq!(gate.join().unwrap().len(), 3);

    // a hub that is killed with a command on its way sends it again: the device knows it by its id
    let (_, asked) = ask(&hub, "G-1", json!({"name": "open", "params": {"gate": 3}, "expires_s": 600}));
    let id = asked["id"].as_i64().unwrap();
    comes_to(&hub, id, "sent");
    hub.kill();
    let gate = device(broker.port, "G-1", 1);
    hub.up().unwrap();
    assert_eq!(comes_to(&hub, id, "confirmed")["result"], json!({"gate": 3}));
    assert_eq!(gate.join().unwrap(), [id]);
    let page = hub.get("/api/v1/commands?device=G-1&limit=2").unwrap();
    assert_eq!(page["commands"].as_array().unwrap().len(), 2);
    let rest = hub.get(&format!("/api/v1/commands?device=G-1&before={}", page["next"])).unwrap();
    assert_eq!((rest["commands"].as_array().unwrap().len(), &rest["next"]), (2, &Value::Null));
}

#[test]
fn what_cannot_be_asked_is_refused_with_words() {
    let (_world, _database, mut broker, hub) = whole("");
    publish_all(broker.port, &[("city/water/G-1/telemetry".to_owned(), br#"{"level":1}"#.to_vec())]).unwrap();
    until("heard", GUARD, || hub.latest("G-1", "level")).unwrap();
    for (body, words) in [
        (json!({"name": "Open it"}), "1 to 64 of a-z 0-9 _"),
        (json!({"name": "open", "expires_s": 5}), "expires_s is 5; expected 10 to 604800"),
        (json!({"name": "open", "person": " "}), "person is not a name"),
        (json!({"name": "open", "params": {"x": "y".repeat(5_000)}}), "expected at most 4096"),
        (json!({"name": "open", "danger": true}), "unknown field"),
    ] {
        let (status, problem) = ask(&hub, "G-1", body);
        assert_eq!(status, 400, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
    assert_eq!(ask(&hub, "G-9", json!({"name": "open"})).0, 404);

    // without a broker a command waits, says why, and can be called off
    broker.down(true);
    until("the link is down", GUARD, || (hub.get("/api/v1/links").unwrap()["links"][0]["state"] != "up").then_some(()))
        .unwrap();
    let (_, asked) = ask(&hub, "G-1", json!({"name": "open"}));
    let path = format!("/api/v1/commands/{}", asked["id"]);
    let waiting =
        until("it says why", GUARD, || hub.get(&path).ok().filter(|command| command["code"] == "not_connected"))
            .unwrap();
    assert_eq!(waiting["state"], "approved");
    let gone = hub.post(&format!("{path}/cancel"), json!({"person": "王工"})).unwrap();
    assert_eq!(gone["state"], "cancelled");
    let (status, again) =
        hub.call("POST", &format!("{path}/cancel"), Some(&hub.key), Some(json!({"person": "王工"}))).unwrap();
    assert_eq!(status, 409, "{again}");
    for n in 0..21 {
        let (status, problem) = ask(&hub, "G-1", json!({"name": "open"}));
        assert_eq!(status, if n < 20 { 200 } else { 409 }, "{problem}");
    }
}
