//! Credentials of devices at MQTT brokers. Hashes nothing: what is kept is the text that the broker reads.

use chengshu_core::model::{DeviceId, Timestamp};

use crate::pg::PgTime;
use crate::{Store, StoreError, Tx};

/// A credential as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDeviceKey {
    /// Whose it is.
    pub device: DeviceId,
    /// `$7$rounds$salt$hash`.
    pub hash: String,
    /// Since when it is good.
    pub issued: Timestamp,
    /// Who issued it.
    pub issued_by: String,
    /// When the device last came with it, as far as a broker told.
    pub last_login: Option<Timestamp>,
}

/// How the table stands; another value means that something has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeviceKeyMark {
    count: i64,
    change: i64,
}

impl Store {
    /// Every credential, or that of one device; by device.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn device_key_list(&self, device: Option<&DeviceId>) -> Result<Vec<StoredDeviceKey>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT device, hash, issued AS "issued: PgTime", issued_by, last_login AS "last_login: PgTime"
               FROM device_key WHERE $1::text IS NULL OR device = $1 ORDER BY device COLLATE "C""#,
            device.map(DeviceId::as_str),
        )
        .fetch_all(&self.writers())
        .await?;
        let keys = rows.into_iter().filter_map(|row| {
            Some(StoredDeviceKey {
                // the name was checked when it was entered
                device: DeviceId::parse(&row.device).ok()?,
                hash: row.hash,
                issued: row.issued.0,
                issued_by: row.issued_by,
                last_login: row.last_login.map(|at| at.0),
            })
        });
        Ok(keys.collect())
    }

    /// How the table stands.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn device_key_mark(&self) -> Result<DeviceKeyMark, StoreError> {
        let row = sqlx::query!(r#"SELECT count(*) AS "count!", coalesce(max(change), 0) AS "change!" FROM device_key"#)
            .fetch_one(&self.writers())
            .await?;
        Ok(DeviceKeyMark { count: row.count, change: row.change })
    }

    /// Notes when devices came with their credentials.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn device_key_used(&self, came: &[(DeviceId, Timestamp)]) -> Result<(), StoreError> {
        let devices: Vec<&str> = came.iter().map(|(device, _)| device.as_str()).collect();
        let times: Vec<PgTime> = came.iter().map(|(_, at)| PgTime(*at)).collect();
        sqlx::query!(
            "UPDATE device_key SET last_login = greatest(last_login, came.at)
             FROM unnest($1::text[], $2::timestamptz[]) AS came (device, at) WHERE device_key.device = came.device",
            &devices as _,
            &times as _,
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }
}

impl Tx {
    /// Gives devices new credentials (device, hash); those that they had are worth nothing from then on. With `fresh` only
    /// those that have none get one. Answers who got one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn device_key_put(
        &mut self,
        keys: &[(DeviceId, String)],
        fresh: bool,
        by: &str,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let devices: Vec<&str> = keys.iter().map(|(device, _)| device.as_str()).collect();
        let hashes: Vec<&str> = keys.iter().map(|(_, hash)| hash.as_str()).collect();
        let given = sqlx::query_scalar!(
            "INSERT INTO device_key AS k (device, hash, issued, issued_by)
             SELECT n.device, n.hash, $3, $4 FROM unnest($1::text[], $2::text[]) AS n (device, hash)
             JOIN device AS d ON d.id = n.device
             ON CONFLICT (device) DO UPDATE SET hash = excluded.hash, issued = excluded.issued,
               issued_by = excluded.issued_by, last_login = NULL, change = nextval('device_key_change')
               WHERE NOT $5
             RETURNING k.device",
            &devices as _,
            &hashes as _,
            PgTime(now) as _,
            by,
            fresh,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(given)
    }

    /// Takes a credential away. False: there was none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn device_key_remove(&mut self, device: &DeviceId) -> Result<bool, StoreError> {
        let gone = sqlx::query!("DELETE FROM device_key WHERE device = $1", device.as_str());
        Ok(gone.execute(&mut *self.tx).await?.rows_affected() == 1)
    }
}
