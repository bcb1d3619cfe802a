//! Samples of key figures, one a minute, for their trends.

use chengshu_core::model::Timestamp;

use crate::pg::PgTime;
use crate::{Store, StoreError};

/// One sample.
#[derive(Debug, Clone, PartialEq)]
pub struct KpiSample {
    /// The theme.
    pub theme: String,
    /// The key figure.
    pub kpi: String,
    /// When.
    pub at: Timestamp,
    /// Its value then.
    pub value: f64,
}

impl Store {
    /// Keeps samples; one that is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn kpi_add(&self, samples: &[KpiSample]) -> Result<(), StoreError> {
        let theme: Vec<&str> = samples.iter().map(|sample| sample.theme.as_str()).collect();
        let kpi: Vec<&str> = samples.iter().map(|sample| sample.kpi.as_str()).collect();
        let at: Vec<PgTime> = samples.iter().map(|sample| sample.at.into()).collect();
        let value: Vec<f64> = samples.iter().map(|sample| sample.value).collect();
        sqlx::query!(
            "INSERT INTO kpi_sample (theme, kpi, at, value)
             SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::float8[]) ON CONFLICT DO NOTHING",
            &theme as _,
            &kpi as _,
            &at as _,
            &value,
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }

    /// All samples since `from`, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn kpi_since(&self, from: Timestamp) -> Result<Vec<KpiSample>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT theme, kpi, at AS "at: PgTime", value FROM kpi_sample WHERE at >= $1 ORDER BY at"#,
            PgTime(from) as _,
        )
        .fetch_all(&self.writers())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| KpiSample { theme: row.theme, kpi: row.kpi, at: row.at.0, value: row.value })
            .collect())
    }
}
