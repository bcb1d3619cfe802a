//! The pipeline: intake → quality → rules → one transaction → news. Besides the loop it keeps the board, the picture
//! in memory from which latest values, live streams and key figures are answered.
//!
//! It knows no protocol and no screen; SQL stands in `store`, alarm logic in `rules`.

mod batch;
mod board;
mod checkpoint;
mod database;
mod freshness;
mod housekeeping;
mod kpi;
mod metrics;
mod outbox;
mod plan;
mod register;
mod run;
mod start;

pub use board::{
    Arrival, Board, BoardState, Changes, DatabaseReport, DeviceSlot, KpiSlot, Latest, LinkSlot, SeriesSlot, StateCounts,
};
pub use metrics::EngineMetrics;
pub use run::{Engine, EngineError, EngineOptions, Services};
