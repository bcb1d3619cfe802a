//! Evidence (证据): files that belong to what the database tells, such as photos. Each is named by the SHA-256 of its bytes, so
//! the same file is kept once, and what is read is proved to be what was put. A quota bounds all of them.

mod hash;
mod kind;
mod shelf;

pub use hash::{Hash, NoHash};
pub use kind::Kind;
pub use shelf::{EvidenceError, Shelf};
