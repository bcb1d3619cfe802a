//! The spool's tests: they stand inside the crate, because they need to know where each byte is, and to make writes fail.
#![allow(clippy::disallowed_methods, reason = "tests measure by the machine's own clock")]

mod basics;
mod damage;
mod damage_kinds;
pub(crate) mod fault;
mod full;
mod kill;
mod loss;
mod model;
mod power;
mod torn;
mod world;
