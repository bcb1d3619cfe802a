//! `chengshu decode` and `chengshu encode`: what the hub would make of a message or a frame, tried by hand. They read standard
//! input, ask no running hub and store nothing.

mod frames;
mod mapping;

use std::io::Read as _;

use anyhow::Context as _;
use chengshu_core::model::Timestamp;
use chengshu_core::seam::Clock as _;
use clap::Subcommand;

use crate::clock::SystemClock;
pub use frames::Encode;

/// What shall be decoded.
#[derive(Subcommand, Debug)]
pub enum Decode {
    /// Foreign JSON by a declared mapping: the payload comes by standard input.
    Mapping(mapping::ByMapping),
    /// Frames of SL 651-2014 (water stations): one JSON line for each.
    Sl651(frames::Frames),
    /// Frames of GB/T 26875.3-2011 (fire-control transmission devices): one JSON line for each.
    Gb26875(frames::Frames),
    /// Frames of HJ 212-2017 and 2005 (dust, noise, air and sewage monitors): one JSON line for each.
    Hj212(frames::Frames),
}

/// What there is to say, and whether anything could be read.
pub struct Answer {
    /// For standard output.
    pub text: String,
    /// False: nothing could be read.
    pub understood: bool,
}

/// Decodes what stands on standard input.
pub fn decode(order: &Decode) -> anyhow::Result<Answer> {
    match order {
        Decode::Mapping(order) => mapping::decode(order, input()?.into()),
        Decode::Sl651(order) => frames::decode("sl651", order, &input()?),
        Decode::Gb26875(order) => frames::decode("gb26875", order, &input()?),
        Decode::Hj212(order) => frames::decode("hj212", order, &input()?),
    }
}

/// Encodes what stands on standard input.
pub fn encode(order: &Encode) -> anyhow::Result<Vec<u8>> {
    frames::encode(order, &input()?)
}

fn input() -> anyhow::Result<Vec<u8>> {
    let mut payload = Vec::new();
    std::io::stdin().read_to_end(&mut payload).context("standard input cannot be read")?;
    Ok(payload)
}

/// When it came: as said, or now.
fn received(said: Option<&str>) -> anyhow::Result<Timestamp> {
    let said = said.map(Timestamp::parse).transpose().context("--received")?;
    Ok(said.unwrap_or_else(|| SystemClock::new().now()))
}
