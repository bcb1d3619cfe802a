//! S25: who tampers with the audit is stopped by the database's rights, found by the chain, or found by the head that is kept
//! elsewhere; while nothing can be written, nothing is done; and what is old goes only when it is old and copied.

use std::sync::Arc;
use std::time::Duration;

use chengshu_access::{Act, AuditLine, Outcome, Role};
use chengshu_audit::{CopyFile, Keeper, Options};
use chengshu_core::model::Timestamp;
use chengshu_core::seam::{Clock, SharedClock};
use chengshu_store::{Store, StoreOptions};
use chengshu_tests::world::{Database, GUARD, Managed, Said, World, chengshu, now_ms, publish_all, until, whole};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{line_after, newest, somebody};

/// As a superuser whom no trigger stops.
fn tamper(database: &Database, statements: &str) {
    database.run(format!("SET session_replication_role = replica; {statements}")).unwrap();
}

fn verify(world: &World, more: &[&str]) -> Said {
    let config = world.path("chengshu.toml").display().to_string();
    let args: Vec<&str> = ["audit", "verify", "--config", &config].into_iter().chain(more.iter().copied()).collect();
    chengshu(&args).unwrap()
}

fn doctor(world: &World, part: &str) -> Value {
    let said = chengshu(&["doctor", "--json", "--config", &world.path("chengshu.toml").display().to_string()]).unwrap();
    let findings: Vec<Value> = serde_json::from_str(&said.out).unwrap();
    findings.iter().find(|finding| finding["part"] == part).unwrap_or_else(|| panic!("{part}: {findings:#?}")).clone()
}

#[test]
fn s25_the_hubs_own_role_can_only_add() {
    let world = World::new().unwrap();
    let managed = Managed::start(&world, "").unwrap();
    until("there are lines", GUARD, || {
        managed.pair("SELECT count(*), 0::bigint FROM audit_line").ok().filter(|(lines, _)| *lines > 0)
    })
    .unwrap();
    let statements = [
        "UPDATE audit_line SET who = 'x'",
        "DELETE FROM audit_line",
        "TRUNCATE audit_line",
        "ALTER TABLE audit_line DISABLE TRIGGER ALL",
        "DROP TABLE audit_line CASCADE",
        "UPDATE audit_batch SET hash = ''",
        "DELETE FROM audit_batch",
        "TRUNCATE audit_batch",
        "DROP TABLE audit_batch CASCADE",
        "UPDATE audit_head SET lines = 0",
        "DELETE FROM audit_head",
        "DROP FUNCTION audit_write",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET ROLE chengshu_audit",
        "SET session_replication_role = replica",
    ];
    for statement in statements {
        let (code, words) = managed.try_as_hub(statement).expect_err(statement);
        assert_eq!(code, "42501", "{statement}: {words}");
    }
    let (code, words) = managed.try_as_hub("SELECT audit_forget(now() - interval '179 days')").unwrap_err();
    assert!(code == "P0001" && words.contains("180 days"), "{code} {words}");
    let said = verify(&world, &["--lang", "en"]);
    assert!(said.code == Some(0) && said.out.contains("another role's"), "{said:?}");
    assert_eq!(doctor(&world, "audit")["verdict"], "good");
}

#[test]
fn s25_each_way_of_tampering_is_found_and_told_in_words() {
    let world = World::new().unwrap();
    let mut database = Database::start(&world).unwrap();
    let broker = chengshu_tests::world::Broker::start(&world).unwrap();
    let folder = world.folder("mnt").unwrap();
    let file = folder.join("audit.ndjson");
    let sections = format!(
        "[database]\nurl = \"{}\"\n[audit]\ncopy_file = \"{}\"\n{}",
        database.url,
        file.display(),
        broker.section("")
    );
    let mut hub = chengshu_tests::world::Hub::with_config(&world, &sections).unwrap();
    for n in 0..5 {
        hub.post("/api/v1/webhooks", json!({ "name": format!("n{n}"), "url": "https://receiver.example/" })).unwrap();
    }
    let kept = file.display().to_string();
    let head = || database.text("SELECT batches || ':' || encode(hash, 'hex') FROM audit_head").unwrap();
    let copied = |head: &str| {
        let batch = head.split(':').next().unwrap();
        until("it is copied", GUARD, || {
            let text = std::fs::read_to_string(&file).ok()?;
            text.contains(&format!("{{\"batch\":{batch},")).then_some(())
        })
        .unwrap();
        until("its head is kept", GUARD, || {
            (std::fs::read_to_string(hub.data().join("audit.head")).ok()?.trim() == head).then_some(())
        })
        .unwrap();
    };
    let noted = head();
    copied(&noted);
    let mode = std::os::unix::fs::MetadataExt::mode(&hub.data().join("audit.head").metadata().unwrap());
    assert_eq!(mode & 0o777, 0o600);
    for more in [&[][..], &["--kept", &kept], &["--head", &noted]] {
        let said = verify(&world, more);
        assert!(said.code == Some(0) && said.out.contains("审计链完整") && said.out.contains("相符"), "{said:?}");
    }
    hub.stop().unwrap();
    let last = head();
    tamper(
        &database,
        "CREATE TABLE b AS TABLE audit_batch; CREATE TABLE l AS TABLE audit_line; CREATE TABLE h AS TABLE audit_head",
    );
    let rewrite = "
        CREATE TABLE again AS SELECT l.batch, jsonb_agg(jsonb_build_object('at', (extract(epoch FROM l.at) * 1000)::bigint, 'who', 'person:1',
            'kind', l.kind, 'from', l.from_ip, 'act', l.act, 'object', l.object, 'outcome', l.outcome, 'reason', l.reason, 'detail', l.detail)
            ORDER BY l.id) AS lines FROM audit_line l GROUP BY l.batch;
        TRUNCATE audit_line, audit_batch;
        UPDATE audit_head SET batches = 0, lines = 0, hash = start_hash;
        DO $$ DECLARE one record; BEGIN FOR one IN SELECT * FROM again ORDER BY batch LOOP PERFORM audit_write(one.lines); END LOOP; END $$;
        DROP TABLE again";
    let drop_tail = "
        DELETE FROM audit_line WHERE batch = (SELECT max(n) FROM audit_batch);
        DELETE FROM audit_batch WHERE n = (SELECT max(n) FROM audit_batch);
        UPDATE audit_head SET batches = batches - 1, lines = (SELECT max(id) FROM audit_line),
            hash = (SELECT hash FROM audit_batch ORDER BY n DESC LIMIT 1)";
    for (name, statements, without, words) in [
        (
            "one byte is flipped",
            "UPDATE audit_line SET canonical = set_byte(canonical, 20, get_byte(canonical, 20) # 1) WHERE id = 3",
            1,
            "被改动",
        ),
        ("a column is changed", "UPDATE audit_line SET outcome = 'denied' WHERE id = 3", 1, "被改动"),
        ("the tail is dropped", drop_tail, 0, "末尾的记录不见了"),
        ("all of it is written anew", rewrite, 0, "重新写过"),
    ] {
        tamper(&database, statements);
        std::fs::rename(hub.data().join("audit.head"), hub.data().join("aside")).unwrap();
        let alone = verify(&world, &[]);
        assert_eq!(alone.code, Some(without), "{name}, without a head from elsewhere: {alone:?}");
        std::fs::rename(hub.data().join("aside"), hub.data().join("audit.head")).unwrap();
        for more in [&["--kept", &kept][..], &["--head", &last]] {
            let said = verify(&world, more);
            assert!(said.code == Some(1) && said.out.contains(words), "{name} {more:?}: {said:?}");
        }
        let said = verify(&world, &["--lang", "en"]);
        assert!(said.out.contains("at batch") || said.code == Some(0), "{name}: {said:?}");
        if without == 1 {
            assert_eq!(doctor(&world, "audit chain")["verdict"], "bad", "{name}");
        } else if name.starts_with("all") {
            assert_eq!(doctor(&world, "audit head")["verdict"], "bad", "{name}");
            break; // and so the hub starts
        }
        tamper(
            &database,
            "TRUNCATE audit_batch, audit_line, audit_head; INSERT INTO audit_batch SELECT * FROM b;
             INSERT INTO audit_line SELECT * FROM l; INSERT INTO audit_head SELECT * FROM h",
        );
        assert_eq!(verify(&world, &["--kept", &kept]).code, Some(0), "as it was, after {name}");
    }

    // the hub starts all the same, says it, and goes on copying; the copy then tells of both versions
    let before = newest(&database);
    hub.up().unwrap();
    let alarm = line_after(&database, before, "an alarm about the kept head", |line| {
        line.text("act") == "audit_alarm" && line.0["detail"]["about"] == "kept_head"
    });
    assert_eq!((alarm.text("who"), &alarm.0["detail"]["found"]), ("local", &json!("rewritten")));
    assert!(hub.log().contains("THE AUDIT IS NOT WHAT IT WAS"), "{}", hub.log());
    let mut auditor = somebody(&hub, &database, "linyue", Role::AuditAdmin);
    let standing = auditor.read("/api/v1/audit/standing").unwrap();
    assert_eq!(standing["kept_wrong"], "rewritten", "{standing}");
    let (_, metrics) = hub.ask("/metrics", None).unwrap();
    assert!(metrics.contains("chengshu_audit_chain_ok 0"), "the counters say so");
    assert_eq!(std::fs::read_to_string(hub.data().join("audit.head")).unwrap().trim(), last, "it is left as evidence");
    let verified = auditor.act("/api/v1/audit/verify", json!({})).unwrap();
    assert_eq!(verified["broken"]["what"], "rewritten", "{verified}");
    line_after(&database, before, "an alarm about the copy", |line| line.0["detail"]["about"] == "copy_file");
    until("both versions are in the copy", GUARD, || {
        let said = verify(&world, &["--kept", &kept]);
        (said.code == Some(1) && said.out.contains("有两个版本")).then_some(())
    })
    .unwrap();

    // nobody there to be asked
    database.down();
    let said = verify(&world, &["--lang", "en"]);
    assert!(said.code == Some(2) && said.error.contains("could not be asked"), "{said:?}");
    assert_eq!(verify(&world, &["--head", "12"]).code, Some(2));
    assert_eq!(verify(&world, &["--kept", "/nowhere"]).code, Some(2));
}

#[test]
fn s25_while_no_line_can_be_written_nothing_is_done_and_nothing_leaves() {
    let (_world, database, broker, hub) = whole("");
    let payload = format!("{{\"ts\": {}, \"values\": {{\"level\": 1.5}}}}", now_ms() - 1_000);
    publish_all(broker.port, &[("city/water/W-1/telemetry".to_owned(), payload.into_bytes())]).unwrap();
    until("heard", GUARD, || hub.latest("W-1", "level")).unwrap();
    let mut admin = somebody(&hub, &database, "chenwei", Role::SystemAdmin);
    let mut auditor = somebody(&hub, &database, "linyue", Role::AuditAdmin);
    let hook = |name: &str| json!({ "name": name, "url": "https://receiver.example/" });
    let id = hub.post("/api/v1/webhooks", hook("before")).unwrap()["id"].clone();
    let (status, photo) = hub.upload("/api/v1/devices/W-1/photos", b"\xff\xd8\xff\xe0\0\x10JFIF\0 one").unwrap();
    assert_eq!(status, 200, "{photo}");
    let state = || {
        database
            .text(
                "SELECT concat_ws('|', (SELECT string_agg(name, ',') FROM receiver), (SELECT count(*) FROM device_photo),
                     (SELECT count(*) FROM correction), (SELECT count(*) FROM device_change), (SELECT count(*) FROM command),
                     (SELECT count(*) FROM delivery), (SELECT count(*) FROM person), (SELECT string_agg(value::text, ',') FROM reading))",
            )
            .unwrap()
    };
    let before = state();
    database.execute("ALTER FUNCTION audit_write(jsonb) RENAME TO audit_write_gone").unwrap();
    let at = hub.get("/api/v1/devices/W-1/latest").unwrap()["metrics"]["level"]["at"].clone();
    let correction = json!({ "device": "W-1", "metric": "level", "at": at, "value": 9.0, "reason": "because" });
    let entry = json!({ "theme": "water", "version": 0, "entry": { "department": "水务局" } });
    let photo_path = format!("/api/v1/devices/W-1/photos/{}", photo["hash"].as_str().unwrap());
    let hook_path = format!("/api/v1/webhooks/{id}");
    for (method, path, body) in [
        ("POST", "/api/v1/webhooks", hook("after")),
        ("PUT", hook_path.as_str(), hook("changed")),
        ("DELETE", hook_path.as_str(), Value::Null),
        ("POST", &format!("{hook_path}/test"), Value::Null),
        ("POST", &format!("{hook_path}/replay"), json!({})),
        ("DELETE", photo_path.as_str(), Value::Null),
        ("POST", "/api/v1/corrections", correction.clone()),
        ("PUT", "/api/v1/devices/W-1", entry),
        ("DELETE", "/api/v1/devices/W-1", Value::Null),
        ("POST", "/api/v1/devices/W-1/commands", json!({ "name": "read_now" })),
        ("POST", "/api/v1/rejected/replay", json!({ "reason": "x" })),
        ("GET", "/api/v1/export/devices", Value::Null),
        ("GET", "/api/v1/export/readings?from=2026-01-01T00:00:00Z&to=2030-01-01T00:00:00Z", Value::Null),
        ("GET", "/api/v1/devices/W-1/messages", Value::Null),
    ] {
        let (status, answer) = hub.call(method, path, Some(&hub.key), Some(body)).unwrap();
        assert_eq!(status, 503, "{method} {path}: {answer}");
        assert!(!answer.contains("audit_write"), "no word of the insides: {answer}");
    }
    let (status, _) = hub.upload("/api/v1/devices/W-1/photos", b"\xff\xd8\xff\xe0\0\x10JFIF\0 two").unwrap();
    assert_eq!(status, 503);
    let (status, _) = hub.upload("/api/v1/import/devices?format=csv", b"device,theme\nW-2,water\n").unwrap();
    assert_eq!(status, 503);
    assert_eq!(admin.post("/api/v1/people", json!({ "user": "new", "name": "新" })).unwrap().0, 503);
    for path in ["/api/v1/audit", "/api/v1/export/audit"] {
        assert_eq!(auditor.get(path).unwrap().0, 503, "{path}");
    }
    assert_eq!(state(), before, "nothing of it happened");
    assert_eq!(hub.get("/api/v1/devices/W-1/latest").unwrap()["metrics"]["level"]["value"], 1.5, "nor on the board");
    database.execute("ALTER FUNCTION audit_write_gone(jsonb) RENAME TO audit_write").unwrap();
    hub.post("/api/v1/corrections", correction).unwrap();
    assert_eq!(hub.get("/api/v1/devices/W-1/latest").unwrap()["metrics"]["level"]["value"], 9.0);
    // refusals waited, and are written now
    line_after(&database, 0, "a refused act", |line| {
        line.text("act") == "webhook_change" && line.text("outcome") == "failed"
    });
}

#[test]
fn s25_the_audit_administrator_reads_and_nobody_else_does() {
    let (_world, database, _broker, hub) = whole("");
    let mut auditor = somebody(&hub, &database, "linyue", Role::AuditAdmin);
    for path in ["/api/v1/audit", "/api/v1/audit/standing", "/api/v1/export/audit", "/api/v1/people"] {
        assert_eq!(auditor.get(path).unwrap().0, 200, "{path}");
    }
    for path in ["/api/v1/devices", "/api/v1/status", "/api/v1/export/devices", "/api/v1/access/policy"] {
        assert_eq!(auditor.get(path).unwrap().0, 403, "{path}");
    }
    assert_eq!(auditor.post("/api/v1/people", json!({ "user": "x", "name": "x" })).unwrap().0, 403);
    assert_eq!(auditor.send("DELETE", "/api/v1/audit", None).unwrap().0, 405, "there is no way to delete a line");
    for role in Role::ALL.into_iter().filter(|role| *role != Role::AuditAdmin) {
        let mut other = somebody(&hub, &database, role.id(), role);
        for path in ["/api/v1/audit", "/api/v1/audit/standing", "/api/v1/export/audit"] {
            assert_eq!(other.get(path).unwrap().0, 403, "{role} {path}");
        }
    }
    assert_eq!(
        hub.ask("/api/v1/audit", Some(&hub.key)).unwrap().0,
        403,
        "nor does a service with all rights of services"
    );
}

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(now_ms())
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(now_ms().unsigned_abs())
    }

    fn sleep(&self, span: Duration) -> futures_util::future::BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(span))
    }
}

#[test]
fn s25_only_what_is_old_and_copied_is_forgotten() {
    let world = World::new().unwrap();
    std::fs::write(world.path("short.toml"), "[audit]\nkeep_days = 179\n").unwrap();
    let said = chengshu(&["check-config", &world.path("short.toml").display().to_string()]).unwrap();
    said.refused("audit.keep_days: read 179; expected at least 180").unwrap();

    let database = Database::start(&world).unwrap();
    let options =
        StoreOptions { url: database.url.clone(), owner: None, readers: 4, reader_timeout: Duration::from_secs(20) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    let store = Store::new(&options).unwrap();
    let clock: SharedClock = Arc::new(Now);
    runtime.block_on(store.prepare()).unwrap();
    let line = || AuditLine::new(clock.now(), None, None, Act::Login, Outcome::Failed);
    for _ in 0..6 {
        runtime.block_on(store.audit_write(&[line(), line()])).unwrap();
    }
    // batches 1 to 4 of different old days, 5 just too young
    tamper(
        &database,
        "UPDATE audit_batch SET at = now() - interval '200 days' + n * interval '3 days' WHERE n <= 4;
         UPDATE audit_batch SET at = now() - interval '180 days' + interval '10 minutes' WHERE n = 5",
    );
    let kept = || database.text("SELECT string_agg(n::text, ',' ORDER BY n) FROM audit_batch WHERE n <= 6").unwrap();
    let folder = world.path("copy");
    let keeper = |data: &str, file: bool| {
        let file = file.then(|| CopyFile { path: folder.join("audit.ndjson"), bytes_most: 1 << 20 });
        std::fs::create_dir_all(world.path(data)).unwrap();
        let options = Options { file, ..Options::default() };
        Keeper::new(store.clone(), clock.clone(), options, Some(world.path(data)), &prometheus::Registry::new())
            .unwrap()
    };
    let copying = keeper("one", true);
    runtime.block_on(copying.forget()).unwrap();
    assert_eq!(kept(), "1,2,3,4,5,6", "nothing was copied yet");
    let stop = CancellationToken::new();
    let running = runtime.spawn(copying.clone().run(stop.clone()));
    until("the folder is missed", GUARD, || copying.standing().copies[0].trouble.clone()).unwrap();
    runtime.block_on(copying.forget()).unwrap();
    assert_eq!(kept(), "1,2,3,4,5,6", "nor now");
    std::fs::create_dir(&folder).unwrap();
    until("it is copied", GUARD, || copying.standing().copies[0].sure.filter(|sure| sure.batches >= 6)).unwrap();
    runtime.block_on(copying.forget()).unwrap();
    assert_eq!(kept(), "5,6", "what was copied and is old");
    assert!(runtime.block_on(store.audit_verify(None)).unwrap().is_ok());
    let told =
        database.count("SELECT count(*) FROM audit_line WHERE act = 'configure' AND reason = 'retention'").unwrap();
    assert!((1..=4).contains(&told), "{told}");
    // one who copies nowhere forgets by age alone
    tamper(&database, "UPDATE audit_batch SET at = now() - interval '181 days' WHERE n = 5");
    runtime.block_on(keeper("two", false).forget()).unwrap();
    assert_eq!(kept(), "6");
    stop.cancel();
    runtime.block_on(running).unwrap();
    runtime.block_on(store.close());
}
