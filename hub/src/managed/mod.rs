//! The parts that a hub without configuration runs for itself: a PostgreSQL cluster and a broker. Supervised, started
//! again when they die, and stopped with the hub, even when the hub is killed.

pub mod child;
pub mod doorkeeper;
pub mod ear;
pub mod mosquitto;
pub mod postgres;
pub mod secret;
