//! Tests of the whole hub, each in a world of its own. Test ids are those of the promises (D01 …).

#![allow(clippy::disallowed_methods, reason = "tests look at the hub from outside, by the machine's own clock")]

mod absence;
mod accept;
mod access;
mod api;
mod audit;
mod backup;
mod brokers;
mod commands;
mod devices;
mod doctor;
mod durability;
mod export;
mod front;
mod guess;
mod hostile;
mod house;
mod identity;
mod ingest;
mod input;
mod lines;
mod maintenance;
mod managed;
mod personal;
mod receivers;
mod register;
mod rest;
mod rules;
mod sessions;
mod spine;
mod sso;
mod sta;
mod supply;
mod truth;
mod webhooks;
