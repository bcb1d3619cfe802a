//! S24: every route that changes something leaves a line when it is done, when it comes to nothing, and when it is refused;
//! so does whatever tells what must not be told unnoticed. The table of routes says which these are: a route that nobody
//! thought of here fails the test.

use std::collections::{BTreeMap, BTreeSet};

use chengshu_access::{Access, Act, Right, Rights, Role, Scope, allows};
use chengshu_api::{RouteInfo, table};
use chengshu_core::model::Timestamp;
use chengshu_tests::world::{
    Broker, Browser, Database, GUARD, Hub, World, keys, now, now_ms, publish_all, until, whole,
};
use serde_json::{Value, json};

use super::{Line, label, line_after, lines_after, newest, somebody};
use crate::identity::{everywhere, first, grant};

const GOOD: &str = "Kv9#mmLx-tw2Rz";
const NEXT: &str = "Hq4!vbNs_pk7Yd";

/// Routes that change nothing that the audit is about, each with what speaks for that.
const UNTOLD: [(&str, &str); 17] = [
    ("POST /api/v1/readings/query", "a question"),
    ("POST /api/v1/decode", "computes"),
    ("POST /api/v1/encode", "computes"),
    ("POST /api/v1/probe", "a reading that the hub knows already; in the ledger"),
    ("POST /api/v1/ingest", "what devices send; in the ledger"),
    ("POST /api/v1/ingest/{theme}/{device}/{type}", "what devices send; in the ledger"),
    ("POST /push/{*rest}", "what platforms send; in the ledger"),
    ("POST /api/v1/me/totp", "a secret that counts when it is confirmed, which has a line"),
    ("POST /api/v1/screens/enrol", "a code that is worth nothing until somebody types it, which has a line"),
    ("POST /api/v1/broker/emqx/auth", "a broker's question; what is refused has a line"),
    ("POST /api/v1/broker/emqx/acl", "the same"),
    ("POST /api/v1/broker/goauth/user", "the same"),
    ("POST /api/v1/broker/goauth/superuser", "the same"),
    ("POST /api/v1/broker/goauth/acl", "the same"),
    // nobody is known yet: the hub writes lines of their own, see below
    ("POST /api/v1/login", "login"),
    ("POST /api/v1/login/totp", "login"),
    ("POST /api/v1/setup", "first_admin"),
];
/// The same, whose lines of what failed are written by the handler.
const OWN: [&str; 2] = ["POST /api/v1/me/password", "POST /api/v1/screens/enrol/claim"];

/// Done only with a provider of single sign-on: tests/whole/sso.rs looks for their lines.
const WITH_PROVIDER: [&str; 4] = [
    "POST /api/v1/me/sso/{id}",
    "DELETE /api/v1/me/sso",
    "PUT /api/v1/people/{id}/sso",
    "DELETE /api/v1/people/{id}/sso",
];

fn name(route: &RouteInfo) -> String {
    format!("{} {}", route.method, route.path)
}

/// Routes that must leave a line.
fn told() -> BTreeMap<String, RouteInfo> {
    let untold: BTreeSet<&str> = UNTOLD.iter().map(|(route, _)| *route).chain(OWN).collect();
    let told = table().into_iter().filter(|route| route.method != "GET" || route.act.is_some());
    let told: BTreeMap<String, RouteInfo> = told.map(|route| (name(&route), route)).collect();
    for route in &untold {
        assert!(told.get(*route).is_some_and(|route| route.act.is_none()), "{route} is not there, or is told of");
    }
    let told: BTreeMap<_, _> = told.into_iter().filter(|(name, _)| !untold.contains(name.as_str())).collect();
    for (name, route) in &told {
        assert!(route.act.is_some(), "{name} changes something, and the table says no act");
    }
    assert!(told.len() > 35, "{}", told.len());
    told
}

struct City {
    _world: World,
    database: Database,
    _broker: Broker,
    hub: Hub,
}

fn city() -> City {
    let (world, database, broker, hub) = whole("");
    let payload = format!("{{\"ts\": {}, \"values\": {{\"level\": 1.5}}}}", now_ms() - 1_000);
    publish_all(broker.port, &[("city/water/W-1/telemetry".to_owned(), payload.into_bytes())]).unwrap();
    until("heard", GUARD, || hub.latest("W-1", "level")).unwrap();
    City { _world: world, database, _broker: broker, hub }
}

/// Looks for lines of what was just done.
struct Spy<'a> {
    database: &'a Database,
    last: u64,
    seen: BTreeSet<String>,
}

impl Spy<'_> {
    /// The line about a route that was done since the last look.
    fn saw(&mut self, route: &str, who: &str, act: &str) -> Line {
        let what = format!("a line of {route}: {act} by {who}");
        let line = line_after(self.database, self.last, &what, |line| {
            line.text("act") == act && line.text("who") == who && line.text("outcome") == "done"
        });
        assert_eq!(line.text("from"), "127.0.0.1", "{line:?}");
        assert!((line.0["at"].as_i64().unwrap() - now_ms()).abs() < 120_000, "{line:?}");
        self.last = newest(self.database);
        self.seen.insert(route.to_owned());
        line
    }
}

fn good((status, answer): (u16, String)) -> Value {
    assert!((200..300).contains(&status), "{status} {answer}");
    serde_json::from_str(&answer).unwrap_or(Value::Null)
}

fn well((status, answer): (u16, Value)) -> Value {
    assert!((200..300).contains(&status), "{status} {answer}");
    answer
}

/// What a service does: register, photos, readings, commands, webhooks, exports.
fn a_service(city: &City, spy: &mut Spy<'_>) {
    let (hub, key) = (&city.hub, Some(city.hub.key.as_str()));
    let who = &format!("service:{}", city.database.count("SELECT id FROM service WHERE name = 'test'").unwrap());
    let call = |method: &str, path: &str, body: Value| good(hub.call(method, path, key, Some(body)).unwrap());

    let entry = json!({ "theme": "water", "version": 0, "entry": { "department": "水务局" } });
    call("PUT", "/api/v1/devices/W-1", entry);
    let line = spy.saw("PUT /api/v1/devices/{id}", who, "register_change");
    assert_eq!((line.text("object"), &line.0["detail"]["changed"]), ("devices/W-1", &json!("1")), "{line:?}");
    let (status, report) =
        hub.upload("/api/v1/import/devices?format=csv", b"device,theme\nW-2,water\nW-3,water\n").unwrap();
    assert_eq!(status, 200, "{report}");
    let line = spy.saw("POST /api/v1/import/devices", who, "register_import");
    assert_eq!(line.0["detail"]["created"], "2", "{line:?}");
    let (status, _) =
        hub.upload("/api/v1/import/devices?format=csv&dry_run=true", b"device,theme\nW-4,water\n").unwrap();
    assert_eq!(status, 200);
    spy.saw("POST /api/v1/import/devices", who, "register_import");
    call("DELETE", "/api/v1/devices/W-3", Value::Null);
    spy.saw("DELETE /api/v1/devices/{id}", who, "register_change");
    let (status, photo) = hub.upload("/api/v1/devices/W-1/photos", b"\xff\xd8\xff\xe0\0\x10JFIF\0 a picture").unwrap();
    assert_eq!(status, 200, "{photo}");
    spy.saw("POST /api/v1/devices/{id}/photos", who, "photo_add");
    call("DELETE", &format!("/api/v1/devices/W-1/photos/{}", photo["hash"].as_str().unwrap()), Value::Null);
    spy.saw("DELETE /api/v1/devices/{id}/photos/{hash}", who, "photo_delete");

    let at = hub.get("/api/v1/devices/W-1/latest").unwrap()["metrics"]["level"]["at"].clone();
    let order =
        json!({ "device": "W-1", "metric": "level", "at": at, "value": 1.25, "reason": "比测，联系 13812345678" });
    call("POST", "/api/v1/corrections", order);
    let line = spy.saw("POST /api/v1/corrections", who, "correction");
    assert_eq!(
        (line.text("reason"), &line.0["detail"]["device"]),
        ("比测，联系 138****5678", &json!("W-1")),
        "{line:?}"
    );
    call("POST", "/api/v1/rejected/replay", json!({ "reason": "unknown_theme" }));
    spy.saw("POST /api/v1/rejected/replay", who, "replay");

    call("POST", "/api/v1/devices/W-1/commands", json!({ "name": "read_now" }));
    let line = spy.saw("POST /api/v1/devices/{id}/commands", who, "command_ask");
    assert_eq!(line.0["detail"]["command"], "read_now");
    let queued = queued(&city.database);
    call("POST", &format!("/api/v1/commands/{queued}/cancel"), json!({}));
    spy.saw("POST /api/v1/commands/{id}/cancel", who, "command_cancel");

    for base in ["/api/v1/receivers", "/api/v1/webhooks"] {
        let mut saw = |method: &str, path: &str, act: &str| spy.saw(&format!("{method} {base}{path}"), who, act);
        let hook = json!({ "name": "指挥中心", "url": "https://receiver.example/hook" });
        let id = call("POST", base, hook.clone())["id"].clone();
        let line = saw("POST", "", "webhook_change");
        assert_eq!(line.0["detail"]["id"], id.to_string());
        call("PUT", &format!("{base}/{id}"), hook);
        saw("PUT", "/{id}", "webhook_change");
        call("POST", &format!("{base}/{id}/test"), Value::Null);
        saw("POST", "/{id}/test", "webhook_send");
        call("POST", &format!("{base}/{id}/replay"), json!({}));
        saw("POST", "/{id}/replay", "webhook_send");
        call("DELETE", &format!("{base}/{id}"), Value::Null);
        saw("DELETE", "/{id}", "webhook_change");
    }

    call("GET", "/api/v1/devices/W-1/messages", Value::Null);
    spy.saw("GET /api/v1/devices/{id}/messages", who, "raw_seen");
    call("GET", "/api/v1/export/devices", Value::Null);
    spy.saw("GET /api/v1/export/devices", who, "export");
    let from = Timestamp::from_ms(now_ms() - 60_000).to_rfc3339();
    call("GET", &format!("/api/v1/export/readings?from={from}&to={}", now().to_rfc3339()), Value::Null);
    spy.saw("GET /api/v1/export/readings", who, "export");
}

/// A command that waits for a second person.
fn queued(database: &Database) -> i64 {
    database
        .execute(
            "INSERT INTO command (device, name, params, danger, state, asked, person, expires, due, changed)
             VALUES ('W-1', 'open', '{}', true, 'queued', now(), '甲', now() + interval '1 hour', now(), now())",
        )
        .unwrap();
    database.count("SELECT max(id) FROM command").unwrap()
}

/// What administrators do, and people with their own accounts.
fn people(city: &City, spy: &mut Spy<'_>) {
    let (hub, database) = (&city.hub, &city.database);
    let mut admin = first(hub);
    let chief = &label(&mut admin);
    let lines = lines_after(database, spy.last);
    for act in ["first_admin", "second_factor"] {
        assert!(
            lines.iter().any(|line| line.text("act") == act && line.text("from") == "127.0.0.1"),
            "{act}: {lines:?}"
        );
    }
    spy.seen.insert("POST /api/v1/me/totp/confirm".to_owned());
    spy.last = newest(database);
    let mut security = somebody(hub, database, "zhoulan", Role::SecurityAdmin);
    let guard = &label(&mut security);
    spy.last = newest(database);

    // accounts
    let made = admin.act("/api/v1/people", json!({ "user": "taoran", "name": "陶然" })).unwrap();
    spy.saw("POST /api/v1/people", chief, "account_create");
    let id = made["person"]["id"].as_str().unwrap().to_owned();
    let of = |what: &str| format!("/api/v1/people/{id}{what}");
    well(admin.send("PUT", &of(""), Some(json!({ "name": "陶然", "department": "水务局" }))).unwrap());
    assert_eq!(spy.saw("PUT /api/v1/people/{id}", chief, "account_change").text("object"), format!("person:{id}"));
    assert_eq!(grant(&mut security, &id, &["operator"], &everywhere()).0, 200);
    spy.saw("PUT /api/v1/people/{id}/grants", guard, "grant_change");
    for (route, act) in [("disable", "account_disable"), ("enable", "account_disable"), ("reset", "password_reset")] {
        let answer = admin.act(&of(&format!("/{route}")), json!({})).unwrap();
        let line = spy.saw(&format!("POST /api/v1/people/{{id}}/{route}"), chief, act);
        let password = answer["password"].as_str().unwrap_or("none");
        assert!(!line.0.to_string().contains(password), "{line:?}");
    }
    security.act(&of("/unlock"), json!({})).unwrap();
    spy.saw("POST /api/v1/people/{id}/unlock", guard, "account_unlock");
    security.act(&of("/totp/reset"), json!({})).unwrap();
    spy.saw("POST /api/v1/people/{id}/totp/reset", guard, "second_factor");

    // the way in, and one's own account
    let password = admin.act(&of("/reset"), json!({})).unwrap()["password"].as_str().unwrap().to_owned();
    let mut own = Browser::new(&hub.http);
    let before = newest(database);
    assert_eq!(own.post("/api/v1/login", json!({ "user": "taoran", "password": "wrong\r\n" })).unwrap().0, 401);
    let failed = line_after(database, before, "a wrong password", |line| line.text("act") == "login");
    assert_eq!((failed.text("who"), failed.text("outcome"), failed.text("from")), ("unknown", "failed", "127.0.0.1"));
    assert!(!failed.0.to_string().contains("wrong"), "{failed:?}");
    own.sign_in("taoran", &password, Some(GOOD)).unwrap();
    let me = &format!("person:{id}");
    spy.saw("POST /api/v1/me/password", me, "password_change");
    assert_eq!(own.post("/api/v1/me/password", json!({ "old": "no", "new": NEXT })).unwrap().0, 400);
    line_after(database, spy.last, "the wrong one", |line| {
        line.text("act") == "password_change" && line.text("outcome") == "failed"
    });
    let secret = own.enrol_factor(now()).unwrap();
    spy.saw("POST /api/v1/me/totp/confirm", me, "second_factor");
    let mut other = Browser::new(&hub.http);
    let step = other.act("/api/v1/login", json!({ "user": "taoran", "password": GOOD })).unwrap();
    let later = secret.code(Timestamp::from_ms(now().ms() + 30_000));
    other.act("/api/v1/login/totp", json!({ "ticket": step["ticket"], "code": later })).unwrap();
    spy.saw("POST /api/v1/login/totp", me, "login");
    let sessions = own.read("/api/v1/me/sessions").unwrap();
    let sessions = sessions["sessions"].as_array().unwrap().iter();
    let not_own: Vec<String> =
        sessions.filter(|one| one["current"] == false).map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    well(own.send("DELETE", &format!("/api/v1/me/sessions/{}", not_own[0]), None).unwrap());
    spy.saw("DELETE /api/v1/me/sessions/{id}", me, "session_end");
    well(own.send("DELETE", "/api/v1/me/totp", Some(json!({ "password": GOOD }))).unwrap());
    spy.saw("DELETE /api/v1/me/totp", me, "second_factor");
    let session = own.read("/api/v1/me").unwrap()["session"]["id"].as_str().unwrap().to_owned();
    well(admin.send("DELETE", &of(&format!("/sessions/{session}")), None).unwrap());
    spy.saw("DELETE /api/v1/people/{id}/sessions/{session}", chief, "session_end");
    own.sign_in("taoran", GOOD, None).unwrap();
    own.act("/api/v1/logout", json!({})).unwrap();
    spy.saw("POST /api/v1/logout", me, "logout");

    // a dangerous command is agreed to
    let may = |role: &Role| allows(chengshu_access::Roles::new([*role]).unwrap(), Right::ApproveCommand);
    let mut second = somebody(hub, database, "yi", Role::ALL.into_iter().find(may).unwrap());
    let second_label = &label(&mut second);
    second.act(&format!("/api/v1/commands/{}/approve", queued(database)), json!({})).unwrap();
    spy.saw("POST /api/v1/commands/{id}/approve", second_label, "command_approve");

    // credentials of devices, and whom to call about one
    let password = admin.act("/api/v1/devices/W-1/credential", json!({})).unwrap().to_string();
    let line = spy.saw("POST /api/v1/devices/{id}/credential", chief, "device_credential");
    assert!(!password.is_empty() && !line.0.to_string().contains("password"), "{line:?}");
    well(admin.send("DELETE", "/api/v1/devices/W-1/credential", None).unwrap());
    spy.saw("DELETE /api/v1/devices/{id}/credential", chief, "device_credential");
    admin.act("/api/v1/devices/credentials", json!({ "devices": ["W-1"] })).unwrap();
    spy.saw("POST /api/v1/devices/credentials", chief, "device_credential");
    let mut keeper = somebody(hub, database, "weixiu", Role::Maintainer);
    let keeper_label = &label(&mut keeper);
    spy.last = newest(database);
    keeper.act("/api/v1/devices/W-1/contact", json!({ "purpose": "repair", "reason": "the gauge is silent" })).unwrap();
    spy.saw("POST /api/v1/devices/{id}/contact", keeper_label, "unmask");

    // keys, walls, policy
    let made = admin.act("/api/v1/services", json!({ "name": "泵站平台", "department": null })).unwrap();
    spy.saw("POST /api/v1/services", chief, "key_create");
    let service = made["service"]["id"].as_str().unwrap().to_owned();
    let rights = json!({ "rights": ["see_city"], "scope": everywhere(), "expires": null, "quota_per_minute": 60 });
    well(security.send("PUT", &format!("/api/v1/services/{service}/rights"), Some(rights)).unwrap());
    spy.saw("PUT /api/v1/services/{id}/rights", guard, "grant_change");
    admin.act(&format!("/api/v1/services/{service}/rotate"), json!({})).unwrap();
    spy.saw("POST /api/v1/services/{id}/rotate", chief, "key_create");
    admin.act(&format!("/api/v1/services/{service}/signing"), json!({})).unwrap();
    spy.saw("POST /api/v1/services/{id}/signing", chief, "key_create");
    well(admin.send("DELETE", &format!("/api/v1/services/{service}/signing"), None).unwrap());
    spy.saw("DELETE /api/v1/services/{id}/signing", chief, "key_revoke");
    well(admin.send("DELETE", &format!("/api/v1/services/{service}"), None).unwrap());
    spy.saw("DELETE /api/v1/services/{id}", chief, "key_revoke");
    let mut wall = Browser::new(&hub.http);
    let offer = wall.act("/api/v1/screens/enrol", json!({})).unwrap();
    let mut order = json!({ "code": offer["code"], "name": "墙", "layout": "wall", "scope": everywhere() });
    let screen = admin.act("/api/v1/screens", order.clone()).unwrap()["id"].as_str().unwrap().to_owned();
    spy.saw("POST /api/v1/screens", chief, "screen_enrol");
    wall.act("/api/v1/screens/enrol/claim", json!({ "secret": offer["secret"] })).unwrap();
    spy.saw("POST /api/v1/screens/enrol/claim", "unknown", "screen_enrol");
    order.as_object_mut().unwrap().remove("code");
    well(admin.send("PUT", &format!("/api/v1/screens/{screen}"), Some(order)).unwrap());
    spy.saw("PUT /api/v1/screens/{id}", chief, "screen_enrol");
    well(admin.send("DELETE", &format!("/api/v1/screens/{screen}"), None).unwrap());
    spy.saw("DELETE /api/v1/screens/{id}", chief, "screen_revoke");
    let policy = security.read("/api/v1/access/policy").unwrap();
    well(security.send("PUT", "/api/v1/access/policy", Some(policy)).unwrap());
    spy.saw("PUT /api/v1/access/policy", guard, "policy_change");

    // the audit itself
    let mut auditor = somebody(hub, database, "linyue", Role::AuditAdmin);
    let reader = &label(&mut auditor);
    spy.last = newest(database);
    let page = auditor.read("/api/v1/audit").unwrap();
    assert!(!page.to_string().contains(GOOD) && !page.to_string().contains(&password));
    spy.saw("GET /api/v1/audit", reader, "audit_read");
    auditor.read("/api/v1/audit").unwrap();
    auditor.act("/api/v1/audit/verify", json!({})).unwrap();
    let line = spy.saw("POST /api/v1/audit/verify", reader, "audit_read");
    assert_eq!(line.text("object"), "audit/verify", "a page that is kept open does not fill the audit: {line:?}");
    let (status, file) = auditor.get("/api/v1/export/audit?format=ndjson").unwrap();
    assert!(status == 200 && file.as_str().is_some_and(|file| file.lines().count() > 20), "{status} {file}");
    spy.saw("GET /api/v1/export/audit", reader, "export");
}

#[test]
fn s24_whatever_is_done_leaves_a_line_with_who_from_where_what_and_result() {
    let city = city();
    let start = lines_after(&city.database, 0);
    for act in ["hub_start", "configure"] {
        assert!(start.iter().any(|line| line.text("act") == act && line.text("who") == "local"), "{act}: {start:?}");
    }
    let mut spy = Spy { database: &city.database, last: newest(&city.database), seen: BTreeSet::new() };
    a_service(&city, &mut spy);
    people(&city, &mut spy);
    let must: BTreeSet<String> = told().into_keys().filter(|name| !WITH_PROVIDER.contains(&name.as_str())).collect();
    let forgotten: Vec<_> = must.difference(&spy.seen).collect();
    assert!(forgotten.is_empty(), "nobody tried {forgotten:?}");
    println!("{} routes, {} lines", spy.seen.len(), newest(&city.database));
}

fn address(path: &str) -> String {
    let hash = "0".repeat(64);
    path.replace("{id}", "999999").replace("{session}", "999999").replace("{hash}", &hash)
}

#[test]
fn s24_whatever_is_refused_or_comes_to_nothing_leaves_a_line() {
    let city = city();
    let (hub, database) = (&city.hub, &city.database);
    let weak = keys::new();
    keys::service(&database.url, &weak, "weak", Rights::for_service([Right::SeeWork]).unwrap(), &Scope::All).unwrap();
    let who = format!("service:{}", database.count("SELECT id FROM service WHERE name = 'weak'").unwrap());
    let gated = |route: &RouteInfo| !matches!(route.access, Access::Open | Access::Known);

    // refused: everything that asks for a right, also what only answers
    let mut refused = 0;
    for route in table().iter().filter(|route| gated(route) && !route.near) {
        if route.access.rights().contains(&Right::SeeWork) {
            continue;
        }
        let (path, before) =
            (address(route.path).replace("{*path}", "Things").replace("{*rest}", "x"), newest(database));
        let (path, body) = (path.replace("{theme}/{device}/{type}", "water/W-1/telemetry"), json!({}));
        let (status, answer) = hub.call(route.method, &path, Some(&weak), Some(body)).unwrap();
        assert_eq!(status, 403, "{} {path}: {answer}", route.method);
        let object = format!("{} {path}", route.method);
        let line = line_after(database, before, &object, |line| line.text("object") == object);
        assert_eq!(
            (line.text("act"), line.text("outcome"), line.text("who")),
            ("denied", "denied", who.as_str()),
            "{line:?}"
        );
        assert_eq!(line.text("from"), "127.0.0.1");
        let right = route.access.rights()[0].id();
        assert!(line.0["detail"]["right"].as_str().unwrap().contains(right), "{line:?}");
        refused += 1;
    }

    // comes to nothing: by somebody who may
    let roles = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin, Role::Operator];
    let mut people: Vec<(Role, Browser, String)> = roles
        .into_iter()
        .map(|role| {
            let mut browser = somebody(hub, database, role.id(), role);
            let label = label(&mut browser);
            (role, browser, label)
        })
        .collect();
    let by_service = format!("service:{}", database.count("SELECT id FROM service WHERE name = 'test'").unwrap());
    let mut in_vain = 0;
    for (name, route) in told().iter().filter(|(_, route)| gated(route) && route.method != "GET") {
        let (path, act) = (address(route.path), route.act.map(Act::id).unwrap());
        let body = Some(json!("x"));
        let before = newest(database);
        let (who, (status, answer)) = if route.access.rights().iter().any(|right| right.for_services()) {
            let (status, answer) = hub.call(route.method, &path, Some(&hub.key), body).unwrap();
            (&by_service, (status, Value::String(answer)))
        } else {
            let may = |role: Role, right: &Right| allows(chengshu_access::Roles::new([role]).unwrap(), *right);
            let (_, browser, label) = people
                .iter_mut()
                .find(|(role, ..)| route.access.rights().iter().any(|right| may(*role, right)))
                .unwrap_or_else(|| panic!("nobody here may {name}"));
            (&*label, browser.send(route.method, &path, body).unwrap())
        };
        assert!((400..500).contains(&status) && ![401, 403].contains(&status), "{name}: {status} {answer}");
        let object = path.trim_start_matches("/api/v1/");
        let line = line_after(database, before, name, |line| line.text("act") == act && line.text("object") == object);
        assert_eq!((line.text("outcome"), line.text("who")), ("failed", who.as_str()), "{line:?}");
        assert_eq!(
            (&line.0["detail"]["status"], line.text("from")),
            (&json!(status.to_string()), "127.0.0.1"),
            "{line:?}"
        );
        in_vain += 1;
    }
    println!("{refused} refused, {in_vain} in vain");
    assert!(refused > 60 && in_vain > 25, "{refused} {in_vain}");
}
