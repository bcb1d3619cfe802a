//! Devices and brokers: credentials of devices, what they may at the managed broker as it is shipped (S18), that nobody
//! throws another out (S19), signed ingest (S20), and external brokers that ask or read files.

mod equipped;
mod external;
mod rights;
mod signed;
mod takeover;

use std::time::Duration;

use chengshu_access::{Role, Scope};
use chengshu_tests::world::{Browser, GUARD, Hub, Login, Mqtt, World, free_port, keys, until};
use serde_json::{Value, json};

/// A hub with its own broker as it is shipped: no shared user. Answers where devices come, too.
fn shipped(world: &World) -> (Hub, u16) {
    let port = free_port().unwrap();
    let section = format!("[managed]\nbroker_listen = \"127.0.0.1:{port}\"\n");
    (Hub::with_config(world, &section).unwrap(), port)
}

/// Enters devices of theme water; a second name is the gateway.
fn enter(hub: &Hub, devices: &[(&str, Option<&str>)]) {
    for (device, gateway) in devices {
        let path = format!("/api/v1/devices/{device}");
        let version = hub.get(&path).map_or(0, |known| known["version"].as_i64().unwrap());
        let entry = json!({ "theme": "water", "version": version, "entry": { "gateway": gateway } });
        let (status, answer) = hub.call("PUT", &path, Some(&hub.key), Some(entry)).unwrap();
        assert_eq!(status, 200, "{answer}");
    }
}

/// Gives a device a new credential and waits until the broker knows it.
fn equip(hub: &Hub, port: u16, device: &str) -> Login {
    let made = hub.post(&format!("/api/v1/devices/{device}/credential"), Value::Null).unwrap();
    let login = Login::new(made["user"].as_str().unwrap(), made["password"].as_str().unwrap());
    until("the broker knows the credential", GUARD, || is_let_in(port, &login).then_some(())).unwrap();
    login
}

/// Whether the broker lets it in; leaves no session.
fn is_let_in(port: u16, login: &Login) -> bool {
    Mqtt::connect(port, &Login { clean: true, ..login.clone() }).is_ok_and(|came| came.is_ok())
}

/// What the link of the broker counted under a code.
fn counted(hub: &Hub, code: &str) -> u64 {
    let links = hub.get("/api/v1/links").unwrap();
    links["links"][0]["deviations"][code].as_u64().unwrap_or(0)
}

/// Messages that the hub got.
fn messages(hub: &Hub) -> u64 {
    hub.get("/api/v1/links").unwrap()["links"][0]["messages"].as_u64().unwrap()
}

/// The audit's newest lines, as its administrator reads them.
fn audit(hub: &Hub) -> Vec<Value> {
    let grants = [keys::grant(&[Role::AuditAdmin], Scope::All).unwrap()];
    let token = keys::person(hub.database(), "auditor", &grants).unwrap();
    let mut browser = Browser::with(&hub.http, &format!("chengshu_session={token}"));
    browser.read("/api/v1/audit?limit=1000").unwrap()["lines"].as_array().unwrap().clone()
}

/// As long as nothing is waited for, to see that it does not come.
const NOTHING: Duration = Duration::from_millis(300);
