//! People, services and walls on the running hub: from the link that makes the first administrator to a stolen cookie that
//! opens nothing. What each route asks of each role is tested in hub/api, what statements reach in `access`.

use chengshu_access::{Extent, Part, Right, Rights, Scope};
use chengshu_api::table;
use chengshu_core::model::Timestamp;
use chengshu_tests::world::{Broker, Browser, Database, GUARD, Hub, World, keys, now, publish_all, until};
use serde_json::{Value, json};

pub(crate) const GOOD: &str = "Kv9#mmLx-tw2Rz";
pub(crate) const NEXT: &str = "Hq4!vbNs_pk7Yd";

fn of_department(name: &str) -> Scope {
    Scope::of([Extent::new(Part::All, Part::some([name]), Part::All, Part::All)])
}

pub(crate) fn everywhere() -> Value {
    json!([{ "themes": "all", "departments": "all", "areas": "all", "camera_groups": "all" }])
}

/// A hub with a device of each of two departments.
fn whole() -> (World, Database, Broker, Hub) {
    let world = World::new().unwrap();
    let database = Database::start(&world).unwrap();
    let broker = Broker::start(&world).unwrap();
    let hub = Hub::start(&world, &database, &broker).unwrap();
    for (device, department) in [("W-1", "水务局"), ("F-1", "消防大队")] {
        let payload = br#"{"values":{"level":1.5}}"#.to_vec();
        publish_all(broker.port, &[(format!("city/water/{device}/telemetry"), payload)]).unwrap();
        until("heard", GUARD, || hub.latest(device, "level")).unwrap();
        let entry = json!({ "theme": "water", "version": 0, "entry": { "department": department } });
        let (status, answer) =
            hub.call("PUT", &format!("/api/v1/devices/{device}"), Some(&hub.key), Some(entry)).unwrap();
        assert_eq!(status, 200, "{answer}");
    }
    (world, database, broker, hub)
}

/// The first administrator, in, with a second factor.
pub(crate) fn first(hub: &Hub) -> Browser {
    let link = until("the link", GUARD, || std::fs::read_to_string(hub.data().join("setup.link")).ok()).unwrap();
    let token = link.split("token=").nth(1).unwrap().trim().to_owned();
    let mut admin = Browser::new(&hub.http);
    assert_eq!(admin.read("/api/v1/login").unwrap()["setup"], true);
    let order = |password: &str| json!({ "token": token, "user": "chenwei", "name": "陈卫", "password": password });
    let (status, weak) = admin.post("/api/v1/setup", order("chenwei-2026")).unwrap();
    assert_eq!((status, &weak["code"]), (400, &json!("password_refused")), "{weak}");
    assert!(weak["faults"].as_array().unwrap().iter().any(|fault| fault["code"] == "has_name"), "{weak}");
    admin.act("/api/v1/setup", order(GOOD)).unwrap();
    let (status, over) = Browser::new(&hub.http).post("/api/v1/setup", order(GOOD)).unwrap();
    assert_eq!((status, &over["code"]), (410, &json!("setup_over")), "{over}");
    let me = admin.read("/api/v1/me").unwrap();
    assert_eq!((&me["roles"], &me["must"]), (&json!(["system_admin"]), &json!(["totp"])), "{me}");
    assert_eq!(admin.get("/api/v1/people").unwrap().0, 403, "first the second factor");
    admin.enrol_factor(now()).unwrap();
    assert_eq!(admin.read("/api/v1/me").unwrap()["must"], json!([]));
    admin
}

/// Makes a person; answers the number and the one-time password.
pub(crate) fn make(admin: &mut Browser, user: &str) -> (String, String) {
    let order = json!({ "user": user, "name": format!("测试{user}"), "department": "水务局", "phone": "13812345678" });
    let made = admin.act("/api/v1/people", order).unwrap();
    assert_eq!(made["person"]["phone"], "138****5678", "masked: {made}");
    (made["person"]["id"].as_str().unwrap().to_owned(), made["password"].as_str().unwrap().to_owned())
}

pub(crate) fn grant(by: &mut Browser, person: &str, roles: &[&str], scope: &Value) -> (u16, Value) {
    let grants = json!({ "grants": [{ "roles": roles, "scope": scope, "from": null, "until": null }] });
    by.send("PUT", &format!("/api/v1/people/{person}/grants"), Some(grants)).unwrap()
}

#[test]
fn from_the_link_of_the_first_start_to_an_operator_of_one_department() {
    let (_world, database, _broker, hub) = whole();
    let mut admin = first(&hub);

    // the system administrator makes people, and of roles only the first of the two other administrators
    let (security_id, security_password) = make(&mut admin, "zhoulan");
    let (operator_id, operator_password) = make(&mut admin, "liangdong");
    assert_eq!(grant(&mut admin, &operator_id, &["operator"], &everywhere()).0, 403);
    let (status, answer) = grant(&mut admin, &security_id, &["security_admin"], &everywhere());
    assert_eq!(status, 200, "{answer}");
    let (again, _) = make(&mut admin, "second");
    assert_eq!(grant(&mut admin, &again, &["security_admin"], &everywhere()).0, 403, "there is one now");

    // a one-time password opens nothing until it is changed
    let mut security = Browser::new(&hub.http);
    security.sign_in("zhoulan", &security_password, None).unwrap();
    assert_eq!(security.read("/api/v1/me").unwrap()["must"], json!(["password", "totp"]));
    assert_eq!(security.get("/api/v1/people").unwrap().0, 403);
    let (status, answer) =
        security.post("/api/v1/me/password", json!({ "old": security_password, "new": security_password })).unwrap();
    assert_eq!((status, &answer["faults"][0]["code"]), (400, &json!("used_before")), "{answer}");
    security.act("/api/v1/me/password", json!({ "old": security_password, "new": GOOD })).unwrap();
    let secret = security.enrol_factor(now()).unwrap();
    assert_eq!(grant(&mut security, &security_id, &["operator"], &everywhere()).1["code"], "own_grants");
    let (status, answer) = grant(&mut security, &operator_id, &["operator", "audit_admin"], &everywhere());
    assert_eq!(status, 400, "{answer}");
    let scope = json!([{ "themes": "all", "departments": ["水务局"], "areas": "all", "camera_groups": "all" }]);
    assert_eq!(grant(&mut security, &operator_id, &["operator"], &scope).0, 200);

    // the operator sees the own department and nothing of another
    let mut operator = Browser::new(&hub.http);
    operator.sign_in("liangdong", &operator_password, Some(NEXT)).unwrap();
    let seen = operator.read("/api/v1/devices").unwrap();
    let ids: Vec<&str> =
        seen["devices"].as_array().unwrap().iter().map(|one| one["device"].as_str().unwrap()).collect();
    assert_eq!(ids, ["W-1"]);
    assert_eq!(operator.get("/api/v1/devices/W-1").unwrap().0, 200);
    for path in [
        "/api/v1/devices/F-1",
        "/api/v1/devices/F-1/latest",
        "/api/v1/readings?device=F-1&metric=level&from=2026-11-23T00:00:00Z&to=2026-11-23T00:01:00Z",
    ] {
        assert_eq!(operator.get(path).unwrap().0, 404, "{path}");
    }
    for path in ["/api/v1/people", "/api/v1/audit", "/api/v1/access/policy", "/api/v1/webhooks"] {
        assert_eq!(operator.get(path).unwrap().0, 403, "{path}");
    }

    // another site's form, a stolen cookie after signing out, a second factor that is wrong
    operator.forged = true;
    let (status, answer) = operator.post("/api/v1/logout", json!({})).unwrap();
    assert_eq!((status, &answer["code"]), (403, &json!("csrf")), "{answer}");
    operator.forged = false;
    let stolen = operator.cookie.clone().unwrap();
    operator.act("/api/v1/logout", json!({})).unwrap();
    assert_eq!(Browser::with(&hub.http, &stolen).get("/api/v1/devices").unwrap().0, 401);
    let mut again = Browser::new(&hub.http);
    let step = again.act("/api/v1/login", json!({ "user": "ZhouLan ", "password": GOOD })).unwrap();
    assert_eq!((&step["state"], &again.cookie), (&json!("totp"), &None));
    let code = |code: &str| json!({ "ticket": step["ticket"], "code": code });
    assert_eq!(again.post("/api/v1/login/totp", code("000000")).unwrap().0, 401);
    let used = secret.code(now());
    let (status, answer) = again.post("/api/v1/login/totp", code(&used)).unwrap();
    assert_eq!(status, 401, "the code with which it was set up is used: {answer}");
    let later = secret.code(Timestamp::from_ms(now().ms() + 30_000));
    again.act("/api/v1/login/totp", code(&later)).unwrap();
    assert_eq!(again.read("/api/v1/me").unwrap()["roles"], json!(["security_admin"]));

    // disabled, nobody is in any more
    operator.sign_in("liangdong", NEXT, None).unwrap();
    admin.act(&format!("/api/v1/people/{operator_id}/disable"), json!({})).unwrap();
    assert_eq!(operator.get("/api/v1/devices").unwrap().0, 401);
    assert_eq!(operator.post("/api/v1/login", json!({ "user": "liangdong", "password": NEXT })).unwrap().0, 401);

    // the audit knows all of it, and nobody but its administrator reads it
    let (auditor_id, auditor_password) = make(&mut admin, "linyue");
    assert_eq!(grant(&mut security, &auditor_id, &["audit_admin"], &everywhere()).0, 200);
    let mut auditor = Browser::new(&hub.http);
    auditor.sign_in("linyue", &auditor_password, Some(NEXT)).unwrap();
    auditor.enrol_factor(now()).unwrap();
    let lines = auditor.read("/api/v1/audit?limit=1000").unwrap();
    let acts: Vec<&str> = lines["lines"].as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap()).collect();
    for act in [
        "first_admin",
        "login",
        "logout",
        "denied",
        "account_create",
        "grant_change",
        "second_factor",
        "password_change",
        "account_disable",
        "register_change",
        "hub_start",
    ] {
        assert!(acts.contains(&act), "{act} in {acts:?}");
    }
    let text = lines.to_string();
    for secret in [GOOD, NEXT, "13812345678", operator_password.as_str()] {
        assert!(!text.contains(secret), "no secret and no telephone number in it");
    }
    assert_eq!(auditor.act("/api/v1/audit/verify", json!({})).unwrap()["ok"], true);
    assert_eq!(admin.get("/api/v1/audit").unwrap().0, 403);
    // whoever owns the database can change a line by force; the chain tells
    database
        .execute(
            "ALTER TABLE audit_line DISABLE TRIGGER USER; UPDATE audit_line SET outcome = 'done' WHERE act = 'denied'; \
              ALTER TABLE audit_line ENABLE TRIGGER USER",
        )
        .unwrap();
    let verified = auditor.act("/api/v1/audit/verify", json!({})).unwrap();
    assert_eq!(verified["ok"], false, "{verified}");
}

#[test]
fn nobody_gets_anything_and_guessing_is_locked() {
    let (_world, _database, _broker, mut hub) = whole();
    let mut admin = first(&hub);
    for route in table() {
        let open = route.access == chengshu_access::Access::Open;
        let near = route.near; // the hub's own machine reads its counters
        let path = route.path.replace("{id}", "W-1").replace("{*path}", "Things").replace("{*rest}", "x");
        let path = path.replace("{theme}", "water").replace("{device}", "W-1").replace("{type}", "telemetry");
        let (status, _) =
            Browser::new(&hub.http).send(route.method, &path, (route.method != "GET").then(|| json!({}))).unwrap();
        assert!(open || near || status == 401, "{} {path}: {status}", route.method);
    }
    let (_, password) = make(&mut admin, "taoran");
    let mut guesser = Browser::new(&hub.http);
    let mut guess = |user: &str, password: &str| {
        guesser.post("/api/v1/login", json!({ "user": user, "password": password })).unwrap()
    };
    for n in 0..5 {
        let (known, unknown) = (guess("taoran", "wrong"), guess("nobody", "wrong"));
        assert_eq!((known.0, &known.1["code"]), (unknown.0, &unknown.1["code"]), "{n}: nobody learns who is there");
    }
    let (status, locked) = guess("taoran", &password);
    assert_eq!((status, &locked["code"]), (423, &json!("account_locked")), "the right one does not help: {locked}");
    assert!(locked["retry_after"].as_u64().unwrap() > 60, "{locked}");
    assert_eq!(guess("nobody", "wrong").0, 423, "as if there were such an account");
    hub.stop().unwrap();
    hub.up().unwrap();
    until("the lock is restored", GUARD, || {
        let (status, _) =
            Browser::new(&hub.http).post("/api/v1/login", json!({ "user": "taoran", "password": password })).ok()?;
        (status == 423).then_some(())
    })
    .unwrap();
}

#[test]
fn a_key_of_one_department_opens_nothing_of_another_and_ends_when_it_is_revoked() {
    let (_world, database, _broker, hub) = whole();
    let mut admin = first(&hub);
    let (id, password) = make(&mut admin, "zhoulan");
    assert_eq!(grant(&mut admin, &id, &["security_admin"], &everywhere()).0, 200);
    let mut security = Browser::new(&hub.http);
    security.sign_in("zhoulan", &password, Some(GOOD)).unwrap();
    security.enrol_factor(now()).unwrap();

    let made = admin.act("/api/v1/services", json!({ "name": "水务局泵站平台", "department": "水务局" })).unwrap();
    let (service, key) = (made["service"]["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned());
    assert_eq!(hub.ask("/api/v1/devices", Some(&key)).unwrap().0, 403, "born without rights");
    let rights = |rights: Value, quota: u32| {
        let scope = json!([{ "themes": ["water"], "departments": ["水务局"], "areas": "all", "camera_groups": "all" }]);
        json!({ "rights": rights, "scope": scope, "expires": null, "quota_per_minute": quota })
    };
    let path = format!("/api/v1/services/{service}/rights");
    let (status, answer) = security.send("PUT", &path, Some(rights(json!(["see_city", "grant"]), 600))).unwrap();
    assert_eq!(status, 400, "no service gives rights: {answer}");
    let (status, answer) =
        security.send("PUT", &path, Some(rights(json!(["see_city", "ingest", "export"]), 600))).unwrap();
    assert_eq!(status, 200, "{answer}");
    assert_eq!(hub.ask("/api/v1/devices/W-1", Some(&key)).unwrap().0, 200);
    for path in ["/api/v1/devices/F-1", "/api/v1/devices/F-1/latest", "/api/v1/devices/F-1/photos"] {
        assert_eq!(hub.ask(path, Some(&key)).unwrap().0, 404, "{path}");
    }
    for format in ["csv", "geojson"] {
        let (_, file) = hub.ask(&format!("/api/v1/export/devices?format={format}"), Some(&key)).unwrap();
        assert!(file.contains("W-1") && !file.contains("F-1"), "{file}");
    }
    let say = |device: &str| json!({ "theme": "water", "device": device, "values": { "level": 2.5 } });
    assert_eq!(hub.call("POST", "/api/v1/ingest", Some(&key), Some(say("W-1"))).unwrap().0, 200);
    let (status, answer) =
        hub.call("POST", "/api/v1/ingest", Some(&key), Some(json!([say("W-1"), say("F-1")]))).unwrap();
    assert_eq!(status, 403, "{answer}");

    // so many a minute, then wait
    assert_eq!(security.send("PUT", &path, Some(rights(json!(["see_city"]), 3))).unwrap().0, 200);
    let asked: Vec<u16> = (0..5).map(|_| hub.ask("/api/v1/themes", Some(&key)).unwrap().0).collect();
    assert_eq!(asked, [200, 200, 200, 429, 429]);

    assert_eq!(security.send("PUT", &path, Some(rights(json!(["see_city"]), 600))).unwrap().0, 200);
    let new = admin.act(&format!("/api/v1/services/{service}/rotate"), json!({})).unwrap()["key"].clone();
    assert_eq!(hub.ask("/api/v1/themes", Some(&key)).unwrap().0, 401, "the old key is worth nothing");
    assert_eq!(hub.ask("/api/v1/themes", new.as_str()).unwrap().0, 200);
    assert_eq!(admin.send("DELETE", &format!("/api/v1/services/{service}"), None).unwrap().0, 204);
    assert_eq!(hub.ask("/api/v1/themes", new.as_str()).unwrap().0, 401);

    // what the store holds is no key
    let kept = database.text("SELECT encode(hash, 'hex') FROM service WHERE name = '水务局泵站平台'").unwrap();
    assert!(!kept.contains(&key[3..]) && kept.len() == 64);
    let own = keys::new();
    keys::service(
        hub.database(),
        &own,
        "own",
        Rights::for_service([Right::SeeCity]).unwrap(),
        &of_department("水务局"),
    )
    .unwrap();
    assert_eq!(hub.ask("/api/v1/devices/F-1", Some(&own)).unwrap().0, 404);
}

#[test]
fn a_wall_is_enrolled_by_its_code_and_survives_restart_and_renewal() {
    let (_world, database, _broker, mut hub) = whole();
    let mut admin = first(&hub);
    let mut wall = Browser::new(&hub.http);
    let offer = wall.act("/api/v1/screens/enrol", json!({})).unwrap();
    let claim = json!({ "secret": offer["secret"] });
    assert_eq!(wall.post("/api/v1/screens/enrol/claim", claim.clone()).unwrap().0, 202);
    let scope = json!([{ "themes": ["water"], "departments": ["水务局"], "areas": "all", "camera_groups": "all" }]);
    let order = |code: &Value| json!({ "code": code, "name": "水务局值班室", "layout": "theme/water", "scope": scope });
    let (status, answer) = admin.post("/api/v1/screens", order(&json!("0000-0000"))).unwrap();
    assert_eq!((status, &answer["code"]), (404, &json!("code_unknown")), "{answer}");
    let screen = admin.act("/api/v1/screens", order(&offer["code"])).unwrap();
    wall.act("/api/v1/screens/enrol/claim", claim.clone()).unwrap();
    assert_eq!(Browser::new(&hub.http).post("/api/v1/screens/enrol/claim", claim).unwrap().0, 410, "once");
    let me = wall.read("/api/v1/me").unwrap();
    assert_eq!(
        (&me["kind"], &me["layout"], &me["rights"]),
        (&json!("screen"), &json!("theme/water"), &json!(["see_city"]))
    );
    let seen = wall.read("/api/v1/devices").unwrap();
    assert_eq!(seen["devices"].as_array().unwrap().len(), 1, "{seen}");
    assert_eq!(wall.get("/api/v1/devices/F-1").unwrap().0, 404);
    for (method, path) in
        [("GET", "/api/v1/links"), ("GET", "/api/v1/export/devices"), ("POST", "/api/v1/devices/W-1/commands")]
    {
        let body = (method == "POST").then(|| json!({ "name": "open" }));
        assert_eq!(wall.send(method, path, body).unwrap().0, 403, "{path}");
    }

    // nobody is there at three in the morning: the hub restarts, the credential is half over
    hub.stop().unwrap();
    database.execute("UPDATE screen SET renewed = renewed - interval '16 days'").unwrap();
    hub.up().unwrap();
    let old = wall.cookie.clone().unwrap();
    assert_eq!(wall.get("/api/v1/devices").unwrap().0, 200);
    let new = wall.cookie.clone().unwrap();
    assert_ne!(old, new, "renewed by itself");
    assert_eq!(wall.get("/api/v1/devices").unwrap().0, 200);
    assert_eq!(Browser::with(&hub.http, &old).get("/api/v1/devices").unwrap().0, 200, "whoever never got the new one");

    let id = screen["id"].as_str().unwrap();
    assert_eq!(admin.send("DELETE", &format!("/api/v1/screens/{id}"), None).unwrap().0, 204);
    for cookie in [old, new] {
        assert_eq!(Browser::with(&hub.http, &cookie).get("/api/v1/devices").unwrap().0, 401);
    }
}
