//! How a link to the outside is. The adapter writes it, screens and metrics read it; counting costs an atomic add.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::model::{LinkId, Timestamp};

/// What can be said of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// Connected and able to deliver.
    Up,
    /// Trying.
    Connecting,
    /// Not connected; waiting for the next try.
    Down,
}

impl LinkState {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Connecting => "connecting",
            Self::Down => "down",
        }
    }
}

/// The state of a link, since when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkReport {
    /// Up, connecting or down.
    pub state: LinkState,
    /// Since when it has been so.
    pub since: Timestamp,
    /// Why it is not up: a stable code, and the words of whoever said no.
    pub reason: Option<(&'static str, String)>,
}

/// One link: its report and what it has counted since the hub started.
#[derive(Debug)]
pub struct Link {
    /// Its identity, e.g. `mqtt:main`.
    pub id: LinkId,
    /// The kind of adapter, e.g. `mqtt`.
    pub kind: &'static str,
    /// Its name in the configuration.
    pub name: String,
    report: Mutex<LinkReport>,
    messages: AtomicU64,
    received: AtomicU64,
    in_flight: AtomicU64,
    peers: AtomicU64,
    /// What was tolerated, refused or ended, by its stable code.
    deviations: Mutex<BTreeMap<&'static str, u64>>,
    listening: Mutex<Vec<SocketAddr>>,
}

impl Link {
    /// A link that has not been tried yet.
    #[must_use]
    pub fn new(id: LinkId, kind: &'static str, name: String, now: Timestamp) -> Self {
        let report = LinkReport { state: LinkState::Connecting, since: now, reason: None };
        Self {
            id,
            kind,
            name,
            report: Mutex::new(report),
            messages: AtomicU64::new(0),
            received: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            peers: AtomicU64::new(0),
            deviations: Mutex::default(),
            listening: Mutex::default(),
        }
    }

    /// Reports a state; the moment is kept while the state stays the same.
    pub fn report(&self, state: LinkState, reason: Option<(&'static str, String)>, now: Timestamp) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if report.state != state {
            report.since = now;
        }
        report.state = state;
        report.reason = reason;
    }

    /// The last report.
    #[must_use]
    pub fn last_report(&self) -> LinkReport {
        self.report.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts a message that came by this link.
    pub fn count_message(&self) {
        self.messages.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts items at their hand-over: on its own, before anybody has looked at what becomes of them.
    pub(super) fn count_received(&self, items: u32) {
        self.received.fetch_add(u64::from(items), Ordering::Relaxed);
        self.in_flight.fetch_add(u64::from(items), Ordering::Relaxed);
    }

    /// Items that became durable.
    pub(super) fn count_settled(&self, items: u32) {
        self.in_flight.fetch_sub(u64::from(items), Ordering::Relaxed);
    }

    /// Items that were given up unanswered: their sender keeps them, and they will be received another time.
    pub(super) fn count_given_back(&self, items: u32) {
        self.received.fetch_sub(u64::from(items), Ordering::Relaxed);
        self.in_flight.fetch_sub(u64::from(items), Ordering::Relaxed);
    }

    /// Items handed over since the hub started, and those of them that are not durable yet.
    #[must_use]
    pub fn items(&self) -> (u64, u64) {
        (self.received.load(Ordering::Relaxed), self.in_flight.load(Ordering::Relaxed))
    }

    /// Messages that came since the hub started.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    /// How many peers there are now; of a link that listens.
    pub fn peers(&self, peers: usize) {
        self.peers.store(peers as u64, Ordering::Relaxed);
    }

    /// Peers that are connected; none of a link that does not listen.
    #[must_use]
    pub fn peer_count(&self) -> Option<u64> {
        let listens = !self.listening.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        listens.then(|| self.peers.load(Ordering::Relaxed))
    }

    /// It listens there.
    pub fn listens(&self, address: SocketAddr) {
        let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        if !listening.contains(&address) {
            listening.push(address);
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn listening(&self) -> Vec<SocketAddr> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts something that was tolerated, refused or ended, by a stable code of the protocol.
    pub fn count_deviation(&self, code: &'static str) {
        *self.deviations.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    /// What was counted so since the hub started.
    #[must_use]
    pub fn deviations(&self) -> BTreeMap<&'static str, u64> {
        self.deviations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
