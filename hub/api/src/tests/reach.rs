//! Own objects and those of another department: by id, in lists, files, the live stream and SensorThings (S07). What needs
//! the database is tried against the real hub, in tests/whole/access.rs.

use super::World;
use super::matrix::address;
use crate::table;

/// The departments and devices of others, wherever their names may stand.
fn clean(told: &str, what: &str) {
    for foreign in ["OTHER", "\"other\""] {
        assert!(!told.contains(foreign), "{what} tells of {foreign}: {told}");
    }
}

#[tokio::test]
async fn by_id_another_departments_device_is_as_if_it_were_not_there() {
    let world = World::new();
    let mut tried = 0;
    for route in table().into_iter().filter(|route| route.path.contains("/devices/{id}")) {
        if route.method == "PUT" {
            continue; // makes one that is not there; see below
        }
        let body = match route.path {
            path if path.ends_with("/commands") => r#"{"name":"read_now"}"#,
            path if path.ends_with("/contact") => r#"{"purpose":"repair","reason":"泵站停机，联系值守"}"#,
            _ => "",
        };
        // what no service may, a person asks
        let own = if route.path.ends_with("/contact") { "own person" } else { "own" };
        for foreign in ["OTHER-1", "OTHER-NONE"] {
            let (there, told) = world.ask(route.method, &address(route.path, foreign), Some(own), body).await;
            let (absent, none) = world.ask(route.method, &address(route.path, "NOBODY"), Some(own), body).await;
            let what = format!("{} {}", route.method, route.path);
            assert_eq!((there.as_u16(), absent.as_u16()), (404, 404), "{what}: {told} {none}");
            assert_eq!(told.replace(foreign, "NOBODY"), none, "{what}: the two can be told apart");
        }
        tried += 1;
    }
    assert!(tried >= 9, "{tried}");
    for path in ["/api/v1/devices/OWN-1", "/api/v1/devices/OWN-1/latest", "/api/v1/devices/OWN-1/commands"] {
        assert_eq!(world.get(path, "own").await.0, 200, "{path}");
    }
}

#[tokio::test]
async fn lists_files_and_sensorthings_are_cut_to_the_department() {
    let world = World::new();
    for (path, own) in [
        ("/api/v1/devices", true),
        ("/api/v1/devices?devices=OTHER-1,OWN-1,OTHER-NONE", true),
        ("/api/v1/devices?department=other", false),
        ("/api/v1/devices?q=name", true),
        ("/api/v1/latest", true),
        ("/api/v1/latest?devices=OTHER-1", false),
        ("/api/v1/parts", true),
        ("/api/v1/unseen", true),
        ("/sta/v1.1/Things", true),
        ("/sta/v1.1/Locations", true),
        ("/sta/v1.1/FeaturesOfInterest", true),
        ("/sta/v1.1/Datastreams?$expand=Thing", true),
        ("/sta/v1.1/Things?$expand=Datastreams,Locations", true),
        ("/sta/v1.1/Things('OWN-1')/Datastreams?$expand=Thing", true),
    ] {
        let (status, told) = world.get(path, "own").await;
        assert_eq!(status, 200, "{path}: {told}");
        clean(&told, path);
        assert_eq!(told.contains("OWN-1"), own, "{path}: {told}");
        let (_, all) = world.get(path, "demo").await;
        assert!(!own || all.contains("OTHER") || path.contains("OWN-1')"), "{path}: {all}");
    }
    for path in ["/sta/v1.1/Things('OTHER-1')", "/sta/v1.1/Things('OTHER-1')/Datastreams", "/sta/v1.1/Datastreams(7)"] {
        assert_eq!(world.get(path, "own").await.0, 404, "{path}");
        assert_eq!(world.get(path, "demo").await.0, 200, "{path}");
    }
    let (status, told) = world.get("/api/v1/devices?after=OTHER-1", "own").await;
    assert_eq!(status, 400, "a place in the list that is not theirs: {told}");
    for body in [r#"{"series":[{"device":"OTHER-1","metric":"x"}],"from":0,"to":1000}"#] {
        let (_, told) = world.ask("POST", "/api/v1/readings/query", Some("own"), body).await;
        assert!(told.contains("has sent no metric"), "{told}");
    }
    for path in [
        "/api/v1/readings?device=OTHER-1&metric=x&from=0&to=1000",
        "/api/v1/export/readings?device=OTHER-1&from=0&to=1000",
    ] {
        assert_eq!(world.get(path, "own").await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn the_stream_tells_of_the_department_only_and_of_links_to_whoever_runs_the_hub() {
    let world = World::new();
    for path in ["/api/v1/stream", "/api/v1/stream?devices=OWN-1,OTHER-1"] {
        for key in ["own", "own person", "own screen", "own leader"] {
            let (status, told) = world.get(path, key).await;
            assert_eq!(status, 200, "{told}");
            clean(&told, &format!("{path} {key}"));
            assert!(told.contains("OWN-1") && told.contains("\"kpi\":[]"), "{path} {key}: {told}");
            assert_eq!(told.matches("\"rule\":").count(), 2, "{key}: the alarms of OWN-1 and OWN-22: {told}");
        }
    }
    let (_, all) = world.get("/api/v1/stream", "screen").await;
    assert!(all.contains("OTHER-1") && all.contains("\"kpi\":\"mean\""), "{all}");
    // a delta of everything that changed since number 0
    let router = world.router();
    let request = axum::http::Request::builder()
        .uri("/api/v1/stream")
        .header("authorization", "Bearer own")
        .header("last-event-id", "1-0");
    let request = request.body(axum::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let mut parts = answer.into_body().into_data_stream();
    let first = futures_util::StreamExt::next(&mut parts).await.unwrap().unwrap();
    let told = String::from_utf8(first.to_vec()).unwrap();
    assert!(told.contains("event: delta") && told.contains("OWN-22"), "{told}");
    clean(&told, "a delta");
    assert!(!told.contains("\"topic\":\"kpi\""), "{told}");
}

#[tokio::test]
async fn key_figures_and_counts_are_not_told_to_whoever_sees_a_part() {
    let world = World::new();
    assert_eq!(world.get("/api/v1/kpis", "own").await.1, r#"{"kpis":[]}"#);
    assert!(world.get("/api/v1/kpis", "leader").await.1.contains("\"mean\""));
    let never = |told: &str| serde_json::from_str::<serde_json::Value>(told).unwrap()["devices"].clone();
    let (own, all) = (world.get("/api/v1/status", "own").await.1, world.get("/api/v1/status", "leader").await.1);
    let sum = |told: &str| never(told).as_object().unwrap().values().filter_map(serde_json::Value::as_u64).sum::<u64>();
    assert_eq!((sum(&own), sum(&all)), (2, 4), "{own} {all}");
}

#[tokio::test]
async fn receivers_are_for_those_who_see_everything() {
    let world = World::new();
    for path in ["/api/v1/receivers", "/api/v1/webhooks"] {
        let (status, told) = world.get(path, "own").await;
        assert!(status == 403 && told.contains("without limits"), "{status} {told}");
        let (status, _) = world.get(path, "maintainer").await;
        assert_eq!(status, 503, "they are let in, and the database is away");
    }
}

#[tokio::test]
async fn nobody_enters_a_device_of_another_department_nor_gives_one_away() {
    let world = World::new();
    let put = |id: &'static str, department: &'static str| {
        let body = format!(r#"{{"theme":"test","version":0,"entry":{{"department":"{department}"}}}}"#);
        let world = &world;
        async move {
            let (status, told) = world.ask("PUT", &format!("/api/v1/devices/{id}"), Some("own"), &body).await;
            (status.as_u16(), told)
        }
    };
    for (id, department, expected) in [
        ("OTHER-1", "own", 404),
        ("OTHER-NONE", "own", 404),
        ("OWN-1", "other", 403),
        ("NEW-1", "other", 403),
        ("NEW-1", "own", 503), // let through; nobody carries it out here
    ] {
        let (status, told) = put(id, department).await;
        assert_eq!(status, expected, "{id} {department}: {told}");
    }
    let table = "device,theme,department\nOWN-1,test,own\nOTHER-1,test,own\nNEW-1,test,other\n";
    let (status, told) = world.ask("POST", "/api/v1/import/devices?format=csv&dry_run=true", Some("own"), table).await;
    assert_eq!(status, 200, "{told}");
    let report: serde_json::Value = serde_json::from_str(&told).unwrap();
    let lines: Vec<_> =
        report["errors"].as_array().unwrap().iter().map(|error| error["line"].as_i64().unwrap()).collect();
    assert_eq!(lines, [3, 4], "{report}");
}

#[tokio::test]
async fn a_key_speaks_for_the_devices_that_it_reaches() {
    let world = World::new();
    let send = |key: &'static str, device: &'static str| {
        let (world, path) = (&world, format!("/api/v1/ingest/test/{device}/telemetry"));
        async move { world.ask("POST", &path, Some(key), "{}").await.0.as_u16() }
    };
    for (key, device, expected) in [
        ("own", "OTHER-1", 403),
        ("own", "OTHER-NONE", 403),
        ("own", "NEW-1", 403), // nobody knows whose it is
        ("own", "OWN-1", 503), // handed over; nobody makes it durable here
        ("device", "OWN-22", 403),
        ("device", "OWN-1", 503),
        ("service ingest", "OTHER-1", 503),
    ] {
        assert_eq!(send(key, device).await, expected, "{key} {device}");
    }
}
