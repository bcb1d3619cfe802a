//! S06: when a session ends: unused, old, signed out, ended by an administrator, one too many. What it had opened ends with
//! it. That a page asks by itself is no use of a session; a wall's is the only one without an end for want of use.

use std::io::Read as _;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chengshu_tests::world::{Browser, Database, Hub, Surfer, free_port, whole};
use serde_json::{Value, json};

use crate::identity::{GOOD, NEXT, everywhere, first, grant, make};

/// How long anything that must end at once may take: a hang guard (promised: 5 s).
const AT_ONCE: Duration = Duration::from_secs(25);
const SESSION: &str = concat!("chengshu", "_session");
const BACKGROUND: (&str, &str) = ("X-Chengshu-Background", "1");

/// A hub with its first administrator, and somebody who may see the city.
struct Desk {
    hub: Hub,
    database: Database,
    admin: Browser,
    id: String,
    _keep: Box<dyn std::any::Any>,
}

fn desk() -> Desk {
    let (world, database, broker, hub) = whole("");
    let mut admin = first(&hub);
    let (id, password) = make(&mut admin, "wang");
    Browser::new(&hub.http).sign_in("wang", &password, Some(GOOD)).unwrap();
    let (guard, password) = make(&mut admin, "guard");
    assert_eq!(grant(&mut admin, &guard, &["security_admin"], &everywhere()).0, 200);
    let mut security = Browser::new(&hub.http);
    security.sign_in("guard", &password, Some(NEXT)).unwrap();
    security.enrol_factor(chengshu_tests::world::now()).unwrap();
    assert_eq!(grant(&mut security, &id, &["operator"], &everywhere()).0, 200);
    Desk { hub, database, admin, id, _keep: Box::new((world, broker)) }
}

impl Desk {
    fn enter(&self) -> Surfer {
        let mut surfer = Surfer::default();
        let reply = surfer.call("POST", &self.url("/api/v1/login"), Some(json!({ "user": "wang", "password": GOOD })));
        assert_eq!(reply.unwrap().status, 200);
        surfer
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.hub.http)
    }

    fn ask(&self, surfer: &mut Surfer, headers: &[(&str, &str)]) -> u16 {
        surfer.call_with("GET", &self.url("/api/v1/devices"), headers, None).unwrap().status
    }

    /// The number of the session.
    fn number(&self, surfer: &mut Surfer) -> String {
        let me = surfer.call_with("GET", &self.url("/api/v1/me"), &[BACKGROUND], None).unwrap().json();
        me["session"]["id"].as_str().unwrap_or_else(|| panic!("{me}")).to_owned()
    }

    /// As if time had passed for all sessions of `wang`; the hub looks at them anew.
    fn later(&mut self, column: &str, minutes: u32) {
        let shift = format!(
            "UPDATE session SET {column} = {column} - interval '{minutes} minutes' WHERE person = {} RETURNING id::text",
            self.id
        );
        self.database.lines(shift).unwrap();
        // an act of an administrator makes the hub forget what it remembers of sessions
        self.admin.act(&format!("/api/v1/people/{}/enable", self.id), json!({})).unwrap();
    }

    /// Opens the live stream as the dashboards do; the answer is when it has ended.
    fn stream(&self, surfer: &Surfer) -> JoinHandle<Instant> {
        let config = ureq::Agent::config_builder().timeout_recv_body(Some(AT_ONCE * 3)).proxy(None);
        let agent: ureq::Agent = config.build().into();
        let cookie = format!("{SESSION}={}", surfer.cookie(SESSION).unwrap());
        let request = agent.get(self.url("/api/v1/stream?topics=kpi")).header("Cookie", cookie);
        let mut reader = request.header(BACKGROUND.0, BACKGROUND.1).call().unwrap().into_body().into_reader();
        let mut first = [0];
        reader.read_exact(&mut first).unwrap();
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut reader, &mut std::io::sink());
            Instant::now()
        })
    }

    /// The stream ends soon after `act`.
    fn ends(&mut self, what: &str, surfer: &mut Surfer, act: impl FnOnce(&mut Self, &mut Surfer)) {
        let stream = self.stream(surfer);
        assert!(!stream.is_finished(), "{what}: it flows");
        act(self, surfer);
        let from = Instant::now();
        let took = stream.join().unwrap().saturating_duration_since(from);
        assert!(took < AT_ONCE, "{what}: the stream went on for {took:?}");
        assert_eq!(self.ask(surfer, &[]), 401, "{what}");
        println!("{what}: the stream ended after {took:?}");
    }
}

#[test]
fn s06_a_session_ends_unused_and_old_and_pages_that_ask_by_themselves_do_not_use_it() {
    let mut desk = desk();
    let mut wang = desk.enter();
    // fourteen minutes without a hand on it; meanwhile the page asks, again and again
    desk.later("used", 14);
    for _ in 0..5 {
        assert_eq!(desk.ask(&mut wang, &[BACKGROUND]), 200);
    }
    desk.later("used", 2);
    assert_eq!(desk.ask(&mut wang, &[BACKGROUND]), 401, "sixteen minutes");
    assert_eq!(desk.ask(&mut wang, &[]), 401);

    // the same with a hand on it
    let mut wang = desk.enter();
    desk.later("used", 14);
    assert_eq!(desk.ask(&mut wang, &[]), 200);
    let noted =
        || desk.database.count("SELECT count(*) FROM session WHERE used > now() - interval '1 minute' AND NOT revoked");
    chengshu_tests::world::until("the use is noted", AT_ONCE, || (noted().ok()? >= 1).then_some(())).unwrap();
    desk.later("used", 14);
    assert_eq!(desk.ask(&mut wang, &[]), 200);

    // a page that only shows the stream is no use either, and the stream ends with the session
    let mut wang = desk.enter();
    desk.ends("unused", &mut wang, |desk, _| desk.later("used", 16));

    // twelve hours after it began it ends, however busy
    let mut wang = desk.enter();
    desk.later("began", 11 * 60);
    assert_eq!(desk.ask(&mut wang, &[]), 200);
    desk.ends("old", &mut wang, |desk, _| desk.later("began", 61));
}

#[test]
fn s06_a_session_that_is_ended_ends_what_it_had_opened() {
    let mut desk = desk();
    let mut wang = desk.enter();
    desk.ends("signed out", &mut wang, |desk, wang| {
        assert_eq!(wang.call("POST", &desk.url("/api/v1/logout"), Some(json!({}))).unwrap().status, 204);
    });
    let mut wang = desk.enter();
    desk.ends("ended by an administrator", &mut wang, |desk, wang| {
        let path = format!("/api/v1/people/{}/sessions/{}", desk.id, desk.number(wang));
        assert_eq!(desk.admin.send("DELETE", &path, None).unwrap().0, 204);
    });
    let mut wang = desk.enter();
    desk.ends("disabled", &mut wang, |desk, _| {
        desk.admin.act(&format!("/api/v1/people/{}/disable", desk.id), json!({})).unwrap();
    });
    desk.admin.act(&format!("/api/v1/people/{}/enable", desk.id), json!({})).unwrap();
    let mut wang = desk.enter();
    desk.ends("one too many", &mut wang, |desk, _| {
        for _ in 0..3 {
            desk.enter();
        }
    });
    let living = desk.admin.read(&format!("/api/v1/people/{}/sessions", desk.id)).unwrap();
    assert_eq!(living["sessions"].as_array().unwrap().len(), 3, "three at most: {living}");
}

#[test]
fn s06_signing_in_makes_a_new_token_and_a_new_right_another_one() {
    let mut desk = desk();
    let (mut wang, other) = (desk.enter(), desk.enter());
    let (first, second) = (wang.cookie(SESSION).unwrap().to_owned(), other.cookie(SESSION).unwrap().to_owned());
    assert_ne!(first, second);
    // a token that somebody else has put there is not taken over
    let made_up = format!("cs_{}", "A".repeat(43));
    for planted in [made_up.as_str(), &first] {
        let mut victim = Surfer::default();
        victim.plant(&desk.hub.http, SESSION, planted);
        let body = json!({ "user": "wang", "password": GOOD });
        assert_eq!(victim.call("POST", &desk.url("/api/v1/login"), Some(body)).unwrap().status, 200);
        assert_ne!(victim.cookie(SESSION), Some(planted));
    }
    assert_eq!(desk.ask(&mut wang, &[]), 401, "four sign-ins, three sessions");
    let mut stranger = Surfer::default();
    stranger.plant(&desk.hub.http, SESSION, &made_up);
    assert_eq!(desk.ask(&mut stranger, &[]), 401);
    // what they may has changed: the token is replaced by the next answer, and the session keeps its beginning
    let mut wang = desk.enter();
    let before = wang.call("GET", &desk.url("/api/v1/me"), None).unwrap().json();
    let held = wang.cookie(SESSION).unwrap().to_owned();
    let mut security = Browser::new(&desk.hub.http);
    let (guard, password) = make(&mut desk.admin, "guard2");
    let (status, _) = grant(&mut desk.admin, &guard, &["audit_admin"], &everywhere());
    assert_eq!(status, 200);
    security.sign_in("guard2", &password, Some(NEXT)).unwrap();
    let bump =
        format!("UPDATE person SET rights_version = rights_version + 1 WHERE id = {} RETURNING id::text", desk.id);
    desk.database.lines(bump).unwrap();
    desk.later("used", 0);
    let after = wang.call("GET", &desk.url("/api/v1/me"), None).unwrap().json();
    assert_ne!(wang.cookie(SESSION), Some(held.as_str()), "renewed");
    assert_eq!(after["session"]["began"], before["session"]["began"]);
}

#[test]
fn s06_a_wall_alone_is_never_idle() {
    let mut desk = desk();
    let mut wall = Browser::new(&desk.hub.http);
    let offer = wall.act("/api/v1/screens/enrol", json!({})).unwrap();
    let order = json!({ "code": offer["code"], "name": "值班室", "layout": "wall", "scope": everywhere() });
    desk.admin.act("/api/v1/screens", order).unwrap();
    wall.act("/api/v1/screens/enrol/claim", json!({ "secret": offer["secret"] })).unwrap();
    let mut wang = desk.enter();
    desk.database
        .execute("UPDATE screen SET last_used = now() - interval '14 days', renewed = now() - interval '14 days'")
        .unwrap();
    desk.later("used", 15);
    assert_eq!(wall.get("/api/v1/devices").unwrap().0, 200, "nobody sits there");
    assert_eq!(desk.ask(&mut wang, &[]), 401);
    // and it only looks
    let rights: Value = wall.read("/api/v1/me").unwrap()["rights"].clone();
    assert_eq!(rights, json!(["see_city"]));
}

#[test]
fn cookies_travel_encrypted_only_where_the_hub_is_reached_by_https() {
    let port = free_port().unwrap();
    let (world, database, broker, hub) = whole("");
    let mut admin = first(&hub);
    let (_, password) = make(&mut admin, "wang");
    let sign_in = |http: &str| {
        let body = json!({ "user": "wang", "password": password });
        let reply = Surfer::default().call("POST", &format!("{http}/api/v1/login"), Some(body)).unwrap();
        reply.header("set-cookie").unwrap().to_owned()
    };
    assert!(!sign_in(&hub.http).contains("Secure"), "over plain http it would never come back");
    let mut hub = hub;
    hub.stop().unwrap();
    let sections =
        format!("public_url = \"https://hub.example\"\n[database]\nurl = \"{}\"\n{}", database.url, broker.section(""));
    let hub = Hub::with_config_at(&world, port, &sections).unwrap();
    let set = sign_in(&hub.http);
    assert!(set.contains("; Secure") && set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
}
