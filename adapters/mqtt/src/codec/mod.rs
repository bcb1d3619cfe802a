//! Bytes in, words out: a topic and a payload become a delivery. Pure, except that it remembers names it has seen;
//! whatever it cannot understand becomes a rejection with the reason, never an error and never a panic.

mod event;
mod object;
mod status;
mod telemetry;

use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, Limits, LinkId, Reason, Rejected, Timestamp};

use crate::names::{Channel, Names};

/// Decodes the messages of one link.
pub struct Codec {
    link: LinkId,
    limits: Limits,
    names: Names,
}

impl Codec {
    /// A codec for the messages of `link`.
    #[must_use]
    pub fn new(link: LinkId, limits: Limits) -> Self {
        Self { link, limits, names: Names::default() }
    }

    /// Decodes one message. `None` for topics that the hub itself publishes.
    pub fn decode(&mut self, topic: &str, payload: Bytes, retained: bool, received: Timestamp) -> Option<Delivery> {
        let mut delivery = Delivery {
            link: self.link.clone(),
            theme: None,
            received,
            source: Arc::from(""),
            raw: payload.clone(),
            readings: Vec::new(),
            events: Vec::new(),
            presence: None,
            births: Vec::new(),
            rejected: Vec::new(),
        };
        let address = match self.names.address(topic) {
            Ok(address) => address.clone(),
            Err(detail) => {
                delivery.source = topic.chars().take(200).collect::<String>().into();
                delivery.rejected.push(whole(Reason::TopicMalformed, detail));
                return Some(delivery);
            }
        };
        if address.channel == Channel::Outbound {
            return None;
        }
        delivery.theme = Some(address.theme.clone());
        delivery.source = address.topic.clone();
        if let Err((reason, detail)) = self.limits.size(payload.len()) {
            delivery.rejected.push(Rejected { device: Some(address.device), ..whole(reason, detail) });
            return Some(delivery);
        }
        match address.channel {
            Channel::Telemetry => telemetry::decode(&mut delivery, &address, &mut self.names, self.limits, retained),
            Channel::Event => event::decode(&mut delivery, &address, self.limits),
            Channel::Status => status::decode(&mut delivery, &address),
            Channel::Reply => event::reply(&mut delivery, &address),
            Channel::Outbound => {}
        }
        Some(delivery)
    }
}

fn whole(reason: Reason, detail: String) -> Rejected {
    Rejected { device: None, metric: None, reason, detail }
}

#[cfg(test)]
mod tests;
