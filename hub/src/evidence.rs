//! Puts the pictures that devices send on the shelf of evidence. Judges them by their first bytes: what a sender says of a
//! file is not believed.

use std::sync::Arc;

use chengshu_core::seam::{Evidence, Kept, NotKept, Picture};
use chengshu_evidence::{EvidenceError, Kind, Shelf};
use futures_util::future::BoxFuture;

/// The shelf, as adapters see it.
pub struct Pictures(pub Arc<Shelf>);

impl Evidence for Pictures {
    fn keep(&self, picture: Picture) -> BoxFuture<'static, Result<Kept, NotKept>> {
        let shelf = Arc::clone(&self.0);
        Box::pin(async move {
            let lasting = |code, words: String| NotKept { code, words, lasting: true };
            let Some(kind) = Kind::of_picture(&picture.bytes) else {
                return Err(lasting("not_a_picture", "by its first bytes neither JPEG nor PNG nor WebP".to_owned()));
            };
            let put = tokio::task::spawn_blocking(move || shelf.put(&picture.bytes)).await;
            match put {
                Ok(Ok(hash)) => Ok(Kept { hash: hash.to_string(), media: kind.media() }),
                // a device that sends again and again would not make room; people are told by the event
                Ok(Err(error @ EvidenceError::Full { .. })) => Err(lasting("evidence_full", error.to_string())),
                Ok(Err(error)) => Err(NotKept { code: "disk", words: error.to_string(), lasting: false }),
                Err(error) => Err(NotKept { code: "disk", words: error.to_string(), lasting: false }),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chengshu_core::model::{DeviceId, Timestamp};

    use super::*;

    #[tokio::test]
    async fn a_picture_is_kept_and_anything_else_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = Arc::new(Shelf::open(dir.path().join("evidence"), 8).unwrap());
        let pictures = Pictures(shelf.clone());
        let keep = |bytes: &'static [u8]| {
            let device = DeviceId::parse("SL-1").unwrap();
            pictures.keep(Picture { device, at: Timestamp::from_ms(0), bytes: Bytes::from_static(bytes) })
        };
        let kept = keep(b"\xff\xd8\xff\xe0").await.unwrap();
        assert_eq!(kept.media, "image/jpeg");
        assert_eq!(shelf.get(kept.hash.parse().unwrap()).unwrap().unwrap(), b"\xff\xd8\xff\xe0");
        let error = keep(b"<html>").await.unwrap_err();
        assert_eq!((error.code, error.lasting), ("not_a_picture", true));
        let error = keep(b"\xff\xd8\xff\xe1\0\0\0\0\0").await.unwrap_err();
        assert_eq!((error.code, error.lasting), ("evidence_full", true));
    }
}
