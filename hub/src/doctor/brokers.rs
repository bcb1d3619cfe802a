//! The brokers: does each let the hub in and let it read; and how long are the certificates good for.

use std::path::Path;

use chengshu_broker::HUB;
use chengshu_core::seam::SharedClock;
use chengshu_mqtt::{MqttConfig, knock};

use super::{Finding, PATIENCE, certificate};
use crate::config::{BrokerConfig, Config};
use crate::managed::mosquitto::SOCKET;
use crate::managed::postgres::socket_dir;
use crate::wiring;

/// What was found.
pub async fn look(config: &Config, data: &Path, clock: &SharedClock) -> Vec<Finding> {
    if config.brokers.is_empty() {
        return vec![managed(config, data, clock).await];
    }
    let mut findings = Vec::new();
    for broker in &config.brokers {
        findings.extend(external(config, broker, clock).await);
    }
    findings
}

async fn managed(config: &Config, data: &Path, clock: &SharedClock) -> Finding {
    let part = "broker main";
    let secret = match std::fs::read_to_string(data.join("mosquitto/hub.secret")) {
        Ok(secret) => secret.trim().to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Finding::note(part, "its password may not be read", "run the doctor as the hub's user or as root");
        }
        Err(_) => {
            return Finding::note(
                part,
                "the hub makes it at its first start",
                "start the hub (chengshu run), or name its data folder with --data",
            );
        }
    };
    let socket = match socket_dir(data) {
        Ok(dir) => dir.join(SOCKET),
        Err(error) => return Finding::bad(part, format!("{error:#}"), "run the doctor as the hub's user or as root"),
    };
    let mqtt = wiring::managed_mqtt(config, &socket, &(HUB.to_owned(), secret), "chengshu".to_owned());
    let cure = "the managed broker runs with the hub only; if the hub runs, its log says why mosquitto does not (journalctl -u chengshu)";
    ask(part, &mqtt, clock, cure).await
}

async fn external(config: &Config, broker: &BrokerConfig, clock: &SharedClock) -> Vec<Finding> {
    let part = format!("broker {}", broker.name);
    let mut findings = Vec::new();
    if let Some((chain, _)) = broker.tls.as_ref().and_then(|tls| tls.client.as_ref()) {
        let key = format!("broker.{}.client_cert_file", broker.name);
        findings.extend(certificate::look(&part, "the hub's certificate", &key, chain, clock.now()));
    }
    if let Some(ca) = broker.tls.as_ref().filter(|_| broker.own_ca).map(|tls| &tls.ca) {
        let key = format!("broker.{}.ca_file", broker.name);
        findings.extend(certificate::look(&part, "the authority's certificate", &key, ca, clock.now()));
    }
    let client_id = broker.client_id.clone().unwrap_or_else(|| format!("chengshu-{}", broker.name));
    let mqtt = wiring::mqtt(config, broker, client_id);
    let cure = format!(
        "is the broker up ({}:{}), and are url, user, password and ca_file of [[broker]] {:?} right? `mosquitto_sub` with the same tells",
        broker.host, broker.port, broker.name
    );
    findings.push(ask(&part, &mqtt, clock, &cure).await);
    findings
}

async fn ask(part: &str, mqtt: &MqttConfig, clock: &SharedClock, cure: &str) -> Finding {
    let answer = tokio::select! {
        answer = knock(mqtt) => answer,
        () = clock.sleep(PATIENCE) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    let tcp = || format!("{}:{}", mqtt.host, mqtt.port);
    let address = mqtt.socket.as_ref().map_or_else(tcp, |socket| socket.display().to_string());
    match answer {
        Ok(()) => Finding::good(part, format!("{address} lets the hub in and lets it read")),
        Err(words) => Finding::bad(part, format!("{address}: {words}"), cure),
    }
}
