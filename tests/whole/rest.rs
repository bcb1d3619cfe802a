//! Secrets at rest (S23): seeded everywhere that the hub keeps one, looked for in every file that it leaves behind, in its
//! log and in its answers; and the key that encrypts them turns without anybody noticing.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chengshu_core::model::Timestamp;
use chengshu_tests::world::{Browser, GUARD, Hub, Receiver, Robot, World, chengshu, free_port, now, until};
use serde_json::{Value, json};

use crate::identity::{GOOD, first};
use crate::receivers::by_openssl;
use crate::webhooks::check_signature;

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
}

/// The forms in which a secret could lie about.
fn forms(secret: &[u8]) -> [Vec<u8>; 4] {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        secret.to_vec(),
        hex.into_bytes(),
        STANDARD.encode(secret).trim_end_matches('=').into(),
        URL_SAFE_NO_PAD.encode(secret).into(),
    ]
}

fn files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => files(&entry.path(), into),
            kind if kind.is_file() => into.push(entry.path()),
            _ => {}
        }
    }
}

fn found(secrets: &[(&str, Vec<u8>)], place: &str, bytes: &[u8]) -> Vec<String> {
    let holds = |form: &Vec<u8>| memchr::memmem::find(bytes, form).is_some();
    let held = secrets.iter().filter(|(_, secret)| forms(secret).iter().any(holds));
    held.map(|(name, _)| format!("{name} in {place}")).collect()
}

fn told(hub: &Hub, receiver: &Receiver, webhook: i64, secret: &str) {
    let before = receiver.messages().len();
    hub.post(&format!("/api/v1/webhooks/{webhook}/test"), json!({})).unwrap();
    let message = until("the webhook is told", GUARD, || receiver.messages().get(before).cloned()).unwrap();
    check_signature(secret, &message);
}

#[test]
fn s23_secrets_lie_nowhere_in_the_clear_and_their_key_turns() {
    let world = World::new().unwrap();
    let port = free_port().unwrap();
    let sections = format!("[managed]\nbroker_listen = \"127.0.0.1:{port}\"\n[webhooks]\nallow = [\"127.0.0.1/32\"]\n");
    let mut hub = Hub::with_config(&world, &sections).unwrap();
    let receiver = Receiver::start().unwrap();

    // one of everything that proves or signs
    let mut admin = first(&hub);
    let made = admin.act("/api/v1/people", json!({ "user": "taoran", "name": "陶然" })).unwrap();
    let mut person = Browser::new(&hub.http);
    person.sign_in("taoran", &text(&made, "password"), Some("Zr7!canary-Pw_5k")).unwrap();
    let factor = person.enrol_factor(now()).unwrap();
    let service = admin.act("/api/v1/services", json!({ "name": "泵站平台", "department": null })).unwrap();
    let id = service["service"]["id"].as_str().unwrap().to_owned();
    let signing = admin.act(&format!("/api/v1/services/{id}/signing"), json!({})).unwrap();
    let webhook = hub.post("/api/v1/webhooks", json!({ "name": "市平台", "url": receiver.url() })).unwrap();
    let number = webhook["id"].as_i64().unwrap();
    let robot = Robot::dingtalk(by_openssl).unwrap();
    let body = json!({ "name": "防汛群", "channel": "dingtalk", "url": robot.url(), "sign": Robot::SECRET });
    let in_chat = hub.post("/api/v1/receivers", body).unwrap()["id"].clone();
    let entry = json!({ "theme": "water", "version": 0, "entry": {} });
    assert_eq!(hub.call("PUT", "/api/v1/devices/W-1", Some(&hub.key), Some(entry)).unwrap().0, 200);
    let device = hub.post("/api/v1/devices/W-1/credential", Value::Null).unwrap();
    let webhook_secret = text(&webhook, "secret");
    let secrets = [
        ("a one-time password", text(&made, "password").into_bytes()),
        ("a password", b"Zr7!canary-Pw_5k".to_vec()),
        ("the administrator's password", GOOD.as_bytes().to_vec()),
        ("a second factor", factor.bytes().to_vec()),
        ("a second factor as it is typed", factor.base32().into_bytes()),
        ("a session", person.cookie.as_deref().unwrap().rsplit('=').next().unwrap().as_bytes().to_vec()),
        ("a service's key", text(&service, "key").into_bytes()),
        ("a service's signing secret", text(&signing, "secret").into_bytes()),
        ("a webhook's secret", webhook_secret.clone().into_bytes()),
        ("a robot's key", Robot::KEY.as_bytes().to_vec()),
        ("a robot's signing secret", Robot::SECRET.as_bytes().to_vec()),
        ("a device's password", text(&device, "password").into_bytes()),
    ];
    told(&hub, &receiver, number, &webhook_secret);

    let look = |hub: &Hub| {
        let mut finds = found(&secrets, "the log", hub.log().as_bytes());
        let metrics = hub.ask("/metrics", Some(&hub.key)).unwrap().1;
        finds.extend(found(&secrets, "/metrics", metrics.as_bytes()));
        let dump = std::process::Command::new("pg_dump").arg(hub.database()).output().unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        assert!(memchr::memmem::find(&dump.stdout, b"taoran").is_some(), "a dump of what is looked for");
        finds.extend(found(&secrets, "a dump of the database", &dump.stdout));
        finds
    };
    assert_eq!(look(&hub), Vec::<String>::new());

    // the key turns at the next start; what it had closed opens as before
    let key = || std::fs::read_to_string(hub.data().join("secret.key")).unwrap();
    let old = key();
    let data = hub.data().to_string_lossy().into_owned();
    let said = chengshu(&["keys", "rotate", "--data", &data]).unwrap().done().unwrap();
    assert!(said.contains("restart the hub"), "{said}");
    assert_eq!(key().lines().count(), 2);
    hub.stop().unwrap();
    hub.up().unwrap();
    let key = || std::fs::read_to_string(hub.data().join("secret.key")).unwrap();
    until("the old key is forgotten", GUARD, || (key().lines().count() == 1).then_some(())).unwrap();
    assert_ne!(key().trim(), old.trim());
    told(&hub, &receiver, number, &webhook_secret);
    hub.post(&format!("/api/v1/receivers/{in_chat}/test"), json!({})).unwrap();
    until("the robot is told with what the new key closes", GUARD, || (robot.taken().len() == 1).then_some(()))
        .unwrap();
    let mut again = Browser::new(&hub.http);
    let step = again.act("/api/v1/login", json!({ "user": "taoran", "password": "Zr7!canary-Pw_5k" })).unwrap();
    let code = factor.code(Timestamp::from_ms(now().ms() + 30_000));
    again.act("/api/v1/login/totp", json!({ "ticket": step["ticket"], "code": code })).unwrap();
    assert_eq!(look(&hub), Vec::<String>::new());

    // everything that lies on the disk: tables, write-ahead log, spool, the broker's files, a backup
    let config = world.path("chengshu.toml").to_string_lossy().into_owned();
    let backup = world.path("backup").to_string_lossy().into_owned();
    chengshu(&["backup", "--to", &backup, "--config", &config]).unwrap().done().unwrap();
    hub.stop().unwrap();
    let mut all = Vec::new();
    files(&world.path(""), &mut all);
    let names: Vec<String> = all.iter().map(|path| path.display().to_string()).collect();
    for part in ["/base/", "pg_wal", "passwords", "secret.key", "backup", "hub.log"] {
        assert!(names.iter().any(|name| name.contains(part)), "{part} is looked at");
    }
    let finds: Vec<String> = all
        .iter()
        .flat_map(|path| found(&secrets, &path.display().to_string(), &std::fs::read(path).unwrap()))
        .collect();
    println!("S23 {} secrets in {} files and three answers", secrets.len(), all.len());
    assert_eq!(finds, Vec::<String>::new());
}
