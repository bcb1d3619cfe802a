//! S18: what nobody may at the managed broker as it is shipped, tried with real clients; what devices may goes on beside it.

use std::time::Duration;

use chengshu_tests::world::{GUARD, Login, Mqtt, World, until};
use serde_json::json;

use super::{NOTHING, audit, counted, enter, equip, is_let_in, messages, shipped};

/// Where device W-1 has nothing to say: topic, retained.
const OUTSIDE: [(&str, bool); 16] = [
    ("city/water/W-2/telemetry", false),
    ("city/water/W-2/event", false),
    ("city/water/W-2/status", true),
    ("city/water/W-2/reply", false),
    ("city/water/W-2/command", false),
    ("city/water/W-1/command", false),
    ("city/water/W-1/alarm", false),
    ("city/water/C-1/telemetry", false),
    ("city/water/NOBODY/telemetry", false),
    ("city/water/W-1", false),
    ("city/water/W-1/telemetry/x", false),
    ("city/W-1/telemetry", false),
    ("application/1/device/W-1/event/up", false),
    ("$SYS/broker/version", true),
    ("$CONTROL/dynamic-security/v1", false),
    ("W-1", true),
];

/// What W-1 has nothing to hear of.
const DEAF: [&str; 13] = [
    "#",
    "+/#",
    "$SYS/#",
    "$SYS/broker/clients/connected",
    "$CONTROL/#",
    "city/#",
    "city/+/+/telemetry",
    "city/+/+/command",
    "city/water/W-2/telemetry",
    "city/water/W-2/command",
    "city/+/W-2/#",
    "$share/g/city/#",
    "$share/g/city/+/W-2/command",
];

#[test]
fn s18_nobody_says_or_hears_what_is_anothers() {
    let world = World::new().unwrap();
    let (hub, port) = shipped(&world);
    enter(&hub, &[("W-1", None), ("W-2", None), ("GW-1", None), ("C-1", Some("GW-1")), ("C-2", Some("W-2"))]);
    let (one, two, gateway) = (equip(&hub, port, "W-1"), equip(&hub, port, "W-2"), equip(&hub, port, "GW-1"));
    let mut cases = 0;

    // who does not come in
    let (user, password) = one.user.clone().unwrap();
    let hub_secret = std::fs::read_to_string(hub.data().join("mosquitto/hub.secret")).unwrap();
    for (name, login) in [
        ("anonymous", Login { user: None, ..one.clone() }),
        ("anonymous, MQTT 5", Login { user: None, ..one.clone().v5() }),
        ("wrong password", Login::new(&user, "wrong")),
        ("empty password", Login::new(&user, "")),
        ("another's password", Login::new("W-2", &password)),
        ("a device without a credential", Login::new("C-1", &password)),
        ("nobody", Login::new("NOBODY", &password)),
        ("the shared user, which there is not", Login::new("field", "field")),
        ("the hub's user", Login::new("chengshu-hub", "wrong")),
        ("a name with a colon", Login::new("W-1:x", &password)),
        ("a name of wildcards", Login::new("+", &password)),
    ] {
        assert!(!is_let_in(port, &login), "{name}");
        cases += 1;
    }
    assert!(is_let_in(port, &Login::new("chengshu-hub", hub_secret.trim())), "the test would see it");
    assert!(!hub.data().join("mosquitto/field.secret").exists());

    // who says what is not theirs: MQTT 5 is told, and for both nothing of it arrives anywhere
    let mut old = Mqtt::come(port, &one).unwrap();
    old.publish("city/water/W-1/telemetry", br#"{"level":1}"#, false).unwrap();
    until("its own is heard", GUARD, || hub.latest("W-1", "level")).unwrap();
    let before = messages(&hub);
    for (topic, retained) in OUTSIDE {
        old.publish(topic, br#"{"device":"W-2","level":1.5}"#, retained).unwrap();
        cases += 1;
    }
    drop(old);
    let mut new = Mqtt::come(port, &one.clone().v5()).unwrap();
    for (topic, retained) in OUTSIDE {
        let code = new.publish(topic, br#"{"device":"W-2","level":1.5}"#, retained).unwrap();
        assert!(code >= 0x80, "{topic}: {code:x}");
        cases += 1;
    }
    // a body that names another is set aside
    assert_eq!(new.publish("city/water/W-1/telemetry", br#"{"device":"W-2","level":1.25}"#, false).unwrap(), 0);
    let aside = until("set aside", GUARD, || {
        let aside = hub.get("/api/v1/rejected?reason=id_mismatch").ok()?["rejected"][0].clone();
        aside.is_object().then_some(aside)
    })
    .unwrap();
    assert_eq!((&aside["device"], &aside["source"]), (&json!("W-1"), &json!("city/water/W-1/telemetry")));
    assert_eq!((hub.latest("W-1", "level"), hub.latest("W-2", "level")), (Some(1.0), None));
    cases += 1;
    drop(new);

    // a last will is published, and kept, under the own id only
    for (topic, retained) in [
        ("city/water/W-2/status", false),
        ("city/water/W-2/status", true),
        ("$SYS/x", true),
        ("city/+/W-1/status", false),
    ] {
        let login = Login { will: Some((topic.to_owned(), retained)), ..one.clone() };
        if let Ok(Ok((mut client, _))) = Mqtt::connect(port, &login) {
            client.ping().unwrap();
            client.vanish();
        }
        cases += 1;
    }
    let own = Login { will: Some(("city/water/W-1/status".to_owned(), true)), ..one.clone() };
    Mqtt::come(port, &own).unwrap().vanish();
    until("its own last will is heard", GUARD, || {
        let device = hub.get("/api/v1/devices/W-1").ok()?;
        (device["reason"] == "last_will").then_some(())
    })
    .unwrap();
    let arrived = messages(&hub) - before;
    assert_eq!(arrived, 2, "the telemetry and the last will of W-1 itself, nothing else");
    for device in ["W-2", "C-1"] {
        assert_ne!(hub.get(&format!("/api/v1/devices/{device}")).unwrap()["reason"], "last_will", "{device}");
    }
    assert_eq!(hub.ask("/api/v1/devices/NOBODY", Some(&hub.key)).unwrap().0, 404);

    // who listens to what is not theirs is given nothing, whatever the broker answers
    let mut ears: Vec<(&str, Mqtt)> = Vec::new();
    for (number, filter) in DEAF.into_iter().enumerate() {
        // one client id, one session: the devices take turns
        let login = if number % 2 == 0 { &one } else { &gateway };
        let mut ear = Mqtt::come(port, &Login { clean: true, v5: number % 3 == 0, ..login.clone() }).unwrap();
        ear.subscribe(filter).unwrap();
        ear.subscribe("city/+/W-1/command").unwrap();
        let mut other = Mqtt::come(port, &two).unwrap();
        for (topic, retained) in [("city/water/W-2/telemetry", false), ("city/water/W-2/status", true)] {
            assert_eq!(other.publish(topic, br#"{"online":true,"level":3}"#, retained).unwrap(), 0);
        }
        assert_eq!(ear.message(NOTHING).unwrap(), None, "{filter}");
        ears.push((filter, ear));
        cases += 1;
    }
    drop(ears);

    // what they may goes on: a gateway speaks for its children, a device hears what it is asked
    let mut parent = Mqtt::come(port, &gateway).unwrap();
    assert_eq!(parent.publish("city/water/C-1/telemetry", br#"{"level":5}"#, false).unwrap(), 0);
    until("the child is heard", GUARD, || hub.latest("C-1", "level")).unwrap();
    let mut device = Mqtt::come(port, &one).unwrap();
    assert!(device.subscribe("city/+/W-1/command").unwrap() < 0x80);
    assert!(parent.subscribe("city/water/C-1/command").unwrap() < 0x80);
    for (name, ear) in [("W-1", &mut device), ("C-1", &mut parent)] {
        hub.post(&format!("/api/v1/devices/{name}/commands"), json!({ "name": "read_now", "params": {} })).unwrap();
        let (topic, order) = ear.message(GUARD).unwrap().expect("the command");
        assert_eq!(topic, format!("city/water/{name}/command"), "{order:?}");
    }

    assert!(cases >= 60, "{cases}");
    println!("{cases} cases");
    told(&hub);
}

/// What was refused is counted, and the audit knows by whom.
fn told(hub: &chengshu_tests::world::Hub) {
    until("the log of the broker is read", GUARD, || (counted(hub, "subscribe_denied") >= 13).then_some(())).unwrap();
    for (code, least) in [("publish_denied", 30), ("login_denied", 11), ("subscribe_denied", 13), ("will_denied", 3)] {
        let seen = counted(hub, code);
        assert!(seen >= least, "{code}: {seen}");
    }
    let lines = until("the audit knows", GUARD, || {
        let lines = audit(hub);
        lines.iter().any(|line| line["who"] == "device:W-1" && line["act"] == "denied").then_some(lines)
    })
    .unwrap();
    let of = |who: &str| lines.iter().filter(|line| line["who"] == who && line["act"] == "denied").count();
    assert!((1..=3).contains(&of("device:W-1")), "once a minute, not once a case: {}", of("device:W-1"));
    assert!(of("unknown") >= 1, "{lines:?}");
    let metrics = hub.ask("/metrics", None).unwrap().1;
    assert!(metrics.contains("chengshu_link_deviations{code=\"publish_denied\",link=\"mqtt:main\"}"), "{metrics}");
}

#[test]
fn what_the_register_says_reaches_the_broker_and_who_is_revoked_is_thrown_out() {
    let world = World::new().unwrap();
    let (mut hub, port) = shipped(&world);
    enter(&hub, &[("GW-1", None), ("GW-2", None), ("C-1", Some("GW-1")), ("00:1A:2B", None)]);
    let (first, second) = (equip(&hub, port, "GW-1"), equip(&hub, port, "GW-2"));
    let may = |login: &Login, topic: &str| {
        let mut client = Mqtt::come(port, &Login { clean: true, ..login.clone().v5() }).unwrap();
        client.publish(topic, br#"{"level":1}"#, false).unwrap() == 0
    };
    const CHILD: &str = "city/water/C-1/telemetry";
    assert!(may(&first, CHILD) && !may(&second, CHILD));
    // the child moves
    enter(&hub, &[("C-1", Some("GW-2"))]);
    until("its new gateway speaks for it", GUARD, || may(&second, CHILD).then_some(())).unwrap();
    assert!(!may(&first, CHILD), "and the old one no longer");

    // an id that no password file could hold as a name
    let odd = equip(&hub, port, "00:1A:2B");
    assert_eq!(odd.user.as_ref().unwrap().0, "00~1A~2B");
    assert!(may(&odd, "city/water/00:1A:2B/telemetry") && !may(&odd, "city/water/GW-1/telemetry"));

    // a new password ends the old one, also for who is connected with it
    let mut connected = Mqtt::come(port, &first).unwrap();
    let renewed = equip(&hub, port, "GW-1");
    assert!(connected.is_ended(GUARD) && !is_let_in(port, &first));
    // a hub that was killed, a broker that ended with it: nothing is lost, also before the database answers
    hub.kill();
    hub.up().unwrap();
    assert!(is_let_in(port, &renewed) && may(&second, CHILD) && !may(&renewed, CHILD));
    // revoked while connected
    let mut connected = Mqtt::come(port, &renewed).unwrap();
    let mut bystander = Mqtt::come(port, &second).unwrap();
    let path = "/api/v1/devices/GW-1/credential";
    assert_eq!(hub.call("DELETE", path, Some(&hub.key), None).unwrap().0, 204);
    let start = std::time::Instant::now();
    assert!(connected.is_ended(GUARD), "thrown out");
    println!("thrown out after {} ms", start.elapsed().as_millis());
    assert!(!is_let_in(port, &renewed));
    bystander.ping().unwrap();
    assert_eq!(hub.call("DELETE", path, Some(&hub.key), None).unwrap().0, 409);
    assert_eq!(hub.get(path).unwrap()["credential"], serde_json::Value::Null);
    // out of service
    assert_eq!(hub.call("DELETE", "/api/v1/devices/GW-2", Some(&hub.key), None).unwrap().0, 204);
    assert!(bystander.is_ended(GUARD), "out of service, out of the broker");
    until("nor let in again", Duration::from_secs(10), || (!is_let_in(port, &second)).then_some(())).unwrap();
}
