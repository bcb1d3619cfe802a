//! A publisher with a memory: what it has published, and what the broker has acknowledged. Values are a function of the
//! number, so that a stored row can be told to be right without keeping it.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rumqttc::{Client, Event, MqttOptions, Outgoing, Packet, QoS};

/// Devices that take turns.
const DEVICES: u64 = 50;

/// What the hub owes: number n was acknowledged by the broker, so its value must be stored.
pub struct Obligation;

impl Obligation {
    pub fn device(n: u64) -> String {
        format!("T-{:03}", n % DEVICES)
    }

    /// Exactly representable, so that nothing is lost on the way.
    pub fn value(n: u64) -> f64 {
        n as f64 / 8.0
    }

    /// The number of a stored row, if it is one that was ever published by that device.
    pub fn number(device: &str, value: f64) -> Option<u64> {
        let n = (value * 8.0) as u64;
        (Self::value(n) == value && Self::device(n) == device).then_some(n)
    }
}

/// Publishes all of `messages` with QoS 1 and waits for the broker's word on each.
pub fn publish_all(port: u16, messages: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    let mut options = MqttOptions::new("input", "127.0.0.1", port);
    options.set_inflight(1_000).set_max_packet_size(64 << 20, 64 << 20);
    let (client, mut connection) = Client::new(options, 1_000);
    let sent = messages.to_vec();
    let sender = std::thread::spawn(move || {
        for (topic, payload) in sent {
            let _ = client.publish(topic, QoS::AtLeastOnce, false, payload); // a lost one is missed below
        }
        client // kept until everything has been acknowledged
    });
    let mut left = messages.len();
    for event in connection.iter() {
        if let Event::Incoming(Packet::PubAck(_)) = event? {
            left -= 1;
        }
        if left == 0 {
            break;
        }
    }
    drop(sender.join());
    Ok(())
}

/// Publishes at a rate in its own thread until it is stopped.
pub struct Publisher {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<HashSet<u64>>>,
    published: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Publisher {
    pub fn start(port: u16, per_second: u64) -> Self {
        Self::start_as(port, per_second, None)
    }

    /// With a user and a password.
    pub fn start_as(port: u16, per_second: u64, login: Option<(&str, &str)>) -> Self {
        let mut options = MqttOptions::new("oracle", "127.0.0.1", port);
        if let Some((user, password)) = login {
            options.set_credentials(user, password);
        }
        options.set_keep_alive(Duration::from_secs(30)).set_inflight(5_000).set_clean_session(false);
        let (client, mut connection) = Client::new(options, 10_000);
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(Mutex::new(HashSet::new()));
        let published = Arc::new(AtomicU64::new(0));
        let (ended, seen, count) = (stop.clone(), acknowledged.clone(), published.clone());
        let base =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let sender = std::thread::spawn(move || {
            let start = Instant::now();
            let mut n = 0u64;
            while !ended.load(Ordering::Relaxed) {
                let due = (start.elapsed().as_secs_f64() * per_second as f64) as u64;
                while n < due {
                    // a time of its own for every number: two of one device must not share a key
                    let at = base + n * 1_000 / per_second;
                    let payload = format!(
                        "{{\"ts\":{},\"values\":{{\"x\":{}}}}}",
                        at.max(base + n / DEVICES),
                        Obligation::value(n)
                    );
                    if client
                        .publish(
                            format!("city/test/{}/telemetry", Obligation::device(n)),
                            QoS::AtLeastOnce,
                            false,
                            payload,
                        )
                        .is_err()
                    {
                        return;
                    }
                    n += 1;
                    count.store(n, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            // everything before it has been sent when this is
            let _ = client.disconnect();
        });
        let receiver = std::thread::spawn(move || {
            let mut numbers = HashMap::new();
            let mut next = 0u64;
            for event in connection.iter() {
                match event {
                    // numbers go out in order; a repetition after a reconnect keeps its packet id
                    Ok(Event::Outgoing(Outgoing::Publish(packet))) => {
                        if let Entry::Vacant(slot) = numbers.entry(packet) {
                            slot.insert(next);
                            next += 1;
                        }
                    }
                    Ok(Event::Incoming(Packet::PubAck(ack))) => {
                        if let Some(n) = numbers.remove(&ack.pkid) {
                            seen.lock().expect("nobody panics with it").insert(n);
                        }
                    }
                    Ok(Event::Outgoing(Outgoing::Disconnect)) => return,
                    Ok(_) => {}
                    Err(_) => std::thread::sleep(Duration::from_millis(100)),
                }
            }
        });
        Self { stop, acknowledged, published, threads: vec![sender, receiver] }
    }

    pub fn published(&self) -> u64 {
        self.published.load(Ordering::Relaxed)
    }

    /// How many the broker has acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.lock().expect("nobody panics with it").len() as u64
    }

    /// Stops and answers the numbers that the broker has acknowledged.
    pub fn finish(mut self) -> HashSet<u64> {
        std::thread::sleep(Duration::from_millis(500)); // the last acknowledgements are on their way
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        std::mem::take(&mut self.acknowledged.lock().expect("nobody panics with it"))
    }
}
