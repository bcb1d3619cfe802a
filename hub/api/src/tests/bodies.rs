//! What stands in a body and cannot be: refused at the door, with the name of the field, and never handed to the database.

use super::World;
use super::matrix::address;
use crate::route::Sent;
use crate::routes::routes;

#[tokio::test]
async fn a_list_is_no_object_wherever_one_is_expected() {
    let world = World::new();
    let mut tried = 0;
    for route in routes().into_iter().filter(|route| matches!(route.body, Some(Sent::Json(_)))) {
        for body in ["[]", "[null, null]", r#"["a", "b", "c", "d"]"#] {
            let path = address(route.info.path, "OWN-1");
            let (status, told) = world.ask(route.info.method, &path, Some("demo"), body).await;
            assert_eq!(status, 400, "{} {path} {body}: {told}", route.info.method);
            assert!(told.contains("expected an object"), "{} {path} {body}: {told}", route.info.method);
        }
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
    let policy = r#"{"password":{},"lockout":[],"session":{},"totp_required":[]}"#;
    let (status, told) = world.ask("PUT", "/api/v1/access/policy", Some("demo"), policy).await;
    assert!(status == 400 && told.contains("lockout") && told.contains("expected an object"), "{told}");
}

#[tokio::test]
async fn a_policy_is_sent_whole() {
    let world = World::new();
    let part = r#"{"password":{},"lockout":{},"session":{}}"#;
    let (status, told) = world.ask("PUT", "/api/v1/access/policy", Some("demo"), part).await;
    assert!(status == 400 && told.contains("totp_required"), "{told}");
}

#[tokio::test]
async fn a_moment_that_no_calendar_has_is_refused_by_name() {
    let world = World::new();
    let grant = |field: &str, ms: &str| {
        let scope = r#"[{"themes":"all","departments":"all","areas":"all","camera_groups":"all"}]"#;
        let (from, until) = if field == "from" { (ms, "null") } else { ("null", ms) };
        format!(r#"{{"grants":[{{"roles":["operator"],"scope":{scope},"from":{from},"until":{until}}}]}}"#)
    };
    let rights = |ms: &str| format!(r#"{{"rights":[],"scope":[],"quota_per_minute":600,"expires":{ms}}}"#);
    // the database of this world is away: what comes as far as that is a moment that may be
    for (ms, expected) in [
        ("9223372036854775807", 400),
        ("-9223372036854775808", 400),
        ("253402300800000", 400),
        ("-62135596800001", 400),
        ("253402300799999", 503),
        ("-62135596800000", 503),
    ] {
        for (path, field, body) in [
            ("/api/v1/services/1/rights", "expires", rights(ms)),
            ("/api/v1/people/1/grants", "from", grant("from", ms)),
            ("/api/v1/people/1/grants", "until", grant("until", ms)),
        ] {
            let (status, told) = world.ask("PUT", path, Some("demo"), &body).await;
            assert_eq!(status, expected, "{path} {field} {ms}: {told}");
            let named = [field, ms, "the years 1 to 9999"].iter().all(|word| told.contains(word));
            assert!(expected != 400 || named, "{path} {field} {ms}: {told}");
        }
    }
    for (day, expected) in [("0000-01-01", 400), ("10000-01-1", 400), ("0001-01-02", 503)] {
        let (status, told) = world.get(&format!("/api/v1/ledger/devices?day={day}"), "demo").await;
        assert!(status == expected && (expected != 400 || told.contains(day)), "{day}: {status} {told}");
    }
}
