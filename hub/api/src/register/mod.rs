//! The register over HTTP: an entry and its history, tables in and out, areas, groups and departments, and what
//! maintenance staff want to know.

pub(crate) mod battery;
mod columns;
pub(crate) mod contact;
pub(crate) mod device;
pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod maintenance;
pub(crate) mod messages;
pub(crate) mod parts;
pub(crate) mod photos;
