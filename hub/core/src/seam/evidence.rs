//! Where an adapter puts pictures that devices send. Who keeps them is wired elsewhere.

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::model::{DeviceId, Timestamp};

/// A picture that a device sent (图像): kept as evidence before the delivery that names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Who took it.
    pub device: DeviceId,
    /// When.
    pub at: Timestamp,
    /// The file, e.g. JPEG.
    pub bytes: Bytes,
}

/// Why a picture was not kept: a stable code, and words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {words}")]
pub struct NotKept {
    /// E.g. `evidence_full`, `not_a_picture`.
    pub code: &'static str,
    /// For whoever mends it.
    pub words: String,
    /// True: no second try will do better, e.g. no picture at all.
    pub lasting: bool,
}

/// What was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name: SHA-256 of the bytes, hexadecimal.
    pub hash: String,
    /// Its media type, e.g. `image/jpeg`.
    pub media: &'static str,
}

/// Keeps files that are evidence (证据).
pub trait Evidence: Send + Sync {
    /// Keeps a picture; when it resolves, the bytes are on the disk.
    fn keep(&self, picture: Picture) -> BoxFuture<'static, Result<Kept, NotKept>>;
}
