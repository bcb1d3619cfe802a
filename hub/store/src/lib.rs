//! The only crate with SQL: one file per noun, statements checked against the migrations at compile time. It decides
//! nothing about readings or alarms; it writes what the engine decided, and answers questions.
//!
//! Two pools: the engine's own, and one with a statement time-out for outside readers, so that an export cannot stop
//! ingest.

mod alarm;
mod audit;
mod audit_check;
mod batch;
mod census;
mod change;
mod checkup;
mod command;
mod correction;
mod credential;
mod delivery;
mod device;
mod error;
mod event;
mod export;
mod grant;
mod housekeeping;
mod hub;
mod json;
mod kpi;
mod latest;
mod ledger;
mod observation;
mod outbox;
mod person;
mod pg;
mod photo;
mod policy;
mod reading;
mod rejected;
mod retention;
mod rollup;
mod screen;
mod service;
mod session;
mod store;
mod ticket;
mod tx;
mod webhook;

pub use alarm::{AlarmFilter, AlarmPage};
pub use audit::{AuditFilter, AuditRow};
pub use audit_check::{AuditBatch, AuditProtection};
pub use batch::{Batch, Fate, Marks, ReadingRows};
pub use census::{Archiver, Server, census, server};
pub use change::{NewChange, StoredChange};
pub use checkup::{Checkup, checkup};
pub use command::{CommandChange, CommandStep, NewCommand, StoredCommand};
pub use correction::{NewCorrection, StoredCorrection};
pub use credential::{Login, LoginBy, PasswordHash};
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
pub use person::{Changed, PersonEntry, PersonFilter, StoredPerson};
pub use photo::Photo;
pub use policy::Policy;
pub use reading::{Point, ReadingQuery, Resolution};
pub use rejected::{RejectedFilter, RejectedRow, Replayed, StoredRejected};
pub use retention::Retention;
pub use rollup::{DirtyMinute, SeriesHours};
pub use screen::{Claim, ScreenEntry, StoredScreen};
pub use service::{ServiceFilter, ServiceRights, StoredService};
pub use session::{FoundSession, NewSession, StoredSession};
pub use store::{Store, StoreOptions};
pub use tx::Tx;
pub use webhook::{StoredWebhook, WebhookEntry};
