//! What the copy off the host asks: whole batches in their order, and what may be forgotten. Who copies is woken by
//! [`Store::audit_written`]; what must be copied stands in the table, so nothing depends on being woken.

use std::sync::Arc;

use chengshu_access::Head;
use chengshu_core::model::Timestamp;
use tokio::sync::watch;

use crate::audit::Row;
use crate::audit_check::number;
use crate::pg::PgTime;
use crate::{AuditRow, Store, StoreError};

/// A batch as it is copied.
#[derive(Clone, PartialEq, Eq)]
pub struct WrittenBatch {
    /// How far the chain goes with it.
    pub head: Head,
    /// When it was written, by the database's clock.
    pub at: Timestamp,
    /// Its lines, in order and without names.
    pub lines: Vec<AuditRow>,
}

/// Tells whoever waits that something was written to the audit.
#[derive(Debug, Clone)]
pub(crate) struct Bell(Arc<watch::Sender<()>>);

impl Default for Bell {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.0.send_replace(());
    }
}

impl Store {
    /// Changes each time that this store has written to the audit.
    #[must_use]
    pub fn audit_written(&self) -> watch::Receiver<()> {
        self.audited.0.subscribe()
    }

    /// The next whole batches after `from`, at most `most`; none at the end of the chain.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_after(&self, from: &Head, most: u64) -> Result<Vec<WrittenBatch>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        let batches = sqlx::query!(
            r#"SELECT n AS "n!", lines AS "lines!", hash AS "hash!", at AS "at!: PgTime"
               FROM audit_batch_read WHERE n > $1 ORDER BY n LIMIT $2"#,
            number(from.batches),
            number(most),
        )
        .fetch_all(&mut *connection)
        .await?;
        let count: i64 = batches.iter().map(|batch| i64::from(batch.lines)).sum();
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", at AS "at!: PgTime", who AS "who!", kind AS "kind!", from_ip, act AS "act!", object, outcome AS "outcome!",
                      reason, detail::text AS "detail!", NULL::text AS name
               FROM audit_line_read WHERE id > $1 AND id <= $2 ORDER BY id"#,
            number(from.lines),
            number(from.lines) + count,
        )
        .fetch_all(&mut *connection)
        .await?;
        let mut rows = rows.into_iter().map(Row::kept).peekable();
        let mut head = *from;
        let mut written = Vec::with_capacity(batches.len());
        for batch in batches {
            head = Head {
                batches: batch.n.try_into().unwrap_or_default(),
                lines: head.lines + u64::try_from(batch.lines).unwrap_or_default(),
                hash: batch.hash.try_into().unwrap_or_default(),
            };
            let end = number(head.lines);
            let mut lines = Vec::new();
            while let Some(row) = rows.next_if(|row| row.as_ref().map_or(true, |row| row.id <= end)) {
                lines.push(row?);
            }
            written.push(WrittenBatch { head, at: batch.at.0, lines });
        }
        Ok(written)
    }

    /// When the oldest batch that is kept was written; none in an empty audit. With `after`: the first after that number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_oldest(&self, after: Option<u64>) -> Result<Option<Timestamp>, StoreError> {
        let at = sqlx::query_scalar!(
            r#"SELECT at AS "at!: PgTime" FROM audit_batch_read WHERE n > $1 ORDER BY n LIMIT 1"#,
            after.map_or(0, number),
        )
        .fetch_optional(&self.readers())
        .await?;
        Ok(at.map(|at| at.0))
    }
}
