//! Keeps what is only kept for a while within its bounds. Readings are not touched here.

use chengshu_core::model::Timestamp;

use crate::pg::PgTime;
use crate::{Store, StoreError};

impl Store {
    /// Drops samples of key figures older than `samples_before`, and all but the newest `rejected_rows` of what was
    /// set aside. Answers how many rows went.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn housekeeping(&self, samples_before: Timestamp, rejected_rows: i64) -> Result<u64, StoreError> {
        let samples = sqlx::query!("DELETE FROM kpi_sample WHERE at < $1", PgTime(samples_before) as _)
            .execute(&self.writers())
            .await?
            .rows_affected();
        let rejected =
            sqlx::query!("DELETE FROM rejected WHERE id <= (SELECT max(id) FROM rejected) - $1", rejected_rows)
                .execute(&self.writers())
                .await?
                .rows_affected();
        Ok(samples + rejected)
    }
}
