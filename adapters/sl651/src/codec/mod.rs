//! Bytes to frames and frames to bytes, for both forms. Pure: no sockets, no clock, no names of elements and no units.
//! Data are borrowed; a frame costs no allocation.

pub mod clock;
pub mod digits;
mod fault;
mod frame;
mod group;
mod hex;
mod mark;
mod message;
mod pairs;
pub mod put;
mod scan;
mod station;

pub use clock::Stamp;
pub use digits::{Cell, Number};
pub use fault::Fault;
pub use frame::{Frame, Head, LENGTH_MAX, Packet, head, head_len};
pub use group::{Asking, Group, Groups, Id, Layout, Slots, Step, cell};
pub use mark::{Direction, End, Form};
pub use message::Message;
pub use scan::{Scan, past, scan};
pub use station::Station;
