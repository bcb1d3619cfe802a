//! Faults with their numbers as parameters. Each returns what was counted; whoever calls says what must hold.

mod kills;
mod outages;

pub use kills::{KillReport, hub_kills, hub_stops};
pub use outages::{OutageReport, broker_outages, database_outages};
