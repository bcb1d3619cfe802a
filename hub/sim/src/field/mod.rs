//! Stations that speak to the hub directly, in the field's own protocols: SL 651, GB/T 26875.3, HJ 212, over real sockets. They
//! stand beside devices of the district and measure what those measure. None of these protocols tells where a device
//! stands: people enter that, and here a table does.

mod cast;
mod register;
mod voice;

use std::net::SocketAddr;

pub(crate) use cast::cast;
pub(crate) use register::table;
pub(crate) use voice::Voice;

/// A protocol of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldProtocol {
    /// SL 651-2014: 40 stations.
    Sl651,
    /// GB/T 26875.3-2011: 30 transmission devices with two detectors each.
    Gb26875,
    /// HJ 212-2017: 30 dust and noise monitors.
    Hj212,
}

impl FieldProtocol {
    /// The protocol of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "sl651" => Some(Self::Sl651),
            "gb26875" => Some(Self::Gb26875),
            "hj212" => Some(Self::Hj212),
            _ => None,
        }
    }
}

/// Where the hub listens for a protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldLine {
    /// What is spoken.
    pub protocol: FieldProtocol,
    /// Where, over TCP.
    pub address: SocketAddr,
}
