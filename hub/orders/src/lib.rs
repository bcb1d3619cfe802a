//! Sends commands to devices (下行指令) until they are done, refused or too late. A command is a row before it is anything
//! else; this crate gives what is due to the adapter that the device was last heard by, and writes down what the adapter
//! says. Who may ask and who must agree is not its business.

mod dispatch;
mod verdict;

use std::sync::Arc;

use chengshu_core::seam::{OrderSink, SharedClock};
use chengshu_engine::Board;
use chengshu_store::Store;
use prometheus::{IntCounterVec, Opts, Registry};
use rustc_hash::FxHashMap;
use tokio::sync::Notify;

pub use dispatch::run;

/// What the service needs of the house.
pub struct Dispatch {
    /// Tells by which link a device was last heard.
    pub board: Board,
    /// Where commands stand.
    pub store: Store,
    /// The one clock.
    pub clock: SharedClock,
    /// There is something new to send.
    pub wake: Arc<Notify>,
    /// The way to each adapter, by the name of its link.
    pub ways: FxHashMap<String, OrderSink>,
    /// What came of commands.
    pub metrics: OrderMetrics,
}

/// Counters.
#[derive(Debug, Clone)]
pub struct OrderMetrics {
    pub(crate) ends: IntCounterVec,
}

impl OrderMetrics {
    /// Counters in `registry`.
    ///
    /// # Errors
    /// [`prometheus::Error`] when the name is taken.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let words = "commands to devices by their end: confirmed, failed, expired";
        let ends = IntCounterVec::new(Opts::new("chengshu_commands_total", words), &["end"])?;
        registry.register(Box::new(ends.clone()))?;
        Ok(Self { ends })
    }
}
