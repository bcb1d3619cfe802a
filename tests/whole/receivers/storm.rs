//! A storm does not become a flood of messages: what is too much for a minute comes in one, and every delivery is told by it.

use chengshu_tests::world::{GUARD, Robot, now_ms, publish_all, until, whole};
use serde_json::{Value, json};

use super::{ALLOW, deliveries, make, receiver};

const DEVICES: usize = 300;

#[test]
fn a_storm_comes_in_digests_and_nothing_of_it_is_lost() {
    let (_world, database, broker, hub) = whole(ALLOW);
    let robot = Robot::wecom().unwrap();
    let id = make(
        &hub,
        json!({"name": "防汛群", "channel": "wecom", "url": robot.url(), "events": ["alarm.raised", "alarm.cleared"]}),
    );
    let topic = |device: usize| format!("city/water/S-{device}/telemetry");
    let wave = |ago: i64, depth: f64| {
        let body = json!({"ts": now_ms() - ago, "values": {"depth": depth}}).to_string();
        let messages: Vec<(String, Vec<u8>)> =
            (0..DEVICES).map(|device| (topic(device), body.clone().into_bytes())).collect();
        publish_all(broker.port, &messages).unwrap();
    };
    wave(3_000, 50.0); // three alarms each
    wave(0, 2.0);
    let expected = DEVICES * 6;
    let all = until("all is told", GUARD * 3, || {
        (database.count("SELECT count(*) FROM delivery WHERE state = 'delivered'").ok()? as usize == expected)
            .then_some(())
    });
    all.unwrap_or_else(|error| panic!("{error}\n{}\n{}", receiver(&hub, id), hub.log()));
    let taken = robot.taken();
    assert!(taken.len() < 60, "{} messages for {expected} happenings", taken.len());
    assert_eq!(robot.asked(), taken.len(), "it never had to say that it is too much");

    // each delivery stands in a message: alone, or in a digest that says how many it tells of
    let content = |message: &Value| message["markdown"]["content"].as_str().unwrap().to_owned();
    let told: usize = taken.iter().map(|message| many(&content(message))).sum();
    assert_eq!(told, expected);
    let digest = taken.iter().map(content).max_by_key(|content| many(content)).unwrap();
    assert!(
        digest.contains("**按规则**") && digest.contains("**按专题**") && digest.contains("- 智慧水利："),
        "{digest}"
    );
    assert!(digest.contains("【特急】S-"), "the gravest are listed: {digest}");
    let with_others = deliveries(&hub, id, "delivered").iter().filter(|one| one["digest"].is_i64()).count();
    assert!(with_others > 500, "{with_others}");
    let digests =
        database.count("SELECT count(DISTINCT digest) FROM delivery WHERE digest IS NOT NULL").unwrap() as usize;
    let in_digests = database.count("SELECT count(*) FROM delivery WHERE digest IS NOT NULL").unwrap() as usize;
    assert_eq!(digests + (expected - in_digests), taken.len());
}

/// How many happenings a message tells of.
fn many(content: &str) -> usize {
    let Some((_, rest)) = content.split_once("【汇总】") else { return 1 };
    rest.split(' ').next().unwrap().replace(',', "").parse().unwrap()
}

/// A08's fifty thousand, after an outage: they wait in the database, and come in one message.
#[test]
fn fifty_thousand_that_waited_come_in_one_message() {
    const WAITING: i64 = 50_000;
    let (_world, database, _broker, hub) = whole(ALLOW);
    let robot = Robot::wecom().unwrap();
    let id = make(&hub, json!({"name": "防汛群", "channel": "wecom", "url": robot.url()}));
    database
        .execute(
            r#"INSERT INTO delivery (receiver, kind, key, data, made, asked, due)
               SELECT receiver.id, 'alarm.raised', 'k/' || n,
                      '{"theme": "water", "severity": "urgent", "rule": "water.waterlogging_27", "device": "S-' || n || '"}',
                      now(), now(), now()
               FROM receiver, generate_series(1, 50000) AS n"#,
        )
        .unwrap();
    let begun = std::time::Instant::now();
    let told = until("all are told", GUARD * 2, || {
        (database.count("SELECT count(*) FROM delivery WHERE state = 'delivered'").ok()? == WAITING).then_some(())
    });
    told.unwrap_or_else(|error| panic!("{error}\n{}\n{}", receiver(&hub, id), hub.log()));
    println!("{WAITING} deliveries in one message after {:.1} s", begun.elapsed().as_secs_f64());
    let taken = robot.taken();
    assert_eq!(taken.len(), 1);
    assert!(
        taken[0]["markdown"]["content"].as_str().unwrap().contains("【汇总】50,000 条：告警 50,000"),
        "{}",
        taken[0]
    );
    assert_eq!(database.count("SELECT count(DISTINCT digest) FROM delivery").unwrap(), 1);
}
