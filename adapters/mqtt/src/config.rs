//! What a broker connection needs to know. Read and checked in package `chengshu`; complete when it comes here.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use chengshu_core::model::{Delivery, LinkId, TimeLimits, Timestamp};

/// The version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MqttVersion {
    /// MQTT 3.1.1: acknowledgements go out many to a write. The faster one with rumqttc 0.25.
    V311,
    /// MQTT 5: acknowledgements go out one to a write.
    V5,
}

/// TLS with the broker.
#[derive(Debug, Clone)]
pub struct MqttTls {
    /// Certificates of the authorities that are believed, PEM.
    pub ca: Vec<u8>,
    /// The client's own certificate and key, PEM.
    pub client: Option<(Vec<u8>, Vec<u8>)>,
}

/// A message of somebody else's form: link, topic, payload, whether the broker had kept it, time of arrival. None when
/// nobody takes the topic.
pub type Foreign = Arc<dyn Fn(&LinkId, &str, Bytes, bool, Timestamp) -> Option<Delivery> + Send + Sync>;

/// Topics beside `city/#`, and what makes deliveries of their messages.
#[derive(Clone)]
pub struct Mapped {
    /// What is subscribed to, e.g. `application/+/device/+/event/up`.
    pub filters: Vec<String>,
    /// What reads it.
    pub decode: Foreign,
}

/// One broker.
#[derive(Clone)]
pub struct MqttConfig {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// A Unix socket instead of host and port.
    pub socket: Option<PathBuf>,
    /// Version of the protocol.
    pub version: MqttVersion,
    /// TLS, if any.
    pub tls: Option<MqttTls>,
    /// User and password.
    pub login: Option<(String, String)>,
    /// Stable over restarts: the broker keeps the session under it.
    pub client_id: String,
    /// Shared-subscription group, if several hubs share the load of one broker.
    pub group: Option<String>,
    /// A payload larger than this is set aside, bytes.
    pub payload_max: usize,
    /// Device times outside of these are rejected.
    pub times: TimeLimits,
    /// Topics of foreign form, if any are wanted.
    pub mapped: Option<Mapped>,
}

impl MqttConfig {
    /// What is subscribed to, all at once.
    pub(crate) fn filters(&self) -> Vec<String> {
        let mapped = self.mapped.iter().flat_map(|mapped| mapped.filters.iter());
        let all = std::iter::once("city/#").chain(mapped.map(String::as_str));
        let group = self.group.as_deref();
        all.map(|filter| group.map_or_else(|| filter.to_owned(), |group| format!("$share/{group}/{filter}"))).collect()
    }
}
