//! Credentials over HTTP: one device, a whole batch, who may, what is told and what never is.

use chengshu_access::{Extent, Part, Right, Rights, Role, Scope};
use chengshu_tests::world::{Browser, GUARD, Login, World, keys, until};
use serde_json::{Value, json};

use super::{audit, enter, is_let_in, shipped};

#[test]
fn a_credential_is_shown_once_and_told_of_without_it() {
    let world = World::new().unwrap();
    let (hub, port) = shipped(&world);
    enter(&hub, &[("W-1", None), ("field", None)]);
    let path = "/api/v1/devices/W-1/credential";
    let none = hub.get(path).unwrap();
    assert_eq!((&none["user"], &none["credential"]), (&json!("W-1"), &Value::Null));
    assert_eq!(none["connect"], json!([format!("mqtt://127.0.0.1:{port}")]));

    let grants = [keys::grant(&[Role::Maintainer], Scope::All).unwrap()];
    let token = keys::person(hub.database(), "weixiu", &grants).unwrap();
    let mut maintainer = Browser::with(&hub.http, &format!("chengshu_session={token}"));
    let made = maintainer.act(path, json!({})).unwrap();
    let password = made["password"].as_str().unwrap();
    assert!(password.len() == 28 && password.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{made}");
    let login = Login::new("W-1", password);
    until("let in", GUARD, || is_let_in(port, &login).then_some(())).unwrap();
    let state = until("its coming is noted", GUARD, || {
        let state = hub.get(path).ok()?;
        state["credential"]["last_login"].is_i64().then_some(state)
    })
    .unwrap();
    assert!(state["credential"]["issued_by"].as_str().unwrap().starts_with("person:"), "{state}");
    assert!(!state.to_string().contains(password));

    // who may not, and what cannot be
    for role in [Role::Operator, Role::Steward, Role::SecurityAdmin] {
        let token = keys::person(hub.database(), role.id(), &[keys::grant(&[role], Scope::All).unwrap()]).unwrap();
        let mut other = Browser::with(&hub.http, &format!("chengshu_session={token}"));
        assert_eq!(other.post(path, json!({})).unwrap().0, 403, "{role}");
    }
    let narrow = keys::new();
    let scope = Scope::of([Extent::new(Part::All, Part::some(["消防大队"]), Part::All, Part::All)]);
    keys::service(hub.database(), &narrow, "narrow", Rights::for_service([Right::EquipDevices]).unwrap(), &scope)
        .unwrap();
    for method in ["GET", "POST", "DELETE"] {
        assert_eq!(hub.call(method, path, Some(&narrow), None).unwrap().0, 404, "another department's: {method}");
    }
    let (status, answer) = hub.call("POST", "/api/v1/devices/field/credential", Some(&hub.key), None).unwrap();
    assert!(status == 409 && answer.contains("the hub's own users"), "{answer}");

    // what is kept, logged and audited holds no password
    assert_eq!(hub.call("DELETE", path, Some(&hub.key), None).unwrap().0, 204);
    let lines = audit(&hub);
    let whats: Vec<&str> = lines
        .iter()
        .filter(|line| line["act"] == "device_credential" && line["object"] == "device:W-1")
        .map(|line| line["detail"]["what"].as_str().unwrap())
        .collect();
    assert_eq!(whats, ["revoked", "issued"], "newest first");
    let files = std::fs::read_to_string(hub.data().join("mosquitto/passwords")).unwrap();
    for text in [hub.log(), files, json!(lines).to_string()] {
        assert!(!text.contains(password));
    }
}

#[test]
fn a_whole_batch_is_equipped_in_one_answer() {
    const BATCH: usize = 2_000;
    let world = World::new().unwrap();
    let (hub, port) = shipped(&world);
    let rows: String = (0..BATCH).map(|n| format!("V-{n},water\n")).collect();
    let (status, report) =
        hub.upload("/api/v1/import/devices?format=csv", format!("device,theme\n{rows}").as_bytes()).unwrap();
    assert_eq!(status, 200, "{report}");
    let ids: Vec<String> = (0..BATCH).map(|n| format!("V-{n}")).collect();
    let ask = |path: &str, body: Value| hub.call("POST", path, Some(&hub.key), Some(body)).unwrap();
    let path = "/api/v1/devices/credentials";

    let mut asked = ids.clone();
    asked.extend(["NOBODY".to_owned(), "V-1".to_owned()]);
    let start = std::time::Instant::now();
    let (status, answer) = ask(path, json!({ "devices": asked }));
    println!("{BATCH} devices equipped in {} ms", start.elapsed().as_millis());
    assert_eq!(status, 200, "{answer}");
    let lines: Vec<Value> = answer.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), BATCH + 2);
    assert_eq!((&lines[BATCH]["error"], &lines[BATCH + 1]["error"]), (&json!("unknown"), &json!("twice")));
    let login = |line: &Value| Login::new(line["user"].as_str().unwrap(), line["password"].as_str().unwrap());
    let (first, last) = (login(&lines[0]), login(&lines[BATCH - 1]));
    until("the first is let in", GUARD, || is_let_in(port, &first).then_some(())).unwrap();
    assert!(is_let_in(port, &last), "and with it all");

    // again: nobody loses theirs, unless that is wanted; as a table
    let (_, again) = ask(path, json!({ "devices": ["V-0", "V-1"] }));
    assert_eq!(again.matches("has_one").count(), 2, "{again}");
    assert!(is_let_in(port, &first));
    let (_, table) = ask(&format!("{path}?format=csv"), json!({ "devices": ["V-0"], "replace": true }));
    let mut lines = table.trim_start_matches('\u{feff}').lines();
    assert_eq!(lines.next(), Some("device,user,password,error"));
    let row: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!((row[0], row[1], row[3]), ("V-0", "V-0", ""));
    let renewed = Login::new("V-0", row[2]);
    until("the new one is good", GUARD, || is_let_in(port, &renewed).then_some(())).unwrap();
    assert!(!is_let_in(port, &first));

    let (status, answer) = ask(path, json!({ "devices": vec!["V-0"; 10_001] }));
    assert!(status == 400 && answer.contains("10000"), "{answer}");
    assert_eq!(ask(path, json!({ "devices": [] })).0, 400);
    let counted = audit(&hub).iter().filter(|line| line["act"] == "device_credential").count();
    assert!(counted > 900, "a line for each device; the page is full of them: {counted}");
}
