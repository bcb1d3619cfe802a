//! Photos of devices: what is known of each; the bytes are evidence and stand in files.

use chengshu_access::Scope;
use chengshu_core::model::Timestamp;

use crate::pg::PgTime;
use crate::{Store, StoreError, Tx, scope};

/// Of the pictures that a device sent itself, so many are told.
const SENT_MOST: i64 = 100;

/// A photo of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// SHA-256 of its bytes, hexadecimal.
    pub hash: String,
    /// Its media type.
    pub media: String,
    /// How many bytes.
    pub bytes: i32,
    /// When it was sent.
    pub at: Timestamp,
    /// By whom.
    pub caller: String,
}

impl Store {
    /// The photos of a device, newest first: those that people took, and the newest that it sent itself (caller `device`).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn photo_list(&self, scope: &Scope, device: &str) -> Result<Vec<Photo>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT hash AS "hash!", media AS "media!", bytes AS "bytes!", at AS "at!: PgTime", caller AS "caller!"
               FROM (SELECT hash, media, bytes, at, caller FROM device_photo WHERE device = $1
                     UNION ALL
                     (SELECT detail->>'evidence', detail->>'media', (detail->>'bytes')::int, at, 'device' FROM event
                      WHERE device = $1 AND kind = 'picture' AND detail ? 'evidence' ORDER BY at DESC LIMIT $2)) photo
               WHERE ($3::text IS NULL OR EXISTS (SELECT FROM device AS d WHERE d.id = $1
                        AND scope_covers($3::text::jsonb, d.theme, d.department, d.area)))
               ORDER BY at DESC, hash"#,
            device,
            SENT_MOST,
            scope::json(scope),
        );
        let rows = rows.fetch_all(&self.readers()).await?;
        Ok(rows
            .into_iter()
            .map(|row| Photo { hash: row.hash, media: row.media, bytes: row.bytes, at: row.at.0, caller: row.caller })
            .collect())
    }
}

impl Tx {
    /// Notes a photo unless the device has `most` already; false when there is no room. One that it has is no news.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn photo_add(&mut self, device: &str, photo: &Photo, most: i64) -> Result<bool, StoreError> {
        // two at once see one another: the device's row is held
        sqlx::query!("SELECT num FROM device WHERE id = $1 FOR UPDATE", device).fetch_optional(&mut *self.tx).await?;
        let room = sqlx::query_scalar!(
            r#"SELECT count(*) FILTER (WHERE hash <> $2) < $3 AS "room!" FROM device_photo WHERE device = $1"#,
            device,
            photo.hash,
            most,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        if room {
            sqlx::query!(
                "INSERT INTO device_photo (device, hash, media, bytes, at, caller) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT DO NOTHING",
                device,
                photo.hash,
                photo.media,
                photo.bytes,
                PgTime(photo.at) as _,
                photo.caller,
            )
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(room)
    }

    /// Takes a photo from a device. None when it had no such photo; else whether some device still has it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn photo_remove(&mut self, device: &str, hash: &str) -> Result<Option<bool>, StoreError> {
        let gone = sqlx::query!("DELETE FROM device_photo WHERE device = $1 AND hash = $2", device, hash);
        if gone.execute(&mut *self.tx).await?.rows_affected() == 0 {
            return Ok(None);
        }
        let others = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM device_photo WHERE hash = $1)
                   OR EXISTS (SELECT FROM event WHERE kind = 'picture' AND detail->>'evidence' = $1) AS "others!""#,
            hash
        );
        let others = others.fetch_one(&mut *self.tx).await?;
        Ok(Some(others))
    }
}
