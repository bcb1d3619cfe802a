//! GB/T 26875.3-2011 (用户信息传输装置): transmission devices of fire alarm systems, all application types, both sides of the
//! conversation. Pure: bytes, words and acts; sockets and clocks belong to whoever holds the line. It raises no alarm
//! and reads no configuration file.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod codec;
mod json;
mod setup;
pub mod words;

pub use setup::Setup;

#[cfg(test)]
mod tests;
