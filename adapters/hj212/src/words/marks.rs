//! Marks of a value (数据标记) and what they say against it. A mark never removes a value.

use chengshu_core::model::Quality;

/// What a mark says; none when the mark is not of the standard.
#[must_use]
pub fn quality(mark: &[u8]) -> Option<Quality> {
    Some(match mark.trim_ascii() {
        // normal, or nothing said
        b"N" | b"n" | b"" => Quality::empty(),
        // stopped, no contact with the instrument, fault, over its range
        b"F" | b"B" | b"D" | b"T" => Quality::SUSPECT,
        // maintenance, calibration
        b"M" | b"C" => Quality::MAINTENANCE,
        // set by hand
        b"S" => Quality::ESTIMATED,
        _ => return None,
    })
}
