//! Accounts, what proves them, their grants and sessions; and that of many who try at once, one alone succeeds.

use chengshu_access::{
    Account, Event, Grant, LockoutSettings, Role, Roles, Scope, Session, SessionKind, SessionPolicy, State, step,
};
use chengshu_store::{Changed, LoginBy, NewSession, PasswordHash, PersonFilter, Policy, SealedAt, StoreError};

use crate::world::{NOW, World, entry, hash, later, run, winners};

fn session(person: i64, token: u8, at: i64) -> NewSession<'static> {
    let from = Some("::ffff:10.0.0.7".parse().unwrap());
    let session = Session::new(SessionKind::Person, 1, later(at));
    NewSession { hash: hash(token), person, from, agent: "Chromium", session, sso: None, proven: false }
}

fn grant(role: Role, theme: &str) -> Grant {
    let roles = Roles::new([role]).unwrap();
    Grant { roles, scope: Scope::themes_only([theme]), from: None, until: Some(later(100)) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_one_name_whatever_the_case() {
    let world = World::new().await;
    let (store, policy) = (&world.store, SessionPolicy::default());
    let wang = world.person("Wang").await;
    let li = world.person("li").await;
    let mut tx = store.tx().await.unwrap();
    assert_eq!(tx.person_add(&entry(" wANG ", "x"), None, false, NOW).await.unwrap(), None);
    assert_eq!(tx.person_put(li, &entry("WANG", "x"), 1).await.unwrap(), Changed::Taken);
    assert_eq!(tx.person_put(li, &entry("Li", "消防支队"), 7).await.unwrap(), Changed::Stale);
    assert_eq!(tx.person_put(999, &entry("Li", "消防支队"), 1).await.unwrap(), Changed::Absent);
    assert_eq!(tx.person_put(li, &entry("Li", "消防支队"), 1).await.unwrap(), Changed::Done(2));
    let fire = grant(Role::Handler, "fire");
    assert_eq!(tx.grants_put(li, std::slice::from_ref(&fire), Some(1)).await.unwrap(), Changed::Done(2));
    tx.commit().await.unwrap();

    let found = store.login_find(LoginBy::Login("wang ")).await.unwrap().unwrap();
    assert_eq!((found.person, found.login.as_str(), found.password_set), (wang, "Wang", Some(NOW)));
    assert!(store.login_find(LoginBy::Login("nobody")).await.unwrap().is_none());

    let by = |filter: PersonFilter| {
        let policy = policy.clone();
        async move {
            let found = store.person_list(&PersonFilter { limit: 10, ..filter }, &policy, NOW).await.unwrap();
            found.into_iter().map(|person| person.id).collect::<Vec<i64>>()
        }
    };
    let any = PersonFilter::default;
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(by(any()).await, [wang, li]);
    assert_eq!(by(PersonFilter { after: Some(wang), ..any() }).await, [li]);
    assert_eq!(by(PersonFilter { text: text("WAN"), ..any() }).await, [wang]);
    assert_eq!(by(PersonFilter { text: text("小"), ..any() }).await, [wang, li]);
    assert_eq!(by(PersonFilter { text: text("%"), ..any() }).await, [0; 0]);
    assert_eq!(by(PersonFilter { role: Some(Role::Handler), ..any() }).await, [li]);
    assert_eq!(by(PersonFilter { department: text("水务局"), ..any() }).await, [wang]);
    assert_eq!(by(PersonFilter { departments: Some(vec!["消防支队".to_owned()]), ..any() }).await, [li]);
    let one = PersonFilter { id: Some(li), limit: 1, ..any() };
    let one = store.person_list(&one, &policy, NOW).await.unwrap().remove(0);
    assert_eq!((&one.grants[..], one.version, one.rights_version), (&[fire][..], 3, 2));
    let shown = format!("{one:?}");
    assert!(!shown.contains("王小明") && !shown.contains("13812345678"), "{shown}");
    assert_eq!(one.entry.phone.unwrap().masked(), "138****5678");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_passwords_are_remembered() {
    let world = World::new().await;
    let (store, person) = (&world.store, world.person("wang").await);
    let password = |n: u32| PasswordHash::new(format!("$argon2id${n}"));
    let mut tx = store.tx().await.unwrap();
    for n in 0..4 {
        assert!(tx.password_put(person, None, &password(n), n == 3, 3, later(1)).await.unwrap());
    }
    assert!(!tx.password_put(person, Some(&password(0)), &password(9), false, 3, NOW).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.password_history(person).await.unwrap(), [3, 2, 1, 0].map(password));
    let found = store.login_find(LoginBy::Person(person)).await.unwrap().unwrap();
    assert_eq!((found.must_change, found.password_set), (true, Some(later(1))));
    assert_eq!(format!("{:?}", found.password), "Some(PasswordHash(…))");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_the_second_factor_is_good_once() {
    let world = World::new().await;
    let (store, person) = (world.store.clone(), world.person("wang").await);
    let mut tx = store.tx().await.unwrap();
    assert!(!tx.totp_take(person, 5).await.unwrap(), "there is no second factor");
    assert!(tx.totp_begin(person, b"cipher").await.unwrap());
    assert!(!tx.totp_confirm(person, b"another", 5).await.unwrap());
    assert!(tx.totp_confirm(person, b"cipher", 5).await.unwrap());
    assert!(!tx.totp_take(person, 5).await.unwrap());
    tx.commit().await.unwrap();
    let attempt = move |_| {
        let store = store.clone();
        async move {
            let mut tx = store.tx().await.unwrap();
            let won = tx.totp_take(person, 6).await.unwrap();
            tx.commit().await.unwrap();
            won
        }
    };
    assert_eq!(winners(attempt).await, 1);
    let mut tx = world.store.tx().await.unwrap();
    let turn = |at: SealedAt, old: &[u8]| {
        assert_eq!(at, SealedAt::Factor(person));
        Ok::<_, StoreError>(Some([old, b" turned"].concat()))
    };
    let turned = tx.sealed_turn(turn).await.unwrap();
    tx.commit().await.unwrap();
    let found = world.store.login_find(LoginBy::Person(person)).await.unwrap().unwrap();
    assert_eq!((turned, found.totp.as_deref(), found.totp_step), (1, Some(&b"cipher turned"[..]), Some(6)));
    let mut tx = world.store.tx().await.unwrap();
    assert!(tx.totp_remove(person).await.unwrap() && !tx.totp_remove(person).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_and_the_first_link_are_good_once() {
    let world = World::new().await;
    let (store, person) = (world.store.clone(), world.person("wang").await);
    store.ticket_add(&hash(1), person, Some("gov"), later(300)).await.unwrap();
    assert_eq!(store.ticket_find(&hash(1), later(299)).await.unwrap(), Some((person, Some("gov".to_owned()))));
    assert_eq!(store.ticket_find(&hash(1), later(300)).await.unwrap(), None);
    let attempt = |_| {
        let store = world.store.clone();
        async move {
            let mut tx = store.tx().await.unwrap();
            let won = tx.ticket_take(&hash(1), later(1)).await.unwrap().is_some();
            tx.commit().await.unwrap();
            won
        }
    };
    assert_eq!(winners(attempt).await, 1);
    assert_eq!(store.ticket_find(&hash(1), later(1)).await.unwrap(), None);

    assert!(!store.setup_is_open().await.unwrap());
    assert!(store.setup_put(&hash(2), NOW).await.unwrap() && store.setup_put(&hash(3), NOW).await.unwrap());
    assert!(store.setup_is_open().await.unwrap());
    let mut tx = store.tx().await.unwrap();
    assert!(!tx.setup_take(&hash(2), NOW).await.unwrap(), "a newer one took its place");
    assert!(tx.setup_take(&hash(3), NOW).await.unwrap());
    drop(tx); // the administrator could not be made: the link is still good
    let attempt = |_| {
        let store = world.store.clone();
        async move {
            let mut tx = store.tx().await.unwrap();
            let won = tx.setup_take(&hash(3), NOW).await.unwrap();
            tx.commit().await.unwrap();
            won
        }
    };
    assert_eq!(winners(attempt).await, 1);
    assert!(!store.setup_put(&hash(4), NOW).await.unwrap() && !store.setup_is_open().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_found_with_all_that_a_request_must_know() {
    let world = World::new().await;
    let (store, policy) = (&world.store, SessionPolicy { most: 2, ..SessionPolicy::default() });
    let person = world.person("wang").await;
    let mut ids = Vec::new();
    for n in 1..=3 {
        let mut tx = store.tx().await.unwrap();
        let (id, ended) = tx.session_begin(&session(person, n, i64::from(n)), &policy).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        ids.push((id, ended));
    }
    let [(first, _), (second, _), (third, ended)] = &ids[..] else { panic!() };
    assert_eq!(ended, &[*first]);
    let find = |token: u8, at: i64| async move { store.session_find(&hash(token), later(at)).await.unwrap() };
    assert!(find(9, 0).await.is_none());
    let found = find(1, 3).await.unwrap();
    assert_eq!(found.stored.session.state(&policy, later(3)), State::Revoked);
    let found = find(3, 3).await.unwrap();
    assert_eq!(found.stored.session.state(&policy, later(3)), State::Live);
    assert_eq!((found.stored.from.unwrap().to_string().as_str(), found.person), ("10.0.0.7", person));
    assert!(!found.is_previous && !found.totp && !found.must_change && found.grants.is_empty());
    let listed: Vec<i64> = store.session_list(person).await.unwrap().iter().map(|session| session.id).collect();
    assert_eq!(listed, [*third, *second]);

    // new rights are seen with the next request, and the token is one of older rights
    let mut tx = store.tx().await.unwrap();
    let water = grant(Role::Operator, "water");
    tx.grants_put(person, std::slice::from_ref(&water), None).await.unwrap();
    tx.commit().await.unwrap();
    let found = find(3, 3).await.unwrap();
    assert_eq!(&found.grants[..], [water]);
    assert!(found.stored.session.is_rotation_due(&policy, found.rights_version, later(3)));

    // one of many requests rotates; those that come with the old token are answered for a while
    let rotated = found.stored.session.rotated(found.rights_version, later(4));
    let attempt = |n| {
        let (store, rotated) = (world.store.clone(), rotated.clone());
        async move { store.session_rotate(&hash(3), &hash(100 + n), &rotated, later(14)).await.unwrap() }
    };
    assert_eq!(winners(attempt).await, 1);
    let found = find(3, 13).await.unwrap();
    assert!(found.is_previous && found.stored.id == *third && found.stored.session.rights_version == 2);
    assert!(find(3, 14).await.is_none());

    let mut tx = store.tx().await.unwrap();
    assert!(!tx.session_end(person + 1, *third).await.unwrap(), "somebody else's");
    assert_eq!(tx.session_end_all(person, Some(*third)).await.unwrap(), [*second]);
    assert!(tx.session_end(person, *third).await.unwrap() && !tx.session_end(person, *third).await.unwrap());
    tx.commit().await.unwrap();
    assert!(find(3, 13).await.unwrap().stored.session.revoked);
    assert_eq!(store.session_sweep(later(3)).await.unwrap(), 2);

    let mut tx = store.tx().await.unwrap();
    assert!(tx.person_disable(person, true).await.unwrap());
    assert_eq!(tx.session_begin(&session(person, 50, 5), &policy).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_never_more_sessions_than_the_policy_says() {
    let world = World::new().await;
    let person = world.person("wang").await;
    let attempt = |n: u8| {
        let store = world.store.clone();
        async move {
            let mut tx = store.tx().await.unwrap();
            let begun = tx.session_begin(&session(person, n, 1), &SessionPolicy::default()).await.unwrap();
            tx.commit().await.unwrap();
            begun.is_some()
        }
    };
    assert_eq!(winners(attempt).await, 16);
    assert_eq!(world.store.session_list(person).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_cannot_be_read_gives_nothing() {
    let world = World::new().await;
    let (store, person) = (&world.store, world.person("wang").await);
    let mut tx = store.tx().await.unwrap();
    let all = [grant(Role::Operator, "water"), grant(Role::Leader, "fire")];
    assert_eq!(tx.grants_put(person, &all, Some(1)).await.unwrap(), Changed::Done(2));
    assert_eq!(tx.grants_put(person, &all, Some(1)).await.unwrap(), Changed::Stale);
    tx.commit().await.unwrap();
    assert_eq!(store.grants_get(person).await.unwrap().map(|(grants, version)| (grants.len(), version)), Some((2, 2)));
    let mut owner = world.connect("chengshu").await;
    let both = r#"UPDATE person_grant SET document = jsonb_set(document, '{roles}', '["audit_admin","operator"]') WHERE id = 1"#;
    run(&mut owner, both).await.unwrap();
    let (grants, _) = store.grants_get(person).await.unwrap().unwrap();
    assert_eq!(&grants[..], &all[1..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_counted_by_one_at_a_time() {
    let world = World::new().await;
    let (wang, li) = (world.person("wang").await, world.person("li").await);
    let mut tx = world.store.tx().await.unwrap();
    for person in [wang, li] {
        tx.grants_put(person, &[grant(Role::SecurityAdmin, "water")], None).await.unwrap();
    }
    assert_eq!(tx.role_count(Role::SecurityAdmin, None, NOW).await.unwrap(), 2);
    assert_eq!(tx.role_count(Role::SecurityAdmin, Some(li), NOW).await.unwrap(), 1);
    assert_eq!(tx.role_count(Role::SecurityAdmin, None, later(100)).await.unwrap(), 0);
    assert_eq!(tx.role_count(Role::AuditAdmin, None, NOW).await.unwrap(), 0);
    tx.commit().await.unwrap();
    // each gives up the role unless they are the last: one stays
    let attempt = |n: u8| {
        let (store, person) = (world.store.clone(), if n.is_multiple_of(2) { wang } else { li });
        async move {
            let mut tx = store.tx().await.unwrap();
            let others = tx.role_count(Role::SecurityAdmin, Some(person), NOW).await.unwrap();
            if others > 0 {
                tx.person_disable(person, true).await.unwrap();
            }
            tx.commit().await.unwrap();
            others > 0
        }
    };
    assert!(winners(attempt).await > 0);
    let mut tx = world.store.tx().await.unwrap();
    assert_eq!(tx.role_count(Role::SecurityAdmin, None, NOW).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn locks_are_kept_and_the_policy_has_versions() {
    let world = World::new().await;
    let (store, person) = (&world.store, world.person("Wang").await);
    let mut account = Account::default();
    for n in 0..5 {
        (account, _) = step(&LockoutSettings::default(), account, Event::Try, later(n));
    }
    assert!(account.locked_until(later(5)).is_some());
    store.person_lock_put(" wang", &account, later(5)).await.unwrap();
    store.person_lock_put("wang", &Account::default(), later(4)).await.unwrap(); // came late
    store.person_lock_put("nobody", &account, later(5)).await.unwrap();
    assert_eq!(store.person_locks().await.unwrap(), [("Wang".to_owned(), account)]);
    let mut tx = store.tx().await.unwrap();
    tx.person_unlock(person).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.person_locks().await.unwrap().is_empty());

    assert_eq!(store.policy_get().await.unwrap(), (Policy::default(), 0));
    let policy = Policy { totp_required: vec![Role::Leader], ..Policy::default() };
    let mut tx = store.tx().await.unwrap();
    assert!(!tx.policy_put(&policy, 3).await.unwrap());
    assert!(tx.policy_put(&policy, 0).await.unwrap() && !tx.policy_put(&policy, 0).await.unwrap());
    assert!(tx.policy_put(&policy, 1).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.policy_get().await.unwrap(), (policy, 2));
}
