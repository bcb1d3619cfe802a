//! Commands by field lines: a question is answered with what the device measures, a dangerous one waits for a second
//! person, and what stands behind a gateway is asked by the gateway.

use chengshu_access::{Role, Scope};
use chengshu_line::Instrument;
use chengshu_tests::world::{Field, Hub, keys, whole};
use serde_json::{Value, json};

use super::{LINES, PROTOCOLS};

/// Asks for a command; the device hears nothing of it yet.
fn ask(hub: &Hub, device: &str, body: Value) -> Value {
    let (status, text) =
        hub.call("POST", &format!("/api/v1/devices/{device}/commands"), Some(&hub.key), Some(body)).unwrap();
    let asked: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status, 200, "{asked}");
    asked
}

/// The device listens until the command stands so.
fn comes_to(hub: &Hub, field: &mut Field<dyn Instrument>, asked: &Value, state: &str) -> Value {
    let path = format!("/api/v1/commands/{}", asked["id"]);
    field
        .until(state, |_| hub.get(&path).ok().filter(|command| command["state"] == state))
        .unwrap_or_else(|error| panic!("{error}: {}", hub.get(&path).unwrap()))
}

fn steps(command: &Value) -> Vec<&str> {
    command["journal"].as_array().unwrap().iter().filter_map(|step| step["state"].as_str()).collect()
}

#[test]
fn a_question_is_answered_with_what_the_device_measures() {
    let (_world, _database, _broker, hub) = whole(LINES);
    let [sl651, gb26875, hj212] = &PROTOCOLS;
    let mut station = sl651.confirmed(&hub, 14);
    let asked = ask(&hub, "SL-4417020014", json!({"name": "read_now"}));
    let done = comes_to(&hub, &mut station, &asked, "confirmed");
    let elements = done["result"]["elements"].as_array().unwrap();
    let found = elements.iter().find(|element| element["metric"] == "level");
    let found = found.unwrap_or_else(|| panic!("{done}"));
    assert_eq!((&found["name"], &found["unit"]), (&json!("瞬时河道水位、潮位"), &json!("m")));
    let value = found["value"].as_f64().or_else(|| found["value"].as_str()?.parse().ok());
    assert_eq!(value, Some(14.0), "{found}");
    assert_eq!(steps(&done), ["approved", "sent", "confirmed"]);

    let mut logger = hj212.confirmed(&hub, 15);
    let asked = ask(&hub, "HJ-CSTEST0015", json!({"name": "read_now"}));
    let done = comes_to(&hub, &mut logger, &asked, "confirmed");
    assert!(done["result"].to_string().contains("a34002"), "{done}");

    let mut transmitter = gb26875.confirmed(&hub, 16);
    let asked = ask(&hub, "GB-100000000000", json!({"name": "read_device_state"}));
    let done = comes_to(&hub, &mut transmitter, &asked, "confirmed");
    assert_eq!(done["result"]["type"], json!(21), "{done}");
    // what stands behind it is asked by it
    let component = (gb26875.id)(16);
    let asked = ask(&hub, &component, json!({"name": "read_component_state"}));
    let done = comes_to(&hub, &mut transmitter, &asked, "confirmed");
    assert_eq!(done["result"]["type"], json!(2), "{done}");
}

#[test]
fn a_dangerous_command_waits_for_a_second_person() {
    let (_world, _database, _broker, hub) = whole(LINES);
    let mut station = PROTOCOLS[0].confirmed(&hub, 17);
    let path = "/api/v1/devices/SL-4417020017/commands";
    let nobody = hub.call("POST", path, Some(&hub.key), Some(json!({"name": "clear_storage"}))).unwrap();
    assert!(nobody.0 == 400 && nobody.1.contains("second person"), "{nobody:?}");

    // two who have signed in: what they say of their names does not count
    let operators = [keys::grant(&[Role::Operator], Scope::All).unwrap()];
    let [first, second] = ["wang", "li"].map(|user| keys::person(hub.database(), user, &operators).unwrap());
    let order = json!({"name": "clear_storage", "person": "李工"});
    let (status, asked) = hub.call("POST", path, Some(&first), Some(order)).unwrap();
    let asked: Value = serde_json::from_str(&asked).unwrap();
    assert_eq!((status, &asked["state"], &asked["dangerous"]), (200, &json!("queued"), &json!(true)), "{asked}");
    assert_eq!(asked["person"], json!("wang (wang)"), "{asked}");
    let approve = format!("/api/v1/commands/{}/approve", asked["id"]);
    let refused = hub.call("POST", &approve, Some(&hub.key), Some(json!({"person": "李工"}))).unwrap();
    assert_eq!(refused.0, 403, "no service is a second person: {refused:?}");
    let refused = hub.call("POST", &approve, Some(&first), Some(json!({"person": "李工"}))).unwrap();
    assert!(refused.0 == 400 && refused.1.contains("second person"), "{refused:?}");
    let before = station.heard;
    for _ in 0..100 {
        assert!(station.pump().unwrap());
    }
    assert_eq!(station.heard, before, "nothing is sent before a second person agrees");
    comes_to(&hub, &mut station, &asked, "queued");

    let (status, agreed) = hub.call("POST", &approve, Some(&second), Some(json!({}))).unwrap();
    assert!(status == 200 && agreed.contains("\"agreed\":\"li (li)\""), "{status} {agreed}");
    let done = comes_to(&hub, &mut station, &asked, "confirmed");
    assert_eq!(steps(&done), ["queued", "approved", "sent", "confirmed"]);
    assert_eq!((&done["person"], &done["journal"][1]["person"]), (&json!("wang (wang)"), &json!("li (li)")), "{done}");
}
