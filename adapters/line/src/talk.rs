//! The platform's side of a conversation with one peer: bytes in, acts out. Pure: time is handed in, and whatever shall
//! happen is said as an [`Act`] and done by the server.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chengshu_core::model::{CommandId, Delivery, DeviceId, Order, Progress, Timestamp};
use chengshu_core::seam::{NotDurable, Outcome, Picture};

/// What a talk calls something that it has handed over, until it hears what became of it.
pub type Token = u64;

/// What a talk wants done.
#[derive(Debug)]
pub enum Act {
    /// Hand this over. [`Talk::settled`] hears of it when it is durable, or when it cannot be.
    Deliver {
        /// By this name.
        token: Token,
        /// What arrived.
        delivery: Box<Delivery>,
        /// Kept first; the delivery gets an event `picture` for each, which names the evidence.
        pictures: Vec<Picture>,
    },
    /// Send these bytes to the peer.
    Send(Bytes),
    /// The peer speaks for this device: its commands come by this talk from now on.
    Speaks(DeviceId),
    /// How a command goes.
    Progress(CommandId, Progress),
    /// Count a deviation from the standard that was tolerated or a frame that was refused: protocol-wide stable code,
    /// e.g. `crc`, `length_field`.
    Count(&'static str),
    /// End the conversation: a stable code, and words for the log.
    Close(&'static str, String),
}

/// The acts that a talk is adding to, in their order.
pub type Acts = Vec<Act>;

/// One conversation (会话): over TCP one connection, over UDP one peer address.
pub trait Talk: Send {
    /// Takes from the front of `buffer` all that is complete and leaves what is not. Garbage is skipped and counted.
    /// Never leaves more than one unfinished frame; what the server does not get taken beyond its limit ends the talk.
    /// Over UDP the buffer holds one datagram, and what is left of it is dropped and counted.
    fn take(&mut self, buffer: &mut BytesMut, now: Timestamp, acts: &mut Acts);

    /// What became of a delivery. Only now may the peer hear that it arrived. Called once for each, in any order.
    fn settled(&mut self, token: Token, result: Result<Outcome, NotDurable>, now: Timestamp, acts: &mut Acts);

    /// A second has passed, or less: time-outs, resends, unfinished parts, clocks to be set.
    fn tick(&mut self, now: Timestamp, acts: &mut Acts);

    /// A command to a device that this talk speaks for. Answered by [`Act::Progress`], at once or later.
    fn order(&mut self, order: &Order, now: Timestamp, acts: &mut Acts);

    /// The conversation is over; `left` will never be a frame. What is pushed is still handed over, and nothing is sent.
    fn ended(&mut self, left: &[u8], now: Timestamp, acts: &mut Acts);

    /// How long the peer may be silent before the talk is over, ms. Asked again after every arrival: it may learn.
    fn silence_ms(&self) -> i64;
}

/// A protocol with its settings: begins talks.
pub trait Protocol: Send + Sync + 'static {
    /// A new peer. `source` is its address as it stands in ledgers and logs.
    fn talk(&self, peer: SocketAddr, source: Arc<str>, now: Timestamp) -> Box<dyn Talk>;
}
