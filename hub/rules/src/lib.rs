//! Alarm logic: what a reading changes, decided from the reading, the state before it and the rule alone. Opens
//! nothing, reads no clock: the same input gives the same output, so everything it decided can be replayed.

mod book;
mod compiled;
mod expression;
mod hours;
mod ladder;
mod memory;
mod reorder;
mod signal;
mod state;
mod step;
#[cfg(test)]
mod tests;

pub use book::RuleBook;
pub use compiled::{Compiled, Fault};
pub use memory::Memory;
pub use reorder::Reorder;
pub use state::{Active, Durable, Falling, Pending, RuleState};
pub use step::{Sample, Subject, decide, due, hear, observe, take, tick};
