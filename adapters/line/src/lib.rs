//! Field lines (现场通信线路): what every field protocol shares. A protocol writes a [`Talk`], which is bytes in and acts
//! out, without a socket and without a clock; this crate keeps the connections, their limits and the order of answers.
//! It knows no protocol.

mod config;
mod converse;
mod error;
mod instrument;
pub mod proctor;
mod routes;
mod scan;
mod server;
mod talk;
#[cfg(test)]
mod tests;
mod wire;

pub use chengshu_core::seam::Picture;
pub use config::LineConfig;
pub use error::LineError;
pub use instrument::Instrument;
pub use scan::Scan;
pub use server::run;
pub use talk::{Act, Acts, Protocol, Talk, Token};
