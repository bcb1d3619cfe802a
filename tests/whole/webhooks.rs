//! Webhooks: each thing is told at least once, signed, whatever is killed; and nothing that the hub must not call is called.

use std::io::Write as _;
use std::process::{Command, Stdio};

use chengshu_tests::world::{
    Broker, Database, GUARD, Hub, Message, Receiver, World, now_ms, publish_all, until, whole,
};
use serde_json::{Value, json};

fn hub(more: &str) -> (World, Database, Broker, Hub) {
    whole(&format!("[webhooks]\n{more}"))
}

fn send(broker: &Broker, device: &str, kind: &str, body: &Value) {
    publish_all(broker.port, &[(format!("city/water/{device}/{kind}"), body.to_string().into_bytes())]).unwrap();
}

/// Signs as the documentation says, with somebody else's program.
fn by_openssl(secret: &str, text: &str) -> String {
    let mut openssl = Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", secret])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    openssl.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = openssl.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().rsplit(' ').next().unwrap().to_owned()
}

pub(crate) fn check_signature(secret: &str, message: &Message) {
    let header = &message.headers["x-chengshu-signature"];
    let (t, v1) = header.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    assert_eq!(v1, by_openssl(secret, &format!("{t}.{}", message.body)), "{header}");
}

fn delivered(hub: &Hub, id: i64) -> Vec<Value> {
    let page = hub.get(&format!("/api/v1/webhooks/{id}/deliveries?state=delivered&limit=1000")).unwrap();
    page["deliveries"].as_array().unwrap().clone()
}

fn make(hub: &Hub, body: Value) -> (i64, String) {
    let made = hub.post("/api/v1/webhooks", body).unwrap();
    (made["id"].as_i64().unwrap(), made["secret"].as_str().unwrap().to_owned())
}

#[test]
fn each_thing_is_told_at_least_once_signed_and_numbered_over_kills_of_the_hub() {
    let (_world, database, broker, mut hub) = hub("allow = [\"127.0.0.1/32\"]\n");
    let receiver = Receiver::start().unwrap();
    receiver.answer(503);
    let (all, secret) = make(&hub, json!({"name": "指挥中心", "url": receiver.url()}));
    let (other, _) = make(&hub, json!({"name": "别处", "url": receiver.url(), "themes": ["fire"]}));
    let shown = hub.get("/api/v1/webhooks").unwrap();
    assert!(!shown.to_string().contains(&secret), "a secret is shown once");
    // times of their own: two readings of the same millisecond would be a conflict, and the second set aside
    let depth = |ago: i64, value: f64| json!({"ts": now_ms() - ago, "values": {"depth": value}});
    send(&broker, "H-1", "telemetry", &depth(3_000, 5.0));
    send(&broker, "H-1", "telemetry", &depth(2_000, 50.0));
    send(&broker, "H-1", "event", &json!({"kind": "pump_started", "key": "once", "severity": "general"}));
    send(&broker, "H-1", "event", &json!({"kind": "pump_started", "key": "once"}));
    until("a first attempt fails", GUARD, || (!receiver.messages().is_empty()).then_some(())).unwrap();
    let written =
        until("all is written", GUARD, || (database.count("SELECT count(*) FROM delivery").ok()? == 4).then_some(()));
    assert!(
        written.is_ok(),
        "{written:?}\n{}\n{}",
        hub.get(&format!("/api/v1/webhooks/{all}/deliveries")).unwrap(),
        hub.log()
    );
    for _ in 0..2 {
        hub.kill(); // between attempts, or in the midst of one
        hub.up().unwrap();
    }
    receiver.answer(200);
    send(&broker, "H-1", "telemetry", &depth(0, 2.0));
    send(&broker, "H-1", "status", &json!({"online": false}));
    until("all is told", GUARD * 2, || (delivered(&hub, all).len() == 8).then_some(())).unwrap();

    let messages = receiver.messages();
    let heard: Vec<&Message> = messages.iter().filter(|message| message.answered == 200).collect();
    let mut by_kind: Vec<(String, usize)> = Vec::new();
    let mut told: Vec<(i64, Value)> = Vec::new();
    for message in &heard {
        check_signature(&secret, message);
        let json = message.json();
        assert_eq!((&message.path, &json["delivery"]), (&"/hook?a=1".to_owned(), &json["sequence"]));
        assert_eq!(message.headers["x-chengshu-event"], json["event"].as_str().unwrap());
        let sequence = json["sequence"].as_i64().unwrap();
        match told.iter().find(|(known, _)| *known == sequence) {
            Some((_, known)) => assert_eq!(*known, json, "told twice, it is the same"),
            None => told.push((sequence, json)),
        }
    }
    told.sort_by_key(|(sequence, _)| *sequence);
    for (_, json) in &told {
        let kind = json["event"].as_str().unwrap();
        match by_kind.iter_mut().find(|(known, _)| known == kind) {
            Some((_, count)) => *count += 1,
            None => by_kind.push((kind.to_owned(), 1)),
        }
    }
    by_kind.sort();
    let expected = [("alarm.cleared", 3), ("alarm.raised", 3), ("device.offline", 1), ("event", 1)];
    assert_eq!(by_kind, expected.map(|(kind, count)| (kind.to_owned(), count)), "{told:?}");
    for (sequence, json) in told.iter().filter(|(_, json)| json["event"] == "alarm.cleared") {
        let alarm = &json["data"]["alarm"];
        let (raised, _) =
            told.iter().find(|(_, json)| json["event"] == "alarm.raised" && json["data"]["alarm"] == *alarm).unwrap();
        assert!(raised < sequence, "the number tells the order");
        assert_eq!((&json["data"]["device"], &json["data"]["cleared_value"]), (&json!("H-1"), &json!(2.0)));
    }
    assert!(messages.iter().any(|message| message.answered == 503), "something had to be tried again");
    let events = |query: &str| hub.get(&format!("/api/v1/events?{query}")).unwrap();
    send(&broker, "H-1", "event", &json!({"kind": "pump_stopped", "key": "a|b"}));
    until("it is stored", GUARD, || (events("")["events"].as_array()?.len() == 2).then_some(())).unwrap();
    let first = events("limit=1&device=H-1&theme=water");
    assert_eq!(first["events"][0]["kind"], "pump_stopped");
    let next = first["next"].as_str().unwrap().replace('|', "%7C");
    assert_eq!(events(&format!("limit=1&after={next}"))["events"][0]["kind"], "pump_started");
    assert_eq!(events("kind=pump_started")["events"].as_array().unwrap().len(), 1);
    assert_eq!(events("theme=fire")["events"], json!([]));
    assert_eq!(hub.get("/api/v1/alarms?device=H-1").unwrap()["alarms"].as_array().unwrap().len(), 3);
    assert_eq!(hub.get("/api/v1/alarms?device=H-2").unwrap()["alarms"], json!([]));
    assert_eq!(delivered(&hub, other).len(), 0, "another theme is told to nobody here");
    let (status, _) = hub.call("DELETE", &format!("/api/v1/webhooks/{all}"), Some(&hub.key), None).unwrap();
    assert_eq!(status, 204);
    assert_eq!(database.count("SELECT count(*) FROM delivery").unwrap(), 0);
}

#[test]
fn what_is_given_up_can_be_replayed_and_a_redirect_leads_nowhere() {
    let (_world, _database, _broker, hub) = hub("allow = [\"127.0.0.1/32\"]\ngive_up_after_s = 1\n");
    let receiver = Receiver::start().unwrap();
    receiver.answer(302);
    let (id, _) = make(&hub, json!({"name": "a", "url": receiver.url(), "events": ["event"]}));
    hub.post(&format!("/api/v1/webhooks/{id}/test"), json!({})).unwrap();
    let given_up = until("it is given up", GUARD, || {
        let page = hub.get(&format!("/api/v1/webhooks/{id}/deliveries?state=given_up")).ok()?;
        page["deliveries"].get(0).cloned()
    })
    .unwrap();
    assert_eq!((&given_up["status"], &given_up["event"]), (&json!(302), &json!("test")), "{given_up}");
    assert!(receiver.messages().iter().all(|message| message.path == "/hook?a=1"), "redirects are not followed");
    receiver.answer(200);
    let replayed = hub.post(&format!("/api/v1/webhooks/{id}/replay"), json!({})).unwrap();
    assert_eq!(replayed["deliveries"], 1);
    until("it is told at last", GUARD, || (delivered(&hub, id).len() == 1).then_some(())).unwrap();
    let (status, _) = hub.call("POST", "/api/v1/webhooks/999/test", Some(&hub.key), None).unwrap();
    assert_eq!(status, 404);
    let secret = hub.call(
        "PUT",
        &format!("/api/v1/webhooks/{id}"),
        Some(&hub.key),
        Some(json!({"name": "b", "url": receiver.url(), "new_secret": true})),
    );
    let secret: Value = serde_json::from_str(&secret.unwrap().1).unwrap();
    assert!(secret["secret"].as_str().is_some_and(|secret| secret.len() > 40) && secret["name"] == "b", "{secret}");
}

/// S13: nothing that only the hub can reach is called on somebody's word.
#[test]
fn no_address_inside_is_called_whatever_it_is_called() {
    let (_world, _database, _broker, hub) = hub("");
    let canary = Receiver::start().unwrap();
    let port = canary.port;
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0x7f000001",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
        "x@127.0.0.1",
    ] {
        let (status, body) = hub
            .call(
                "POST",
                "/api/v1/webhooks",
                Some(&hub.key),
                Some(json!({"name": "x", "url": format!("http://{host}:{port}/")})),
            )
            .unwrap();
        assert!(status == 400 && body.contains("\"field\":\"url\""), "{host}: {status} {body}");
    }
    for url in ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://a/", "http://", "//a", "", "javascript:1"] {
        let (status, body) =
            hub.call("POST", "/api/v1/webhooks", Some(&hub.key), Some(json!({"name": "x", "url": url}))).unwrap();
        assert_eq!(status, 400, "{url}: {body}");
    }
    // a name is judged by what it means at the moment of the call
    let (id, _) = make(&hub, json!({"name": "x", "url": format!("http://localhost:{port}/")}));
    hub.post(&format!("/api/v1/webhooks/{id}/test"), json!({})).unwrap();
    let tried = until("it was tried", GUARD, || {
        let page = hub.get(&format!("/api/v1/webhooks/{id}/deliveries")).ok()?;
        page["deliveries"].get(0).filter(|delivery| delivery["attempts"].as_i64() > Some(0)).cloned()
    })
    .unwrap();
    assert!(tried["error"].as_str().unwrap().contains("must not call"), "{tried}");
    assert_eq!(canary.messages().len(), 0, "the canary was called");
}
