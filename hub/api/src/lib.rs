//! The HTTP side: one file per resource, one table of routes (`routes.rs`) from which the router, the OpenAPI document
//! and the authorisation test are made. JSON on the wire is made of `…View` types, never of model types. What changes
//! alarms or rules is a command to the engine; nothing is decided here.

mod account;
mod alarms;
mod app;
mod backups;
mod broker;
mod caller;
mod corrections;
mod decode;
mod devices;
mod etag;
mod events;
mod export;
mod flow;
mod health;
mod hours;
mod ingest;
mod kpis;
mod latest;
mod ledger;
mod links;
mod listen;
mod metrics;
mod openapi;
mod orders;
mod origin;
mod page;
mod params;
mod probe;
mod problem;
mod readings;
mod receivers;
mod register;
mod rejected;
mod route;
mod routes;
mod serve;
mod sta;
mod status;
mod stream;
mod strict;
mod themes;
mod tls;
mod trail;
mod unseen;
mod view;
mod web;

pub use app::{About, ApiLimits, App, ClockSync, Outlets, SyncState};
pub use backups::{BackupCheckView, BackupFailureView, BackupView, Backups, BackupsView};
pub use broker::{equipped, is_child};
pub use decode::{DecodeFrames, EncodeFrame, FieldProtocol, from_hex};
pub use ingest::{Door, DoorParts};
pub use listen::{ServeError, serve};
pub use openapi::document as openapi;
pub use orders::CommandSet;
pub use page::page as access_page;
pub use route::{Object, RouteInfo};
pub use routes::table;
pub use serve::router;
pub use tls::{BadTls, Tls};

#[cfg(test)]
mod tests;
