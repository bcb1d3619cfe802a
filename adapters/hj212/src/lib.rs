//! HJ 212-2017 and 2005 (污染物在线监控系统数据传输标准): strict and tolerant. Pure: bytes in, words and bytes out; no
//! socket, no clock. Keeps no data but the newest moment of each device, for the gaps.

pub mod codec;
mod commands;
mod device;
mod encode;
mod explain;
mod readings;
mod setup;
mod talk;
pub mod words;

pub use commands::COMMANDS;
pub use device::DataLogger;
pub use encode::encode;
pub use explain::explain;
pub use setup::{Mode, Setup, UnitRule};
pub use talk::{Hj212, decoder};

#[cfg(test)]
mod tests;
