//! Who changed the register: one row for each entry that people made, changed, imported or took out of service.

use chengshu_access::Scope;
use chengshu_core::model::{DeviceId, Timestamp};

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError, scope};

/// A change to be written down.
#[derive(Debug, Clone)]
pub struct NewChange<'a> {
    /// Which device.
    pub device: &'a DeviceId,
    /// created, changed, retired or imported.
    pub action: &'static str,
    /// `[{"field", "old", "new"}]` as JSON.
    pub changed: String,
}

/// A change that was written down.
#[derive(Debug, Clone)]
pub struct StoredChange {
    /// Its number; newer ones have larger numbers.
    pub id: i64,
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub caller: String,
    /// created, changed, retired or imported.
    pub action: String,
    /// `[{"field", "old", "new"}]` as JSON.
    pub changed: String,
}

impl Batch {
    /// Writes changes down.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change_add(
        &mut self,
        caller: &str,
        at: Timestamp,
        changes: &[NewChange<'_>],
    ) -> Result<(), StoreError> {
        let device: Vec<&str> = changes.iter().map(|change| change.device.as_str()).collect();
        let action: Vec<&str> = changes.iter().map(|change| change.action).collect();
        let changed: Vec<&str> = changes.iter().map(|change| change.changed.as_str()).collect();
        sqlx::query!(
            "INSERT INTO device_change (device, at, caller, action, changed)
             SELECT device, $1, $2, action, changed::jsonb FROM unnest($3::text[], $4::text[], $5::text[]) AS c (device, action, changed)",
            PgTime(at) as _,
            caller,
            &device as _,
            &action as _,
            &changed as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

impl Store {
    /// The newest changes of a device, before number `before` if given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn change_list(
        &self,
        scope: &Scope,
        device: &str,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredChange>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, at AS "at: PgTime", caller, action, changed::text AS "changed!" FROM device_change
               WHERE device = $1 AND id < coalesce($2, 9223372036854775807)
                 AND ($4::text IS NULL OR EXISTS (SELECT FROM device AS d WHERE d.id = $1
                        AND scope_covers($4::text::jsonb, d.theme, d.department, d.area)))
               ORDER BY id DESC LIMIT $3"#,
            device,
            before,
            limit,
            scope::json(scope),
        )
        .fetch_all(&self.readers())
        .await?;
        let stored = rows.into_iter().map(|row| StoredChange {
            id: row.id,
            at: row.at.0,
            caller: row.caller,
            action: row.action,
            changed: row.changed,
        });
        Ok(stored.collect())
    }
}
