//! Larger tests: the vectors, streams in pieces, whole conversations. Each gets all it needs as an argument; none waits.

mod sha256;
mod vectors;

use serde_json::Value;

/// The lines of the vectors.
pub(crate) fn vectors() -> Vec<Value> {
    let text = include_str!("../../vectors/sl651.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let mut out = vec![0; hex.len() / 2];
    assert!(crate::codec::digits::hex_bytes(hex.as_bytes(), &mut out), "{hex}");
    out
}
