//! Clients that mean harm, or are merely slow: bombs, sizes, and connections that say nothing (S15, S16). The others must
//! not notice, and nothing may stay open for ever.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use chengshu_access::{Right, Rights, Scope};
use chengshu_tests::world::{GUARD, Hub, keys, publish_all, until, whole};

/// More than this may not stay with the hub after an attack.
const KEPT_MAX: u64 = 64 << 20;

fn connect(hub: &Hub) -> TcpStream {
    let stream = TcpStream::connect(hub.http.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(GUARD)).unwrap();
    stream
}

/// Waits for the other side to end the connection.
fn ended(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    // an answer such as 408 may come first; an error is an end too
    while stream.read(&mut buffer).is_ok_and(|count| count > 0) {}
}

#[test]
fn slow_and_silent_clients_are_shown_out_and_the_others_do_not_notice() {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most.min(8192), most).unwrap();
    let (_world, _database, _broker, hub) = whole("");
    let before = hub.files();
    let silent: Vec<_> = (0..1_500).map(|_| connect(&hub)).collect();
    let head: Vec<_> = (0..300)
        .map(|_| {
            let mut stream = connect(&hub);
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: h\r\nX-Slow: ").unwrap();
            stream
        })
        .collect();
    let body: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = connect(&hub);
            let head = format!(
                "POST /api/v1/corrections HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{",
                hub.key
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    until("all of them are at the door", GUARD, || (hub.files() >= before + 1_800).then_some(())).unwrap();
    for _ in 0..50 {
        hub.get("/api/v1/status").unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    silent.into_iter().chain(head).chain(body).for_each(ended);
    until("the hub holds none of them", GUARD, || (hub.files() <= before + 10).then_some(())).unwrap();
    hub.get("/api/v1/status").unwrap();
}

#[test]
fn a_client_that_takes_nothing_of_its_answer_is_shown_out() {
    let (_world, _database, broker, hub) = whole("");
    let message = |n: usize| (format!("city/water/H-{n}/telemetry"), br#"{"values":{"level":1.5}}"#.to_vec());
    let messages: Vec<_> = (0..3_000).map(message).collect();
    publish_all(broker.port, &messages).unwrap();
    until("3,000 devices are known", GUARD, || {
        (hub.get("/api/v1/devices?limit=5000").ok()?["devices"].as_array()?.len() == 3_000).then_some(())
    })
    .unwrap();
    let before = hub.files();
    let stuck: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = connect(&hub);
            // megabytes of answers, one after the other, none of them taken
            for _ in 0..20 {
                let ask = format!(
                    "GET /api/v1/latest?limit=20000 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\n\r\n",
                    hub.key
                );
                stream.write_all(ask.as_bytes()).unwrap();
            }
            stream
        })
        .collect();
    until("the hub has let go of them", GUARD, || (hub.files() <= before + 5).then_some(())).unwrap();
    drop(stuck);
    hub.get("/api/v1/status").unwrap();
}

#[test]
fn s09_the_live_stream_asks_who_it_is_and_forgets_whoever_reads_nothing() {
    let (_world, database, broker, hub) = whole("");
    for key in [None, Some("ck_no"), Some("")] {
        let (status, answer) = hub.ask("/api/v1/stream", key).unwrap();
        assert_eq!((status, answer.contains("device")), (401, false), "{key:?}");
    }
    let narrow = keys::new();
    let none = Rights::for_service([Right::Ingest]).unwrap();
    keys::service(&database.url, &narrow, "no eyes", none, &Scope::All).unwrap();
    assert_eq!(hub.ask("/api/v1/stream", Some(&narrow)).unwrap().0, 403);
    assert_eq!(hub.ask("/api/v1/stream?topics=everything", Some(&hub.key)).unwrap().0, 400);
    // a browser's page elsewhere may ask, but is not let read: no answer names its origin
    let answer = hub.request("GET", "/api/v1/stream", &[("Origin", "https://elsewhere.example")], &[]).unwrap();
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    drop(answer);

    // two hundred that take nothing of a stream that goes on, and one that reads
    let before = (hub.memory(), hub.files());
    let stuck: Vec<_> = (0..200)
        .map(|n| {
            let mut stream = connect(&hub);
            let ask = format!(
                "GET /api/v1/stream?rate=4&screen=s{n} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\n\r\n",
                hub.key
            );
            stream.write_all(ask.as_bytes()).unwrap();
            stream
        })
        .collect();
    until("they are at the door", GUARD, || (hub.files() >= before.1 + 150).then_some(())).unwrap();
    let mut reader = hub.stream("rate=4", None).unwrap();
    let mut round = 0;
    let mut publish = || {
        round += 1;
        let message = |n: usize| {
            (format!("city/water/H-{n}/telemetry"), format!("{{\"values\":{{\"level\":{round}}}}}").into_bytes())
        };
        publish_all(broker.port, &(0..500).map(message).collect::<Vec<_>>()).unwrap();
    };
    (0..39).for_each(|_| publish());
    reader.find("device", |item| item["metrics"]["level"]["value"] == 39.0).unwrap();
    let grown = hub.memory().saturating_sub(before.0);
    assert!(grown < 200 * (1 << 20), "{grown} bytes for 200 that take nothing: more than 1 MiB each");
    // what the system keeps for them is full sooner or later
    until("the hub has let go of them", GUARD * 2, || {
        publish();
        (hub.files() <= before.1 + 10).then_some(())
    })
    .unwrap();
    drop(stuck);
    hub.get("/api/v1/status").unwrap();
}

#[test]
fn bombs_and_sizes_are_refused_in_words_and_leave_nothing_behind() {
    let (_world, _database, _broker, hub) = whole("");
    hub.get("/api/v1/status").unwrap();
    let before = hub.memory();
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let (status, answer) =
        hub.exchange("POST", "/api/v1/corrections", Some(&hub.key), "application/json", deep.as_bytes()).unwrap();
    assert_eq!(status, 400, "{}", String::from_utf8_lossy(&answer));
    let keys: Vec<String> = (0..60_000).map(|n| format!("\"k{n}\":1")).collect();
    let wide = format!("{{{}}}", keys.join(","));
    let (status, answer) =
        hub.exchange("POST", "/api/v1/corrections", Some(&hub.key), "application/json", wide.as_bytes()).unwrap();
    assert_eq!(status, 400, "{}", String::from_utf8_lossy(&answer));
    let large = vec![b' '; 11 << 20];
    for path in ["/api/v1/corrections", "/api/v1/import/devices?format=csv"] {
        // the door may end the connection while the rest is still being sent
        if let Ok((status, answer)) = hub.exchange("POST", path, Some(&hub.key), "application/json", &large) {
            assert_eq!(status, 413, "{path}: {}", String::from_utf8_lossy(&answer));
        }
    }
    // many headers, one long header, one long address: an answer or an end, never a wait
    let lines: String = (0..100_000).map(|n| format!("X-{n}: 1\r\n")).collect();
    for text in [
        format!("GET /healthz HTTP/1.1\r\nHost: h\r\n{lines}\r\n"),
        format!("GET /healthz HTTP/1.1\r\nHost: h\r\nX: {}\r\n\r\n", "x".repeat(1 << 20)),
        format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "x".repeat(1 << 20)),
    ] {
        let mut stream = connect(&hub);
        let _ = stream.write_all(text.as_bytes()); // it may be ended before all of it is written
        ended(stream);
    }
    hub.get("/api/v1/status").unwrap();
    let kept = hub.memory().saturating_sub(before);
    assert!(kept <= KEPT_MAX, "{} MB stay", kept >> 20);
}

/// 200 ways to write a path that leads out of where it should stay, and some that are no paths at all.
fn ways_out() -> Vec<String> {
    const UP: [&str; 10] =
        ["../", "..\\", "%2e%2e%2f", "%2e%2e/", "..%2f", "..%5c", "%252e%252e%252f", "..%c0%af", "....//", "%00../"];
    const GOALS: [&str; 4] = ["etc/passwd", "Cargo.toml", "hub/api/Cargo.toml", "proc/self/environ"];
    let up = UP.iter().flat_map(|up| [1, 2, 3, 5, 8].map(|depth| up.repeat(depth)));
    let mut ways: Vec<_> = up.flat_map(|up| GOALS.map(|goal| format!("{up}{goal}"))).collect();
    ways.extend(
        ["/etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "C:%5cwindows%5cwin.ini", "%00", "%"]
            .map(str::to_owned),
    );
    ways
}

#[test]
fn s02_no_path_leads_out_of_where_it_should_stay() {
    let (_world, database, _broker, hub) = whole("");
    let places = [
        ("GET", "/"),
        ("GET", "/assets/"),
        ("GET", "/api/"),
        ("GET", "/api/v1/devices/"),
        ("GET", "/api/v1/webhooks/"),
        ("GET", "/sta/v1.1/"),
        ("GET", "/api/v1/export/devices?format="),
        ("GET", "/api/v1/export/readings?format=csv&from=0&to=1&department="),
        ("PUT", "/api/v1/devices/"),
        ("POST", "/api/v1/import/devices?format="),
        ("POST", "/api/v1/ingest/water/"),
        ("POST", "/push/"),
    ];
    for (method, place) in places {
        for way in ways_out() {
            let body = r#"{"theme":"water"}"#;
            let ask = format!(
                "{method} {place}{way} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                hub.key,
                body.len(),
            );
            let mut stream = connect(&hub);
            stream.write_all(ask.as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            let answer = String::from_utf8_lossy(&answer);
            let told = format!("{method} {place}{way}: {answer}");
            for secret in ["root:x:", "[package]", "[workspace", "PATH="] {
                assert!(!answer.contains(secret), "{told}");
            }
            let found = answer.starts_with("HTTP/1.1 200 ");
            // a department of that name has no readings, which is an answer
            assert!(answer.starts_with("HTTP/1.1 4") || found && place.ends_with("department="), "{told}");
        }
    }
    assert_eq!(database.count("SELECT count(*) FROM device").unwrap(), 0, "none of them became a device");
}
