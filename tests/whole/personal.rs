//! Personal data (S08): a thousand people's numbers are entered, and nothing that leaves the hub holds one of them, but for the
//! answer to whoever says what for, and the audit knows.

use std::path::Path;

use chengshu_access::{Role, Scope};
use chengshu_api::table;
use chengshu_tests::world::{Browser, Hub, keys, whole};
use serde_json::json;

const PEOPLE: usize = 1_000;

/// The number of the n-th; they differ where masks show nothing.
fn number(n: usize) -> String {
    format!("139{:04}0000", n)
}

/// Whether any of the numbers stands in the text.
fn leak(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find("139") {
        let found: String = rest[at..].chars().take(11).collect();
        if found.len() == 11 && found.ends_with("0000") && found.bytes().all(|sign| sign.is_ascii_digit()) {
            return Some(found);
        }
        rest = &rest[at + 3..];
    }
    None
}

fn import(hub: &Hub, contact: impl Fn(usize) -> String) -> (u16, serde_json::Value) {
    let rows: String = (0..PEOPLE).map(|n| format!("P-{n},{}\n", contact(n))).collect();
    hub.upload("/api/v1/import/devices?format=csv&theme=water", format!("device,contact\n{rows}").as_bytes()).unwrap()
}

#[test]
fn s08_no_number_of_a_person_leaves_the_hub_unless_somebody_says_what_for() {
    let (_world, database, _broker, hub) = whole("");
    let (status, report) = import(&hub, |n| format!("李工 {}", number(n)));
    assert_eq!((status, &report["created"]), (200, &json!(PEOPLE)), "{report}");
    assert!(leak(&format!("a {} b", number(7))).is_some() && leak("139****0000").is_none());

    // an entry is changed, so that there is a history; then every route is asked, by whoever may everything but this
    let entry = json!({ "theme": "water", "version": 1, "entry": { "contact": format!("王工 {}", number(5)) } });
    let (status, answer) = hub.call("PUT", "/api/v1/devices/P-7", Some(&hub.key), Some(entry)).unwrap();
    assert!(status == 200 && answer.contains("王* 139****0000"), "{status} {answer}");
    let history = hub.get("/api/v1/devices/P-7/history").unwrap();
    assert!(history.to_string().contains("李* 139****0000"), "the change is there, masked: {history}");
    let grant = keys::grant(&[Role::Operator, Role::Maintainer, Role::Steward, Role::Dispatcher], Scope::All).unwrap();
    let token = keys::person(hub.database(), "many-hats", &[grant]).unwrap();
    let mut person = Browser::with(&hub.http, &format!("chengshu_session={token}"));
    let mut bytes = 0;
    for route in table().into_iter().filter(|route| route.method == "GET" && !route.path.contains("stream")) {
        let path = route.path.replace("{id}", "P-7").replace("{*path}", "Things").replace(['{', '}'], "x");
        let more = if path.starts_with("/api/v1/devices") || path.contains("export") { "?limit=5000" } else { "" };
        for path in [path.clone(), format!("{path}{more}"), format!("{path}?format=csv")] {
            let text = hub.ask(&path, Some(&hub.key)).map_or(String::new(), |(_, text)| text);
            let seen = person.get(&path).map_or(String::new(), |(_, seen)| seen.to_string());
            bytes += text.len() + seen.len();
            assert_eq!(leak(&text).or_else(|| leak(&seen)), None, "{path}");
        }
    }
    assert!(bytes > 1_000_000, "only {bytes} bytes were looked at");
    // errors tell what was read, but not this
    let long =
        json!({ "theme": "water", "version": 2, "entry": { "contact": format!("{} {}", number(1), "x".repeat(300)) } });
    let (status, answer) = hub.call("PUT", "/api/v1/devices/P-7", Some(&hub.key), Some(long)).unwrap();
    assert_eq!((status, leak(&answer)), (400, None), "{answer}");
    assert_eq!(leak(&hub.log()), None);
    assert_eq!(leak_in(hub.data()), None);

    // a table goes in again as it came out
    let (status, report) = import(&hub, |_| "李* 139****0000".to_owned());
    assert_eq!(status, 422, "of P-7 that is not what stands there: {report}");
    assert_eq!(report["report"]["errors"][0]["line"], 9, "{report}");
    let (status, report) =
        import(&hub, |n| if n == 7 { "王* 139****0000".to_owned() } else { "李* 139****0000".to_owned() });
    assert_eq!((status, &report["unchanged"]), (200, &json!(PEOPLE)), "{report}");

    // in clear: for a purpose that the role has, with a reason, and the audit has a line before the answer goes out
    let ask = |purpose: &str, reason: &str| json!({ "purpose": purpose, "reason": reason });
    let at = "/api/v1/devices/P-7/contact";
    assert_eq!(person.post(at, ask("repair", "")).unwrap().0, 400);
    assert_eq!(person.post(at, ask("curiosity", "just so, to see")).unwrap().0, 400);
    assert_eq!(hub.call("POST", at, Some(&hub.key), Some(ask("repair", "a service is nobody"))).unwrap().0, 403);
    let (status, answer) = person.post(at, ask("repair", &format!("水位计失联，联系 {}", number(5)))).unwrap();
    assert_eq!((status, &answer["contact"]), (200, &json!(format!("王工 {}", number(5)))), "{answer}");
    let line = database.text(
        "SELECT concat_ws(' ', object, reason, detail) FROM audit_line_read WHERE act = 'unmask' AND outcome = 'done'",
    );
    let line = line.unwrap();
    assert!(line.contains("device:P-7") && line.contains("repair") && line.contains("139****0000"), "{line}");
    assert_eq!(leak(&line), None);
    let other = keys::grant(&[Role::Operator], Scope::of([])).unwrap();
    let token = keys::person(hub.database(), "elsewhere", &[other]).unwrap();
    let mut elsewhere = Browser::with(&hub.http, &format!("chengshu_session={token}"));
    let refused = elsewhere.post(at, ask("repair", "not my department")).unwrap().0;
    assert!([403, 404].contains(&refused), "{refused}");
    assert_eq!(leak(&hub.log()), None);
}

/// A file below the folder with one of the numbers in it.
fn leak_in(dir: &Path) -> Option<String> {
    std::fs::read_dir(dir).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return leak_in(&path);
        }
        let text = std::fs::read(&path).ok()?;
        leak(&String::from_utf8_lossy(&text)).map(|number| format!("{number} in {}", path.display()))
    })
}
