//! Bytes to frames and back (GB/T 26875.3-2011, clauses 7 and 8). Pure: borrows what arrived, keeps nothing, knows no
//! device and no setting.

mod app;
mod fault;
mod frame;
mod label;
mod object;
mod scan;
mod text;

pub use app::{App, Objects, app_data};
pub use fault::Fault;
pub use frame::{DATA_MAX, FRAME_MIN, Frame, Head, command};
pub use label::Label;
pub use object::{Component, Object, System};
pub use scan::{Scan, scan, scan_last};
pub use text::{has_inner_nul, text, text_bytes};
