//! Mails, against aiosmtpd: STARTTLS, TLS from the first byte, passwords, mailboxes that there are not.

use chengshu_tests::world::{Broker, Database, GUARD, Hub, Smtp, World, until};
use serde_json::{Value, json};

use super::{ALLOW, deliveries, depth, make, receiver, told};

fn world(tls: &'static str, change: impl Fn(String) -> String) -> (World, Database, Broker, Smtp, Hub) {
    let start = || -> anyhow::Result<_> {
        let world = World::new()?;
        let database = Database::start(&world)?;
        let broker = Broker::start(&world)?;
        let smtp = Smtp::start(&world, tls)?;
        let mail = change(smtp.section()?);
        let hub = Hub::with_config(
            &world,
            &format!("[database]\nurl = \"{}\"\n{ALLOW}{mail}{}", database.url, broker.section("")),
        )?;
        Ok((world, database, broker, smtp, hub))
    };
    start().unwrap_or_else(|error| panic!("no world to test in: {error:?}"))
}

fn mail(to: &str, lang: &str) -> Value {
    json!({"name": "值班室", "channel": "email", "to": to, "lang": lang, "events": ["alarm.raised", "alarm.cleared"]})
}

/// What a receiver that is not told says of its last attempt.
fn trouble(hub: &Hub, id: i64) -> (Value, String) {
    let view = until("an attempt fails", GUARD, || {
        let view = receiver(hub, id);
        view["error"].is_string().then_some(view)
    });
    let view = view.unwrap();
    assert!(view["held_until"].is_i64() && view["waiting"].as_i64() > Some(0), "{view}");
    (view["status"].clone(), view["error"].as_str().unwrap().to_owned())
}

#[test]
fn mails_come_encrypted_in_the_language_of_their_receiver() {
    let (_world, database, broker, smtp, hub) = world("starttls", |mail| mail);
    let zh = make(&hub, mail("duty@gov.example", "zh"));
    let en = make(&hub, mail("desk@gov.example", "en"));
    let refused = make(&hub, mail("refused.zhang@gov.example", "zh"));
    let later = make(&hub, mail("later@gov.example", "zh"));
    let hang = make(&hub, mail("hang@gov.example", "zh"));
    for id in [refused, later, hang] {
        hub.post(&format!("/api/v1/receivers/{id}/test"), json!({})).unwrap();
    }
    depth(&broker, "H-1", "东门下穿\r\nBcc: x@y.example", 3_000, 30.0);
    told(&hub, zh, 2);
    depth(&broker, "H-1", "东门下穿\r\nBcc: x@y.example", 0, 2.0);
    let all = told(&hub, zh, 4);
    told(&hub, en, 4);
    assert!(all.iter().all(|one| one["status"] == 250 && one["error"].is_null() && one["digest"].is_null()), "{all:?}");

    let mails = smtp.mails_to("duty@gov.example");
    let subjects: Vec<&str> = mails.iter().map(|mail| mail["headers"]["subject"].as_str().unwrap()).collect();
    for expected in [
        "【一般】东门下穿Bcc: x@y.example 积水深度 30.0 cm ≥ 15.0 cm",
        "【紧急】东门下穿Bcc: x@y.example 积水深度 30.0 cm ≥ 27.0 cm",
        "【解除】东门下穿Bcc: x@y.example 积水深度 2.0 cm",
    ] {
        assert!(subjects.contains(&expected), "{expected} in {subjects:?}");
    }
    let raised = mails.iter().find(|mail| mail["headers"]["subject"].as_str().unwrap().contains("紧急")).unwrap();
    let text = raised["text"].as_str().unwrap();
    for part in [
        "(积水 27 cm（没过排气管）), 20",
        "级别：紧急",
        "专题：智慧水利",
        "设备：东门下穿Bcc: x@y.example (H-1)",
        "城枢 · 江城区",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(raised["headers"]["from"], "城枢 <chengshu@gov.example>");
    assert_eq!(
        (&raised["headers"]["auto-submitted"], &raised["headers"]["bcc"]),
        (&json!("auto-generated"), &Value::Null)
    );
    let mut ids: Vec<&Value> = mails.iter().map(|mail| &mail["headers"]["message-id"]).collect();
    ids.dedup();
    assert_eq!(ids.len(), mails.len(), "each has its own");
    assert!(smtp.mails().iter().all(|mail| mail["encrypted"] == true && mail["user"] == "chengshu@gov.example"));
    let english = smtp.mails_to("desk@gov.example");
    let english = english.iter().map(|mail| mail["headers"]["subject"].as_str().unwrap());
    assert!(english.into_iter().any(|one| one == "[Urgent] 东门下穿Bcc: x@y.example Water depth 30.0 cm ≥ 27.0 cm"));

    let (status, words) = trouble(&hub, refused);
    assert!(status == 550 && words.contains("no such mailbox") && !words.contains("zhang"), "{status} {words}");
    let (status, words) = trouble(&hub, later);
    assert!(status == 451 && words.contains("mailbox is busy"), "{status} {words}");
    let (status, words) = trouble(&hub, hang);
    assert!(status.is_null() && words.contains("within 10 s"), "{status} {words}");
    let log = hub.log();
    for secret in [smtp.password, "zhang", "duty@"] {
        assert!(!log.contains(secret), "{secret} in {log}");
        let metrics = hub.ask("/metrics", Some(&hub.key)).unwrap().1;
        assert!(!metrics.contains(secret), "{secret} in {metrics}");
    }
    assert!(database.count("SELECT count(*) FROM receiver WHERE failures > 0").unwrap() >= 3);
}

#[test]
fn a_server_that_does_not_encrypt_gets_neither_password_nor_mail() {
    let (_world, _database, _broker, smtp, hub) = world("none", |mail| mail.replace("\"none\"", "\"starttls\""));
    let id = make(&hub, mail("duty@gov.example", "zh"));
    hub.post(&format!("/api/v1/receivers/{id}/test"), json!({})).unwrap();
    let (_, words) = trouble(&hub, id);
    assert!(words.contains("does not encrypt"), "{words}");
    assert_eq!(smtp.mails(), Vec::<Value>::new());
}

#[test]
fn mails_go_over_tls_from_the_first_byte_to_a_server_that_proves_who_it_is() {
    let (_world, _database, _broker, smtp, mut hub) = world("tls", |mail| mail);
    let id = make(&hub, mail("duty@gov.example", "en"));
    hub.post(&format!("/api/v1/receivers/{id}/test"), json!({})).unwrap();
    told(&hub, id, 1);
    let mails = smtp.mails();
    assert_eq!(mails[0]["headers"]["subject"], "[Test] This is a trial message");
    assert!(mails[0]["encrypted"] == true && !mails[0]["text"].as_str().unwrap().contains("test service"), "{mails:?}");

    // the same server, and nobody who vouches for it
    let config = hub.data().with_file_name("chengshu.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("ca_file"));
    std::fs::write(&config, lines.collect::<Vec<_>>().join("\n")).unwrap();
    hub.stop().unwrap();
    hub.up().unwrap();
    hub.post(&format!("/api/v1/receivers/{id}/test"), json!({})).unwrap();
    let (_, words) = trouble(&hub, id);
    assert!(words.contains("TLS"), "{words}");
    assert_eq!(smtp.mails().len(), 1);
    assert_eq!(deliveries(&hub, id, "waiting").len(), 1, "kept");
}
