//! Single sign-on in the store: a sign-in that came back is taken once and by its browser alone; a subject is one person's;
//! grants of a provider's claims come and go without those that people gave.

use chengshu_access::{Grant, Role, Session, SessionKind, SessionPolicy};
use chengshu_store::{LoginBy, NewSession, NewSsoAttempt, SsoLink};

use crate::world::{NOW, World, hash, later, winners};

fn link(subject: &str) -> SsoLink {
    SsoLink { issuer: "https://gov".to_owned(), subject: subject.to_owned(), name: Some("王".to_owned()) }
}

fn attempt(state: u8, person: Option<i64>) -> NewSsoAttempt<'static> {
    let (state, browser) = (hash(state), hash(state + 100));
    NewSsoAttempt { state, browser, provider: "gov", person, sealed: b"cipher", until: later(600) }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_subject_is_not_bound_twice() {
    let world = World::new().await;
    let (wang, li) = (world.person("wang").await, world.person("li").await);
    let mut tx = world.store.tx().await.unwrap();
    assert!(tx.sso_bind(wang, &link("7")).await.unwrap());
    assert!(!tx.sso_bind(li, &link("7")).await.unwrap());
    tx.commit().await.unwrap();
    let by = |issuer, subject| world.store.login_find(LoginBy::Sso { issuer, subject });
    assert_eq!(by("https://gov", "7").await.unwrap().map(|login| login.person), Some(wang));
    assert!(by("https://other", "7").await.unwrap().is_none());
    assert_eq!(world.store.sso_link(wang).await.unwrap(), Some(link("7")));
    assert_eq!(world.store.sso_link(li).await.unwrap(), None);
    let mut tx = world.store.tx().await.unwrap();
    assert!(tx.sso_unbind(wang).await.unwrap() && !tx.sso_unbind(wang).await.unwrap());
    assert!(tx.sso_bind(li, &link("7")).await.unwrap(), "it is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_is_taken_once_and_by_its_browser_alone() {
    let world = World::new().await;
    let (store, person) = (world.store.clone(), world.person("wang").await);
    assert!(store.sso_attempt_add(&attempt(1, Some(person)), NOW, 2).await.unwrap());
    assert!(store.sso_attempt_add(&attempt(2, None), NOW, 2).await.unwrap());
    assert!(!store.sso_attempt_add(&attempt(3, None), NOW, 2).await.unwrap(), "two are enough");
    assert!(store.sso_attempt_add(&attempt(4, None), later(600), 2).await.unwrap(), "those are over");
    assert_eq!(store.sso_attempt_take(&hash(1), &hash(101), "gov", later(1)).await.unwrap(), None);

    assert!(store.sso_attempt_add(&attempt(5, Some(person)), NOW, 9).await.unwrap());
    for (state, browser, provider, at) in
        [(5, 101, "gov", 1), (5, 105, "other", 1), (6, 105, "gov", 1), (5, 105, "gov", 600)]
    {
        let taken = store.sso_attempt_take(&hash(state), &hash(browser), provider, later(at)).await.unwrap();
        assert_eq!(taken, None, "{state} {browser} {provider} {at}");
    }
    let take = |_| {
        let store = world.store.clone();
        async move {
            let taken = store.sso_attempt_take(&hash(5), &hash(105), "gov", later(599)).await.unwrap();
            taken.is_some_and(|taken| taken.person == Some(person) && taken.sealed == b"cipher")
        }
    };
    assert_eq!(winners(take).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_of_claims_come_and_go_without_those_that_people_gave() {
    let world = World::new().await;
    let (store, person) = (world.store.clone(), world.person("wang").await);
    let (operator, leader, steward) =
        (Grant::from(Role::Operator), Grant::from(Role::Leader), Grant::from(Role::Steward));
    let mut tx = store.tx().await.unwrap();
    tx.sso_bind(person, &link("7")).await.unwrap();
    tx.grants_put(person, std::slice::from_ref(&operator), None).await.unwrap();
    let version = tx.grants_put_sourced(person, "gov", std::slice::from_ref(&leader)).await.unwrap();
    let held = tx.grants_of_source(person, "gov").await.unwrap();
    assert_eq!((&*held.sourced, &*held.others), (&[leader.clone()][..], &[operator.clone()][..]));
    // people change what they gave, and what the claims gave stays theirs
    tx.grants_put(person, &[steward.clone(), leader.clone()], Some(version)).await.unwrap();
    let held = tx.grants_of_source(person, "gov").await.unwrap();
    assert_eq!((&*held.sourced, &*held.others), (&[leader.clone()][..], &[steward.clone()][..]));
    tx.grants_put_sourced(person, "gov", &[]).await.unwrap();
    let held = tx.grants_of_source(person, "gov").await.unwrap();
    assert_eq!((&*held.sourced, &*held.others), (&[][..], &[steward.clone()][..]));
    tx.grants_put_sourced(person, "gov", &[leader]).await.unwrap();
    tx.sso_unbind(person).await.unwrap();
    tx.commit().await.unwrap();
    let (grants, version) = store.grants_get(person).await.unwrap().unwrap();
    assert_eq!((&*grants, version), (&[steward][..], 7), "each of the six changes is seen by the sessions");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_knows_how_it_began() {
    let world = World::new().await;
    let (store, person) = (world.store.clone(), world.person("wang").await);
    let session = Session::new(SessionKind::Person, 1, NOW);
    let new = NewSession { hash: hash(1), person, from: None, agent: "", session, sso: Some("gov"), proven: true };
    let mut tx = store.tx().await.unwrap();
    tx.session_begin(&new, &SessionPolicy::default()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let found = store.session_find(&hash(1), NOW).await.unwrap().unwrap();
    assert_eq!((found.sso.as_deref(), found.proven), (Some("gov"), true));
}
