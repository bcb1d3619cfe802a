//! Alarm logic: what a reading changes, decided from the reading, the state before it and the rule alone. Opens
//! nothing, reads no clock: the same input gives the same output, so everything it decided can be replayed.

mod book;
mod threshold;

pub use book::RuleBook;
pub use threshold::{Delta, RuleState, Sample, step};
