//! One MQTT connection of one or of many simulated devices: opened gently, kept up, and lost now and then. It sends at
//! QoS 1 with a small window and keeps nothing for later: what a lost link swallowed stays lost, as with a cheap station.

use std::time::Duration;

use chengshu_core::seam::SharedClock;
use rumqttc::{AsyncClient, ClientError, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Packet, QoS};

use crate::kinds::SimKind;
use crate::noise::Noise;
use crate::payload::{GONE, birth, status_topic, telemetry, telemetry_topic};
use crate::plan::{Habit, SimDevice};
use crate::schedule::Schedule;
use crate::shared::Shared;

const BACK_OFF_MS: (f64, f64) = (500.0, 15_000.0);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How a flapping device's connection lives and how long it is away, ms.
const FLAP_UP_MS: (f64, f64) = (180_000.0, 480_000.0);
const FLAP_DOWN_MS: (f64, f64) = (8_000.0, 25_000.0);
/// The same for a gateway: seldom, and long enough that its children are missed.
const GATEWAY_UP_MS: (f64, f64) = (900_000.0, 1_800_000.0);
const GATEWAY_DOWN_MS: (f64, f64) = (240_000.0, 480_000.0);

/// A connection and who speaks over it.
pub(crate) struct Link {
    /// Its number; connections are opened in this order, one every few milliseconds.
    pub(crate) number: usize,
    /// The last will speaks for the first; where that one flaps, all of them fall with it.
    pub(crate) devices: Vec<SimDevice>,
}

/// Why a connection ended.
enum End {
    /// It had lived long enough: a flapping device lets it fall without a word.
    LetFall,
    Failed(ConnectionError),
    Client(ClientError),
}

impl Link {
    /// Keeps the connection up for ever; ends only by being dropped, which the broker answers with the last will.
    pub(crate) async fn keep(self, shared: Shared) {
        let mut noise = Noise::new(shared.config.seed, 0x4c49_4e4b ^ ((self.number as u64) << 20));
        wait(&shared.clock, self.number as f64 * 10.0).await;
        let mut failures = 0_i32;
        loop {
            let pause = match self.live(&shared, &mut noise, &mut failures).await {
                End::LetFall => {
                    let (low, high) = if self.is_gateway() { GATEWAY_DOWN_MS } else { FLAP_DOWN_MS };
                    noise.between(low, high)
                }
                End::Failed(error) => self.failed(&shared, &error, &mut noise, &mut failures),
                End::Client(error) => self.failed(&shared, &error, &mut noise, &mut failures),
            };
            wait(&shared.clock, pause).await;
        }
    }

    /// Notes a failure and says how long to wait, ms: doubling, capped, and never in step with the others.
    fn failed(&self, shared: &Shared, error: &dyn std::error::Error, noise: &mut Noise, failures: &mut i32) -> f64 {
        tracing::debug!(link = self.number, error = %error, "a simulated link failed");
        shared.tally.failed(error);
        let longest = (BACK_OFF_MS.0 * 2.0_f64.powi(*failures)).min(BACK_OFF_MS.1);
        *failures = failures.saturating_add(1).min(16);
        longest * noise.between(0.5, 1.0)
    }

    /// One life of the connection.
    async fn live(&self, shared: &Shared, noise: &mut Noise, failures: &mut i32) -> End {
        let Some(options) = self.options(shared) else { return End::LetFall };
        let (client, mut events) = AsyncClient::new(options, self.window().into());
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(_))) => break,
                Ok(_) => {}
                Err(error) => return End::Failed(error),
            }
        }
        *failures = 0;
        let _up = shared.tally.up();
        let flaps = self.devices.first().is_some_and(|device| device.habit == Habit::Flapping);
        let (low, high) = if self.is_gateway() { GATEWAY_UP_MS } else { FLAP_UP_MS };
        let life = if flaps { noise.between(low, high) } else { f64::INFINITY };
        let schedule = Schedule::new(&self.devices, noise.clone(), shared.monotonic_ms());
        tokio::select! {
            error = listen(&mut events) => End::Failed(error),
            error = self.talk(shared, &client, schedule) => End::Client(error),
            () = wait(&shared.clock, life) => End::LetFall,
        }
    }

    /// Births first, then values for ever. Waits while the window is full.
    async fn talk(&self, shared: &Shared, client: &AsyncClient, mut schedule: Schedule) -> ClientError {
        for device in &self.devices {
            if let Err(error) = client.publish(status_topic(device), QoS::AtLeastOnce, true, birth(device)).await {
                return error;
            }
        }
        loop {
            let Some((due, index)) = schedule.next() else { std::future::pending().await };
            wait(&shared.clock, due.saturating_sub(shared.monotonic_ms()) as f64).await;
            let Some(device) = self.devices.get(index) else { std::future::pending().await };
            let urgent = shared.is_urgent(device.index);
            if schedule.speaks(urgent) {
                let text = telemetry(shared.clock.now(), &shared.values(device.index));
                if let Err(error) = client.publish(telemetry_topic(device), QoS::AtLeastOnce, false, text).await {
                    return error;
                }
                shared.tally.sent();
            }
            schedule.looked(&self.devices, shared.monotonic_ms(), urgent);
        }
    }

    fn is_gateway(&self) -> bool {
        self.devices.first().is_some_and(|device| device.kind == SimKind::Transmitter)
    }

    /// Messages that may be under way unacknowledged.
    fn window(&self) -> u16 {
        if self.devices.len() == 1 { 4 } else { 20 }
    }

    fn options(&self, shared: &Shared) -> Option<MqttOptions> {
        let first = self.devices.first()?;
        let id =
            if self.devices.len() == 1 { format!("sim-{}", first.id) } else { format!("sim-group-{}", self.number) };
        let config = &shared.config;
        let mut options = MqttOptions::new(id, config.host.as_str(), config.port);
        options.set_keep_alive(KEEP_ALIVE).set_clean_session(true).set_inflight(self.window());
        options.set_last_will(LastWill::new(status_topic(first), GONE, QoS::AtLeastOnce, true));
        if !config.user.is_empty() {
            options.set_credentials(config.user.as_str(), config.password.as_str());
        }
        Some(options)
    }
}

/// Keeps the connection moving until it fails.
async fn listen(events: &mut EventLoop) -> ConnectionError {
    loop {
        if let Err(error) = events.poll().await {
            return error;
        }
    }
}

/// Waits so many milliseconds; for ever, if they are infinitely many.
async fn wait(clock: &SharedClock, ms: f64) {
    if ms.is_finite() {
        clock.sleep(Duration::from_millis(ms as u64)).await;
    } else {
        std::future::pending().await
    }
}
