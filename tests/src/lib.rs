//! Whole-hub tests: the real binary, a real PostgreSQL with TimescaleDB, a real mosquitto, on free loopback ports.
//! `world` starts and stops them, `scenario` holds the faults with their numbers as parameters: short in
//! `cargo test`, long in the `soak` binary. Nothing depends on this crate.

#![allow(clippy::disallowed_methods, reason = "tests look at the hub from outside, by the machine's own clock")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "test support, not product code"
)]

pub mod bench;
pub mod scenario;
pub mod world;
