//! The device's side of a protocol, for the simulated district, drills and tests. Pure like the platform's side: it says
//! what to send, and somebody else sends it.

use bytes::{Bytes, BytesMut};
use chengshu_core::model::Timestamp;

/// A simulated instrument (模拟设备) that speaks a field protocol as a real one does.
pub trait Instrument: Send {
    /// What it sends when it has connected: a log-in, a first heartbeat. Also begins unconfirmed reports anew.
    fn connected(&mut self, now: Timestamp) -> Vec<Bytes>;

    /// Reports values by the hub's metric names, e.g. `("level", 4.91)`. Kept and sent again until the platform confirms.
    fn report(&mut self, values: &[(&str, f64)], now: Timestamp) -> Vec<Bytes>;

    /// Takes what the platform sent from the front of `buffer`; returns what it answers. Obeys commands (its own clock,
    /// its own settings), so that a query is answered from what it last measured.
    fn hear(&mut self, buffer: &mut BytesMut, now: Timestamp) -> Vec<Bytes>;

    /// What is due: heartbeats, resends.
    fn tick(&mut self, now: Timestamp) -> Vec<Bytes>;

    /// Reports that the platform has not confirmed yet.
    fn unconfirmed(&self) -> usize;
}
