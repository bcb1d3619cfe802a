//! The only crate with SQL: one file per noun, statements checked against the migrations at compile time. It decides
//! nothing about readings or alarms; it writes what the engine decided, and answers questions.
//!
//! Two pools: the engine's own, and one with a statement time-out for outside readers, so that an export cannot stop
//! ingest.

mod alarm;
mod batch;
mod census;
mod change;
mod checkup;
mod command;
mod correction;
mod delivery;
mod device;
mod error;
mod event;
mod export;
mod housekeeping;
mod hub;
mod kpi;
mod latest;
mod ledger;
mod observation;
mod outbox;
mod pg;
mod photo;
mod reading;
mod rejected;
mod retention;
mod rollup;
mod scope;
mod store;
mod webhook;

pub use alarm::{AlarmFilter, AlarmPage};
pub use batch::{Batch, Fate, Marks, ReadingRows};
pub use census::{Archiver, Server, census, server};
pub use change::{NewChange, StoredChange};
pub use checkup::{Checkup, checkup};
pub use command::{CommandChange, CommandStep, NewCommand, StoredCommand};
pub use correction::{NewCorrection, StoredCorrection};
pub use delivery::{Again, Attempt, DueDelivery, Happening, StoredDelivery};
pub use device::{NewSeries, SeriesRow, StoredDevice};
pub use error::StoreError;
pub use event::{EventFilter, EventRow};
pub use export::ReadingRow;
pub use hub::Lease;
pub use kpi::KpiSample;
pub use latest::LatestRow;
pub use ledger::{LedgerDeviceRow, LedgerLine, LedgerSums};
pub use observation::{ObservationQuery, ObservationRow};
pub use photo::Photo;
pub use reading::{Point, ReadingQuery, Resolution};
pub use rejected::{RejectedFilter, RejectedRow, Replayed, StoredRejected};
pub use retention::Retention;
pub use rollup::{DirtyMinute, SeriesHours};
pub use store::{Store, StoreOptions};
pub use webhook::{StoredWebhook, WebhookEntry};
