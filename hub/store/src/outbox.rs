//! What must be told to somebody. A row is written with the transition that it is about; whoever tells deletes it
//! afterwards (`outbox_done` in delivery.rs), so it is told at least once.

use chengshu_core::model::AlarmId;

use crate::{Batch, Store, StoreError};

impl Batch {
    /// Asks for alarms to be told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_add(&mut self, alarms: &[AlarmId]) -> Result<(), StoreError> {
        let alarms: Vec<&[u8]> = alarms.iter().map(|id| id.0.as_slice()).collect();
        sqlx::query!("INSERT INTO outbox (alarm) SELECT * FROM unnest($1::bytea[])", &alarms as _)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The oldest rows: number and alarm.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn outbox_next(&self, limit: i64) -> Result<Vec<(i64, AlarmId)>, StoreError> {
        let rows =
            sqlx::query!("SELECT id, alarm FROM outbox ORDER BY id LIMIT $1", limit).fetch_all(&self.writers()).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.id, AlarmId(row.alarm.try_into().ok()?)))).collect())
    }
}
