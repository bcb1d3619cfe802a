//! SL 651-2014 (水文监测数据通信规约): both forms, all modes, for telemetry stations of rivers, reservoirs, rain, tide, soil
//! and water quality. `codec` is bytes and frames, `words` the names as data, `readings` the hub's words, `talk` the
//! platform's side of a conversation and `device` the station's. Opens no socket and reads no clock.

pub mod codec;
mod commands;
mod device;
mod explain;
mod rain;
mod readings;
mod setup;
mod talk;
mod transfer;
pub mod words;

pub use commands::COMMANDS;
pub use device::{DeviceSetup, Sl651Device};
pub use explain::{encode, explain};
pub use setup::Setup;
pub use talk::{Sl651, Sl651Talk, decoder};

#[cfg(test)]
mod tests;
