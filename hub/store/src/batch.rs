//! One transaction of the engine: readings, transitions, outbox, what was set aside; all or nothing. The lease is
//! checked first, in the same transaction.

use chengshu_core::model::{Quality, Timestamp};
use sqlx::{Postgres, Transaction};

use crate::audit_copy::Bell;
use crate::pg::PgTime;
use crate::{Lease, Store, StoreError};

/// A transaction under way. Dropped without [`Batch::commit`], nothing happened.
pub struct Batch {
    pub(crate) tx: Transaction<'static, Postgres>,
    /// It has written to the audit.
    pub(crate) audited: bool,
    bell: Bell,
    /// What the last committed transactions of the engine have left.
    pub marks: Marks,
}

/// How far the engine has come, as the database knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// The last attempt at a batch that was committed.
    pub attempt: i64,
    /// Of which spool, and up to which record, everything is in the database.
    pub spool: (i64, i64),
}

/// Readings as columns, the shape in which they travel to the database.
#[derive(Debug, Clone, Default)]
pub struct ReadingRows {
    series: Vec<i32>,
    at: Vec<PgTime>,
    lag_ms: Vec<i32>,
    value: Vec<f64>,
    quality: Vec<i16>,
}

impl ReadingRows {
    /// Adds a row. The lag is within an int4 because the hard time limits are.
    pub fn push(&mut self, series: i32, at: Timestamp, received: Timestamp, value: f64, quality: Quality) {
        let lag = received.since(at).clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        self.series.push(series);
        self.at.push(PgTime(at));
        self.lag_ms.push(lag as i32);
        self.value.push(value);
        self.quality.push(quality.bits());
    }

    /// Series and time of each row.
    pub fn series_and_time(&self) -> impl Iterator<Item = (i32, Timestamp)> {
        self.series.iter().copied().zip(self.at.iter().map(|at| at.0))
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }
}

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// A new row.
    Stored,
    /// The same series, time and value were there already.
    Duplicate,
    /// The same series and time were there already, with this other value.
    Conflict {
        /// What is stored.
        stored: f64,
    },
}

impl Store {
    /// Begins a transaction of the engine, if the lease still holds.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], [`StoreError::Unavailable`].
    pub async fn batch(&self, lease: Lease) -> Result<Batch, StoreError> {
        let mut tx = self.writers().begin().await?;
        let row = sqlx::query!("SELECT epoch, attempt, spool_id, spool_through FROM hub FOR NO KEY UPDATE")
            .fetch_one(&mut *tx)
            .await?;
        if row.epoch != lease.epoch {
            return Err(StoreError::LeaseLost { ours: lease.epoch });
        }
        let marks = Marks { attempt: row.attempt, spool: (row.spool_id, row.spool_through) };
        Ok(self.batch_of(tx, marks))
    }

    pub(crate) fn batch_of(&self, tx: Transaction<'static, Postgres>, marks: Marks) -> Batch {
        Batch { tx, audited: false, bell: self.audited.clone(), marks }
    }
}

impl Batch {
    /// Writes readings. `None` means that every row was new; otherwise the fate of each row, in order. The common
    /// case costs no second query.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn readings_add(&mut self, rows: &ReadingRows) -> Result<Option<Vec<Fate>>, StoreError> {
        if rows.is_empty() {
            return Ok(None);
        }
        let added = sqlx::query!(
            "INSERT INTO reading (series, at, lag_ms, value, quality)
             SELECT * FROM unnest($1::int4[], $2::timestamptz[], $3::int4[], $4::float8[], $5::int2[])
             ON CONFLICT DO NOTHING",
            &rows.series,
            &rows.at as _,
            &rows.lag_ms,
            &rows.value,
            &rows.quality,
        )
        .execute(&mut *self.tx)
        .await?
        .rows_affected();
        if added as usize == rows.len() { Ok(None) } else { self.fates(rows).await.map(Some) }
    }

    /// Fewer rows came back than were sent: asks which were there before this transaction, and with which value.
    async fn fates(&mut self, rows: &ReadingRows) -> Result<Vec<Fate>, StoreError> {
        let found = sqlx::query!(
            r#"SELECT wanted.n AS "n!", reading.value AS "value!",
                      reading.xmin::text::bigint = pg_current_xact_id()::text::bigint & 4294967295 AS "ours!"
               FROM unnest($1::int4[], $2::timestamptz[]) WITH ORDINALITY AS wanted (series, at, n)
               JOIN reading ON reading.series = wanted.series AND reading.at = wanted.at"#,
            &rows.series,
            &rows.at as _,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut stored = vec![None; rows.len()];
        for row in found {
            if let Some(slot) = usize::try_from(row.n - 1).ok().and_then(|n| stored.get_mut(n)) {
                *slot = Some((row.value, row.ours));
            }
        }
        let mut first = std::collections::HashSet::new();
        let fate = |(n, stored): (usize, Option<(f64, bool)>)| {
            let Some((value, ours)) = stored else { return Fate::Duplicate };
            if value.to_bits() != rows.value[n].to_bits() {
                Fate::Conflict { stored: value }
            } else if ours && first.insert((rows.series[n], rows.at[n].0)) {
                Fate::Stored
            } else {
                Fate::Duplicate
            }
        };
        Ok(stored.into_iter().enumerate().map(fate).collect())
    }

    /// Leaves marks for whoever commits next; `dirty` notes that readings as old as that are not in the checkpoint of
    /// latest values yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn marks_put(&mut self, marks: Marks, dirty: Option<Timestamp>) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE hub SET attempt = $1, spool_id = $2, spool_through = $3, dirty_next = least(dirty_next, $4)",
            marks.attempt,
            marks.spool.0,
            marks.spool.1,
            dirty.map(PgTime) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Makes it so.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: then it is unknown whether it happened, and the same rows may be sent again.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await?;
        if self.audited {
            self.bell.ring();
        }
        Ok(())
    }
}
