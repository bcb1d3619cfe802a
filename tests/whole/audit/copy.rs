//! The copy off the host: every batch with its lines and its hash, in order, at least once, whatever falls over meanwhile;
//! and no text of anybody forges a line of it (S24).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use chengshu_access::Role;
use chengshu_audit::{CopyRead, Record};
use chengshu_tests::world::{
    Browser, Database, GUARD, Heard, Hub, Syslog, chengshu, now_ms, publish_all, until, whole,
};
use serde_json::{Value, json};

use super::somebody;

const EVIL: &str = "a\r\n<110>1 - - - - - forged\u{1b}[2J\u{7f}\u{85}\u{2028}\u{202e}\"] 王";

fn records(path: &Path) -> Vec<Record> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| Record::read(line).unwrap_or_else(|| panic!("no record: {line}"))).collect()
}

/// An act that leaves a line: a webhook is made and deleted.
fn act(hub: &Hub) {
    let made = hub.post("/api/v1/webhooks", json!({ "name": "x", "url": "https://receiver.example/" })).unwrap();
    let path = format!("/api/v1/webhooks/{}", made["id"]);
    assert_eq!(hub.call("DELETE", &path, Some(&hub.key), None).unwrap().0, 204);
}

fn batches(database: &Database) -> u64 {
    database.count("SELECT batches FROM audit_head").unwrap() as u64
}

fn standing(auditor: &mut Browser, kind: &str) -> Value {
    let standing = auditor.read("/api/v1/audit/standing").unwrap();
    standing["copies"].as_array().unwrap().iter().find(|copy| copy["kind"] == kind).unwrap().clone()
}

/// Everything up to a batch was heard at least once, and never for the first time after a later one.
fn whole_and_in_order(heard: &[Heard], upto: u64) -> Option<()> {
    let mut next = 1;
    for message in heard {
        assert!(message.batch() <= next, "{} before {next}", message.batch());
        next = next.max(message.batch() + 1);
    }
    (next > upto).then_some(())
}

fn metric(hub: &Hub, name: &str) -> Option<i64> {
    let (_, text) = hub.ask("/metrics", None).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

#[test]
fn s24_a_copy_by_tls_and_as_a_file_holds_every_batch_whatever_falls_over() {
    let world = chengshu_tests::world::World::new().unwrap();
    let mut receiver = Syslog::start_tls(&world).unwrap();
    let folder = world.folder("mnt").unwrap();
    let (file, pem) = (folder.join("audit.ndjson"), receiver.certificates.clone().unwrap());
    let database = Database::start(&world).unwrap();
    let broker = chengshu_tests::world::Broker::start(&world).unwrap();
    let pem = |name: &str| pem.join(name).display().to_string();
    let audit = format!(
        "[audit]\ncopy_file = \"{}\"\nsyslog = \"tcp+tls://localhost:{}\"\nca_file = \"{}\"\nclient_cert_file = \"{}\"\nclient_key_file = \"{}\"\n",
        file.display(),
        receiver.port,
        pem("ca.pem"),
        pem("client.pem"),
        pem("client.key"),
    );
    let sections = format!("[database]\nurl = \"{}\"\n{audit}{}", database.url, broker.section(""));
    let mut hub = Hub::with_config(&world, &sections).unwrap();
    let mut auditor = somebody(&hub, &database, "linyue", Role::AuditAdmin);

    // whatever somebody writes stays on its line
    let payload = format!("{{\"ts\": {}, \"values\": {{\"level\": 1.5}}}}", now_ms() - 1_000);
    publish_all(broker.port, &[("city/water/W-1/telemetry".to_owned(), payload.into_bytes())]).unwrap();
    until("heard", GUARD, || hub.latest("W-1", "level")).unwrap();
    let at = hub.get("/api/v1/devices/W-1/latest").unwrap()["metrics"]["level"]["at"].clone();
    hub.post(
        "/api/v1/corrections",
        json!({ "device": "W-1", "metric": "level", "at": at, "value": 1.0, "reason": EVIL }),
    )
    .unwrap();
    let caught_up = |receiver: &Syslog| {
        let upto = batches(&database);
        until("both copies have everything", GUARD, || {
            let heard = receiver.heard().unwrap_or_else(|error| panic!("{error}"));
            whole_and_in_order(&heard, upto)?;
            (records(&file).last()?.batch >= upto).then_some(())
        })
        .unwrap();
    };
    caught_up(&receiver);
    let kept = database.text("SELECT reason FROM audit_line WHERE act = 'correction'").unwrap();
    let heard = receiver.heard().unwrap();
    let message = heard.iter().find(|message| message.id == "correction").unwrap();
    assert_eq!(message.json["reason"], Value::String(kept.clone()), "nothing is lost on the way");
    assert_eq!(
        (message.priority, message.data["outcome"].as_str(), message.data["from"].as_str()),
        (110, "done", "127.0.0.1")
    );
    assert!(message.at.ends_with('Z') && !message.host.is_empty(), "{message:?}");
    assert!(!message.raw.contains('\u{202e}') && !message.raw.contains('\u{2028}'), "{}", message.raw);
    let record =
        records(&file).into_iter().find(|record| record.lines.iter().any(|line| line.act == "correction")).unwrap();
    assert_eq!((record.is_true(), record.lines[0].reason.as_deref()), (Some(true), Some(kept.as_str())));

    // the receiver falls over in the middle, and is away for a while
    for n in 0..30 {
        if n == 10 {
            receiver.kill();
        }
        act(&hub);
    }
    let stuck = until("the standing says that it is stuck", GUARD, || {
        Some(standing(&mut auditor, "syslog"))
            .filter(|copy| copy["trouble"].is_object() && copy["waiting"].as_u64() > Some(20))
    });
    let stuck = stuck.unwrap_or_else(|error| panic!("{error}: {}", standing(&mut auditor, "syslog")));
    assert!(["unreachable", "ended"].contains(&stuck["trouble"]["code"].as_str().unwrap()), "{stuck}");
    assert_eq!(standing(&mut auditor, "file")["trouble"], Value::Null, "the other one gets on");
    until("the counters say so", GUARD, || (metric(&hub, "chengshu_audit_copy_ok{to=\"syslog\"}")? == 0).then_some(()))
        .unwrap();
    assert_eq!(metric(&hub, "chengshu_audit_copy_ok{to=\"file\"}"), Some(1));
    let config = world.path("chengshu.toml").display().to_string();
    let said = chengshu(&["doctor", "--json", "--config", &config]).unwrap();
    let findings: Vec<Value> = serde_json::from_str(&said.out).unwrap();
    let finding = findings.iter().find(|finding| finding["part"] == "audit copy syslog").unwrap();
    assert!(finding["verdict"] == "bad" && finding["text"].as_str().unwrap().contains("batches wait"), "{finding}");
    receiver.up().unwrap();
    caught_up(&receiver);
    until("the counters are well again", GUARD, || {
        let well = metric(&hub, "chengshu_audit_copy_ok{to=\"syslog\"}")? == 1;
        (well && metric(&hub, "chengshu_audit_copy_waiting{to=\"syslog\"}")? == 0).then_some(())
    })
    .unwrap();

    // the hub falls over
    act(&hub);
    hub.kill();
    hub.up().unwrap();
    act(&hub);
    caught_up(&receiver);
    let read = CopyRead::read(BufReader::new(File::open(&file).unwrap())).unwrap();
    assert_eq!((read.wrong, read.missing, read.unreadable), (None, None, 0), "{read:?}");
    let mut hashes = BTreeMap::new();
    for message in receiver.heard().unwrap() {
        let hash = message.data["hash"].clone();
        assert_eq!(*hashes.entry(message.batch()).or_insert_with(|| hash.clone()), hash, "each batch has one hash");
    }
    println!("{} batches, {} messages", hashes.len(), receiver.heard().unwrap().len());

    // the folder is not mounted any more: nothing is written in its place
    std::fs::rename(&folder, world.path("unmounted")).unwrap();
    world.folder("mnt").unwrap();
    act(&hub);
    let gone = until("the file is missed", GUARD, || {
        Some(standing(&mut auditor, "file")).filter(|copy| copy["trouble"]["code"] == "gone")
    });
    gone.unwrap_or_else(|error| panic!("{error}: {}", standing(&mut auditor, "file")));
    assert!(!file.exists());
    std::fs::remove_dir(&folder).unwrap();
    std::fs::rename(world.path("unmounted"), &folder).unwrap();
    caught_up(&receiver);
    let read = CopyRead::read(BufReader::new(File::open(&file).unwrap())).unwrap();
    assert_eq!((read.wrong, read.missing), (None, None), "{read:?}");
    hub.stop().unwrap();
}

#[test]
fn a_receiver_in_the_clear_gets_frames_too_and_one_that_is_not_trusted_gets_nothing() {
    let mut receiver = Syslog::start_plain().unwrap();
    let (_world, database, _broker, hub) = whole(&format!("[audit]\nsyslog = \"tcp://127.0.0.1:{}\"\n", receiver.port));
    act(&hub);
    let upto = batches(&database);
    until("everything is heard", GUARD, || whole_and_in_order(&receiver.heard().unwrap(), upto)).unwrap();
    receiver.kill();

    // its certificate is of an authority that nobody here believes
    let world = chengshu_tests::world::World::new().unwrap();
    let stranger = Syslog::start_tls(&world).unwrap();
    let (_world, database, _broker, hub) =
        whole(&format!("[audit]\nsyslog = \"tcp+tls://localhost:{}\"\n", stranger.port));
    let mut auditor = somebody(&hub, &database, "linyue", Role::AuditAdmin);
    until("the hub does not trust it", GUARD, || {
        (standing(&mut auditor, "syslog")["trouble"]["code"] == "tls").then_some(())
    })
    .unwrap();
}
