//! External brokers as the field has them: TLS with client certificates, MQTT 5, shared subscriptions.

use chengshu_tests::world::{Broker, Database, GUARD, Hub, World, until};

fn reaches(section: impl Fn(&Broker) -> String, secure: bool) {
    let world = World::new().unwrap();
    let database = Database::start(&world).unwrap();
    let broker = if secure { Broker::start_tls(&world) } else { Broker::start(&world) }.unwrap();
    let config = format!("[database]\nurl = \"{}\"\n{}", database.url, section(&broker));
    let mut hub = Hub::with_config(&world, &config).unwrap();
    let mut command = std::process::Command::new("mosquitto_pub");
    command.args([
        "-h",
        "127.0.0.1",
        "-p",
        &broker.port.to_string(),
        "-q",
        "1",
        "-t",
        "city/test/B-1/telemetry",
        "-m",
        "{\"x\":7}",
    ]);
    assert!(command.status().unwrap().success());
    until("the value is there", GUARD, || hub.latest("B-1", "x")).unwrap();
    // what was acknowledged to the broker does not come again
    hub.stop().unwrap();
    hub.up().unwrap();
    assert_eq!(hub.get("/api/v1/links").unwrap()["links"][0]["messages"], 0);
}

#[test]
fn tls_with_a_client_certificate() {
    let section = |broker: &Broker| {
        let tls = broker.tls.as_ref().unwrap();
        format!(
            "[[broker]]\nurl = \"mqtts://localhost:{}\"\nca_file = \"{}\"\nclient_cert_file = \"{}\"\nclient_key_file = \"{}\"\n",
            tls.port,
            tls.ca.display(),
            tls.client_cert.display(),
            tls.client_key.display()
        )
    };
    reaches(section, true);
}

#[test]
fn mqtt_5() {
    reaches(|broker| broker.section("version = \"5\""), false);
}

#[test]
fn a_shared_subscription() {
    reaches(|broker| broker.section("group = \"hubs\""), false);
}
