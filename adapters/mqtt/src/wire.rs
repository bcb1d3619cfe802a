//! The two versions of the protocol behind one shape. Owns the event loop of rumqttc; nobody else writes to the
//! connection. Answers to rumqttc's traps (0.25.1): acknowledgements are written by this owner, many to a flush
//! (3.1.1) or through a channel that is larger than any window (5); what a dead connection still yields is cleared.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::v5::mqttbytes as m5;
use rumqttc::{TlsConfiguration, Transport, v5};

use crate::config::{MqttConfig, MqttVersion};

/// More than a broker may have in flight to us (packet ids are 16 bits).
const REQUESTS: usize = 70_000;
/// rumqttc ends the connection at a larger packet, and the broker would send it again for ever: so take anything that
/// MQTT allows and let the codec refuse it.
const PACKET_MAX: usize = 268_435_455;
const KEEP_ALIVE: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT_S: u64 = 10;
/// How long the broker shall keep the session of a hub that is away, seconds (MQTT 5).
const SESSION_S: u32 = 7 * 86_400;

/// What came.
pub(crate) enum Got {
    Connected {
        session_present: bool,
    },
    Publish(Incoming),
    /// Which of the filters the broker refused, if any.
    Subscribed {
        refused: Option<usize>,
    },
    Disconnected(Lost),
    /// A publish of ours is on the wire under this number.
    Published(u16),
    /// The broker has it.
    Acknowledged(u16),
    Other,
}

/// Why there is no connection any more.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) how: How,
    /// The words of whoever said no.
    pub(crate) words: String,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Somebody else came with the same client id: the broker says so (MQTT 5, 0x8E).
    TakenOver,
    /// The broker closed it without a word: with MQTT 3.1.1 that is how a session is taken over, too.
    Closed,
    /// Otherwise.
    Otherwise,
}

impl From<String> for Lost {
    fn from(words: String) -> Self {
        Self { how: How::Otherwise, words }
    }
}

/// A message; the packet id is 0 when no answer is wanted (QoS 0).
pub(crate) struct Incoming {
    pub(crate) topic: Bytes,
    pub(crate) payload: Bytes,
    pub(crate) retained: bool,
    pub(crate) packet: u16,
}

pub(crate) enum Wire {
    V311(Box<rumqttc::EventLoop>, rumqttc::AsyncClient),
    V5(Box<v5::EventLoop>, v5::AsyncClient),
}

impl Wire {
    pub(crate) fn new(config: &MqttConfig) -> Self {
        match config.version {
            MqttVersion::V311 => {
                let mut options = rumqttc::MqttOptions::new(&config.client_id, address(config), config.port);
                options.set_clean_session(false).set_manual_acks(true).set_keep_alive(KEEP_ALIVE);
                options.set_max_packet_size(PACKET_MAX, PACKET_MAX);
                if let Some((user, password)) = &config.login {
                    options.set_credentials(user, password);
                }
                if let Some(transport) = transport(config) {
                    options.set_transport(transport);
                }
                let (client, mut events) = rumqttc::AsyncClient::new(options, REQUESTS);
                events.network_options.set_tcp_nodelay(true);
                events.network_options.set_connection_timeout(CONNECT_TIMEOUT_S);
                Self::V311(Box::new(events), client)
            }
            MqttVersion::V5 => {
                let mut options = v5::MqttOptions::new(&config.client_id, address(config), config.port);
                options.set_clean_start(false).set_manual_acks(true).set_keep_alive(KEEP_ALIVE);
                options.set_session_expiry_interval(Some(SESSION_S)).set_connection_timeout(CONNECT_TIMEOUT_S);
                if let Some((user, password)) = &config.login {
                    options.set_credentials(user, password);
                }
                if let Some(transport) = transport(config) {
                    options.set_transport(transport);
                }
                let (client, events) = v5::AsyncClient::new(options, REQUESTS);
                Self::V5(Box::new(events), client)
            }
        }
    }

    /// The broker shall keep nothing of this session when it ends.
    pub(crate) fn forgettable(&mut self) {
        match self {
            Self::V311(events, _) => drop(events.mqtt_options.set_clean_session(true)),
            Self::V5(events, _) => drop(events.options.set_clean_start(true).set_session_expiry_interval(None)),
        }
    }

    /// The next thing that comes; safe to cancel. Connects first when there is no connection.
    pub(crate) async fn poll(&mut self) -> Result<Got, Lost> {
        match self {
            Self::V311(events, _) => events.poll().await.map(got_v311).map_err(|error| lost_v311(&error)),
            Self::V5(events, _) => events.poll().await.map(got_v5).map_err(|error| lost_v5(&error)),
        }
    }

    /// What was read together with the last one.
    pub(crate) fn buffered(&mut self) -> Option<Got> {
        match self {
            Self::V311(events, _) => events.state.events.pop_front().map(got_v311),
            Self::V5(events, _) => events.state.events.pop_front().map(got_v5),
        }
    }

    /// Subscribes to all of `filters` at once.
    pub(crate) fn subscribe(&self, filters: Vec<String>) -> Result<(), String> {
        match self {
            Self::V311(_, client) => {
                let filter = |path| rumqttc::SubscribeFilter::new(path, rumqttc::QoS::AtLeastOnce);
                client.try_subscribe_many(filters.into_iter().map(filter)).map_err(|e| e.to_string())
            }
            Self::V5(_, client) => {
                let filter = |path| m5::v5::Filter::new(path, m5::QoS::AtLeastOnce);
                client.try_subscribe_many(filters.into_iter().map(filter)).map_err(|e| e.to_string())
            }
        }
    }

    /// Publishes; [`Got::Published`] and [`Got::Acknowledged`] tell how it goes.
    pub(crate) fn publish(&self, topic: String, payload: Vec<u8>) -> Result<(), String> {
        match self {
            Self::V311(_, client) => {
                client.try_publish(topic, rumqttc::QoS::AtLeastOnce, false, payload).map_err(|error| error.to_string())
            }
            Self::V5(_, client) => {
                client.try_publish(topic, m5::QoS::AtLeastOnce, false, payload).map_err(|error| error.to_string())
            }
        }
    }

    /// Acknowledges, in this order.
    pub(crate) async fn acknowledge(&mut self, packets: &[u16]) -> Result<(), String> {
        match self {
            Self::V311(events, _) => {
                let Some(network) = events.network.as_mut() else { return Ok(()) };
                for packet in packets {
                    let ack = rumqttc::Packet::PubAck(rumqttc::PubAck::new(*packet));
                    network.write(ack).await.map_err(|error| chain(&error))?;
                }
                network.flush().await.map_err(|error| chain(&error))
            }
            Self::V5(_, client) => {
                for packet in packets {
                    let publish = m5::v5::Publish { pkid: *packet, qos: m5::QoS::AtLeastOnce, ..Default::default() };
                    client.try_ack(&publish).map_err(|error| error.to_string())?;
                }
                Ok(())
            }
        }
    }

    /// Forgets everything of the connection that is gone.
    pub(crate) fn reset(&mut self) {
        match self {
            Self::V311(events, _) => {
                events.clean();
                events.pending.clear();
                events.state.events.clear();
                events.state.collision = None; // clean() forgets it, and waits for an answer that cannot come
            }
            Self::V5(events, _) => {
                events.clean();
                events.pending.clear();
                events.state.events.clear();
                events.state.collision = None; // clean() forgets it, and waits for an answer that cannot come
            }
        }
    }

    /// Says goodbye; the broker keeps the session.
    pub(crate) async fn disconnect(&mut self) {
        match self {
            Self::V311(events, _) => {
                if let Some(network) = events.network.as_mut() {
                    let _ = network.write(rumqttc::Packet::Disconnect).await;
                    let _ = network.flush().await; // a broker that no longer listens needs no goodbye
                }
            }
            Self::V5(events, client) => {
                // acknowledgements wait in the channel before the goodbye: poll until it has been written
                let _ = client.try_disconnect();
                while let Ok(event) = events.poll().await {
                    if matches!(event, v5::Event::Outgoing(rumqttc::Outgoing::Disconnect)) {
                        break;
                    }
                }
            }
        }
    }
}

/// Host name, or where the socket is.
fn address(config: &MqttConfig) -> String {
    config.socket.as_ref().map_or_else(|| config.host.clone(), |socket| socket.to_string_lossy().into_owned())
}

fn transport(config: &MqttConfig) -> Option<Transport> {
    if config.socket.is_some() {
        return Some(Transport::unix());
    }
    let tls = config.tls.as_ref()?;
    Some(Transport::Tls(TlsConfiguration::Simple { ca: tls.ca.clone(), alpn: None, client_auth: tls.client.clone() }))
}

fn got_v311(event: rumqttc::Event) -> Got {
    use rumqttc::{Event, Packet, QoS, SubscribeReasonCode};
    match event {
        Event::Incoming(Packet::Publish(publish)) => Got::Publish(Incoming {
            topic: Bytes::from(publish.topic),
            payload: publish.payload,
            retained: publish.retain,
            packet: if publish.qos == QoS::AtMostOnce { 0 } else { publish.pkid },
        }),
        Event::Incoming(Packet::ConnAck(ack)) => Got::Connected { session_present: ack.session_present },
        Event::Incoming(Packet::SubAck(ack)) => {
            Got::Subscribed { refused: ack.return_codes.iter().position(|code| *code == SubscribeReasonCode::Failure) }
        }
        Event::Incoming(Packet::PubAck(ack)) => Got::Acknowledged(ack.pkid),
        Event::Outgoing(rumqttc::Outgoing::Publish(packet)) => Got::Published(packet),
        Event::Incoming(Packet::Disconnect) => {
            Got::Disconnected(Lost { how: How::Closed, words: "the broker ended the connection".to_owned() })
        }
        _ => Got::Other,
    }
}

fn got_v5(event: v5::Event) -> Got {
    use m5::v5::{Packet, SubscribeReasonCode};
    match event {
        v5::Event::Incoming(Packet::Publish(publish)) => Got::Publish(Incoming {
            topic: publish.topic,
            payload: publish.payload,
            retained: publish.retain,
            packet: if publish.qos == m5::QoS::AtMostOnce { 0 } else { publish.pkid },
        }),
        v5::Event::Incoming(Packet::ConnAck(ack)) => Got::Connected { session_present: ack.session_present },
        v5::Event::Incoming(Packet::SubAck(ack)) => Got::Subscribed {
            refused: ack.return_codes.iter().position(|code| !matches!(code, SubscribeReasonCode::Success(_))),
        },
        v5::Event::Incoming(Packet::PubAck(ack)) => Got::Acknowledged(ack.pkid),
        v5::Event::Outgoing(rumqttc::Outgoing::Publish(packet)) => Got::Published(packet),
        v5::Event::Incoming(Packet::Disconnect(goodbye)) => {
            let words = format!("the broker ended the connection: {:?}", goodbye.reason_code);
            Got::Disconnected(Lost { how: how(goodbye.reason_code), words })
        }
        _ => Got::Other,
    }
}

fn lost_v311(error: &rumqttc::ConnectionError) -> Lost {
    use rumqttc::{ConnectionError, StateError};
    let closed = matches!(error, ConnectionError::MqttState(StateError::ConnectionAborted));
    Lost { how: if closed { How::Closed } else { How::Otherwise }, words: chain(error) }
}

fn lost_v5(error: &v5::ConnectionError) -> Lost {
    use v5::{ConnectionError, StateError};
    let how = match error {
        ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, .. }) => how(*reason_code),
        ConnectionError::MqttState(StateError::ConnectionAborted) => How::Closed,
        _ => How::Otherwise,
    };
    Lost { how, words: chain(error) }
}

fn how(code: m5::v5::DisconnectReasonCode) -> How {
    if code == m5::v5::DisconnectReasonCode::SessionTakenOver { How::TakenOver } else { How::Otherwise }
}

/// The whole chain of causes: rumqttc says only "I/O" at the top.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
