//! Walls and services: enrolled, renewed and revoked; known by what they hold.

use chengshu_access::{Right, Rights, Scope, SessionPolicy, State};
use chengshu_store::{Claim, ScreenEntry, ServiceFilter, ServiceRights};

use crate::world::{NOW, World, hash, later, winners};

fn wall(name: &str) -> ScreenEntry {
    ScreenEntry { name: name.to_owned(), layout: "wall".to_owned(), scope: Scope::themes_only(["water"]) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_is_enrolled_once_and_renews_itself() {
    let world = World::new().await;
    let store = &world.store;
    let (code, secret) = (hash(1), hash(2));
    assert!(store.screen_ask(&code, &secret, later(600), NOW, 2).await.unwrap());
    assert!(!store.screen_ask(&code, &hash(3), later(600), NOW, 2).await.unwrap(), "the code is taken");
    assert!(store.screen_ask(&hash(4), &hash(5), later(10), NOW, 2).await.unwrap());
    assert!(!store.screen_ask(&hash(6), &hash(7), later(600), NOW, 2).await.unwrap(), "two wait");
    assert!(store.screen_ask(&hash(6), &hash(7), later(600), later(10), 2).await.unwrap(), "one waits no more");

    let claim = |secret: u8, token: u8, at: i64| async move {
        let mut tx = store.tx().await.unwrap();
        let claim = tx.screen_claim(&hash(secret), &hash(token), later(at)).await.unwrap();
        tx.commit().await.unwrap();
        claim
    };
    assert_eq!(claim(2, 10, 11).await, Claim::Waiting);
    assert_eq!((claim(99, 10, 11).await, claim(2, 10, 600).await), (Claim::Over, Claim::Over));
    let attempt = |_| {
        let store = world.store.clone();
        async move {
            let mut tx = store.tx().await.unwrap();
            let id = tx.screen_enrol(&hash(1), &wall("大厅"), later(12)).await.unwrap();
            tx.commit().await.unwrap();
            id.is_some()
        }
    };
    assert_eq!(winners(attempt).await, 1);
    let id = store.screen_list(None, None, 10).await.unwrap()[0].id;
    let attempt = |n| {
        let store = world.store.clone();
        async move {
            let mut tx = store.tx().await.unwrap();
            let claim = tx.screen_claim(&hash(2), &hash(10 + n), later(13)).await.unwrap();
            tx.commit().await.unwrap();
            claim == Claim::Enrolled(id)
        }
    };
    assert_eq!(winners(attempt).await, 1);
    let mut token = None;
    for n in 10..26 {
        if store.screen_find(&hash(n), later(13)).await.unwrap().is_some() {
            assert_eq!(token.replace(n), None);
        }
    }
    let token = token.unwrap();

    // one of many requests renews it
    let attempt = |n| {
        let store = world.store.clone();
        async move { store.screen_renew(&hash(token), &hash(50 + n), later(20), later(1000)).await.unwrap() }
    };
    assert_eq!(winners(attempt).await, 1);
    let found = store.screen_find(&hash(token), later(999)).await.unwrap().unwrap();
    assert!(found.is_previous && found.id == id && found.entry == wall("大厅"));
    assert_eq!(found.session.state(&SessionPolicy::default(), later(999)), State::Live);
    // its answer got lost: it comes again with the old one, and gets another
    assert!(!store.screen_renew(&hash(token), &hash(90), later(79), later(2000)).await.unwrap());
    assert!(store.screen_renew(&hash(token), &hash(90), later(80), later(2000)).await.unwrap());
    assert!(store.screen_find(&hash(90), later(80)).await.unwrap().is_some_and(|found| !found.is_previous));
    assert!(store.screen_find(&hash(token), later(1000)).await.unwrap().is_none(), "grace does not grow");

    store.screen_used(id, Some("10.1.2.3".parse().unwrap()), later(81)).await.unwrap();
    let mut tx = store.tx().await.unwrap();
    assert!(tx.screen_put(id, &wall("二楼")).await.unwrap());
    assert!(tx.screen_revoke(id).await.unwrap() && !tx.screen_revoke(id).await.unwrap());
    assert!(!tx.screen_put(id, &wall("三楼")).await.unwrap());
    tx.commit().await.unwrap();
    let found = store.screen_find(&hash(90), later(82)).await.unwrap().unwrap();
    assert_eq!((found.session.revoked, found.last_used, found.entry), (true, Some(later(81)), wall("二楼")));
    assert!(!store.screen_renew(&hash(90), &hash(91), later(2000), later(3000)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_known_by_its_newest_key() {
    let world = World::new().await;
    let store = &world.store;
    let born =
        ServiceRights { rights: Rights::NONE, scope: Scope::nothing(), expires: later(100), quota_per_minute: 600 };
    let mut tx = store.tx().await.unwrap();
    let id = tx.service_add(&hash(1), ("水务平台", Some("水务局")), &born, NOW).await.unwrap();
    let other = tx.service_add(&hash(2), ("12345", None), &born, NOW).await.unwrap();
    let rights = Rights::for_service([Right::Ingest, Right::SeeCity]).unwrap();
    let may = ServiceRights { rights, scope: Scope::themes_only(["water"]), ..born.clone() };
    assert!(tx.service_put(id, &may).await.unwrap());
    assert!(tx.service_rotate(id, &hash(3)).await.unwrap());
    tx.commit().await.unwrap();
    store.service_used(id, None, later(5)).await.unwrap();
    assert_eq!(store.service_find(&hash(1)).await.unwrap(), None);
    let found = store.service_find(&hash(3)).await.unwrap().unwrap();
    assert_eq!((found.id, found.may, found.last_used), (id, may, Some(later(5))));
    let list = |filter: ServiceFilter| async move {
        let found = store.service_list(&ServiceFilter { limit: 10, ..filter }).await.unwrap();
        found.into_iter().map(|service| service.id).collect::<Vec<i64>>()
    };
    assert_eq!(list(ServiceFilter::default()).await, [other, id]);
    assert_eq!(list(ServiceFilter { before: Some(other), ..ServiceFilter::default() }).await, [id]);
    let water = Some(vec!["水务局".to_owned()]);
    assert_eq!(list(ServiceFilter { departments: water, ..ServiceFilter::default() }).await, [id]);
    let mut tx = store.tx().await.unwrap();
    assert!(tx.service_revoke(id).await.unwrap() && !tx.service_revoke(id).await.unwrap());
    assert!(!tx.service_rotate(id, &hash(4)).await.unwrap() && !tx.service_put(id, &born).await.unwrap());
    tx.commit().await.unwrap();
    assert!(store.service_find(&hash(3)).await.unwrap().unwrap().revoked);
}
