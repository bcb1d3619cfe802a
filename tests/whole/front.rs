//! The hub's front door: TLS and its renewal, proxies, what browsers are told, and who asks too often (S10, S16, S17).

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use chengshu_access::{Right, Rights, Role, Scope};
use chengshu_api::table;
use chengshu_tests::world::{Broker, Browser, Certificates, Database, GUARD, Hub, World, keys, until, whole};
use serde_json::json;

/// A hub behind TLS.
fn secured() -> (World, Database, Broker, Hub, Certificates) {
    let world = World::new().unwrap();
    let made = Certificates::make(&world.path(""), &["hub"]).unwrap();
    let database = Database::start(&world).unwrap();
    let broker = Broker::start(&world).unwrap();
    let sections = format!(
        "tls_cert_file = \"{}\"\ntls_key_file = \"{}\"\n[database]\nurl = \"{}\"\n{}",
        made.cert("hub").display(),
        made.key("hub").display(),
        database.url,
        broker.section("")
    );
    let hub = Hub::with_config(&world, &sections).unwrap();
    (world, database, broker, hub, made)
}

fn port(hub: &Hub) -> &str {
    hub.http.rsplit(':').next().unwrap()
}

/// What a program that looks at certificates gets.
fn curl(hub: &Hub, made: &Certificates, more: &[&str]) -> (bool, String) {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "20", "--cacert"]);
    command.arg(made.ca()).args(more).arg(format!("https://localhost:{}/healthz", port(hub)));
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// The serial number of the certificate that is shown.
fn serial(hub: &Hub) -> String {
    let script = format!(
        "openssl s_client -connect localhost:{} </dev/null 2>/dev/null | openssl x509 -noout -serial",
        port(hub)
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_door_speaks_tls_and_shows_a_renewed_certificate_without_a_restart() {
    let (world, _database, _broker, hub, made) = secured();
    let (good, text) = curl(&hub, &made, &[]);
    assert!(good && text.contains("strict-transport-security"), "{text}");
    let (old, text) = curl(&hub, &made, &["--tls-max", "1.1"]);
    assert!(!old, "{text}");
    let (other, _) = curl(&hub, &Certificates::make(&world.path(""), &[]).unwrap(), &[]);
    assert!(!other, "another authority vouches for nothing here");

    // plain HTTP is told what is spoken here
    let mut plain = TcpStream::connect(format!("127.0.0.1:{}", port(&hub))).unwrap();
    plain.set_read_timeout(Some(GUARD)).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let mut told = String::new();
    plain.read_to_string(&mut told).unwrap();
    assert!(told.starts_with("HTTP/1.1 400") && told.contains("https://"), "{told}");

    // a pair that does not fit changes nothing, the next one is shown
    let first = serial(&hub);
    assert!(first.contains("serial="), "{first}");
    let key = std::fs::read(made.key("hub")).unwrap();
    made.renew("hub").unwrap();
    let renewed = std::fs::read(made.key("hub")).unwrap();
    std::fs::write(made.key("hub"), &key).unwrap();
    until("the pair that does not fit is told", GUARD, || hub.log().contains("is of no use").then_some(())).unwrap();
    assert_eq!(serial(&hub), first);
    std::fs::write(made.key("hub"), &renewed).unwrap();
    until("the renewed one is shown", GUARD, || (serial(&hub) != first).then_some(())).unwrap();

    // who keeps a session shows it to nobody without TLS
    let grant = keys::grant(&[Role::Operator], Scope::All).unwrap();
    let token = keys::person(hub.database(), "someone", &[grant]).unwrap();
    let headers = [("Cookie", &*format!("chengshu_session={token}")), ("X-Chengshu-CSRF", "1"), ("Authorization", "")];
    let answer = cookie_of(&hub, &headers);
    assert!(answer.contains("Secure") && answer.contains("HttpOnly") && answer.contains("SameSite=Strict"), "{answer}");
}

/// What a sign-out sets.
fn cookie_of(hub: &Hub, headers: &[(&str, &str)]) -> String {
    let mut command = Command::new("curl");
    command.args(["--silent", "--insecure", "--include", "--noproxy", "*", "--max-time", "20", "--request", "POST"]);
    for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
        command.args(["--header", &format!("{name}: {value}")]);
    }
    let output = command.arg(format!("{}/api/v1/logout", hub.http)).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie")).unwrap_or(&text).to_owned()
}

#[test]
fn s16_half_a_handshake_holds_nothing() {
    let (_world, _database, _broker, hub, _made) = secured();
    let before = hub.files();
    let hello = [0x16, 3, 1, 2, 0, 1];
    let half: Vec<_> = (0..600)
        .map(|n| {
            let mut stream = TcpStream::connect(format!("127.0.0.1:{}", port(&hub))).unwrap();
            stream.write_all(&hello[..n % 7]).unwrap();
            stream
        })
        .collect();
    until("they are at the door", GUARD, || (hub.files() >= before + 500).then_some(())).unwrap();
    hub.get("/api/v1/status").unwrap();
    until("they are shown out", GUARD, || (hub.files() <= before + 10).then_some(())).unwrap();
    drop(half);
    hub.get("/api/v1/status").unwrap();
}

#[test]
fn what_a_proxy_says_of_its_client_is_believed_only_where_the_proxy_is_trusted() {
    let denied = |trusted: &str| {
        let world = World::new().unwrap();
        let database = Database::start(&world).unwrap();
        let broker = Broker::start(&world).unwrap();
        let sections = format!("{trusted}[database]\nurl = \"{}\"\n{}", database.url, broker.section(""));
        let mut hub = Hub::with_config(&world, &sections).unwrap();
        let rights = Rights::for_service([Right::SeeCity]).unwrap();
        let key = keys::new();
        keys::service(hub.database(), &key, "narrow", rights, &Scope::All).unwrap();
        hub.key = key;
        let sent = [("X-Forwarded-For", "6.6.6.6, 198.51.100.7"), ("X-Forwarded-Proto", "https")];
        let answer = hub.request("GET", "/api/v1/webhooks", &sent, &[]).unwrap();
        assert_eq!(answer.status().as_u16(), 403);
        let secure = answer.headers().contains_key("strict-transport-security");
        let line = until("the denial is in the audit", GUARD, || {
            database.text("SELECT from_ip FROM audit_line_read WHERE act = 'denied' ORDER BY id DESC LIMIT 1").ok()
        })
        .unwrap();
        (line, secure)
    };
    assert_eq!(denied("trusted_proxies = [\"127.0.0.0/8\"]\n"), ("198.51.100.7".to_owned(), true));
    assert_eq!(denied(""), ("127.0.0.1".to_owned(), false));
}

#[test]
fn s10_every_answer_tells_browsers_what_they_may_do() {
    let (_world, _database, _broker, hub) = whole("");
    let paths = table().into_iter().filter(|route| route.method == "GET").map(|route| route.path);
    for path in paths.chain(["/", "/docs.html", "/nothing/here"]).filter(|path| !path.contains("stream")) {
        let path = path.replace("{*path}", "Things").replace(['{', '}'], "x");
        for key in [true, false] {
            let origin = [("Origin", "https://elsewhere.example"), ("Authorization", "Bearer no")];
            let answer = hub.request("GET", &path, if key { &origin[..1] } else { &origin }, &[]).unwrap();
            let header =
                |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let csp = header("content-security-policy");
            assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{path}: {csp}");
            assert!(!csp.contains("unsafe"), "{path}: {csp}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("x-frame-options", "DENY"),
            ] {
                assert_eq!(header(name), value, "{path}");
            }
            assert!(header("permissions-policy").contains("microphone=()"), "{path}");
            assert_eq!(header("access-control-allow-origin"), "", "{path}");
            assert_eq!(header("strict-transport-security"), "", "{path}: nothing here came by TLS");
            if ["/api/v1/me", "/api/v1/people", "/api/v1/audit"].contains(&&*path) {
                assert_eq!(header("cache-control"), "no-store", "{path}");
            }
        }
    }
    // what a page elsewhere can send without asking first changes nothing
    let grant = keys::grant(&[Role::Operator], Scope::All).unwrap();
    let token = keys::person(hub.database(), "someone", &[grant]).unwrap();
    let mut elsewhere = Browser::with(&hub.http, &format!("chengshu_session={token}"));
    elsewhere.forged = true;
    for route in table().into_iter().filter(|route| !matches!(route.method, "GET")) {
        let (status, answer) =
            elsewhere.send(route.method, &route.path.replace(['{', '}'], "x"), Some(json!({}))).unwrap();
        let open = matches!(route.access, chengshu_access::Access::Open);
        assert!(
            open || status == 403 && answer["code"] == "csrf",
            "{} {}: {status} {answer}",
            route.method,
            route.path
        );
    }
}

#[test]
fn s17_whoever_asks_too_often_waits_and_the_others_do_not() {
    let (_world, _database, _broker, hub) = whole("[api]\nrequests_per_s = 1\nrequests_burst = 40\n");
    let grant = |role| keys::grant(&[role], Scope::All).unwrap();
    let person = |login: &str, role| {
        let token = keys::person(hub.database(), login, &[grant(role)]).unwrap();
        Browser::with(&hub.http, &format!("chengshu_session={token}"))
    };
    let (mut busy, mut calm) = (person("busy", Role::Operator), person("calm", Role::Operator));
    let mut second = person("busy", Role::Operator);
    let refused = (0..60).map(|_| busy.get("/api/v1/devices").unwrap()).filter(|(status, _)| *status == 429).count();
    assert!((10..=25).contains(&refused), "{refused} of 60 at 40 and one a second");
    assert_eq!(second.get("/api/v1/devices").unwrap().0, 429, "another window of the same person");
    assert_eq!(calm.get("/api/v1/devices").unwrap().0, 200);
    hub.get("/api/v1/devices").unwrap();
    // a large question weighs more: this one twenty times
    assert_eq!(calm.get("/api/v1/export/devices?format=csv").unwrap().0, 200);
    let mut later = 0;
    until("the rest is used up", GUARD, || {
        later += 1;
        (calm.get("/api/v1/devices").unwrap().0 == 429).then_some(())
    })
    .unwrap();
    assert!(later < 40, "{later}");

    // strangers, by their address; and a service that has used up its minute
    let stranger =
        || Browser::new(&hub.http).post("/api/v1/login/totp", json!({ "ticket": "x", "code": "000000" })).unwrap();
    let (status, answer) = (0..200).map(|_| stranger()).find(|(status, _)| *status == 429).unwrap();
    assert_eq!((status, &answer["code"]), (429, &json!("too_many_requests")), "{answer}");
    let json = [("Content-Type", "application/json")];
    let answer = until("one more is refused", GUARD, || {
        let answer = hub.request("POST", "/api/v1/login/totp", &json, br#"{"ticket":"x","code":"000000"}"#).ok()?;
        (answer.status().as_u16() == 429).then_some(answer)
    })
    .unwrap();
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    let key = keys::new();
    keys::service(hub.database(), &key, "few", Rights::for_service([Right::SeeCity]).unwrap(), &Scope::All).unwrap();
    keys::quota(hub.database(), "few", 3).unwrap();
    let asked: Vec<u16> = (0..5).map(|_| hub.ask("/api/v1/devices", Some(&key)).unwrap().0).collect();
    assert_eq!(asked, [200, 200, 200, 429, 429]);
    hub.get("/api/v1/devices").unwrap();
    hub.get("/healthz").unwrap();
}
