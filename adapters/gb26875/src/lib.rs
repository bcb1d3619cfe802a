//! GB/T 26875.3-2011 (用户信息传输装置): transmission devices of fire alarm systems, all application types, both sides of the
//! conversation. Pure: bytes, words and acts; sockets and clocks belong to whoever holds the line. It raises no alarm
//! and reads no configuration file.

pub mod codec;
mod explain;
mod json;
mod memory;
mod names;
mod readings;
mod setup;
pub mod words;

pub use explain::{decoder, encode, explain};
pub use setup::Setup;

#[cfg(test)]
mod tests;
