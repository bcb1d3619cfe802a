//! The ledger: what was received and what became of it, in items. A batch writes one line in its own transaction; lines
//! are folded into sums now and then, in one statement, so that no item is ever counted twice or not at all.

use std::collections::BTreeMap;

use chengshu_access::Scope;
use chengshu_core::model::{LinkId, Timestamp};
use rustc_hash::FxHashMap;

use crate::pg::PgTime;
use crate::{Batch, Store, StoreError, scope};

/// What one link delivered on one day, within one batch. Devices by their short number; 0 when none could be told.
#[derive(Debug, Clone, Default)]
pub struct LedgerLine {
    /// Messages.
    pub messages: u32,
    /// Items as counted at hand-over.
    pub received: u32,
    /// By device: items heard, stored, duplicate, conflict.
    pub devices: FxHashMap<i32, [u32; 4]>,
    /// By device and reason: items rejected.
    pub rejected: BTreeMap<(i32, &'static str), u32>,
}

/// Sums of a link, or of a device on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerSums {
    /// Messages; not known by device.
    pub messages: u64,
    /// Items received.
    pub received: u64,
    /// New rows.
    pub stored: u64,
    /// There already, with the same value.
    pub duplicate: u64,
    /// There already, with another value.
    pub conflict: u64,
    /// Set aside, by reason.
    pub rejected: BTreeMap<String, u64>,
}

/// A device on a day.
#[derive(Debug, Clone)]
pub struct LedgerDeviceRow {
    /// The link that it came by.
    pub link: String,
    /// The device's short number; 0 when it could not be told.
    pub num: i32,
    /// The device; none when it could not be told.
    pub device: Option<String>,
    /// Its sums.
    pub sums: LedgerSums,
}

fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

impl Batch {
    /// Writes a line for `link` on the day of `at`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ledger_add(&mut self, link: &LinkId, at: Timestamp, line: &LedgerLine) -> Result<(), StoreError> {
        let device: Vec<i32> = line.devices.keys().copied().collect();
        let column = |n: usize| line.devices.values().map(|counts| counts[n].cast_signed()).collect::<Vec<i32>>();
        let (heard, stored, duplicate, conflict) = (column(0), column(1), column(2), column(3));
        let rejected_device: Vec<i32> = line.rejected.keys().map(|(device, _)| *device).collect();
        let rejected_reason: Vec<&str> = line.rejected.keys().map(|(_, reason)| *reason).collect();
        let rejected: Vec<i32> = line.rejected.values().map(|count| count.cast_signed()).collect();
        sqlx::query!(
            "INSERT INTO ledger_line (link, day, messages, received, device, heard, stored, duplicate, conflict,
                                      rejected_device, rejected_reason, rejected)
             VALUES ($1, ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::date, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            link.as_str(),
            PgTime(at) as _,
            line.messages.cast_signed(),
            line.received.cast_signed(),
            &device,
            &heard,
            &stored,
            &duplicate,
            &conflict,
            &rejected_device,
            &rejected_reason as _,
            &rejected,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Folds the lines into the sums; answers how many there were.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: then nothing was folded.
    pub async fn ledger_fold(&self) -> Result<u64, StoreError> {
        let lines = sqlx::query_scalar!(
            r#"WITH line AS (DELETE FROM ledger_line RETURNING *),
             part AS (SELECT link, day, d.* FROM line,
                        unnest(device, heard, stored, duplicate, conflict) AS d (device, heard, stored, duplicate, conflict)),
             bad AS (SELECT link, day, r.* FROM line,
                       unnest(rejected_device, rejected_reason, rejected) AS r (device, reason, rejected)),
             total AS (INSERT INTO ledger_total AS t (link, messages, received, stored, duplicate, conflict)
                SELECT heads.link, messages, received, coalesce(stored, 0), coalesce(duplicate, 0), coalesce(conflict, 0)
                FROM (SELECT link, sum(messages) AS messages, sum(received) AS received FROM line GROUP BY link) AS heads
                LEFT JOIN (SELECT link, sum(stored) AS stored, sum(duplicate) AS duplicate, sum(conflict) AS conflict
                           FROM part GROUP BY link) AS parts USING (link)
                ON CONFLICT (link) DO UPDATE SET messages = t.messages + excluded.messages,
                  received = t.received + excluded.received, stored = t.stored + excluded.stored,
                  duplicate = t.duplicate + excluded.duplicate, conflict = t.conflict + excluded.conflict),
             total_bad AS (INSERT INTO ledger_total_rejected AS t (link, reason, rejected)
                SELECT link, reason, sum(rejected) FROM bad GROUP BY link, reason
                ON CONFLICT (link, reason) DO UPDATE SET rejected = t.rejected + excluded.rejected),
             by_day AS (INSERT INTO ledger_day AS t (day, link, device, received, stored, duplicate, conflict)
                SELECT day, link, device, sum(heard), sum(stored), sum(duplicate), sum(conflict)
                FROM part GROUP BY day, link, device
                ON CONFLICT (day, link, device) DO UPDATE SET received = t.received + excluded.received,
                  stored = t.stored + excluded.stored, duplicate = t.duplicate + excluded.duplicate,
                  conflict = t.conflict + excluded.conflict),
             by_day_bad AS (INSERT INTO ledger_day_rejected AS t (day, link, device, reason, rejected)
                SELECT day, link, device, reason, sum(rejected) FROM bad GROUP BY day, link, device, reason
                ON CONFLICT (day, link, device, reason) DO UPDATE SET rejected = t.rejected + excluded.rejected)
             SELECT count(*) AS "count!" FROM line"#
        )
        .fetch_one(&self.writers())
        .await?;
        Ok(count(lines))
    }

    /// The sums of every link since the first day.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ledger_totals(&self) -> Result<BTreeMap<String, LedgerSums>, StoreError> {
        self.ledger_fold().await?;
        let mut sums: BTreeMap<String, LedgerSums> = BTreeMap::new();
        let totals = sqlx::query!("SELECT link, messages, received, stored, duplicate, conflict FROM ledger_total");
        for row in totals.fetch_all(&self.writers()).await? {
            let line = LedgerSums {
                messages: count(row.messages),
                received: count(row.received),
                stored: count(row.stored),
                duplicate: count(row.duplicate),
                conflict: count(row.conflict),
                rejected: BTreeMap::new(),
            };
            sums.insert(row.link, line);
        }
        let rejected = sqlx::query!("SELECT link, reason, rejected FROM ledger_total_rejected");
        for row in rejected.fetch_all(&self.writers()).await? {
            sums.entry(row.link).or_default().rejected.insert(row.reason, count(row.rejected));
        }
        Ok(sums)
    }

    /// The devices of a day (`YYYY-MM-DD`, China Standard Time) in the order in which they came into the register, after
    /// `(device's short number, link)`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Data`] when `day` is no date.
    pub async fn ledger_devices(
        &self,
        scope: &Scope,
        day: &str,
        link: Option<&str>,
        device: Option<&str>,
        after: (i32, &str),
        limit: i64,
    ) -> Result<Vec<LedgerDeviceRow>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH fresh AS (SELECT * FROM ledger_line WHERE day = $1::text::date AND ($2::text IS NULL OR link = $2)), -- not folded yet
               sole AS (SELECT num FROM device WHERE id = $6),
               part AS (
                 (SELECT link, device, received, stored, duplicate, conflict FROM ledger_day
                  WHERE day = $1::text::date AND ($2::text IS NULL OR link = $2) AND (device, link) > ($3, $4)
                    AND ($6::text IS NULL OR device = (SELECT num FROM sole))
                    AND ($7::text IS NULL OR EXISTS (
                          SELECT FROM device AS r WHERE r.num = ledger_day.device AND scope_covers($7::text::jsonb, r.theme, r.department, r.area)))
                  ORDER BY device, link LIMIT $5)
                 UNION ALL
                 SELECT link, d.* FROM fresh,
                   unnest(device, heard, stored, duplicate, conflict) AS d (device, received, stored, duplicate, conflict)
                 WHERE (d.device, link) > ($3, $4) AND ($6::text IS NULL OR d.device = (SELECT num FROM sole))
                    AND ($7::text IS NULL OR EXISTS (
                          SELECT FROM device AS r WHERE r.num = d.device AND scope_covers($7::text::jsonb, r.theme, r.department, r.area)))),
               page AS (
                 SELECT link, device, sum(received)::bigint AS received, sum(stored)::bigint AS stored,
                   sum(duplicate)::bigint AS duplicate, sum(conflict)::bigint AS conflict
                 FROM part GROUP BY device, link ORDER BY device, link LIMIT $5),
               bad AS (
                 SELECT link, device, reason, rejected FROM ledger_day_rejected WHERE day = $1::text::date
                 UNION ALL
                 SELECT link, r.* FROM fresh, unnest(rejected_device, rejected_reason, rejected) AS r),
               reasons AS (
                 SELECT link, device, reason, sum(rejected)::bigint AS rejected FROM bad
                 WHERE (link, device) IN (SELECT link, device FROM page) GROUP BY link, device, reason)
               SELECT page.link AS "link!", page.device AS "num!", device.id AS "device?", received AS "received!", stored AS "stored!",
                 duplicate AS "duplicate!", conflict AS "conflict!",
                 ARRAY(SELECT reason FROM reasons r
                       WHERE (r.link, r.device) = (page.link, page.device) ORDER BY reason) AS "reasons!",
                 ARRAY(SELECT rejected FROM reasons r
                       WHERE (r.link, r.device) = (page.link, page.device) ORDER BY reason) AS "rejected!"
               FROM page LEFT JOIN device ON num = page.device ORDER BY page.device, page.link"#,
            day,
            link,
            after.0,
            after.1,
            limit,
            device,
            scope::json(scope),
        )
        .fetch_all(&self.readers())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| LedgerDeviceRow {
                link: row.link,
                num: row.num,
                device: row.device,
                sums: LedgerSums {
                    messages: 0,
                    received: count(row.received),
                    stored: count(row.stored),
                    duplicate: count(row.duplicate),
                    conflict: count(row.conflict),
                    rejected: row.reasons.into_iter().zip(row.rejected.into_iter().map(count)).collect(),
                },
            })
            .collect())
    }
}
