//! The audit is written as hub/access says: the same bytes, the same chain, with the act or not at all.

use chengshu_access::{Act, AuditLine, Break, Head, IdentityKind, Mark, Outcome};
use chengshu_store::{ActLine, AuditFilter, LoginBy};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sqlx::Row as _;

use crate::world::{HUB, NOW, World, entry, later, run};

pub fn line(act: Act, object: &str) -> AuditLine {
    let mut line = AuditLine::new(NOW, None, Some("10.0.0.1".parse().unwrap()), act, Outcome::Done);
    line.object = Some(object.to_owned());
    line
}

/// Any line, with texts of all kinds: line ends, quotes, emoji, right to left, and NUL, which PostgreSQL cannot keep.
fn odd() -> impl Strategy<Value = AuditLine> {
    let text = prop_oneof![
        any::<String>(),
        Just(String::new()),
        Just("a\r\n\"\\u0000'; DROP TABLE audit_line; --\t王小明\u{202e}😀\u{0}".to_owned()),
    ];
    let some = prop::option::of(text.clone());
    let detail = prop::collection::btree_map(text.clone(), text.clone(), 0..5);
    let at = -62_000_000_000_000_i64..250_000_000_000_000;
    let act = prop::sample::select(Act::ALL.to_vec());
    let kind = prop::sample::select(IdentityKind::ALL.to_vec());
    let from = prop::option::of(any::<std::net::IpAddr>());
    (at, text, kind, from, act, some.clone(), some, detail).prop_map(
        |(at, who, kind, from, act, object, reason, detail)| {
            let outcome = Outcome::Failed;
            let at = chengshu_core::model::Timestamp::from_ms(at);
            AuditLine { at, who, kind, from, act, object, outcome, reason, detail }
        },
    )
}

fn clean(line: &AuditLine) -> AuditLine {
    let clean = |text: &String| text.replace('\0', "␀");
    AuditLine {
        who: clean(&line.who),
        object: line.object.as_ref().map(clean),
        reason: line.reason.as_ref().map(clean),
        detail: line.detail.iter().map(|(name, value)| (clean(name), clean(value))).collect(),
        ..line.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_makes_the_same_chain_over_any_texts() {
    let world = World::new().await;
    let mut runner = TestRunner::default();
    let batch = prop::collection::vec(odd(), 1..5);
    let (mut head, mut all) = (Head::START, Vec::new());
    for _ in 0..200 {
        let lines = batch.new_tree(&mut runner).unwrap().current();
        let bytes: Vec<Vec<u8>> = lines.iter().map(|line| clean(line).canonical()).collect();
        head = head.after(&bytes);
        assert_eq!(world.store.audit_write(&lines).await.unwrap(), head, "{lines:?}");
        all.extend(bytes);
    }
    let mut connection = world.connect(HUB).await;
    let rows =
        sqlx::query("SELECT id, canonical FROM audit_line_read ORDER BY id").fetch_all(&mut connection).await.unwrap();
    let kept: Vec<(i64, Vec<u8>)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(kept, (1..).zip(all).collect::<Vec<_>>());
    // the columns say what the bytes say, and the chain holds
    assert_eq!(world.store.audit_verify(Some(head.into())).await.unwrap(), Ok(head));
    println!("{} lines in {} batches", head.lines, head.batches);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_and_its_line_happen_together_or_not() {
    let world = World::new().await;
    let store = &world.store;
    for (login, done) in [("wang", false), ("li", true)] {
        let mut tx = store.tx().await.unwrap();
        let id = tx.person_add(&entry(login, "水务局"), None, true, NOW).await.unwrap().unwrap();
        tx.audit_write(&[line(Act::AccountCreate, &format!("person:{id}"))]).await.unwrap();
        if done {
            tx.commit().await.unwrap();
        }
    }
    assert!(store.login_find(LoginBy::Login("wang")).await.unwrap().is_none());
    assert!(store.login_find(LoginBy::Login("li")).await.unwrap().is_some());
    let lines = store.audit_list(&AuditFilter { limit: 10, ..AuditFilter::default() }).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.id).collect::<Vec<_>>(), [1], "no gap where an act was taken back");
    assert!(store.audit_write(&[]).await.is_err(), "a batch without lines");

    let lease = store.lease_take("test").await.unwrap();
    let mut batch = store.batch(lease).await.unwrap();
    assert_eq!(batch.audit_write(&[line(Act::Correction, "reading")]).await.unwrap().lines, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_come_one_after_the_other() {
    let world = World::new().await;
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let store = world.store.clone();
            tokio::spawn(async move {
                for m in 0..20 {
                    store
                        .audit_write(&[line(Act::Login, &format!("{n}")), line(Act::Logout, &format!("{m}"))])
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let head = world.store.audit_verify(None).await.unwrap().unwrap();
    assert_eq!((head.batches, head.lines), (160, 320));
    assert_eq!(world.store.audit_heads().await.unwrap(), (Head::START, head));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_found_by_what_they_say() {
    let world = World::new().await;
    let (store, person) = (&world.store, world.person("wang").await);
    let mut own = line(Act::Export, "register");
    (own.who, own.kind, own.at) = (format!("person:{person}"), IdentityKind::Person, later(10));
    own.detail.insert("rows".to_owned(), "10".to_owned());
    let mut denied = line(Act::Denied, "device:pump-1");
    denied.outcome = Outcome::Denied;
    store.audit_write(&[own.clone(), denied, line(Act::Login, "x")]).await.unwrap();
    let find = |filter: AuditFilter| async move {
        let found = store.audit_list(&AuditFilter { limit: 2, ..filter }).await.unwrap();
        found.iter().map(|line| line.id).collect::<Vec<i64>>()
    };
    let any = AuditFilter::default;
    assert_eq!(find(any()).await, [3, 2]);
    assert_eq!(find(AuditFilter { before: Some(2), ..any() }).await, [1]);
    assert_eq!(find(AuditFilter { from: Some(later(10)), ..any() }).await, [1]);
    assert_eq!(find(AuditFilter { to: Some(later(10)), ..any() }).await, [3, 2]);
    assert_eq!(find(AuditFilter { who: Some(own.who.clone()), ..any() }).await, [1]);
    assert_eq!(find(AuditFilter { act: Some(Act::Login), ..any() }).await, [3]);
    assert_eq!(find(AuditFilter { outcome: Some(Outcome::Denied), ..any() }).await, [2]);
    assert_eq!(find(AuditFilter { object: Some("device:pump-1".to_owned()), ..any() }).await, [2]);
    let row = store.audit_list(&AuditFilter { act: Some(Act::Export), limit: 1, ..any() }).await.unwrap().remove(0);
    assert_eq!((row.name.as_deref(), row.from.as_deref(), row.detail), (Some("王小明"), Some("10.0.0.1"), own.detail));
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_batches_are_copied_in_their_order_and_whoever_copies_is_woken() {
    let world = World::new().await;
    let store = &world.store;
    let mut written = store.audit_written();
    written.mark_unchanged();
    let mut heads = vec![Head::START];
    for size in [2, 1, 3] {
        let lines: Vec<AuditLine> = (0..size).map(|n| line(Act::Login, &format!("{size}/{n}"))).collect();
        heads.push(store.audit_write(&lines).await.unwrap());
        assert!(written.has_changed().unwrap());
        written.mark_unchanged();
    }
    drop(store.tx().await.unwrap().commit().await);
    assert!(!written.has_changed().unwrap(), "nothing was written to the audit");
    for (from, most, expected) in [(0, 9, 1..4), (1, 9, 2..4), (0, 2, 1..3), (2, 1, 3..4), (3, 9, 4..4)] {
        let copied = store.audit_after(&heads[from], most).await.unwrap();
        assert_eq!(copied.iter().map(|batch| batch.head).collect::<Vec<_>>(), heads[expected], "{from} {most}");
        for batch in copied {
            let before = heads[batch.head.batches as usize - 1];
            let ids: Vec<u64> = batch.lines.iter().map(|line| line.id as u64).collect();
            assert_eq!(ids, (before.lines + 1..=batch.head.lines).collect::<Vec<_>>());
        }
    }
    for (n, head) in heads.iter().enumerate() {
        assert_eq!(store.audit_fit((*head).into()).await.unwrap(), Some(Ok(())), "{n}");
        let other = Mark { hash: [7; 32], ..(*head).into() };
        assert_eq!(store.audit_fit(other).await.unwrap(), Some(Err(Break::Rewritten)), "{n}");
        assert_eq!(store.audit_verify_newest(n as u64).await.unwrap(), Ok(heads[3]), "{n}");
    }
    let beyond = Mark { batches: 4, hash: [0; 32] };
    assert_eq!(store.audit_fit(beyond).await.unwrap(), Some(Err(Break::Missing)));
    assert!(store.audit_oldest(None).await.unwrap() < store.audit_oldest(Some(2)).await.unwrap());
    assert_eq!(store.audit_oldest(Some(3)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_of_an_act_is_written_with_it_or_neither_happens() {
    let world = World::new().await;
    let (store, mut owner) = (&world.store, world.connect("chengshu").await);
    let said = ActLine::new(line(Act::AccountCreate, "people"));
    said.reason("请拨 13812345678");
    said.detail("id", 7);
    let mut tx = store.tx().await.unwrap();
    tx.person_add(&entry("wang", "水务局"), None, true, NOW).await.unwrap().unwrap();
    tx.commit_with(Some(&said)).await.unwrap();
    assert!(said.is_written());
    let row = store.audit_list(&AuditFilter { limit: 1, ..AuditFilter::default() }).await.unwrap().remove(0);
    assert_eq!((row.reason.as_deref(), row.detail["id"].as_str()), (Some("请拨 138****5678"), "7"));

    // the writer is stopped: nothing happens
    run(&mut owner, "REVOKE EXECUTE ON FUNCTION audit_write(jsonb) FROM chengshu_hub").await.unwrap();
    let said = ActLine::new(line(Act::AccountCreate, "people"));
    let mut tx = store.tx().await.unwrap();
    tx.person_add(&entry("li", "水务局"), None, true, NOW).await.unwrap().unwrap();
    assert!(tx.commit_with(Some(&said)).await.is_err() && !said.is_written());
    assert!(store.login_find(LoginBy::Login("li")).await.unwrap().is_none());
}
