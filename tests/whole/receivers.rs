//! Telling people and programs outside on every channel, against real ones: an SMTP server, mosquitto, and robots that answer
//! as their makers say. Whatever they do, each thing is told at least once, and no key or mailbox shows where it must not.

mod mail;
mod outage;
mod robots;
mod storm;
mod topic;

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use chengshu_tests::world::{Broker, GUARD, Hub, now_ms, publish_all, until};
use serde_json::{Value, json};

const ALLOW: &str = "[webhooks]\nallow = [\"127.0.0.1/32\"]\n";

/// Makes a receiver; answers its number.
fn make(hub: &Hub, body: Value) -> i64 {
    hub.post("/api/v1/receivers", body).unwrap()["id"].as_i64().unwrap()
}

fn receiver(hub: &Hub, id: i64) -> Value {
    hub.get(&format!("/api/v1/receivers/{id}")).unwrap()
}

fn deliveries(hub: &Hub, id: i64, state: &str) -> Vec<Value> {
    let page = hub.get(&format!("/api/v1/receivers/{id}/deliveries?state={state}&limit=1000")).unwrap();
    page["deliveries"].as_array().unwrap().clone()
}

/// Waits until so many have been delivered, and nothing waits.
fn told(hub: &Hub, id: i64, count: usize) -> Vec<Value> {
    let all = until("all is told", GUARD * 2, || {
        let told = deliveries(hub, id, "delivered");
        (told.len() >= count).then_some(told)
    });
    all.unwrap_or_else(|error| panic!("{error}\n{}\n{}", receiver(hub, id), hub.log()))
}

/// A station under a name, and its depth: above 40 cm three alarms, below 14 cm none.
fn depth(broker: &Broker, device: &str, name: &str, ago_ms: i64, value: f64) {
    let status = json!({"online": true, "kind": "waterlogging", "name": name});
    let telemetry = json!({"ts": now_ms() - ago_ms, "values": {"depth": value}});
    let topic = |last: &str| format!("city/water/{device}/{last}");
    let messages =
        [(topic("status"), status.to_string().into_bytes()), (topic("telemetry"), telemetry.to_string().into_bytes())];
    publish_all(broker.port, &messages).unwrap();
}

/// HMAC-SHA256 in Base64, by openssl.
pub(crate) fn by_openssl(secret: &str, text: &str) -> String {
    let mut openssl = Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", secret, "-binary"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    openssl.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    base64::engine::general_purpose::STANDARD.encode(openssl.wait_with_output().unwrap().stdout)
}
