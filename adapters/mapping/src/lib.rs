//! Foreign JSON by declared mapping: data says which pointer is which metric of which device, and this crate turns a
//! message into a delivery by it. Pure: bytes in, words out; no socket, no clock, no state. It converts no unit that was
//! not declared and drops nothing: what cannot be mapped is a rejection with its reason.

pub mod builtin;
mod decode;
mod fields;
mod load;
mod mapping;
mod mistake;
mod number;
mod pattern;
mod pointer;
mod record;
pub mod render;
mod set;
mod text;
mod tree;

pub use decode::Decoded;
pub use mapping::Mapping;
pub use mistake::{Mistake, Mistakes};
pub use set::Mappings;

#[cfg(test)]
mod tests;
