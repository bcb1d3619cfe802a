//! Tests of the whole hub, each in a world of its own. Test ids are those of the promises (D01 …).

mod api;
mod brokers;
mod durability;
mod house;
mod input;
mod managed;
mod spine;
