//! External brokers: the questions that EMQX and mosquitto-go-auth ask, with a key that opens nothing else, and the files for
//! a mosquitto that asks nothing. Also the door with TLS of the hub's own broker.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use chengshu_access::{Right, Rights, Scope};
use chengshu_tests::world::{Broker, GUARD, Hub, Login, Mqtt, World, chengshu, free_port, keys, until, whole};
use serde_json::{Value, json};

use super::{audit, enter};

fn made(hub: &Hub, device: &str) -> (String, String) {
    let made = hub.post(&format!("/api/v1/devices/{device}/credential"), Value::Null).unwrap();
    (made["user"].as_str().unwrap().to_owned(), made["password"].as_str().unwrap().to_owned())
}

#[test]
fn brokers_ask_with_a_key_that_opens_nothing_else() {
    let (_world, _database, _broker, hub) = whole("");
    enter(&hub, &[("GW-1", None), ("C-1", Some("GW-1")), ("W-2", None)]);
    let (user, password) = made(&hub, "GW-1");
    let key = keys::new();
    let rights = Rights::for_service([Right::JudgeDevices]).unwrap();
    keys::service(hub.database(), &key, "emqx", rights, &Scope::All).unwrap();
    for path in ["/api/v1/devices", "/api/v1/links", "/api/v1/devices/GW-1/credential"] {
        assert_eq!(hub.ask(path, Some(&key)).unwrap().0, 403, "{path}");
    }
    let ask = |path: &str, body: Value| {
        let (status, answer) = hub.call("POST", path, Some(&key), Some(body)).unwrap();
        (status, serde_json::from_str::<Value>(&answer).unwrap())
    };
    let emqx = |user: &str, password: &str, client: &str| {
        let body = json!({ "username": user, "password": password, "clientid": client, "peerhost": "10.0.0.9" });
        ask("/api/v1/broker/emqx/auth", body).1["result"].as_str().unwrap().to_owned()
    };
    until("the credential is known", GUARD, || (emqx(&user, &password, "GW-1") == "allow").then_some(())).unwrap();
    for (login, expected) in [
        (("GW-1", password.as_str(), "W-2"), "deny"), // another's client id
        (("GW-1", "wrong", "GW-1"), "deny"),
        (("W-2", password.as_str(), "W-2"), "deny"), // it has no credential
        (("chengshu", "x", "chengshu"), "ignore"),
    ] {
        assert_eq!(emqx(login.0, login.1, login.2), expected, "{login:?}");
    }
    let acl = |user: &str, action: &str, topic: &str| {
        let body = json!({ "username": user, "topic": topic, "action": action, "qos": 1, "retain": false });
        ask("/api/v1/broker/emqx/acl", body).1["result"].as_str().unwrap().to_owned()
    };
    assert_eq!(acl("GW-1", "publish", "city/water/C-1/telemetry"), "allow");
    assert_eq!(acl("GW-1", "publish", "city/water/W-2/telemetry"), "deny");
    assert_eq!(acl("GW-1", "subscribe", "city/+/GW-1/command"), "allow");
    assert_eq!(acl("GW-1", "subscribe", "#"), "deny");
    assert_eq!(acl("somebody", "subscribe", "#"), "ignore");
    let (status, problem) = ask("/api/v1/broker/emqx/auth", json!({ "username": "GW-1", "password": password }));
    assert!(status == 400 && problem["detail"].as_str().unwrap().contains("clientid"), "{problem}");

    // mosquitto-go-auth: JSON and form, the key as the password of a Basic
    let go = |path: &str, body: Value| ask(&format!("/api/v1/broker/goauth/{path}"), body);
    let login = json!({ "username": user, "password": password, "clientid": user });
    assert_eq!(go("user", login.clone()), (200, json!({ "Ok": true, "Error": "" })));
    assert_eq!(go("user", json!({ "username": user, "password": "no", "clientid": user })).0, 403);
    assert_eq!(go("superuser", json!({ "username": user })).0, 403);
    for (acc, topic, expected) in [
        (2, "city/water/GW-1/event", 200),
        (2, "city/water/W-2/event", 403),
        (1, "city/water/GW-1/command", 200),
        (1, "city/water/GW-1/telemetry", 403),
        (3, "city/water/GW-1/command", 403),
        (4, "city/+/C-1/command", 200),
        (4, "city/#", 403),
    ] {
        let deed = json!({ "username": user, "clientid": user, "topic": topic, "acc": acc });
        assert_eq!(go("acl", deed).0, expected, "{acc} {topic}");
    }
    let output = Command::new("curl")
        .args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-u", &format!("any:{key}"), "-d"])
        .arg(format!("username={user}&clientid={user}&topic=city%2Fwater%2FC-1%2Ftelemetry&acc=2"))
        .arg(format!("{}/api/v1/broker/goauth/acl", hub.http))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "200");

    // revoked, it is denied, not passed on to somebody who may know less
    assert_eq!(hub.call("DELETE", "/api/v1/devices/GW-1/credential", Some(&hub.key), None).unwrap().0, 204);
    until("denied", GUARD, || (emqx(&user, &password, "GW-1") == "deny").then_some(())).unwrap();
    assert_eq!(acl("GW-1", "publish", "city/water/C-1/telemetry"), "deny");
    let denied = until("the audit knows", GUARD, || {
        let lines = audit(&hub);
        let denied = lines.iter().filter(|line| line["who"] == "device:GW-1" && line["act"] == "denied").count();
        (denied > 0).then_some(denied)
    });
    assert!(denied.unwrap() <= 3, "once a minute");
}

#[test]
fn files_for_a_mosquitto_that_asks_nothing() {
    let (world, database, _other, first) = whole("");
    drop(first); // its database is used again, with a broker that wants a password
    let out = world.path("out");
    let mut broker = Broker::prepared(
        &world,
        &format!("allow_anonymous false\npassword_file {0}/passwords\nacl_file {0}/rights\n", out.display()),
    )
    .unwrap();
    let section = broker.section("user = \"hub\"\npassword = \"chosen by somebody\"\nname = \"city\"");
    let hub = Hub::with_config_alive(&world, &format!("[database]\nurl = \"{}\"\n{section}", database.url)).unwrap();
    enter(&hub, &[("GW-1", None), ("C-1", Some("GW-1")), ("W-2", None)]);
    let (gateway, other) = (made(&hub, "GW-1"), made(&hub, "W-2"));
    let (data, config) = (hub.data().to_string_lossy().into_owned(), world.path("chengshu.toml"));
    let config = config.to_string_lossy().into_owned();
    let files = || {
        chengshu(&["broker-files", "--out", &out.to_string_lossy(), "--config", &config, "--data", &data])
            .unwrap()
            .done()
    };
    let said =
        until("both credentials are in the files", GUARD, || files().ok().filter(|said| said.contains("2 devices")))
            .unwrap();
    assert!(said.contains("the hub's own user hub") && said.contains("SIGHUP"), "{said}");
    for name in ["passwords", "rights"] {
        assert_eq!(out.join(name).metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    broker.adopt(&out).unwrap();
    broker.up().unwrap();
    until("the hub is in", GUARD, || hub.get("/readyz").ok()).unwrap();
    let login = |(user, password): &(String, String)| Login::new(user, password).v5();
    let mut client = Mqtt::come(broker.port, &login(&gateway)).unwrap();
    assert_eq!(client.publish("city/water/C-1/telemetry", br#"{"level":7}"#, false).unwrap(), 0);
    until("heard", GUARD, || hub.latest("C-1", "level")).unwrap();
    assert!(client.publish("city/water/W-2/telemetry", br#"{"level":7}"#, false).unwrap() >= 0x80);
    assert!(Mqtt::connect(broker.port, &Login { user: None, ..login(&other) }).unwrap().is_err());
    Mqtt::come(broker.port, &login(&other)).unwrap();
}

#[test]
fn devices_from_outside_come_with_tls() {
    let world = World::new().unwrap();
    let maker = Broker::start_tls(&world).unwrap(); // makes certificates
    let ca = maker.tls.as_ref().unwrap().ca.clone();
    let dir = ca.parent().unwrap();
    let (plain, tls) = (free_port().unwrap(), free_port().unwrap());
    let section = format!(
        "[managed]\nbroker_listen = \"127.0.0.1:{plain}\"\ntls_listen = \"127.0.0.1:{tls}\"\n\
         tls_cert_file = \"{0}/server.pem\"\ntls_key_file = \"{0}/server.key\"\n",
        dir.display()
    );
    let hub = Hub::with_config(&world, &section).unwrap();
    enter(&hub, &[("W-1", None)]);
    let login = super::equip(&hub, plain, "W-1");
    let (user, password) = login.user.unwrap();
    let publish = |topic: &str, id: &str| {
        let mut command = Command::new("mosquitto_pub");
        command
            .args(["-h", "localhost", "-p", &tls.to_string(), "--cafile"])
            .arg(&ca)
            .args(["-u", &user, "-P", &password]);
        command
            .args(["-i", id, "-V", "5", "-q", "1", "-t", topic, "-m", "{\"level\":4}"])
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(publish("city/water/W-1/telemetry", "anything"));
    until("heard", GUARD, || hub.latest("W-1", "level")).unwrap();
    let connect = hub.get("/api/v1/devices/W-1/credential").unwrap()["connect"].clone();
    assert_eq!(connect, json!([format!("mqtts://127.0.0.1:{tls}"), format!("mqtt://127.0.0.1:{plain}")]));

    // a new certificate is taken up without a restart
    let served = || {
        let script =
            format!("openssl s_client -connect 127.0.0.1:{tls} </dev/null 2>/dev/null | openssl x509 -noout -serial");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let before = served();
    assert!(before.starts_with("serial="), "{before}");
    let again = "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile san";
    assert!(Command::new("sh").args(["-c", again]).current_dir(dir).output().unwrap().status.success());
    until("the new one is served", GUARD, || Some(served()).filter(|now| now.starts_with("serial=") && *now != before))
        .unwrap();
}
