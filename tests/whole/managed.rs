//! A hub on embedded defaults: it makes and keeps its own database and broker, and leaves nothing behind.

use std::time::Duration;

use chengshu_tests::world::{GUARD, Hub, World, until};

#[test]
fn a_demo_moves_survives_a_kill_and_stops_in_time() {
    let world = World::new().unwrap();
    let (mut hub, ready) = Hub::demo(&world, 20).unwrap();
    for key in ["http", "mqtt", "mqtt_user", "mqtt_password", "database", "admin_key"] {
        assert!(ready[key].as_str().is_some_and(|text| !text.is_empty()), "{key} is missing in the ready file");
    }
    assert_eq!(hub.get("/api/v1/status").unwrap()["demo"], true);
    let live = |hub: &Hub| hub.get("/api/v1/status").ok()?["devices"]["live"].as_u64();
    until("simulated devices are live", GUARD, || live(&hub).filter(|live| *live >= 15)).unwrap();

    hub.kill();
    let (mut hub, _) = Hub::demo(&world, 20).unwrap();
    until("they are live again after a kill", GUARD, || live(&hub).filter(|live| *live >= 15)).unwrap();
    let took = hub.stop().unwrap();
    assert!(took < Duration::from_secs(10), "{took:?}");
    until("no managed part is left", Duration::from_secs(20), || {
        let output =
            std::process::Command::new("pgrep").args(["-f", &world.path("demo").to_string_lossy()]).output().ok()?;
        output.stdout.is_empty().then_some(())
    })
    .unwrap();
}
