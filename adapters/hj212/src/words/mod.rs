//! Names, units and marks, as data. Nothing here reads a frame.

pub mod answers;
pub mod codes;
pub mod marks;
mod name;

pub(crate) use name::{Name, Period, name};
