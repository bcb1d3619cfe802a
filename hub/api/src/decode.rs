//! Frames of field protocols, tried by hand: what the hub would make of them, and how a device would write them. Nothing is
//! stored.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chengshu_core::model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::caller::Who;
use crate::params::{Body, When};
use crate::problem::Problem;

/// Bytes that are looked at once, at most.
const BYTES_MAX: usize = 64 * 1024;

/// Decodes bytes that arrived at a time: one JSON object for each frame.
pub type DecodeFrames = Arc<dyn Fn(&[u8], Timestamp) -> Vec<Value> + Send + Sync>;
/// Makes a frame of what stands under `frame` in such an object.
pub type EncodeFrame = Arc<dyn Fn(&Value) -> Result<Vec<u8>, String> + Send + Sync>;

/// A field protocol at the workbench.
#[derive(Clone)]
pub struct FieldProtocol {
    /// Its name, e.g. `sl651`.
    pub name: &'static str,
    /// Bytes to words.
    pub decode: DecodeFrames,
    /// Words to bytes.
    pub encode: EncodeFrame,
}

/// What shall be decoded: either hex or text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecodeBody {
    /// sl651, gb26875 or hj212.
    protocol: String,
    /// The bytes as hexadecimal; blanks and line ends are skipped.
    hex: Option<String>,
    /// The bytes as text, where the protocol is one of text.
    text: Option<String>,
    /// When they arrived; default: now. Times too far from it are set aside.
    received: Option<When>,
}

/// What shall be encoded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EncodeBody {
    /// sl651, gb26875 or hj212.
    protocol: String,
    /// The frame, as it stands under `frame` in a decoded one.
    frame: Value,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DecodeView {
    /// One for each frame: `ok` true with `frame`, `readings` and `events`, or false with `error`, `detail` and `offset`.
    frames: Vec<Value>,
}

/// The bytes of a frame.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EncodeView {
    /// As hexadecimal.
    hex: String,
    /// As text, where all of it is one.
    text: Option<String>,
}

fn protocol<'a>(app: &'a App, name: &str) -> Result<&'a FieldProtocol, Problem> {
    app.protocols.iter().find(|protocol| protocol.name == name).ok_or_else(|| {
        let known: Vec<&str> = app.protocols.iter().map(|protocol| protocol.name).collect();
        let read: String = name.chars().take(80).collect();
        Problem::bad_request(format!("body: protocol is {read:?}; expected one of {}", known.join(", ")))
    })
}

/// Reads hexadecimal with anything between the digits that people paste: blanks, line ends, colons, `0x`.
///
/// # Errors
/// What stands where, and what would be right.
pub fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high: Option<u32> = None;
    let plain = text.replace("0x", "").replace("0X", "");
    for (n, c) in plain.chars().enumerate() {
        match (c.to_digit(16), high) {
            (Some(digit), None) => high = Some(digit),
            (Some(digit), Some(first)) => {
                bytes.push((first * 16 + digit) as u8);
                high = None;
            }
            (None, _) if c.is_whitespace() || matches!(c, ':' | '-' | ',') => {}
            (None, _) => return Err(format!("hex has {c:?} at character {n}; expected 0-9 and A-F")),
        }
    }
    if high.is_some() {
        return Err("hex has an odd number of digits; expected two for each byte".to_owned());
    }
    Ok(bytes)
}

pub(crate) async fn decode(
    State(app): State<App>,
    _: Who,
    Body(body): Body<DecodeBody>,
) -> Result<Json<DecodeView>, Problem> {
    let protocol = protocol(&app, &body.protocol)?;
    let bytes = match (body.hex, body.text) {
        (Some(hex), None) => from_hex(&hex).map_err(|wrong| Problem::bad_request(format!("body: {wrong}")))?,
        (None, Some(text)) => text.into_bytes(),
        _ => return Err(Problem::bad_request("body: expected hex or text, one of the two")),
    };
    if bytes.is_empty() || bytes.len() > BYTES_MAX {
        let words = format!("body: {} bytes to decode; expected 1 to {BYTES_MAX}", bytes.len());
        return Err(Problem::bad_request(words));
    }
    let received = body.received.map_or_else(|| app.clock.now(), |when| when.0);
    Ok(Json(DecodeView { frames: (protocol.decode)(&bytes, received) }))
}

pub(crate) async fn encode(
    State(app): State<App>,
    _: Who,
    Body(body): Body<EncodeBody>,
) -> Result<Json<EncodeView>, Problem> {
    let protocol = protocol(&app, &body.protocol)?;
    let bytes =
        (protocol.encode)(&body.frame).map_err(|wrong| Problem::bad_request(format!("body: frame: {wrong}")))?;
    let hex = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    Ok(Json(EncodeView { hex, text: String::from_utf8(bytes).ok() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_as_people_paste_it() {
        assert_eq!(from_hex("7E 7e\n0x01:ff-0A"), Ok(vec![0x7e, 0x7e, 1, 255, 10]));
        assert!(from_hex("7E 7").unwrap_err().contains("odd number"));
        assert!(from_hex("7G").unwrap_err().contains("'G' at character 1"));
    }
}
