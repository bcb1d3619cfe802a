//! Whoever gets past the rights and the triggers is found by the chain, or by the head that is kept elsewhere; what is old may
//! go, and the rest still holds.

use chengshu_access::{Act, Break, Broken, Head};
use chengshu_core::model::Timestamp;
use chengshu_store::{AuditFilter, checkup};

use crate::audit::line;
use crate::world::{World, run};

/// Three batches: lines 1–2, 3–5, 6–7.
async fn three(world: &World) -> Head {
    let lines: Vec<_> = "abcdefg".chars().map(|name| line(Act::Login, &name.to_string())).collect();
    let mut head = Head::START;
    for part in [&lines[0..2], &lines[2..5], &lines[5..7]] {
        head = world.store.audit_write(part).await.unwrap();
    }
    head
}

/// As a superuser whom no trigger stops.
async fn tamper(world: &World, statements: &str) {
    let mut owner = world.connect("chengshu").await;
    run(&mut owner, &format!("SET session_replication_role = replica; {statements}")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_tampering_is_found() {
    let table: [(&str, &str, u64, u64, Break); 12] = [
        ("a changed byte", "UPDATE audit_line SET canonical = set_byte(canonical, 20, 7) WHERE id = 4", 2, 3, Break::Altered),
        ("a changed column", "UPDATE audit_line SET who = 'person:2' WHERE id = 4", 2, 3, Break::Altered),
        ("another time", "UPDATE audit_line SET at = at + interval '1 hour' WHERE id = 1", 1, 1, Break::Altered),
        ("a word that is none", "UPDATE audit_line SET act = 'nothing' WHERE id = 7", 3, 6, Break::Altered),
        (
            "column and bytes together",
            r#"UPDATE audit_line SET object = 'x', canonical = audit_canonical(jsonb_build_object('at', 1790000000000,
               'who', who, 'kind', kind, 'from', from_ip, 'act', act, 'object', 'x', 'outcome', outcome, 'detail', detail)) WHERE id = 3"#,
            2,
            3,
            Break::Altered,
        ),
        ("a line that is gone", "DELETE FROM audit_line WHERE id = 4", 2, 3, Break::Altered),
        ("a batch that is gone", "DELETE FROM audit_line WHERE batch = 2; DELETE FROM audit_batch WHERE n = 2", 2, 3, Break::Altered),
        ("lines that changed places", "UPDATE audit_line SET id = 103 WHERE id = 3; UPDATE audit_line SET id = 3 WHERE id = 4; UPDATE audit_line SET id = 4 WHERE id = 103", 2, 3, Break::Altered),
        ("a dropped tail", "DELETE FROM audit_line WHERE batch = 3; DELETE FROM audit_batch WHERE n = 3", 3, 6, Break::Missing),
        (
            "a dropped tail, the head too",
            "DELETE FROM audit_line WHERE batch = 3; DELETE FROM audit_batch WHERE n = 3;
             UPDATE audit_head SET batches = 2, lines = 5, hash = (SELECT hash FROM audit_batch WHERE n = 2)",
            3,
            6,
            Break::Missing,
        ),
        (
            "a line that nobody wrote",
            "INSERT INTO audit_line SELECT 8, 4, at, who, kind, from_ip, act, object, outcome, reason, detail, canonical FROM audit_line WHERE id = 7",
            4,
            8,
            Break::Altered,
        ),
        (
            "all of it written anew",
            "TRUNCATE audit_line, audit_batch;
             UPDATE audit_head SET batches = 0, lines = 0, hash = start_hash;
             SELECT audit_write((SELECT jsonb_agg(jsonb_build_object('at', n, 'who', 'a', 'kind', 'local', 'act', 'login', 'outcome', 'done', 'detail', '{}'::jsonb)) FROM generate_series(1, 2) n));
             SELECT audit_write((SELECT jsonb_agg(jsonb_build_object('at', n, 'who', 'a', 'kind', 'local', 'act', 'login', 'outcome', 'done', 'detail', '{}'::jsonb)) FROM generate_series(1, 3) n));
             SELECT audit_write((SELECT jsonb_agg(jsonb_build_object('at', n, 'who', 'a', 'kind', 'local', 'act', 'login', 'outcome', 'done', 'detail', '{}'::jsonb)) FROM generate_series(1, 2) n))",
            3,
            6,
            Break::Rewritten,
        ),
    ];
    let world = World::new().await;
    let kept = three(&world).await;
    assert_eq!(world.store.audit_verify(Some(kept.into())).await.unwrap(), Ok(kept));
    tamper(
        &world,
        "CREATE TABLE b AS TABLE audit_batch; CREATE TABLE l AS TABLE audit_line; CREATE TABLE h AS TABLE audit_head",
    )
    .await;
    for (name, statements, batch, line, what) in table {
        tamper(&world, statements).await;
        assert_eq!(
            world.store.audit_verify(Some(kept.into())).await.unwrap(),
            Err(Broken { batch, line, what }),
            "{name}"
        );
        tamper(
            &world,
            "TRUNCATE audit_batch, audit_line, audit_head; INSERT INTO audit_batch SELECT * FROM b;
             INSERT INTO audit_line SELECT * FROM l; INSERT INTO audit_head SELECT * FROM h",
        )
        .await;
        assert_eq!(world.store.audit_verify(Some(kept.into())).await.unwrap(), Ok(kept), "as it was, after {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_chain_is_followed_page_by_page() {
    let world = World::new().await;
    let mut owner = world.connect("chengshu").await;
    let write = "DO $$ BEGIN FOR n IN 1..950 LOOP PERFORM audit_write(jsonb_build_array(jsonb_build_object('at', n, 'who', 'a', 'kind',
                 'local', 'act', 'login', 'outcome', 'done', 'detail', '{}'::jsonb))); END LOOP; END $$";
    run(&mut owner, write).await.unwrap();
    let (_, head) = world.store.audit_heads().await.unwrap();
    assert_eq!((head.batches, world.store.audit_verify(None).await.unwrap()), (950, Ok(head)));
    tamper(&world, "UPDATE audit_line SET who = 'b' WHERE id = 901").await;
    let broken = Broken { batch: 901, line: 901, what: Break::Altered };
    assert_eq!(world.store.audit_verify(Some(head.into())).await.unwrap(), Err(broken));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_old_is_forgotten() {
    let world = World::new().await;
    let store = &world.store;
    let kept = three(&world).await;
    let world = &world;
    let days_ago = |days: i64| async move {
        let now = checkup(&world.url("chengshu")).await.unwrap().now;
        Timestamp::from_ms(now.ms() - days * 86_400_000)
    };
    for days in [0, -1, 179] {
        let error = store.audit_forget(days_ago(days).await).await.unwrap_err();
        assert!(error.database_words().contains("180 days"), "{error:?}");
    }
    assert_eq!(store.audit_forget(days_ago(181).await).await.unwrap(), (0, 0));
    tamper(world, "UPDATE audit_batch SET at = now() - interval '200 days' WHERE n <= 2").await;
    // a line's own time says nothing: what was written yesterday about long ago stays
    tamper(world, "UPDATE audit_batch SET at = now() WHERE n = 3").await;
    assert_eq!(store.audit_forget(days_ago(181).await).await.unwrap(), (2, 5));
    let (start, end) = store.audit_heads().await.unwrap();
    assert_eq!((start.batches, start.lines, end.batches, end.lines), (2, 5, 4, 8));
    assert_eq!(
        store.audit_verify(Some(kept.into())).await.unwrap(),
        Ok(end),
        "the chain goes on from the first kept batch"
    );
    let all = store.audit_list(&AuditFilter { limit: 10, ..AuditFilter::default() }).await.unwrap();
    assert_eq!(all.iter().map(|line| line.id).collect::<Vec<_>>(), [8, 7, 6]);
    let about = &all[0];
    assert_eq!(
        (about.act.as_str(), about.object.as_deref(), about.detail["lines"].as_str()),
        ("configure", Some("audit"), "5")
    );
    tamper(world, "UPDATE audit_line SET who = 'x' WHERE id = 6").await;
    let broken = Broken { batch: 3, line: 6, what: Break::Altered };
    assert_eq!(store.audit_verify(None).await.unwrap(), Err(broken));
}
