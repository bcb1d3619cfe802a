//! Faults with their numbers as parameters. Each returns what was counted; whoever calls says what must hold.

mod backup;
mod kills;
mod ledger;
mod mixed;
mod outages;
mod rollups;
mod silence;

pub use backup::{DrillReport, restore_drill};
pub use kills::{KillReport, hub_kills, hub_stops};
pub use ledger::{Sums, even, even_with_heartbeats, spool, sums};
pub use mixed::{MixedReport, mixed};
pub use outages::{OutageReport, broker_outages, database_outages};
pub use rollups::{RollupReport, shuffled_day};
pub use silence::{AbsenceReport, database_late, database_silent, disk_full};
