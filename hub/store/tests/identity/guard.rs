//! Who may touch the audit: the role of the hub may add and read; names that look like the database's own fool nobody; and
//! the database says itself how well it is guarded, whoever applied the migrations.

use chengshu_access::Act;
use chengshu_core::model::Timestamp;
use chengshu_store::{AuditProtection, Retention, checkup};

use crate::audit::line;
use crate::world::{HUB, World, run};

const TAMPER: [&str; 9] = [
    "UPDATE audit_line SET who = 'x'",
    "DELETE FROM audit_line",
    "TRUNCATE audit_line",
    "UPDATE audit_batch SET hash = ''",
    "DELETE FROM audit_batch",
    "TRUNCATE audit_batch",
    "UPDATE audit_head SET lines = 0",
    "DELETE FROM audit_head",
    "TRUNCATE audit_head",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_hubs_role_adds_and_reads() {
    let world = World::new().await;
    world.store.audit_write(&[line(Act::Login, "a")]).await.unwrap();
    let mut hub = world.connect(HUB).await;
    let more = [
        "SELECT * FROM audit_line",
        "INSERT INTO audit_line SELECT * FROM audit_line_read",
        "UPDATE audit_line_read SET who = 'x'",
        "DELETE FROM audit_line_read",
        "DELETE FROM audit_head_read",
        "INSERT INTO audit_batch_read VALUES (9, 1, '', now())",
        "ALTER TABLE audit_line DISABLE TRIGGER ALL",
        "DROP TABLE audit_line CASCADE",
        "DROP FUNCTION audit_write",
        "CREATE OR REPLACE FUNCTION audit_canonical(line jsonb) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION audit_write OWNER TO chengshu_hub",
        "SET ROLE chengshu_audit",
        "SET ROLE chengshu",
        "SET session_replication_role = replica",
        "GRANT chengshu_audit TO chengshu_hub",
        "UPDATE _sqlx_migrations SET version = 99",
    ];
    for statement in TAMPER.into_iter().chain(more) {
        let (code, words) = run(&mut hub, statement).await.expect_err(statement);
        assert_eq!(code, "42501", "{statement}: {words}");
    }
    // whoever may everything is stopped by the triggers, until they switch them off
    let mut owner = world.connect("chengshu").await;
    for statement in TAMPER {
        let (code, words) = run(&mut owner, statement).await.expect_err(statement);
        assert!(code == "P0001" && words.contains("refused"), "{statement}: {code} {words}");
    }
    let protection = |role: &'static str| {
        let store = world.store_as(role);
        async move { store.audit_protection().await.unwrap() }
    };
    assert_eq!(protection(HUB).await, AuditProtection::Separate);
    assert_eq!(protection("chengshu").await, AuditProtection::Superuser);
    run(&mut owner, "ALTER TABLE audit_batch DISABLE TRIGGER audit_refuse").await.unwrap();
    assert_eq!(protection(HUB).await, AuditProtection::Disarmed);
    assert!(world.store.audit_verify(None).await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_ones_own_fool_no_function() {
    let world = World::new().await;
    let mut owner = world.connect("chengshu").await;
    run(&mut owner, "CREATE SCHEMA evil AUTHORIZATION chengshu_hub").await.unwrap();
    let mut hub = world.connect(HUB).await;
    let evil = "
        CREATE TABLE evil.audit_head (LIKE public.audit_head_read); CREATE TEMP TABLE audit_head (LIKE public.audit_head_read);
        CREATE TEMP TABLE audit_line (LIKE public.audit_line_read); CREATE TEMP TABLE audit_batch (LIKE public.audit_batch_read);
        CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT '\\x00'::bytea $$;
        CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz 'epoch' $$;
        CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2999-01-01' $$;
        CREATE FUNCTION evil.audit_canonical(jsonb) RETURNS bytea LANGUAGE sql AS $$ SELECT ''::bytea $$;
        CREATE FUNCTION evil.cat(bytea, bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT ''::bytea $$;
        CREATE OPERATOR evil.|| (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = evil.cat);
        CREATE FUNCTION evil.more(timestamptz, timestamptz) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$;
        CREATE OPERATOR evil.> (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = evil.more);
        SET search_path = evil, pg_temp, public, pg_catalog";
    run(&mut hub, evil).await.unwrap();
    let document = r#"[{"at": 5, "who": "a", "kind": "local", "act": "login", "outcome": "done", "detail": {}}]"#;
    run(&mut hub, &format!("SELECT public.audit_write('{document}')")).await.unwrap();
    let (code, words) = run(&mut hub, "SELECT public.audit_forget(pg_catalog.now())").await.unwrap_err();
    assert!(code == "P0001" && words.contains("180 days"), "{words}");
    let head = world.store.audit_verify(None).await.unwrap().unwrap();
    assert_eq!((head.batches, head.lines), (1, 1));
    let (mine,): (i64,) =
        sqlx::query_as("SELECT pg_catalog.count(*) FROM pg_temp.audit_line").fetch_one(&mut hub).await.unwrap();
    assert_eq!(mine, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_owner_has_the_triggers_alone() {
    let world = World::bare().await;
    let mut first = world.connect("chengshu").await;
    // beside a managed database, whose roles exist in the same cluster already
    World::new().await;
    run(&mut first, "CREATE ROLE plain LOGIN; CREATE EXTENSION timescaledb; GRANT ALL ON SCHEMA public TO plain")
        .await
        .unwrap();
    let store = world.store_as("plain");
    store.prepare().await.unwrap();
    assert_eq!(store.audit_protection().await.unwrap(), AuditProtection::Owner);
    let head = store.audit_write(&[line(Act::Login, "a")]).await.unwrap();
    let mut plain = world.connect("plain").await;
    for statement in TAMPER {
        let (code, words) = run(&mut plain, statement).await.expect_err(statement);
        assert!(code == "P0001" && words.contains("refused"), "{statement}: {code} {words}");
    }
    assert_eq!(store.audit_verify(Some(head.into())).await.unwrap(), Ok(head));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_owner_who_was_lent_the_audits_role_gives_it_away() {
    World::new().await; // makes the role, as an administrator would
    let world = World::bare().await;
    let mut first = world.connect("chengshu").await;
    let lend = "CREATE ROLE lent LOGIN; CREATE EXTENSION timescaledb; GRANT ALL ON SCHEMA public TO lent;
                GRANT CREATE, USAGE ON SCHEMA public TO chengshu_audit; GRANT chengshu_audit TO lent";
    run(&mut first, lend).await.unwrap();
    let store = world.store_as("lent");
    store.prepare().await.unwrap();
    assert_eq!(store.audit_protection().await.unwrap(), AuditProtection::Owner);
    run(&mut first, "REVOKE chengshu_audit FROM lent").await.unwrap();
    assert_eq!(store.audit_protection().await.unwrap(), AuditProtection::Separate);
    let head = store.audit_write(&[line(Act::Login, "a")]).await.unwrap();
    assert_eq!(store.audit_verify(Some(head.into())).await.unwrap(), Ok(head));
    let mut lent = world.connect("lent").await;
    for statement in TAMPER {
        assert_eq!(run(&mut lent, statement).await.expect_err(statement).0, "42501", "{statement}");
    }
    run(&mut first, "ALTER ROLE lent CREATEROLE").await.unwrap();
    assert_eq!(store.audit_protection().await.unwrap(), AuditProtection::Creator);
    run(&mut first, "ALTER ROLE lent NOCREATEROLE; ALTER SCHEMA public OWNER TO lent").await.unwrap();
    assert_eq!(store.audit_protection().await.unwrap(), AuditProtection::Schema);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hubs_role_does_the_hubs_work() {
    let world = World::new().await;
    let mut hub = world.connect(HUB).await;
    let work = "INSERT INTO device (id, theme, link, first_seen) VALUES ('d', 'water', 'l', now());
                INSERT INTO series (device, metric) VALUES ('d', 'm');
                INSERT INTO reading SELECT 1, now() - n * interval '1 day', 0, n, 0 FROM generate_series(0, 40) n;
                INSERT INTO rollup_minute VALUES (1, now(), 1, 1, 1, 1, 1, 1)";
    run(&mut hub, work).await.unwrap();
    let now = checkup(&world.url(HUB)).await.unwrap();
    assert_eq!(now.migration.0, Some(now.migration.1));
    let old = Timestamp::from_ms(now.now.ms() - 20 * 86_400_000);
    let keep = Retention { readings: old, minutes: old, hours: old, themes: vec![] };
    assert!(world.store.retention(&keep).await.unwrap().0 > 10);
    world.store.compression().await.unwrap();
    // what a later migration makes is its own, too
    let mut owner = world.connect("chengshu").await;
    run(&mut owner, "CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, n int)").await.unwrap();
    run(&mut hub, "INSERT INTO later (n) VALUES (1); UPDATE later SET n = 2; DELETE FROM later").await.unwrap();
}
