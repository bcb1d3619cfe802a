//! A03 and A09 on every channel: receivers that are away, say 500 or nothing at all, while the hub is killed at each step. What
//! was raised and what is over is told after all; once, or again after a kill, but never not at all.

use chengshu_tests::world::{Broker, Database, GUARD, HANGS, Hub, Receiver, Robot, Smtp, World, now_ms, until};
use serde_json::{Value, json};

use super::{ALLOW, depth, make, receiver, told};

/// The longest pause, with room for the time that the question takes.
const PAUSE_MS: i64 = 300_000 + 5_000;

#[test]
fn a03_a09_what_was_raised_and_what_is_over_is_told_after_every_outage_and_kill() {
    let world = World::new().unwrap();
    let database = Database::start(&world).unwrap();
    let mut broker = Broker::start(&world).unwrap();
    let mut smtp = Smtp::start(&world, "starttls").unwrap();
    let (hook, robot) = (Receiver::start().unwrap(), Robot::wecom().unwrap());
    let sections =
        format!("[database]\nurl = \"{}\"\n{ALLOW}{}{}", database.url, smtp.section().unwrap(), broker.section(""));
    let mut hub = Hub::with_config(&world, &sections).unwrap();
    let events = ["alarm.raised", "alarm.cleared"];
    let ids = [
        json!({"name": "a", "channel": "webhook", "url": hook.url(), "events": events}),
        json!({"name": "b", "channel": "wecom", "url": robot.url(), "events": events}),
        json!({"name": "c", "channel": "email", "to": "duty@gov.example", "events": events}),
        json!({"name": "d", "channel": "mqtt"}),
    ]
    .map(|body| (make(&hub, body.clone()), body));

    hook.answer(HANGS);
    robot.says(45_009);
    smtp.down();
    depth(&broker, "H-1", "东门", 60_000, 30.0);
    let away = |hub: &Hub| {
        until("three of them fail", GUARD, || {
            let failing = ids[..3].iter().filter(|(id, _)| receiver(hub, *id)["error"].is_string()).count();
            (failing == 3).then_some(())
        })
    };
    away(&hub).unwrap_or_else(|error| panic!("{error}\n{}", hub.log()));
    hub.kill(); // while one attempt hangs
    hub.up().unwrap();
    hook.answer(500);
    depth(&broker, "H-1", "东门", 30_000, 2.0);
    until("what is over waits", GUARD, || {
        let waits = "SELECT count(*) FROM delivery WHERE kind = 'alarm.cleared'";
        (database.count(waits).ok()? == 8).then_some(())
    })
    .unwrap();
    hub.kill(); // with all of it waiting
    broker.down(true);
    broker.up().unwrap();
    hub.up().unwrap();
    for (id, _) in &ids {
        let view = receiver(&hub, *id);
        let pause = view["held_until"].as_i64().map_or(0, |until| until - now_ms());
        assert!(pause <= PAUSE_MS, "never more than five minutes: {view}");
    }
    let again = hook.messages().len();
    until("it is tried again after the kill", GUARD * 2, || (hook.messages().len() > again).then_some(())).unwrap();

    // all are back; a person who changes a receiver has it told at once
    hook.answer(200);
    robot.says(0);
    smtp.up().unwrap();
    for (id, body) in &ids {
        let (status, said) =
            hub.call("PUT", &format!("/api/v1/receivers/{id}"), Some(&hub.key), Some(body.clone())).unwrap();
        assert_eq!(status, 200, "{said}");
        told(&hub, *id, 4);
    }
    let heard: Vec<Value> = hook.messages().iter().filter(|one| one.answered == 200).map(|one| one.json()).collect();
    let cleared = heard.iter().filter(|one| one["event"] == "alarm.cleared").count();
    assert!((2..=4).contains(&cleared), "twice two at most: {cleared}");
    let texts = robot.taken().iter().map(Value::to_string).collect::<String>();
    assert!(texts.contains("【紧急】") && texts.contains("【解除】"), "{texts}");
    let subjects: String = smtp.mails().iter().map(|mail| mail["headers"]["subject"].to_string()).collect();
    assert!(subjects.contains("【紧急】") && subjects.contains("【解除】"), "{subjects}");
}
