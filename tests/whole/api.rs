//! The API's promises that hold for every route: made from the table of routes, so that a new route is covered.

use chengshu_access::Access;
use chengshu_api::{openapi, table};
use chengshu_tests::world::whole;

#[test]
fn every_route_asks_for_a_key_answers_in_json_and_stands_in_the_document() {
    let (_world, _database, _broker, hub) = whole("");
    let document = openapi();
    for route in table() {
        assert!(
            document["paths"][route.path.replace("{*", "{")][route.method.to_ascii_lowercase()].is_object(),
            "{} is not documented",
            route.path
        );
        let path = route.path.replace("{id}", "NOBODY").replace("{*rest}", "nobody").replace("{*path}", "Things");
        let path = path.replace("{theme}/{device}/{type}", "test/NOBODY/telemetry");
        for key in [None, Some(""), Some("wrong"), Some("Bearer")] {
            let (status, body) = hub.call(route.method, &path, key, None).unwrap();
            let open = route.access == Access::Open || route.near; // the tests run on the hub's own machine
            assert_eq!(status == 401, !open, "{path} with key {key:?} answers {status}");
            assert!(open || body.contains("\"code\":\"unauthorized\""), "{body}");
        }
        if route.path != "/api/v1/stream" {
            let nonsense = format!("{path}?nonsense=1&nonsense=2");
            let body = ["POST", "PUT"].contains(&route.method).then(|| serde_json::json!({"nonsense": 1}));
            let (status, body) = hub.call(route.method, &nonsense, Some(&hub.key), body).unwrap();
            assert!(status < 500, "{path}: {status} {body}");
            assert!(status == 200 || body.contains("\"code\""), "{path}: {status} {body}");
        }
    }
}

#[test]
fn wrong_questions_are_answered_with_what_would_be_right() {
    let (_world, _database, _broker, hub) = whole("");
    for (path, status, words) in [
        ("/api/v1/devices?state=dead", 400, "expected one of `live`, `stale`, `offline`, `never`"),
        ("/api/v1/devices?limit=0", 400, "expected 1 to"),
        ("/api/v1/devices?limit=x", 400, "limit"),
        ("/api/v1/devices?after=NOBODY", 400, "after"),
        ("/api/v1/devices?them=water", 400, "them"),
        ("/api/v1/devices/NOBODY/latest", 404, "NOBODY"),
        ("/api/v1/readings?device=A&metric=x&from=2&to=1", 400, "from is not before to"),
        ("/api/v1/readings?device=A&metric=x&from=yesterday&to=1", 400, "RFC 3339"),
        ("/api/v1/readings?device=A&metric=x&from=1&to=2", 404, "has sent no metric"),
        ("/api/v1/readings", 400, "missing field"),
        ("/api/v1/alarms?after=1-2", 400, "after"),
        ("/api/v1/alarms?theme=WATER", 400, "theme"),
        ("/api/v1/stream?topics=weather", 400, "expected kpi, alarm, device, link"),
        ("/api/v1/stream?rate=1000", 400, "expected 1 to 25"),
        ("/api/v1/nothing", 404, "openapi.json"),
    ] {
        let (found, body) = hub.ask(path, Some(&hub.key)).unwrap();
        assert_eq!(found, status, "{path}: {body}");
        assert!(body.contains(words), "{path}: {body}");
        assert!(!body.to_lowercase().contains("select "), "{body}");
    }
    let (status, text) = hub.ask("/metrics", None).unwrap();
    assert!(status == 200 && text.contains("chengshu_database_up 1"), "{text}");
}
