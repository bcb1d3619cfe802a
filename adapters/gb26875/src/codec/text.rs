//! Texts of the device: GB 18030, padded with zeros. Unreadable bytes become replacement characters; nothing is lost,
//! since the raw frame is kept.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// Reads a padded text. Behind the first NUL some makers leave the rest of an older text, others write another part:
/// `after_nul` keeps that, with a space between.
#[must_use]
pub fn text(bytes: &[u8], after_nul: bool) -> Cow<'_, str> {
    let end = if after_nul {
        bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
    } else {
        bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len())
    };
    let (text, _) = GB18030.decode_without_bom_handling(&bytes[..end]);
    if text.contains('\0') { Cow::Owned(text.replace('\0', " ")) } else { text }
}

/// Writes a text; what GB 18030 cannot say does not exist.
#[must_use]
pub fn text_bytes(text: &str) -> Cow<'_, [u8]> {
    GB18030.encode(text).0
}

/// True when something stands behind the first NUL.
#[must_use]
pub fn has_inner_nul(bytes: &[u8]) -> bool {
    let first = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes[first..].iter().any(|byte| *byte != 0)
}
