//! Reads `at`: where the device's time stands and how it is written. Whether a time may be believed is the limits'
//! business.

use super::need_pointer;
use crate::fields::Fields;
use crate::mapping::{At, Format};

const EXAMPLE: &str = "at = { pointer = \"/time\", format = \"rfc3339\" }";

pub(super) fn read(fields: &mut Fields<'_>) -> Option<At> {
    let table = fields.table("at", EXAMPLE)?;
    let mut fields = fields.inner("at", table);
    let pointer = need_pointer(&mut fields, "pointer = \"/time\"");
    let expected = "\"ms\", \"s\" or \"rfc3339\"";
    let format = fields.need("format", expected, "format = \"ms\"").and_then(|text| {
        let format = match text.as_str() {
            "ms" => Some(Format::Ms),
            "s" => Some(Format::S),
            "rfc3339" => Some(Format::Rfc3339),
            _ => None,
        };
        if format.is_none() {
            fields.mistake("format", format!("{text:?}"), expected, "format = \"ms\"");
        }
        format
    });
    let or_arrival = fields.text("missing").is_some_and(|text| match text.as_str() {
        "arrival" => true,
        "reject" => false,
        _ => {
            fields.mistake("missing", format!("{text:?}"), "\"reject\" or \"arrival\"", "missing = \"arrival\"");
            false
        }
    });
    fields.end();
    Some(At { pointer: pointer?, format: format?, or_arrival })
}
