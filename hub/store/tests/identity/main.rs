//! Identities and audit against a real PostgreSQL. The store works here as the role of the hub, not as the owner of the
//! database, so every test also shows that this role may what it must.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test's helpers may")]

mod audit;
mod guard;
mod login;
mod sso;
mod tamper;
mod walls;
mod world;
