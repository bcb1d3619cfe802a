//! The seams: what an adapter may touch, and the one clock. Channels and shapes only; who stands behind them is wired
//! in package `chengshu`.

mod adapter;
mod clock;
mod evidence;
mod intake;
mod link;
mod notices;
mod orders;

pub use adapter::{AdapterContext, AdapterError, AdapterFactory, Decoder};
pub use clock::{Clock, SharedClock};
pub use evidence::{Evidence, Kept, NotKept, Picture};
pub use intake::{Closed, Handed, Intake, IntakeQueue, NotDurable, Outcome, Receipt, Ticket, intake};
pub use link::{Link, LinkReport, LinkState};
pub use notices::{Notice, NoticeSink, Notices, notices};
pub use orders::{OrderDesk, OrderReports, OrderSink, Orders, order_desk};
