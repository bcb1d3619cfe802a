//! S03: forged tokens, forged returns, and tokens that were good. None of them starts a session; each is told to the page, and
//! what had been proved is in the audit.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chengshu_tests::world::{
    Broker, Browser, Database, Hub, Oidc, Page, Surfer, World, escaped, free_port, until, wire,
};
use openidconnect::PrivateSigningKey as _;
use openidconnect::core::{CoreHmacKey, CoreJwsSigningAlgorithm as Alg};
use serde_json::{Value, json};

use super::fake::{Fake, Pair};
use super::{BINDING, Gov, SESSION, audited, gov, refused, sections};
use crate::identity::{GOOD, everywhere, first, grant, make};

/// How long anything that must end at once may take: a hang guard (promised: 5 s).
const AT_ONCE: Duration = Duration::from_secs(25);
const SECRET: &str = "the hub's secret at the provider, long enough for HS256";

/// A sign-in that has come back from the provider, but not to the hub yet.
struct Flow {
    surfer: Surfer,
    state: String,
    nonce: String,
    issuer: String,
    /// Seconds since 1970.
    now: i64,
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token with any header, any claims and whatever signature is made of them.
fn jwt(header: &Value, claims: &Value, sign: impl Fn(&str) -> Vec<u8>) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(sign(&text)))
}

impl Flow {
    fn begin(http: &str, issuer: &str) -> Self {
        let mut surfer = Surfer::default();
        let sent = surfer.open(&format!("{http}/api/v1/login/sso/fake")).unwrap();
        assert_eq!(sent.status, 303, "{sent:?}");
        let to = sent.to.unwrap();
        let asked = |name: &str| {
            let value = to.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            value.unwrap_or_else(|| panic!("{name} in {to}")).to_owned()
        };
        assert_eq!(asked("code_challenge_method"), "S256");
        assert_eq!((asked("response_type").as_str(), asked("client_id").as_str()), ("code", "chengshu"));
        let now = chengshu_tests::world::now_ms() / 1000;
        Self { surfer, state: asked("state"), nonce: asked("nonce"), issuer: issuer.to_owned(), now }
    }

    fn claims(&self) -> Value {
        json!({ "iss": self.issuer, "aud": "chengshu", "sub": "sub-wang", "nonce": self.nonce, "iat": self.now, "exp": self.now + 300 })
    }

    /// The good claims with one changed, or left out.
    fn but(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        claims
    }

    fn address(&self, http: &str) -> String {
        let (state, iss) = (&self.state, escaped(&self.issuer));
        format!("{http}/api/v1/login/sso/fake/return?code=a-code&state={state}&iss={iss}")
    }
}

/// A hub with a provider that says what it is told, and somebody who is linked with `sub-wang` there.
struct Forge {
    fake: Fake,
    right: Pair,
    hub: Hub,
    database: Database,
    _keep: (World, Broker),
}

impl Forge {
    fn new() -> Self {
        let world = World::new().unwrap();
        let (database, broker) = (Database::start(&world).unwrap(), Broker::start(&world).unwrap());
        let (fake, right) = (Fake::start(), Pair::new("right"));
        let port = free_port().unwrap();
        let http = format!("http://127.0.0.1:{port}");
        let sso = format!(
            "[[sso]]\nid = \"fake\"\nissuer = \"{}\"\nclient_id = \"chengshu\"\nclient_secret = \"{SECRET}\"\n\
             scopes = [\"profile\"]\naccount_claim = \"sub\"\nallow_networks = [\"127.0.0.0/8\"]\n",
            fake.issuer
        );
        let hub = Hub::with_config_at(&world, port, &sections(&http, &database, &broker, &sso)).unwrap();
        fake.keys(std::slice::from_ref(&right.jwk));
        let mut admin = first(&hub);
        let (id, password) = make(&mut admin, "wang");
        Browser::new(&http).sign_in("wang", &password, Some(GOOD)).unwrap();
        let link = json!({ "provider": "fake", "subject": "sub-wang" });
        assert_eq!(admin.send("PUT", &format!("/api/v1/people/{id}/sso"), Some(link)).unwrap().0, 200);
        Self { fake, right, hub, database, _keep: (world, broker) }
    }

    fn flow(&self) -> Flow {
        Flow::begin(&self.hub.http, &self.fake.issuer)
    }

    fn signed(&self, claims: &Value) -> String {
        jwt(&json!({ "alg": "RS256", "kid": "right" }), claims, |text| self.right.sign(Alg::RsaSsaPkcs1V15Sha256, text))
    }

    /// Comes back; the provider gives this token for the code.
    fn back(&self, flow: &mut Flow, token: &str) -> Page {
        self.answer(flow, json!({ "access_token": "an-access-token", "token_type": "Bearer", "id_token": token }))
    }

    fn answer(&self, flow: &mut Flow, tokens: Value) -> Page {
        self.fake.tokens(tokens);
        flow.surfer.come(&flow.address(&self.hub.http)).unwrap()
    }

    fn sessions(&self) -> i64 {
        self.database.count("SELECT count(*) FROM session").unwrap()
    }

    fn is_in(&self, surfer: &mut Surfer) -> bool {
        surfer.call("GET", &format!("{}/api/v1/me", self.hub.http), None).unwrap().status == 200
    }
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    CoreHmacKey::new(key.to_vec()).sign(&Alg::HmacSha256, text.as_bytes()).unwrap()
}

type Make<'a> = Box<dyn Fn(&Flow) -> String + 'a>;

/// Tokens that prove nothing, each with what is wrong with it.
fn forgeries<'a>(forge: &'a Forge, own: &'a Pair, evil: &'a str) -> Vec<(&'static str, Make<'a>)> {
    let rs = Alg::RsaSsaPkcs1V15Sha256;
    let by_right = |header: Value| -> Make<'a> {
        let rs = rs.clone();
        Box::new(move |flow| jwt(&header, &flow.claims(), |text| forge.right.sign(rs.clone(), text)))
    };
    let by_own = |header: Value| -> Make<'a> {
        let rs = rs.clone();
        Box::new(move |flow| jwt(&header, &flow.claims(), |text| own.sign(rs.clone(), text)))
    };
    let by_hmac = |kid: &'static str, key: Vec<u8>| -> Make<'a> {
        Box::new(move |flow| jwt(&json!({ "alg": "HS256", "kid": kid }), &flow.claims(), |text| hmac(&key, text)))
    };
    let unsigned = |alg: &'static str| -> Make<'a> {
        Box::new(move |flow| jwt(&json!({ "alg": alg, "kid": "right" }), &flow.claims(), |_| Vec::new()))
    };
    let but = |name: &'static str, value: Value| -> Make<'a> {
        Box::new(move |flow| forge.signed(&flow.but(name, value.clone())))
    };
    let at = |name: &'static str, seconds: i64| -> Make<'a> {
        Box::new(move |flow| forge.signed(&flow.but(name, json!(flow.now + seconds))))
    };
    let bent = |bend: fn(&str) -> String| -> Make<'a> { Box::new(move |flow| bend(&forge.signed(&flow.claims()))) };
    let modulus = URL_SAFE_NO_PAD.decode(forge.right.jwk["n"].as_str().unwrap()).unwrap();
    vec![
        ("alg none", unsigned("none")),
        ("alg None", unsigned("None")),
        ("alg nOnE", unsigned("nOnE")),
        ("no alg", Box::new(|flow| jwt(&json!({ "kid": "right" }), &flow.claims(), |_| Vec::new()))),
        ("HS256 under the public key as PEM", by_hmac("right", forge.right.public_pem.clone().into_bytes())),
        ("HS256 under the modulus", by_hmac("right", modulus)),
        ("HS256 under the key set", by_hmac("right", forge.right.jwk.to_string().into_bytes())),
        ("HS256 under the client's secret", by_hmac("right", SECRET.as_bytes().to_vec())),
        ("kid that is a file", by_hmac("../../../../dev/null", Vec::new())),
        ("kid that is SQL", by_hmac("x' UNION SELECT 'k' --", b"k".to_vec())),
        ("RS512, which nobody asked for", {
            Box::new(|flow| {
                let header = json!({ "alg": "RS512", "kid": "right" });
                jwt(&header, &flow.claims(), |text| forge.right.sign(Alg::RsaSsaPkcs1V15Sha512, text))
            })
        }),
        ("EdDSA over an RSA key", by_right(json!({ "alg": "EdDSA", "kid": "right" }))),
        ("PS256 said, RS256 done", by_right(json!({ "alg": "PS256", "kid": "right" }))),
        ("own key under the right name", by_own(json!({ "alg": "RS256", "kid": "right" }))),
        ("own key without a name", by_own(json!({ "alg": "RS256" }))),
        ("own key of another name", by_own(json!({ "alg": "RS256", "kid": "own" }))),
        ("own key where jku says", by_own(json!({ "alg": "RS256", "kid": "own", "jku": evil }))),
        ("own key within the header", by_own(json!({ "alg": "RS256", "kid": "own", "jwk": own.jwk }))),
        ("own certificate where x5u says", by_own(json!({ "alg": "RS256", "kid": "own", "x5u": evil }))),
        ("own certificate within the header", by_own(json!({ "alg": "RS256", "kid": "own", "x5c": [own.public_pem] }))),
        ("crit that nobody understands", by_right(json!({ "alg": "RS256", "kid": "right", "crit": ["x"], "x": 1 }))),
        ("an access token", by_right(json!({ "alg": "RS256", "kid": "right", "typ": "at+jwt" }))),
        ("a token in a token", by_right(json!({ "alg": "RS256", "kid": "right", "cty": "JWT" }))),
        ("expired", at("exp", -120)),
        ("without an end", but("exp", Value::Null)),
        ("not yet", at("nbf", 600)),
        ("nbf that is no time", but("nbf", json!("tomorrow"))),
        ("issued in the future", at("iat", 600)),
        ("issued for another sign-in", at("iat", -600)),
        ("without a beginning", but("iat", Value::Null)),
        ("for another client", but("aud", json!("another"))),
        ("for another client, too", but("aud", json!(["chengshu", "another"]))),
        ("for nobody", but("aud", Value::Null)),
        ("given to another client", but("azp", json!("another"))),
        ("of another issuer", but("iss", json!("https://id.example"))),
        (
            "of an issuer with a slash",
            Box::new(|flow| forge.signed(&flow.but("iss", json!(format!("{}/", flow.issuer))))),
        ),
        ("of no issuer", but("iss", Value::Null)),
        ("nonce of another sign-in", but("nonce", json!("another"))),
        ("without a nonce", but("nonce", Value::Null)),
        ("about nobody", but("sub", Value::Null)),
        ("about nothing", but("sub", json!(""))),
        ("at_hash of another access token", but("at_hash", json!("bm90IHRoaXMgb25lIQ"))),
        ("about somebody else after signing", {
            Box::new(|flow| {
                let good = forge.signed(&flow.but("sub", json!("sub-li")));
                let parts: Vec<&str> = good.split('.').collect();
                format!("{}.{}.{}", parts[0], part(&flow.claims()), parts[2])
            })
        }),
        ("signature taken off", bent(|token| format!("{}.", token.rsplit_once('.').unwrap().0))),
        ("signature left out", bent(|token| token.rsplit_once('.').unwrap().0.to_owned())),
        ("signature cut", bent(|token| token[..token.len() - 8].to_owned())),
        ("signature bent", {
            bent(|token| {
                let (text, signature) = token.rsplit_once('.').unwrap();
                let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
                bytes[7] ^= 1;
                format!("{text}.{}", URL_SAFE_NO_PAD.encode(bytes))
            })
        }),
        ("five parts", bent(|token| format!("{token}.x.y"))),
        ("no token at all", bent(|_| "good".to_owned())),
    ]
}

#[test]
fn s03_no_forged_token_starts_a_session() {
    let forge = Forge::new();
    let own = Pair::new("own");
    let evil = format!("{}/evil", forge.fake.issuer);
    // a good one is believed: what follows is refused for what is wrong with it, and for nothing else
    let mut flow = forge.flow();
    let good = forge.signed(&flow.claims());
    let page = forge.back(&mut flow, &good);
    assert_eq!(page.to, Some(format!("{}/", forge.hub.http)), "{}", forge.hub.log());
    assert!(forge.is_in(&mut flow.surfer));
    let asked = forge.fake.asked().remove(0);
    assert!(asked.contains("code_verifier=") && asked.contains("code=a-code"), "{asked}");

    let before = forge.sessions();
    let forgeries = forgeries(&forge, &own, &evil);
    assert!(forgeries.len() >= 30, "{}", forgeries.len());
    for (what, make) in &forgeries {
        let mut flow = forge.flow();
        let token = make(&flow);
        let tokens = json!({ "access_token": "a", "token_type": "Bearer", "id_token": token, "evil": [own.jwk] });
        let page = forge.answer(&mut flow, tokens);
        assert_eq!(refused(&page), "untrusted", "{what}: {page:?}");
        assert!(flow.surfer.cookie(SESSION).is_none() && !forge.is_in(&mut flow.surfer), "{what}");
        assert_eq!(forge.sessions(), before, "{what}");
    }
    let unknown = "a kid that nobody knows makes the hub ask for keys once a minute at most, whoever invents them";
    assert!(forge.fake.keys_asked() <= 3, "{unknown}: {}", forge.fake.keys_asked());
    for tokens in [
        json!({ "access_token": "a", "token_type": "Bearer" }),
        json!({ "error": "invalid_grant" }),
        json!({ "access_token": "a", "token_type": "Bearer", "id_token": null }),
        json!([]),
        json!("x".repeat(600_000)),
    ] {
        let mut flow = forge.flow();
        let page = forge.answer(&mut flow, tokens);
        assert!(["untrusted", "away"].contains(&refused(&page)), "{page:?}");
    }
    assert_eq!(forge.sessions(), before);
    let told = "SELECT detail->>'why' FROM audit_line WHERE act = 'login' AND outcome = 'failed'".to_owned();
    let told = forge.database.lines(told).unwrap();
    assert!(told.len() >= forgeries.len() && told.iter().all(|why| why == "untrusted" || why == "away"), "{told:?}");
}

#[test]
fn s03_no_forged_return_starts_a_session() {
    let forge = Forge::new();
    let http = &forge.hub.http;
    let before = forge.sessions();
    let send = |address: String, surfer: &mut Surfer| -> Page { surfer.come(&address).unwrap() };
    let good = |flow: &Flow| {
        let token = forge.signed(&flow.claims());
        forge.fake.tokens(json!({ "access_token": "a", "token_type": "Bearer", "id_token": token }));
    };
    // what the address carries
    for (what, from, to, why) in [
        ("no state", "state=", "stat=", "state"),
        ("an invented state", "state=", "state=x", "state"),
        ("no code", "code=a-code", "x=1", "untrusted"),
        ("an endless code", "code=a-code", &format!("code={}", "x".repeat(5_000)), "untrusted"),
        ("another issuer", "iss=http", "iss=https", "untrusted"),
        ("no issuer, where the provider says that it names itself", "iss=", "is=", "untrusted"),
        ("a provider that says no", "code=a-code", "error=access_denied", "denied"),
        ("a provider that fails", "code=a-code", "error=server_error&error_description=%3Cscript%3E", "denied"),
    ] {
        let mut flow = forge.flow();
        good(&flow);
        let page = send(flow.address(http).replace(from, to), &mut flow.surfer);
        assert_eq!(refused(&page), why, "{what}: {page:?}");
        assert!(!page.to.unwrap().contains("script"), "{what}");
    }
    // another browser: without a cookie, with its own, and with one that it made up
    let mut flow = forge.flow();
    good(&flow);
    let mut thief = Surfer::default();
    assert_eq!(refused(&send(flow.address(http), &mut thief)), "state", "no cookie");
    let mut thief = forge.flow();
    assert_eq!(refused(&send(flow.address(http), &mut thief.surfer)), "state", "the cookie of another sign-in");
    let mut thief = Surfer::default();
    thief.plant(http, BINDING, &"A".repeat(43));
    assert_eq!(refused(&send(flow.address(http), &mut thief)), "state", "a cookie that was made up");
    assert_eq!(forge.sessions(), before);
    // … which took nothing from whoever began it; once, and never again
    let page = send(flow.address(http), &mut flow.surfer);
    assert_eq!(page.to, Some(format!("{http}/")), "{page:?}");
    let binding = flow.surfer.cookie(BINDING).map(str::to_owned);
    assert_eq!(binding, None, "what bound it is over with it");
    assert_eq!(refused(&send(flow.address(http), &mut flow.surfer)), "state", "replayed");
    assert_eq!(forge.sessions(), before + 1);
    // by all at once, one alone gets in
    let mut flow = forge.flow();
    good(&flow);
    let (held, address) = (flow.surfer.cookie(BINDING).unwrap().to_owned(), flow.address(http));
    let cookie = format!("{BINDING}={held}");
    let won: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| wire::ask(wire::somewhere(), "GET", &address, &[("Cookie", &cookie)], "").unwrap()))
            .collect();
        tries
            .into_iter()
            .filter(|_| true)
            .map(|one| one.join().unwrap())
            .filter(|reply| {
                reply
                    .headers
                    .iter()
                    .any(|(name, set)| name == "set-cookie" && set.starts_with(SESSION) && !set.contains("Max-Age=0"))
            })
            .count()
    });
    assert_eq!((won, forge.sessions()), (1, before + 2));
    // what waits too long is over
    let mut late = forge.flow();
    good(&late);
    forge.database.execute("UPDATE sso_attempt SET until = now() - interval '1 second'").unwrap();
    assert_eq!(refused(&send(late.address(http), &mut late.surfer)), "state", "after ten minutes");
    assert_eq!(flow.surfer.open(&format!("{http}/api/v1/login/sso/nobody")).unwrap().status, 404);
    // what is kept of it tells nobody anything: hashes, and cipher text
    let mut kept = forge.flow();
    let all = forge.database.lines("SELECT t::text FROM sso_attempt t".to_owned()).unwrap().concat();
    for secret in [kept.state.as_str(), &kept.nonce, kept.surfer.cookie(BINDING).unwrap()] {
        assert!(!all.contains(secret), "{all}");
    }
    good(&kept);
    let _ = send(kept.address(http), &mut kept.surfer);
}

#[test]
fn s03_codes_of_a_real_provider_are_bound_to_their_own_sign_in() {
    let gov = gov("accounts = \"create\"\n");
    let http = gov.hub.http.clone();
    let begin = |surfer: &mut Surfer, typed: &str| {
        let sent = surfer.open(&format!("{http}/api/v1/login/sso/gov")).unwrap();
        Oidc::sign_in(surfer, &sent, typed).unwrap().to.unwrap()
    };
    let code = |address: &str| address.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    // the code of one sign-in in the return of another: the provider asks for the verifier of its own
    let (mut wang, mut li) = (Surfer::default(), Surfer::default());
    let (of_wang, of_li) = (begin(&mut wang, "wang"), begin(&mut li, "li"));
    let swapped = of_li.replace(&code(&of_li), &code(&of_wang));
    assert_eq!(refused(&li.come(&swapped).unwrap()), "untrusted");
    assert_eq!(wang.come(&of_wang).unwrap().to, Some(gov.home()), "its owner has lost nothing");
    // a code twice, each in a sign-in of its own
    let (mut zhao, mut again) = (Surfer::default(), Surfer::default());
    let of_zhao = begin(&mut zhao, "zhao");
    assert_eq!(zhao.come(&of_zhao).unwrap().to, Some(gov.home()));
    let twice = begin(&mut again, "zhao");
    let twice = twice.replace(&code(&twice), &code(&of_zhao));
    assert_eq!(refused(&again.come(&twice).unwrap()), "untrusted");
    // somebody breaks off at the provider
    let mut qian = Surfer::default();
    let sent = qian.open(&format!("{http}/api/v1/login/sso/gov")).unwrap();
    let mut page = qian.follow(&sent).unwrap();
    while page.to.is_some() {
        page = qian.follow(&page).unwrap();
    }
    let abort = page.body.split("href=\"").find_map(|rest| rest.split('"').next().filter(|to| to.ends_with("/abort")));
    let mut page = qian.open(abort.expect("a way to break off")).unwrap();
    while page.to.as_ref().is_some_and(|to| !to.starts_with(&http)) {
        page = qian.follow(&page).unwrap();
    }
    assert_eq!(refused(&qian.follow(&page).unwrap()), "denied");
    let why = audited(&gov, "failed");
    assert_eq!(why, ["untrusted", "untrusted", "denied"]);
}

/// Waits until the request is answered with this status; answers how long it took.
fn becomes(gov: &Gov, surfer: &mut Surfer, path: &str, status: u16) -> Duration {
    let (start, address) = (Instant::now(), format!("{}{path}", gov.hub.http));
    until(&format!("{path} is {status}"), AT_ONCE, || {
        (surfer.call("GET", &address, None).unwrap().status == status).then_some(())
    })
    .unwrap();
    start.elapsed()
}

#[test]
fn s03_after_signing_out_disabling_and_another_role_a_token_opens_nothing() {
    let gov = gov("accounts = \"create\"\n");
    let http = gov.hub.http.clone();
    let mut admin = first(&gov.hub);
    let enter = || {
        let mut surfer = Surfer::default();
        assert_eq!(gov.through(&mut surfer, "wang").to, Some(gov.home()));
        surfer
    };
    let mut wang = enter();
    let id = gov.me(&mut wang).1["id"].as_str().unwrap().to_owned();
    assert_eq!(becomes(&gov, &mut wang, "/api/v1/devices", 403).as_secs(), 0, "no role, no right");

    // another role: at once, in the session that there is, and taken away as fast
    let (guard, password) = make(&mut admin, "guard");
    assert_eq!(grant(&mut admin, &guard, &["security_admin"], &everywhere()).0, 200);
    let mut security = Browser::new(&http);
    security.sign_in("guard", &password, Some(GOOD)).unwrap();
    security.enrol_factor(chengshu_tests::world::now()).unwrap();
    assert_eq!(grant(&mut security, &id, &["operator"], &everywhere()).0, 200);
    let given = becomes(&gov, &mut wang, "/api/v1/devices", 200);
    let none = json!({ "grants": [] });
    assert_eq!(security.send("PUT", &format!("/api/v1/people/{id}/grants"), Some(none)).unwrap().0, 200);
    let taken = becomes(&gov, &mut wang, "/api/v1/devices", 403);
    println!("a role is given after {given:?} and taken after {taken:?}");

    // signed out, a copy of the cookie opens nothing; nor does it after the account was disabled
    let copy = |surfer: &Surfer| {
        let mut copy = Surfer::default();
        copy.plant(&http, SESSION, surfer.cookie(SESSION).unwrap());
        copy
    };
    let mut stolen = copy(&wang);
    assert_eq!(gov.me(&mut stolen).0, 200);
    assert_eq!(wang.call("POST", &format!("{http}/api/v1/logout"), Some(json!({}))).unwrap().status, 204);
    assert_eq!(gov.me(&mut stolen).0, 401);
    let wang = enter();
    let mut stolen = copy(&wang);
    admin.act(&format!("/api/v1/people/{id}/disable"), json!({})).unwrap();
    assert_eq!(gov.me(&mut stolen).0, 401);
    assert_eq!(refused(&gov.through(&mut Surfer::default(), "wang")), "disabled");

    // tokens of another installation, of no form, and of a provider as if they were ours
    let other = super::gov("accounts = \"create\"\n");
    let mut foreign = Surfer::default();
    assert_eq!(other.through(&mut foreign, "wang").to, Some(other.home()));
    assert_eq!(other.me(&mut foreign).0, 200);
    let theirs = foreign.cookie(SESSION).unwrap().to_owned();
    let jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.";
    for token in [theirs.as_str(), jwt, "cs_", "", &theirs[..40], &format!("{theirs}A"), &theirs.to_uppercase()] {
        let mut surfer = Surfer::default();
        surfer.plant(&http, SESSION, token);
        assert_eq!(gov.me(&mut surfer).0, 401, "{token}");
        let bearer = format!("Bearer {token}");
        let reply =
            Surfer::default().call_with("GET", &format!("{http}/api/v1/me"), &[("Authorization", &bearer)], None);
        assert_eq!(reply.unwrap().status, 401, "{token}");
    }
    // keys are made at the first start, for their owner alone, and no two hubs have the same
    use std::os::unix::fs::PermissionsExt as _;
    for name in ["local.key", "secret.key"] {
        let of = |gov: &Gov| {
            let file = gov.hub.data().join(name);
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
            std::fs::read_to_string(file).unwrap()
        };
        let (one, two) = (of(&gov), of(&other));
        assert!(one != two && one.len() >= 32, "{name}");
    }
}
