//! Whole-hub tests: the real binary, a real PostgreSQL with TimescaleDB, a real mosquitto, on free loopback ports.
//! `world` starts and stops them, `scenario` holds the faults with their numbers as parameters: short in
//! `cargo test`, long in the `soak` binary. Nothing depends on this crate.

pub mod bench;
pub mod scenario;
pub mod world;
