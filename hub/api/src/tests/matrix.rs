//! Every route of the table with everybody: 401 for nobody, 403 without the right, neither with it (S07).

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chengshu_access::{Access, Caller, Identity, Right, Role, Roles, allows};
use futures_util::future::join_all;
use tower::ServiceExt;

use super::{World, callers};
use crate::origin::Peer;
use crate::table;

/// An address of the route about a device that is there.
pub(super) fn address(path: &str, device: &str) -> String {
    let hash = "0".repeat(64);
    let words = [("{id}", device), ("{hash}", &hash), ("{*path}", "Things"), ("{*rest}", "x"), ("{theme}", "test")];
    let path = words.iter().fold(path.to_owned(), |path, (name, word)| path.replace(name, word));
    path.replace("{device}", device).replace("{type}", "telemetry")
}

/// What somebody may, told otherwise than by asking them.
fn holds(key: &str, right: Right) -> bool {
    match key {
        "demo" => true,
        "confined" => right == Right::Own,
        "screen" => right == Right::SeeCity,
        "device" => right == Right::Ingest,
        "local" => [Right::SeeOperation, Right::Replay, Right::JudgeDevices].contains(&right),
        key => match key.strip_prefix("service ") {
            Some(word) => right.id() == word,
            None => allows(Roles::new([Role::of(key).unwrap()]).unwrap(), right),
        },
    }
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let world = World::new();
    let (mut let_in, mut refused) = (0, 0);
    for route in table() {
        let path = address(route.path, "OWN-1");
        for key in [None, Some(""), Some("wrong"), Some("operator x")] {
            let (status, body) = world.ask(route.method, &path, key, "{}").await;
            match route.access {
                Access::Open => assert!(![401, 403].contains(&status.as_u16()), "{} {path}: {body}", route.method),
                _ => assert_eq!(status, StatusCode::UNAUTHORIZED, "{} {path} {key:?}: {body}", route.method),
            }
        }
        let asked = join_all(callers().into_keys().map(|key| {
            let (world, path) = (&world, &path);
            async move {
                let (status, body) = world.ask(route.method, path, Some(&key), "{}").await;
                (key, status, body)
            }
        }));
        for (key, status, body) in asked.await {
            let may = matches!(route.access, Access::Open | Access::Known)
                || route.access.rights().iter().any(|right| holds(&key, *right));
            let told = format!("{} {path} by {key}: {status} {body}", route.method);
            if may {
                let_in += 1;
                assert!(status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN, "{told}");
            } else {
                refused += 1;
                assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
                assert!(body.contains("\"code\":\"forbidden\""), "{told}");
                assert!(route.access.rights().iter().all(|right| body.contains(right.id())), "{told}");
            }
        }
    }
    println!("{let_in} let in, {refused} refused");
    assert!(let_in > 300 && refused > 300, "{let_in} {refused}");
}

#[tokio::test]
async fn the_hubs_own_machine_reads_its_counters_and_nobody_else_does() {
    let world = World::new();
    for (peer, headers, expected) in [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("::ffff:127.0.0.1", None, 200),
        ("10.0.0.7", None, 401),
        ("::ffff:10.0.0.7", None, 401),
        ("127.0.0.1", Some("x-forwarded-for"), 401),
        ("127.0.0.1", Some("forwarded"), 401),
    ] {
        for (path, expected) in [("/metrics", expected), ("/api/v1/status", 401)] {
            let mut request = Request::builder().uri(path).extension(Peer { ip: peer.parse().unwrap(), tls: false });
            if let Some(header) = headers {
                request = request.header(header, "10.0.0.7");
            }
            let answer = world.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(answer.status(), expected, "{path} {peer} {headers:?}");
        }
    }
}

#[test]
fn no_name_of_a_person_is_kept_with_what_they_did() {
    let is_person = |caller: &Caller| matches!(caller.identity(), Identity::Person { .. });
    let labels: Vec<String> =
        callers().values().filter(|caller| is_person(caller)).map(|caller| caller.identity().label()).collect();
    assert!(labels.len() > Role::ALL.len() && labels.iter().all(|label| !label.contains(['张', '李'])), "{labels:?}");
}
