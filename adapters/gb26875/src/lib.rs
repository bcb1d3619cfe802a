//! GB/T 26875.3-2011 (用户信息传输装置): transmission devices of fire alarm systems, all application types, both sides of the
//! conversation. Pure: bytes, words and acts; sockets and clocks belong to whoever holds the line. It raises no alarm
//! and reads no configuration file.

pub mod codec;
mod commands;
mod device;
mod explain;
mod json;
mod memory;
mod names;
mod readings;
mod setup;
mod talk;
pub mod words;

pub use commands::COMMANDS;
pub use device::{Device, DeviceComponent, DeviceSetup};
pub use explain::{decoder, encode, explain};
pub use setup::Setup;
pub use talk::Gb26875;

#[cfg(test)]
mod tests;
