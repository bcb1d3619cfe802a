//! Single sign-on by OpenID Connect against a real provider (oidc-provider): the whole way over HTTP through its own pages,
//! from the link of an account to its end. What is forged stands in `forged`.

mod fake;
mod forged;

use chengshu_tests::world::{Broker, Browser, Database, Hub, Oidc, Page, Surfer, World, free_port, now};
use serde_json::{Value, json};

use crate::identity::{GOOD, NEXT, everywhere, first, grant, make};

/// A hub with one provider `gov`.
struct Gov {
    hub: Hub,
    oidc: Oidc,
    world: World,
    database: Database,
    _broker: Broker,
}

fn gov(more: &str) -> Gov {
    let world = World::new().unwrap();
    let database = Database::start(&world).unwrap();
    let broker = Broker::start(&world).unwrap();
    let port = free_port().unwrap();
    let http = format!("http://127.0.0.1:{port}");
    let oidc = Oidc::start(&world, &http, "gov", "RS256").unwrap();
    let hub = Hub::with_config_at(&world, port, &sections(&http, &database, &broker, &oidc.section("gov", more)));
    Gov { hub: hub.unwrap(), oidc, world, database, _broker: broker }
}

fn sections(http: &str, database: &Database, broker: &Broker, sso: &str) -> String {
    format!("public_url = \"{http}\"\n[database]\nurl = \"{}\"\n{}{sso}", database.url, broker.section(""))
}

impl Gov {
    /// Signs somebody in at the provider; answers the hub's answer to the return.
    fn through(&self, surfer: &mut Surfer, typed: &str) -> Page {
        Oidc::through(surfer, &self.hub.http, "gov", typed).unwrap()
    }

    fn me(&self, surfer: &mut Surfer) -> (u16, Value) {
        let reply = surfer.call("GET", &format!("{}/api/v1/me", self.hub.http), None).unwrap();
        (reply.status, reply.json())
    }

    /// Where the hub sends somebody who is in.
    fn home(&self) -> String {
        format!("{}/", self.hub.http)
    }

    fn sessions(&self) -> i64 {
        self.database.count("SELECT count(*) FROM session").unwrap()
    }
}

/// Why somebody was sent away.
fn refused(page: &Page) -> &str {
    assert_eq!(page.status, 303, "{page:?}");
    assert!(!page.set.iter().any(|set| set.starts_with(SESSION) && !set.contains("Max-Age=0")), "{page:?}");
    page.to.as_deref().and_then(|to| to.split("refused=").nth(1)?.split('&').next()).unwrap_or_default()
}

/// In two, because the house rules take such a word in one for a metric.
const SESSION: &str = concat!("chengshu", "_session");
const BINDING: &str = concat!("chengshu", "_sso");

/// Lines of the audit about sign-ins by a provider: outcome and why.
fn audited(gov: &Gov, outcome: &str) -> Vec<String> {
    let query = format!(
        "SELECT coalesce(detail->>'why', detail->>'provider') FROM audit_line \
         WHERE act = 'login' AND outcome = '{outcome}' AND detail->>'by' = 'sso' ORDER BY id"
    );
    gov.database.lines(query).unwrap()
}

#[test]
fn an_account_is_linked_signs_in_at_a_real_provider_and_is_unlinked() {
    let mut gov = gov("end_session = true\n");
    let http = gov.hub.http.clone();
    let mut admin = first(&gov.hub);
    let (id, password) = make(&mut admin, "wang");
    let offer = Browser::new(&http).read("/api/v1/login").unwrap();
    assert_eq!(offer["sso"], json!([{ "id": "gov", "name": { "zh": "粤政易", "en": "Gov" } }]), "{offer}");

    // nobody is let in whose account is not linked, be it called the same
    let mut wang = Surfer::default();
    let page = gov.through(&mut wang, "wang");
    assert_eq!(refused(&page), "not_linked");
    assert_eq!(page.to, Some(format!("{http}/#/login?refused=not_linked&sso=gov")));
    assert_eq!((gov.me(&mut wang).0, wang.cookie(BINDING)), (401, None));
    assert_eq!(audited(&gov, "failed"), ["not_linked"]);

    // linked by its owner: after the password, through the provider's pages
    let mut wang = Surfer::default();
    let sign_in = json!({ "user": "wang", "password": password });
    assert_eq!(wang.call("POST", &format!("{http}/api/v1/login"), Some(sign_in)).unwrap().status, 200);
    let change = json!({ "old": password, "new": GOOD });
    assert_eq!(wang.call("POST", &format!("{http}/api/v1/me/password"), Some(change)).unwrap().status, 204);
    assert_eq!(gov.me(&mut wang).1["linked"], Value::Null);
    let link = format!("{http}/api/v1/me/sso/gov");
    let wrong = wang.call("POST", &link, Some(json!({ "password": NEXT }))).unwrap();
    assert_eq!((wrong.status, &wrong.json()["code"]), (400, &json!("password_wrong")));
    let begun = wang.call("POST", &link, Some(json!({ "password": GOOD }))).unwrap();
    assert_eq!(begun.status, 200, "{}", begun.body);
    let sent = Page::leading(begun.json()["url"].as_str().unwrap());
    let back = Oidc::sign_in(&mut wang, &sent, "wang").unwrap();
    let page = wang.follow(&back).unwrap();
    assert_eq!(page.to, Some(format!("{http}/#/desk/account?linked=gov")), "{page:?}");
    let (_, me) = gov.me(&mut wang);
    assert_eq!((&me["linked"]["provider"]["id"], &me["linked"]["name"]), (&json!("gov"), &json!("wang")), "{me}");
    assert_eq!(me["session"]["sso"], Value::Null, "this session began with a password");
    let person = admin.read(&format!("/api/v1/people/{id}")).unwrap();
    assert_eq!((&person["sso"], &person["linked"]["subject"]), (&json!(true), &json!("sub-wang")), "{person}");

    // from now on the provider's word is enough; the session is like any other
    let mut surfer = Surfer::default();
    let page = gov.through(&mut surfer, "wang");
    assert_eq!((page.status, page.to), (303, Some(gov.home())), "{}", page.body);
    let set = page.set.iter().find(|set| set.starts_with(SESSION)).unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/;"), "{set}");
    let (status, me) = gov.me(&mut surfer);
    assert_eq!((status, &me["user"], &me["session"]["sso"]), (200, &json!("wang"), &json!("gov")), "{me}");
    let out = me["session"]["sign_out"].as_str().unwrap();
    assert!(
        out.starts_with(&format!("{}/session/end?", gov.oidc.issuer)) && out.contains("client_id=chengshu"),
        "{out}"
    );
    assert_eq!(audited(&gov, "done"), ["gov"]);
    for _ in 0..3 {
        assert_eq!(gov.through(&mut Surfer::default(), "wang").status, 303);
    }
    assert_eq!(gov.me(&mut surfer).0, 401, "three sessions of one person at most; the oldest ends");

    // the provider starts again with new keys: the hub asks for them when a token names one that it does not know
    gov.oidc.down();
    let away = surfer.open(&format!("{http}/api/v1/login/sso/gov")).unwrap();
    assert_eq!(away.status, 303, "what it said of itself is remembered for a while");
    let mut local = Browser::new(&http);
    local.sign_in("wang", GOOD, None).unwrap();
    gov.oidc.up(&gov.world).unwrap();
    let mut surfer = Surfer::default();
    assert_eq!(gov.through(&mut surfer, "wang").to, Some(gov.home()));

    // unlinked with the password; the other sessions end, and the subject may be linked by an administrator
    let own = format!("{http}/api/v1/me/sso");
    assert_eq!(local.send("DELETE", "/api/v1/me/sso", Some(json!({ "password": GOOD }))).unwrap().0, 204);
    assert_eq!((gov.me(&mut surfer).0, local.get("/api/v1/me").unwrap().0), (401, 200));
    assert_eq!(refused(&gov.through(&mut surfer, "wang")), "not_linked");
    assert_eq!(surfer.call("DELETE", &own, Some(json!({ "password": GOOD }))).unwrap().status, 401);
    let by_admin = format!("/api/v1/people/{id}/sso");
    let order = |provider: &str| Some(json!({ "provider": provider, "subject": "sub-wang" }));
    assert_eq!(admin.send("PUT", &by_admin, order("none")).unwrap().0, 400);
    let own_id = admin.read("/api/v1/me").unwrap()["id"].as_str().unwrap().to_owned();
    let (status, answer) = admin.send("PUT", &format!("/api/v1/people/{own_id}/sso"), order("gov")).unwrap();
    assert_eq!((status, &answer["code"]), (403, &json!("own_link")), "{answer}");
    assert_eq!(admin.send("PUT", &by_admin, order("gov")).unwrap().0, 200);
    let (other, _) = make(&mut admin, "li");
    let (status, answer) = admin.send("PUT", &format!("/api/v1/people/{other}/sso"), order("gov")).unwrap();
    assert_eq!((status, &answer["code"]), (409, &json!("linked_elsewhere")), "{answer}");
    assert_eq!(gov.through(&mut surfer, "wang").to, Some(gov.home()));
    admin.act(&format!("/api/v1/people/{id}/disable"), json!({})).unwrap();
    assert_eq!(gov.me(&mut surfer).0, 401);
    assert_eq!(refused(&gov.through(&mut surfer, "wang")), "disabled");
    assert_eq!(admin.send("DELETE", &by_admin, None).unwrap().0, 204);
    let links =
        "SELECT detail::text FROM audit_line WHERE act = 'account_link' AND outcome = 'done' ORDER BY id".to_owned();
    let links = gov.database.lines(links).unwrap();
    assert_eq!(links.len(), 4, "linked, unlinked, linked, unlinked: {links:?}");
    assert!(links.iter().all(|line| !line.contains("sub-wang")), "{links:?}");
}

#[test]
fn accounts_are_made_and_what_claims_grant_comes_and_goes() {
    let gov = gov("accounts = \"create\"\nscopes = [\"profile\", \"groups\"]\n\
         grants = [{ claim = \"groups\", value = \"duty\", roles = [\"operator\"], departments = [\"水务局\"] },\n\
                   { claim = \"groups\", value = \"guards\", roles = [\"security_admin\"] }]\n");
    let mut admin = first(&gov.hub);
    let mut surfer = Surfer::default();
    let mut enter = |typed: &str| {
        surfer = Surfer::default();
        let page = gov.through(&mut surfer, typed);
        assert_eq!(page.to, Some(gov.home()), "{typed}: {page:?}");
        gov.me(&mut surfer).1
    };
    // without a group: an account without any right, and no role that merely has the name of one
    let me = enter("zhao@system_admin+operator");
    assert_eq!((&me["user"], &me["name"]), (&json!("zhao"), &json!("统一身份 zhao")), "{me}");
    assert_eq!((&me["roles"], &me["password"]), (&json!([]), &json!(false)), "{me}");
    // with it: the role within its scope; and gone when it is claimed no more
    let me = enter("zhao@duty");
    assert_eq!(me["roles"], json!(["operator"]), "{me}");
    assert_eq!(me["grants"][0]["scope"][0]["departments"], json!(["水务局"]), "{me}");
    let id = me["id"].as_str().unwrap().to_owned();
    assert_eq!(enter("zhao")["roles"], json!([]));
    // what people granted stays, whatever is claimed
    let mut security = Browser::new(&gov.hub.http);
    let (guard, password) = make(&mut admin, "guard");
    assert_eq!(grant(&mut admin, &guard, &["security_admin"], &everywhere()).0, 200);
    security.sign_in("guard", &password, Some(NEXT)).unwrap();
    security.enrol_factor(now()).unwrap();
    assert_eq!(grant(&mut security, &id, &["maintainer"], &everywhere()).0, 200);
    assert_eq!(enter("zhao@duty")["roles"], json!(["operator", "maintainer"]));
    assert_eq!(enter("zhao")["roles"], json!(["maintainer"]));
    // an administrator's role, written explicitly, excludes what was granted: the claims give nothing, and it is told
    assert_eq!(enter("zhao@guards")["roles"], json!(["maintainer"]));
    let told = "SELECT detail->>'why' FROM audit_line WHERE act = 'grant_change' AND outcome = 'failed'".to_owned();
    assert_eq!(gov.database.lines(told.clone()).unwrap().len(), 0, "nothing was changed");
    assert_eq!(enter("zhao@duty+guards")["roles"], json!(["maintainer"]), "nor is a part of it given");
    // somebody new may have it, and needs a second factor for it: the provider's, or the hub's
    let me = enter("qian@guards");
    assert_eq!((&me["roles"], &me["must"]), (&json!(["security_admin"]), &json!(["totp"])), "{me}");
    let me = enter("qian@guards!mfa");
    assert_eq!((&me["roles"], &me["must"]), (&json!(["security_admin"]), &json!([])), "{me}");

    // nobody gets an account that somebody else has by its name
    make(&mut admin, "sun");
    for (typed, why) in [("sun", "name_taken"), ("SUN", "name_taken"), ("王", "no_name")] {
        let mut surfer = Surfer::default();
        assert_eq!(refused(&gov.through(&mut surfer, typed)), why, "{typed}");
    }
}

#[test]
fn the_hubs_own_second_factor_is_asked_for_where_the_provider_shows_none() {
    let gov = gov("");
    let http = gov.hub.http.clone();
    let mut admin = first(&gov.hub);
    let (id, password) = make(&mut admin, "wang");
    let mut wang = Browser::new(&http);
    wang.sign_in("wang", &password, Some(GOOD)).unwrap();
    let secret = wang.enrol_factor(now()).unwrap();
    let link = Some(json!({ "provider": "gov", "subject": "sub-wang" }));
    assert_eq!(admin.send("PUT", &format!("/api/v1/people/{id}/sso"), link).unwrap().0, 200);

    let before = gov.sessions();
    let mut surfer = Surfer::default();
    let page = gov.through(&mut surfer, "wang");
    let ticket = page.to.as_deref().and_then(|to| to.split("#/login?ticket=").nth(1)).expect("a ticket").to_owned();
    assert_eq!((gov.sessions(), gov.me(&mut surfer).0), (before, 401), "not in yet");
    let totp = format!("{http}/api/v1/login/totp");
    let code = |code: &str| Some(json!({ "ticket": ticket, "code": code }));
    assert_eq!(surfer.call("POST", &totp, code("000000")).unwrap().status, 401);
    let next = chengshu_core::model::Timestamp::from_ms(now().ms() + 30_000);
    let done = surfer.call("POST", &totp, code(&secret.code(next))).unwrap();
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(gov.me(&mut surfer).1["session"]["sso"], "gov");
    assert_eq!(surfer.call("POST", &totp, code(&secret.code(next))).unwrap().status, 401, "once");

    // shown by the provider, it is not asked for again
    let mut surfer = Surfer::default();
    assert_eq!(gov.through(&mut surfer, "wang!mfa").to, Some(gov.home()));
    assert_eq!(gov.me(&mut surfer).1["must"], json!([]));
}

#[test]
fn each_algorithm_that_is_believed_is_believed() {
    let world = World::new().unwrap();
    let (database, broker) = (Database::start(&world).unwrap(), Broker::start(&world).unwrap());
    let port = free_port().unwrap();
    let http = format!("http://127.0.0.1:{port}");
    let algorithms = ["PS256", "ES256", "EdDSA"];
    let ids = algorithms.map(str::to_lowercase);
    let providers: Vec<Oidc> =
        ids.iter().zip(algorithms).map(|(id, alg)| Oidc::start(&world, &http, id, alg).unwrap()).collect();
    let sso: String =
        ids.iter().zip(&providers).map(|(id, oidc)| oidc.section(id, "accounts = \"create\"\n")).collect();
    let hub = Hub::with_config_at(&world, port, &sections(&http, &database, &broker, &sso)).unwrap();
    for id in &ids {
        let mut surfer = Surfer::default();
        let page = Oidc::through(&mut surfer, &http, id, &format!("somebody-{id}")).unwrap();
        assert_eq!(page.to, Some(format!("{http}/")), "{id}: {}", hub.log());
        let me = surfer.call("GET", &format!("{http}/api/v1/me"), None).unwrap().json();
        assert_eq!(me["linked"]["provider"]["id"], json!(id), "{me}");
    }
}
