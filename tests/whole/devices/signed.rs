//! S20: what a service that must sign sends is taken once and as it was signed, over restarts; the ledger stays even.

use std::process::{Command, Stdio};

use chengshu_access::{Right, Rights, Role, Scope, SigningKey};
use chengshu_tests::scenario::even;
use chengshu_tests::world::{Browser, Hub, keys, now_ms, whole};
use serde_json::{Value, json};

const INGEST: &str = "/api/v1/ingest";

/// Sends with a key of one's own: status and the code of the problem.
fn send(hub: &Hub, key: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
    let agent: ureq::Agent = config.build().into();
    let mut request = agent.post(format!("{}{path}", hub.http)).header("Authorization", format!("Bearer {key}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.header("Content-Type", "application/json").send(body).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    let told: Value = serde_json::from_str(&text).unwrap_or_default();
    (answer.status().as_u16(), told["code"].as_str().unwrap_or(&text).to_owned())
}

fn body(n: u64) -> Vec<u8> {
    json!({ "theme": "water", "device": "S-1", "ts": 1_000 * (now_ms() / 1_000) + n as i64, "values": { "x": n } })
        .to_string()
        .into_bytes()
}

#[test]
fn s20_frames_that_are_replayed_or_changed_are_refused_and_the_ledger_stays_even() {
    let (world, database, _broker, mut hub) = whole("");
    let key = keys::new();
    let rights = Rights::for_service([Right::Ingest]).unwrap();
    keys::service(hub.database(), &key, "泵站平台", rights, &Scope::All).unwrap();
    assert_eq!(send(&hub, &key, INGEST, &[], &body(0)).0, 200, "it need not sign yet");

    // the system administrator has it sign; the secret is shown once and kept encrypted
    let grants = [keys::grant(&[Role::SystemAdmin], Scope::All).unwrap()];
    let token = keys::person(hub.database(), "admin", &grants).unwrap();
    let mut admin = Browser::with(&hub.http, &format!("chengshu_session={token}"));
    let id = database.text("SELECT id::text FROM service WHERE name = '泵站平台'").unwrap();
    let path = format!("/api/v1/services/{id}/signing");
    let (status, made) = admin.post(&path, json!({})).unwrap();
    assert_eq!(status, 200, "{made}");
    let secret = made["secret"].as_str().unwrap().to_owned();
    let signing = SigningKey::read(secret.clone().into_bytes()).unwrap();
    let kept = database.text(format!("SELECT encode(signing, 'escape') FROM service WHERE id = {id}").leak()).unwrap();
    assert!(!kept.contains(&secret[3..]), "encrypted at rest");
    let sign =
        |at_ms: i64, n: u64, path: &str, body: &[u8]| signing.sign(at_ms / 1000, &format!("nonce-{n:06}"), path, body);
    let header = |signature: &str| -> [(&'static str, String); 1] { [("X-Chengshu-Signature", signature.to_owned())] };
    let post = |hub: &Hub, path: &str, signature: &str, body: &[u8]| {
        let [(name, value)] = header(signature);
        send(hub, &key, path, &[(name, &value)], body)
    };

    assert_eq!(send(&hub, &key, INGEST, &[], &body(1)), (401, "signature_missing".to_owned()));
    assert_eq!(post(&hub, INGEST, "t=1,v1=00", &body(1)), (401, "signature_malformed".to_owned()));
    let other = SigningKey::new([3; 32]).sign(now_ms() / 1000, "nonce-000001", INGEST, &body(1));
    assert_eq!(post(&hub, INGEST, &other, &body(1)), (401, "signature_wrong".to_owned()));
    for away in [-301_000, 302_000] {
        let stale = sign(now_ms() + away, 1, INGEST, &body(1));
        assert_eq!(post(&hub, INGEST, &stale, &body(1)), (401, "signature_stale".to_owned()), "{away}");
    }

    // 250 frames, each once; then each replayed, changed in its value, and sent to another address: 1,000 refusals
    let frames: Vec<(Vec<u8>, String)> = (0..250)
        .map(|n| {
            let body = body(1_000 + n);
            let signature = sign(now_ms(), 1_000 + n, INGEST, &body);
            (body, signature)
        })
        .collect();
    for (body, signature) in &frames {
        assert_eq!(post(&hub, INGEST, signature, body).0, 200);
    }
    let rows = || database.count("SELECT count(*) FROM reading").unwrap();
    let before = rows();
    assert_eq!(before, 251);
    let mut refused = 0;
    let elsewhere = "/api/v1/ingest/water/S-2/telemetry";
    for (body, signature) in &frames {
        let changed = String::from_utf8(body.clone()).unwrap().replace("\"x\":1", "\"x\":2").into_bytes();
        let fresh = signature.replace("n=nonce-00", "n=nonce-99"); // another nonce, without the key
        for (path, signature, body, code) in [
            (INGEST, signature, body, "signature_replayed"),
            (INGEST, signature, &changed, "signature_wrong"),
            (elsewhere, signature, body, "signature_wrong"),
            (INGEST, &fresh, body, "signature_wrong"),
        ] {
            assert_eq!(post(&hub, path, signature, body), (401, code.to_owned()));
            refused += 1;
        }
    }
    assert_eq!((refused, rows()), (1_000, before));

    // a replay within the window does not pass after a kill, nor after a stop
    hub.kill();
    hub.up().unwrap();
    let (body_of, signature) = &frames[7];
    assert_eq!(post(&hub, INGEST, signature, body_of), (401, "signature_replayed".to_owned()));
    hub.stop().unwrap();
    hub.up().unwrap();
    assert_eq!(post(&hub, INGEST, signature, body_of), (401, "signature_replayed".to_owned()));
    assert_eq!(rows(), before);

    // signed by a shell, as the manual says; with an Idempotency-Key it may be said twice, signed anew
    for n in [1, 2] {
        let one = world.path("frame.json");
        std::fs::write(&one, json!({ "theme": "water", "device": "S-3", "values": { "x": 5 } }).to_string()).unwrap();
        let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/sign.sh")).unwrap();
        let output = Command::new("sh")
            .arg("-c")
            .arg(manual)
            .args(["sign.sh", &hub.http, INGEST, &one.to_string_lossy()])
            .env("KEY", &key)
            .env("SECRET", &secret)
            .env("IDEMPOTENCY_KEY", "frame-1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.contains("\"stored\":1"), "{n}: {text} {output:?}");
    }
    assert_eq!(rows(), before + 1);

    // told: counted on the link, in the audit, and no longer asked for when it is taken back
    let links = hub.get("/api/v1/links").unwrap();
    let link = links["links"].as_array().unwrap().iter().find(|link| link["id"] == "http:ingest").unwrap().clone();
    assert_eq!(link["deviations"]["signature_replayed"], 1, "since the last start: {link}");
    let lines = super::audit(&hub);
    let told = |code: &str| lines.iter().any(|line| line["act"] == "denied" && line["detail"]["code"] == code);
    assert!(told("signature_wrong") && told("signature_replayed"), "{lines:?}");
    assert_eq!(admin.send("DELETE", &path, None).unwrap().0, 204);
    assert_eq!(send(&hub, &key, INGEST, &[], &body(9)).0, 200);
    even(&hub, &database).unwrap();
}
