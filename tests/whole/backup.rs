//! E04: what is backed up can be restored, and what cannot be restored is refused with its reason. Short forms; `make soak`
//! runs the drill with ten million rows.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::time::Duration;

use chengshu_tests::world::{
    Broker, Database, GUARD, Hub, Managed, Obligation, Row, World, chengshu, closed_to_others, until,
};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn backup(hub: &Managed, to: &Path) -> String {
    chengshu(&["backup", "--to", &text(to), "--config", &text(&hub.config)]).unwrap().done().unwrap()
}

fn restore(from: &Path, data: &Path, more: &[&str]) -> String {
    let (from, data) = (text(from), text(data));
    chengshu(&[&["restore", "--from", &from, "--data", &data], more].concat()).unwrap().done().unwrap()
}

/// The newest automatic backup.
fn newest(dir: &Path) -> Option<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    entries.filter(|path| text(path).contains("/base-") && !text(path).ends_with(".part")).max()
}

#[test]
fn e04_a_backup_under_load_comes_back_as_the_same_hub() {
    let (world, other) = (World::new().unwrap(), World::new().unwrap());
    let mut hub = Managed::start(&world, "").unwrap();
    let publisher = hub.publisher(500).unwrap();
    until("some readings", GUARD, || hub.rows().ok().filter(|rows| rows.len() > 2_000)).unwrap();
    let before: BTreeSet<Row> = hub.rows().unwrap().into_iter().collect();
    let place = world.path("backup");
    println!("E04 {}", backup(&hub, &place).lines().next().unwrap_or_default());
    chengshu(&["backup", "--to", &text(&place), "--config", &text(&hub.config)])
        .unwrap()
        .refused("is not empty")
        .unwrap();
    let from = [&text(&place), &text(&hub.data)].map(String::from);
    chengshu(&["restore", "--from", &from[0], "--data", &from[1]]).unwrap().refused("is in use").unwrap();
    publisher.finish();
    let devices = hub.hub.get("/api/v1/devices?limit=100").unwrap();
    let (key, password) = (hub.hub.key.clone(), hub.password().unwrap());
    let after: BTreeSet<Row> = hub.rows().unwrap().into_iter().collect();
    hub.hub.stop().unwrap();

    println!("E04 {}", restore(&place, &other.path("hub"), &[]).lines().next().unwrap_or_default());
    closed_to_others(&place).unwrap();
    let mut second = Managed::start(&other, "").unwrap();
    let restored: BTreeSet<Row> = second.rows().unwrap().into_iter().collect();
    println!(
        "E04 {} rows before the backup, {} after the load, {} restored",
        before.len(),
        after.len(),
        restored.len()
    );
    assert_eq!(before.difference(&restored).count(), 0, "rows of before the backup are missing");
    assert_eq!(restored.difference(&after).count(), 0, "rows that nobody sent");
    assert_eq!(second.hub.ask("/api/v1/status", Some(&key)).unwrap().0, 200, "keys of before open the restored hub");
    assert_eq!(second.password().unwrap(), password);
    let ids = |page: &serde_json::Value| -> Vec<String> {
        page["devices"].as_array().unwrap().iter().map(|device| device["device"].to_string()).collect()
    };
    assert_eq!(ids(&second.hub.get("/api/v1/devices?limit=100").unwrap()), ids(&devices));
    second.publish("T-001", 4711.0).unwrap();
    until("the restored hub takes readings", GUARD, || second.hub.latest("T-001", "x").filter(|x| *x == 4711.0))
        .unwrap();
    second.hub.stop().unwrap();

    // damage is named, and nothing is restored
    let data = text(&other.path("third"));
    let victim = walk(&place.join("cluster/base")).into_iter().find(|path| path.metadata().unwrap().len() > 0).unwrap();
    let mut bytes = std::fs::read(&victim).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&victim, bytes).unwrap();
    let name = text(victim.strip_prefix(&place).unwrap());
    let said = chengshu(&["restore", "--from", &from[0], "--data", &data]).unwrap();
    said.refused(&format!("{name} is damaged")).unwrap();
    assert!(!Path::new(&data).exists());
    let filled = text(&other.path("hub"));
    chengshu(&["restore", "--from", &from[0], "--data", &filled]).unwrap().refused("is not empty").unwrap();
}

fn walk(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(walk(&path)) } else { all.push(path) }
    }
    all
}

#[test]
fn e04_wal_brings_back_what_is_younger_than_the_base_backup() {
    let (world, other) = (World::new().unwrap(), World::new().unwrap());
    let auto = world.path("auto");
    let section = format!("[backup]\ndir = \"{}\"\nevery_s = 600\n", auto.display());
    let mut hub = Managed::start(&world, &section).unwrap();
    hub.publish("T-001", 1.0).unwrap();
    until("the first value", GUARD, || hub.hub.latest("T-001", "x")).unwrap();
    let place = world.path("backup");
    backup(&hub, &place);
    let publisher = hub.publisher(500).unwrap();
    until("younger readings", GUARD, || hub.rows().ok().filter(|rows| rows.len() > 1_000)).unwrap();
    let stored: BTreeSet<Row> = hub.rows().unwrap().into_iter().collect();
    hub.hub.kill();
    hub.wait_gone().unwrap();
    drop(publisher);

    let wal = text(&auto.join("wal"));
    println!("E04 {}", restore(&place, &other.path("hub"), &["--wal", &wal]).lines().next().unwrap_or_default());
    let section = format!("[backup]\ndir = \"{}\"\nevery_s = 3\n", auto.display());
    let mut second = Managed::start(&other, &section).unwrap();
    let restored: BTreeSet<Row> = second.rows().unwrap().into_iter().collect();
    println!("E04 {} rows before the kill, {} restored", stored.len(), restored.len());
    assert_eq!(stored.difference(&restored).count(), 0);
    // the same hub goes on in the same folder of backups, on a timeline of its own
    let good = |view: &serde_json::Value| view["last_check"]["ok"] == true;
    until("a backup of the restored hub", GUARD, || second.hub.get("/api/v1/backups").ok().filter(good)).unwrap();
    second.publish("T-001", 4711.0).unwrap();
    until("it takes readings", GUARD, || second.hub.latest("T-001", "x").filter(|x| *x == 4711.0)).unwrap();
    second.hub.stop().unwrap();
    assert!(auto.join("wal/00000002.history").exists());

    let third = World::new().unwrap();
    let said = restore(&newest(&auto).unwrap(), &third.path("hub"), &["--wal", &wal]);
    println!("E04 {}", said.lines().next().unwrap_or_default());
    let third = Managed::start(&third, "").unwrap();
    assert!(third.rows().unwrap().iter().any(|row| row.4 == 4711 * 8), "the newest value came by the second timeline");
}

#[test]
fn automatic_backups_are_made_checked_and_the_old_ones_removed() {
    let world = World::new().unwrap();
    let auto = world.path("auto");
    let section = format!("[backup]\ndir = \"{}\"\nevery_s = 2\nkeep = 2\n", auto.display());
    let mut hub = Managed::start(&world, &section).unwrap();
    assert_eq!(hub.hub.get("/api/v1/backups").unwrap()["configured"], true);
    hub.publish("T-001", 7.0).unwrap();
    let names = || -> BTreeSet<String> {
        let entries =
            std::fs::read_dir(&auto).into_iter().flatten().filter_map(|entry| Some(text(&entry.ok()?.path())));
        entries.filter(|path| path.contains("/base-") && !path.ends_with(".part")).collect()
    };
    let mut seen = BTreeSet::new();
    until("four backups", GUARD * 2, || {
        seen.extend(names());
        (seen.len() >= 4).then_some(())
    })
    .unwrap();
    let good =
        |view: &serde_json::Value| view["last_check"]["ok"] == true && view["last_check"]["rows"]["reading"] == 1;
    let view = until("a good check", GUARD, || hub.hub.get("/api/v1/backups").ok().filter(good)).unwrap();
    println!("{view}");
    assert!(view["last"]["bytes"].as_u64().is_some_and(|bytes| bytes > 10_000_000), "{view}");
    assert!(view["failure"].is_null(), "{view}");
    until("old ones are removed", GUARD, || (names().len() <= 2).then_some(())).unwrap();
    let first = std::fs::read_dir(auto.join("wal")).unwrap().map(|entry| entry.unwrap().file_name()).min().unwrap();
    assert!(*first.to_string_lossy() > *"000000010000000000000002", "old WAL is removed: {first:?}");
    let metrics = hub.hub.get("/metrics").unwrap().to_string();
    for line in
        ["chengshu_backup_check_ok 1", "chengshu_backup_wal_ok 1", "chengshu_backup_last_success_timestamp_seconds 1"]
    {
        assert!(metrics.contains(line), "{line}");
    }
    let took = hub.hub.stop().unwrap();
    assert!(took < Duration::from_secs(10), "a backup under way does not hold up the end: {took:?}");
    closed_to_others(&auto).unwrap();

    // what is known survives a restart; a damaged backup is found
    hub.hub.up().unwrap();
    assert!(hub.hub.get("/api/v1/backups").unwrap()["last"]["at"].is_i64());
    hub.hub.stop().unwrap();
    let manifest = newest(&auto).unwrap().join("cluster/PG_VERSION");
    std::fs::write(manifest, "99\n").unwrap();
    let said = chengshu(&["backup", "--check", "--config", &text(&hub.config)]).unwrap();
    said.refused("cluster/PG_VERSION is damaged").unwrap();
}

#[test]
fn a_hub_that_does_not_run_is_backed_up_with_its_spool() {
    let world = World::new().unwrap();
    let mut hub = Managed::start(&world, "").unwrap();
    hub.publish("T-001", 7.0).unwrap();
    until("a value", GUARD, || hub.hub.latest("T-001", "x")).unwrap();
    hub.hub.stop().unwrap();
    // what a hub that was killed while its database was away leaves
    std::fs::create_dir_all(hub.data.join("spool")).unwrap();
    std::fs::write(hub.data.join("spool/0001.segment"), "acknowledged").unwrap();
    let place = world.path("backup");
    println!("{}", backup(&hub, &place));
    assert!(!hub.data.join("postgres/postmaster.pid").exists(), "its database is stopped again");
    let data = world.path("restored");
    println!("{}", restore(&place, &data, &[]));
    assert_eq!(std::fs::read_to_string(data.join("spool/0001.segment")).unwrap(), "acknowledged");
    assert!(std::fs::read_to_string(data.join("restored-config/chengshu.toml")).unwrap().contains("broker_listen"));
    closed_to_others(&data).unwrap();
    assert!(!data.join("restore-unfinished").exists() && !data.join("backups.json").exists());
}

#[test]
fn e04_what_only_the_spool_has_is_in_the_backup() {
    let (world, other) = (World::new().unwrap(), World::new().unwrap());
    let mut hub = Managed::start(&world, "").unwrap();
    hub.publish("T-001", 1.0).unwrap();
    until("a value", GUARD, || hub.hub.latest("T-001", "x")).unwrap();
    hub.freeze(true).unwrap();
    hub.publish("T-001", 2.0).unwrap();
    let away =
        || hub.hub.ask("/readyz", None).ok().filter(|(status, body)| *status == 503 && body.contains("database_down"));
    until("the database is away", GUARD, away).unwrap();
    let publisher = hub.publisher(500).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let owed = publisher.finish();
    until("the hub has spooled", GUARD, || {
        (hub.hub.get("/api/v1/status").ok()?["spool"]["readings"].as_u64()? > 500).then_some(())
    })
    .unwrap();
    hub.hub.kill();
    hub.freeze(false).unwrap();
    hub.wait_gone().unwrap();

    let place = world.path("backup");
    backup(&hub, &place);
    assert!(walk(&place.join("data/spool")).iter().any(|path| path.metadata().unwrap().len() > 10_000), "the spool");
    restore(&place, &other.path("hub"), &[]);
    let second = Managed::start(&other, "").unwrap();
    until("everything that was acknowledged has been drained", GUARD, || {
        let rows = second.rows().ok()?;
        let numbers: Vec<u64> = rows.iter().filter_map(|row| Obligation::number(&row.0, row.4 as f64 / 8.0)).collect();
        let stored: HashSet<u64> = numbers.iter().copied().collect();
        (numbers.len() == stored.len() && owed.is_subset(&stored)).then_some(())
    })
    .unwrap();
    println!("E04 {} readings came back from the spool and the broker's queue", owed.len());
    assert!(owed.len() > 500, "{}", owed.len());
}

#[test]
fn an_external_database_is_backed_up_if_the_role_may() {
    let world = World::new().unwrap();
    let database = Database::start(&world).unwrap();
    let broker = Broker::start(&world).unwrap();
    let hub = Hub::start(&world, &database, &broker).unwrap();
    database.execute("CREATE ROLE plain LOGIN; GRANT ALL ON SCHEMA public TO plain").unwrap();
    let config = text(&world.path("chengshu.toml"));
    let place = text(&world.path("backup"));
    let said = chengshu(&["backup", "--check", "--to", &place, "--config", &config]).unwrap().done().unwrap();
    println!("{said}");
    let data = world.path("restored");
    let said = restore(Path::new(&place), &data, &[]);
    assert!(said.contains("the database was an external one"), "{said}");
    for key in ["local.key", "secret.key"] {
        let of = |dir: &Path| std::fs::read_to_string(dir.join(key)).unwrap();
        assert_eq!(of(&data), of(hub.data()), "{key}");
    }

    let text = std::fs::read_to_string(&config).unwrap().replace("postgres://chengshu:none@", "postgres://plain:none@");
    std::fs::write(&config, text).unwrap();
    let place = world.path("second").to_string_lossy().into_owned();
    let said = chengshu(&["backup", "--to", &place, "--config", &config]).unwrap();
    said.refused("ALTER ROLE \"plain\" REPLICATION").unwrap();
}
