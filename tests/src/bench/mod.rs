//! `make bench`: what the hub does, side by side with a reference in the same run. Prints figures and ratios; judges
//! nothing, because machines differ.

mod access;
mod decode;
mod district;
mod flood;
mod ingest;
mod lines;
mod live;
mod nodered;
mod reads;
mod reference;
mod truth;

pub use access::access;
pub use decode::decode;
pub use district::{import, lists, streams};
pub use ingest::{before, ingest};
pub use lines::{confirmations, idle};
pub use live::{latency, memory};
pub use reads::reads;
pub use truth::{deadlines, rollups, spooling};

/// The middle of some figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The figure below which `share` of them lie.
pub(crate) fn quantile(figures: &mut [f64], share: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    let place = ((figures.len() as f64 - 1.0) * share).round() as usize;
    figures.get(place).copied().unwrap_or(f64::NAN)
}
