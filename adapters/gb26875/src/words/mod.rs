//! What the numbers of the standard are called, in Chinese and English, as data. Says nothing of what is done about
//! them.

mod analogs;
mod bits;
mod kinds;

pub use analogs::{ANALOGS, Analog, analog};
pub use bits::{Bit, COMPONENT_BITS, DEVICE_BITS, DEVICE_OPERATIONS, OPERATIONS, Operation, SYSTEM_BITS};
pub use kinds::{COMMANDS, COMPONENTS, SYSTEMS, TYPES, Word, word};
