//! Bytes to frames and frames to bytes (HJ 212-2017 clause 6, HJ/T 212-2005). Pure: no socket, no clock, no memory, and
//! nothing is copied. Knows no quantities.

mod build;
mod crc;
mod deviation;
mod fault;
mod frame;
mod items;
mod scan;
mod time;

pub use build::{CP_MAX, Head, build, packets};
pub(crate) use build::{DATA_MAX, close};
pub use crc::crc;
pub use deviation::{Deviation, Deviations};
pub use fault::Fault;
pub use frame::{Edition, Frame};
pub use items::{Item, Pair};
pub use scan::{FRAME_MAX, Scan, scan};
pub use time::{read_time, write_qn, write_time};
