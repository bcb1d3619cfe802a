//! What a field line needs to know. Read and checked in package `chengshu`; complete when it comes here.

use std::net::SocketAddr;
use std::time::Duration;

/// A listener of a field protocol.
#[derive(Debug, Clone)]
pub struct LineConfig {
    /// Where TCP is listened on, if at all.
    pub tcp: Option<SocketAddr>,
    /// Where UDP is listened on, if at all.
    pub udp: Option<SocketAddr>,
    /// How many peers there may be; one more is turned away and counted.
    pub peers_max: usize,
    /// A peer that has connected and says nothing for so long is turned away.
    pub first_word: Duration,
    /// Bytes of one peer that may wait to become a frame.
    pub unfinished_max: usize,
}

impl LineConfig {
    /// Nothing listened on, usual limits.
    #[must_use]
    pub const fn new() -> Self {
        Self { tcp: None, udp: None, peers_max: 20_000, first_word: Duration::from_secs(60), unfinished_max: 64 * 1024 }
    }
}

impl Default for LineConfig {
    fn default() -> Self {
        Self::new()
    }
}
