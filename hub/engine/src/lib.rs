//! The pipeline: intake → quality → rules → one transaction → news. Besides the loop it keeps the board, the picture
//! in memory from which latest values, live streams and key figures are answered.
//!
//! It knows no protocol and no screen; SQL stands in `store`, alarm logic in `rules`.

mod apply;
mod batch;
mod board;
mod checkpoint;
mod command;
mod database;
mod difference;
mod drain;
mod entries;
mod freshness;
mod happenings;
mod housekeeping;
mod inlet;
mod job;
mod keys;
mod kpi;
mod metrics;
mod nonces;
mod outbox;
mod patience;
mod plan;
mod recall;
mod register;
mod replay;
mod rollups;
mod run;
mod spool;
mod start;
mod tally;
mod taps;
mod timers;

pub use board::{
    Arrival, Board, BoardState, Changes, DatabaseReport, DeadlineFrom, DeviceSlot, Habit, KpiSlot, Latest, LedgerBook,
    LedgerEntry, LinkSlot, RuleSlot, SeriesSlot, Silence, StateCounts,
};
pub use command::{Commands, Correction, Refused};
pub use entries::{Entered, EntryOrder, Orders, Wish};
pub use keys::{Begun, KEYS_BYTES, KeyHash, Keys, KeysError, Turn};
pub use metrics::EngineMetrics;
pub use nonces::{NONCES_BYTES, Nonce, Nonces, NoncesError};
pub use register::Unknown;
pub use replay::{ReplayReport, Replayer};
pub use rollups::Rollups;
pub use run::{Engine, EngineError, EngineOptions, Keep, Services};
pub use spool::{SharedSpool, SpoolState};
pub use taps::{Tapped, Taps};
