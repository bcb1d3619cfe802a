//! What time has yet to decide on, and how far readings that are put in order have been decided on. Written in the
//! transactions of the engine, read once at its start.

use chengshu_core::model::{DeviceId, Quality, RuleId, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError};

/// The state of a rule on a device, as it has to be kept; none when there is nothing to keep any more.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleStateRow {
    /// Which rule.
    pub rule: RuleId,
    /// On which device.
    pub device: DeviceId,
    /// What waits, as JSON.
    pub state: Option<String>,
}

/// A stored reading as rules see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastReading {
    /// Its series.
    pub series: i32,
    /// Device time.
    pub at: Timestamp,
    /// Hub time of arrival.
    pub received: Timestamp,
    /// The value.
    pub value: f64,
    /// What is known against it.
    pub quality: Quality,
}

impl Batch {
    /// Keeps and forgets what waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rule_state_put(&mut self, rows: &[RuleStateRow]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let names = |rows: &[&RuleStateRow]| -> (Vec<String>, Vec<String>) {
            rows.iter().map(|row| (row.rule.to_string(), row.device.to_string())).unzip()
        };
        let (kept, gone): (Vec<&RuleStateRow>, Vec<&RuleStateRow>) = rows.iter().partition(|row| row.state.is_some());
        if !gone.is_empty() {
            let (rules, devices) = names(&gone);
            sqlx::query!(
                "DELETE FROM rule_state USING unnest($1::text[], $2::text[]) AS old (rule, device)
                 WHERE rule_state.rule = old.rule AND rule_state.device = old.device",
                &rules,
                &devices,
            )
            .execute(&mut *self.tx)
            .await?;
        }
        if !kept.is_empty() {
            let (rules, devices) = names(&kept);
            let states = kept.iter().filter_map(|row| row.state.clone()).collect::<Vec<String>>();
            sqlx::query!(
                "INSERT INTO rule_state (rule, device, state)
                 SELECT rule, device, state::jsonb FROM unnest($1::text[], $2::text[], $3::text[]) AS new (rule, device, state)
                 ON CONFLICT (rule, device) DO UPDATE SET state = excluded.state",
                &rules,
                &devices,
                &states,
            )
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    /// Notes up to when readings of devices have been decided on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rule_mark_put(&mut self, marks: &[(DeviceId, Timestamp)]) -> Result<(), StoreError> {
        if marks.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO rule_mark (device, decided) SELECT * FROM unnest($1::text[], $2::timestamptz[])
             ON CONFLICT (device) DO UPDATE SET decided = excluded.decided",
            &marks.iter().map(|(device, _)| device.to_string()).collect::<Vec<_>>(),
            &marks.iter().map(|(_, decided)| PgTime(*decided)).collect::<Vec<_>>() as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Everything that waits.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rule_state_all(&self) -> Result<Vec<RuleStateRow>, StoreError> {
        let rows = sqlx::query!(r#"SELECT rule, device, state::text AS "state!" FROM rule_state"#)
            .fetch_all(&self.writers())
            .await?;
        let row = |rule: String, device: String, state: String| {
            Some(RuleStateRow {
                rule: RuleId::parse(&rule).ok()?,
                device: DeviceId::parse(&device).ok()?,
                state: Some(state),
            })
        };
        Ok(rows.into_iter().filter_map(|found| row(found.rule, found.device, found.state)).collect())
    }

    /// Up to when readings of devices have been decided on, where they are put in order first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rule_mark_all(&self) -> Result<Vec<(DeviceId, Timestamp)>, StoreError> {
        let rows = sqlx::query!(r#"SELECT device, decided AS "decided: PgTime" FROM rule_mark"#)
            .fetch_all(&self.writers())
            .await?;
        Ok(rows.into_iter().filter_map(|row| Some((DeviceId::parse(&row.device).ok()?, row.decided.0))).collect())
    }

    /// Readings of series since a moment, in the order of their time; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reading_past(
        &self,
        series: &[i32],
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<PastReading>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT series, at AS "at: PgTime", lag_ms, value, quality FROM reading
               WHERE series = ANY($1) AND at >= $2 ORDER BY at, series LIMIT $3"#,
            series,
            PgTime(since) as _,
            limit,
        )
        .fetch_all(&self.writers())
        .await?;
        let past = rows.into_iter().map(|row| PastReading {
            series: row.series,
            at: row.at.0,
            received: Timestamp::from_ms(row.at.0.ms() + i64::from(row.lag_ms)),
            value: row.value,
            quality: Quality::from_bits_retain(row.quality),
        });
        Ok(past.collect())
    }
}
