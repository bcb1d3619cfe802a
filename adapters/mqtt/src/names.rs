//! Names that were seen before, so that a message of a known device allocates nothing for its names. Bounded: when a
//! flood of new names fills it, it starts anew.

use std::sync::Arc;

use chengshu_core::model::{BadName, DeviceId, MetricId, ThemeId, Timestamp};
use rustc_hash::FxHashMap;

const TOPICS_MAX: usize = 500_000;
const METRICS_MAX: usize = 10_000;

/// What a topic is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Telemetry,
    Event,
    Status,
    /// What a device answers to a command.
    Reply,
    /// What the hub itself publishes.
    Outbound,
}

/// A topic, taken apart: `city/{theme}/{device}/{channel}`.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) theme: ThemeId,
    pub(crate) device: DeviceId,
    pub(crate) channel: Channel,
    pub(crate) topic: Arc<str>,
}

/// How far times of arrival may run ahead of the clock, ms.
const AHEAD_MS: i64 = 1_000;

/// A topic that was seen before.
struct Known {
    address: Address,
    /// The newest time of arrival that stood for a time of measuring.
    arrival: Timestamp,
}

#[derive(Default)]
pub(crate) struct Names {
    topics: FxHashMap<Arc<str>, Known>,
    metrics: FxHashMap<Box<str>, MetricId>,
}

impl Names {
    pub(crate) fn address(&mut self, topic: &str) -> Result<&Address, String> {
        if !self.topics.contains_key(topic) {
            let address = parse(topic)?;
            if self.topics.len() >= TOPICS_MAX {
                self.topics.clear();
            }
            let arrival = Timestamp::from_ms(i64::MIN);
            self.topics.insert(address.topic.clone(), Known { address, arrival });
        }
        self.topics.get(topic).map(|known| &known.address).ok_or_else(|| "topic vanished".to_owned())
    }

    /// The time of something that came at `received` without a time of its own. Two that come within one millisecond are
    /// two measurements, not one that contradicts itself: the later one is a millisecond later.
    pub(crate) fn arrival(&mut self, topic: &str, received: Timestamp) -> Timestamp {
        let Some(Known { arrival, .. }) = self.topics.get_mut(topic) else { return received };
        let ahead = arrival.ms().saturating_sub(received.ms());
        *arrival = if (0..AHEAD_MS).contains(&ahead) { Timestamp::from_ms(arrival.ms() + 1) } else { received };
        *arrival
    }

    pub(crate) fn metric(&mut self, name: &str) -> Result<MetricId, BadName> {
        if let Some(known) = self.metrics.get(name) {
            return Ok(known.clone());
        }
        let metric = MetricId::parse(name)?;
        if self.metrics.len() >= METRICS_MAX {
            self.metrics.clear();
        }
        self.metrics.insert(name.into(), metric.clone());
        Ok(metric)
    }
}

fn parse(topic: &str) -> Result<Address, String> {
    const EXPECTED: &str = "expected city/{theme}/{device}/telemetry, event, status or reply";
    let mut parts = topic.split('/');
    let (Some("city"), Some(theme), Some(device), Some(channel), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(format!("topic has not four parts that begin with city; {EXPECTED}"));
    };
    let channel = match channel {
        "telemetry" => Channel::Telemetry,
        "event" => Channel::Event,
        "status" => Channel::Status,
        "reply" => Channel::Reply,
        "alarm" | "command" => Channel::Outbound,
        other => return Err(format!("the last part of the topic is {other:?}; {EXPECTED}")),
    };
    let theme = ThemeId::parse(theme).map_err(|error| error.to_string())?;
    let device = DeviceId::parse(device).map_err(|error| error.to_string())?;
    Ok(Address { theme, device, channel, topic: topic.into() })
}
