//! Field lines (现场通信线路): what every field protocol shares. A protocol writes a [`Talk`], which is bytes in and acts
//! out, without a socket and without a clock; this crate keeps the connections, their limits and the order of answers.
//! It knows no protocol.

mod instrument;
mod talk;

pub use instrument::Instrument;
pub use talk::{Act, Acts, Picture, Protocol, Talk, Token};
