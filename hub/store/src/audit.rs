//! The audit: written in the transaction of the act, through a function of the database that nobody else's rights reach
//! behind; read page by page. Whether it is whole is asked in `audit_check`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chengshu_access::{Act, AuditLine, Head, Outcome};
use chengshu_core::model::Timestamp;

use crate::json::{from_json, to_json};
use crate::pg::PgTime;
use crate::{Batch, Store, StoreError, Tx};

/// A line as it is kept. Codes are texts here: a newer program may have written others. No Debug: it holds a name.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, counted from 1 without gaps.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who: the label of the identity.
    pub who: String,
    /// How they are called today, where that is known.
    pub name: Option<String>,
    /// What kind of caller.
    pub kind: String,
    /// From where.
    pub from: Option<String>,
    /// What was done.
    pub act: String,
    /// To what.
    pub object: Option<String>,
    /// What came of it.
    pub outcome: String,
    /// Why.
    pub reason: Option<String>,
    /// What else should be known.
    pub detail: BTreeMap<String, String>,
}

/// Which lines.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// Of this identity.
    pub who: Option<String>,
    /// This act.
    pub act: Option<Act>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// About this object.
    pub object: Option<String>,
    /// Before this number, newest first.
    pub before: Option<i64>,
    /// At most this many.
    pub limit: i64,
}

pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) at: PgTime,
    pub(crate) who: String,
    pub(crate) name: Option<String>,
    pub(crate) kind: String,
    pub(crate) from_ip: Option<String>,
    pub(crate) act: String,
    pub(crate) object: Option<String>,
    pub(crate) outcome: String,
    pub(crate) reason: Option<String>,
    pub(crate) detail: String,
}

impl Row {
    pub(crate) fn kept(self) -> Result<AuditRow, StoreError> {
        Ok(AuditRow {
            id: self.id,
            at: self.at.0,
            who: self.who,
            name: self.name,
            kind: self.kind,
            from: self.from_ip,
            act: self.act,
            object: self.object,
            outcome: self.outcome,
            reason: self.reason,
            detail: from_json(&self.detail)?,
        })
    }
}

impl Store {
    /// Writes lines about something that changed nothing else, e.g. a denial; answers the head, to be kept off the host.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_write(&self, lines: &[AuditLine]) -> Result<Head, StoreError> {
        let mut tx = self.tx().await?;
        let head = tx.audit_write(lines).await?;
        tx.commit().await?;
        Ok(head)
    }

    /// Lines, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_list(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", at AS "at!: PgTime", who AS "who!", kind AS "kind!", from_ip, act AS "act!", object, outcome AS "outcome!",
                      reason, detail::text AS "detail!",
                      CASE WHEN who !~ '^[a-z]+:[0-9]{1,18}$' THEN NULL
                           WHEN kind = 'person' THEN (SELECT name FROM person p WHERE p.id = split_part(who, ':', 2)::bigint)
                           WHEN kind = 'service' THEN (SELECT name FROM service s WHERE s.id = split_part(who, ':', 2)::bigint)
                           WHEN kind = 'screen' THEN (SELECT name FROM screen s WHERE s.id = split_part(who, ':', 2)::bigint)
                      END AS name
               FROM audit_line_read
               WHERE ($1::timestamptz IS NULL OR at >= $1) AND ($2::timestamptz IS NULL OR at < $2)
                 AND ($3::text IS NULL OR who = $3) AND ($4::text IS NULL OR act = $4) AND ($5::text IS NULL OR outcome = $5)
                 AND ($6::text IS NULL OR object = $6) AND ($7::bigint IS NULL OR id < $7)
               ORDER BY id DESC LIMIT $8"#,
            filter.from.map(PgTime) as _,
            filter.to.map(PgTime) as _,
            filter.who,
            filter.act.map(Act::id),
            filter.outcome.map(Outcome::id),
            filter.object,
            filter.before,
            filter.limit,
        )
        .fetch_all(&self.readers())
        .await?;
        rows.into_iter().map(Row::kept).collect()
    }

    /// Removes whole batches that were written before a moment, and writes a line about that; answers how many batches and
    /// lines went. The database refuses a moment that is less than 180 days ago.
    ///
    /// # Errors
    /// [`StoreError::Data`] when it refuses.
    pub async fn audit_forget(&self, before: Timestamp) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query!(
            r#"SELECT batches AS "batches!", lines AS "lines!" FROM audit_forget($1)"#,
            PgTime(before) as _
        )
        .fetch_one(&self.writers())
        .await?;
        self.audited.ring();
        Ok((row.batches, row.lines))
    }
}

impl Tx {
    /// Writes the lines of this act as one batch; answers the head, to be kept off the host after the commit.
    ///
    /// # Errors
    /// [`StoreError`]: the act must not happen.
    pub async fn audit_write(&mut self, lines: &[AuditLine]) -> Result<Head, StoreError> {
        self.audited = true;
        write(&mut self.tx, lines).await
    }
}

impl Batch {
    /// Writes the lines of this act as one batch; answers the head, to be kept off the host after the commit.
    ///
    /// # Errors
    /// [`StoreError`]: the act must not happen.
    pub async fn audit_write(&mut self, lines: &[AuditLine]) -> Result<Head, StoreError> {
        self.audited = true;
        write(&mut self.tx, lines).await
    }
}

async fn write(connection: &mut sqlx::PgConnection, lines: &[AuditLine]) -> Result<Head, StoreError> {
    let lines: Vec<Cow<'_, AuditLine>> = lines.iter().map(keepable).collect();
    let row = sqlx::query!(
        r#"SELECT batches AS "batches!", lines AS "lines!", hash AS "hash!" FROM audit_write($1::text::jsonb)"#,
        to_json(&lines)?,
    )
    .fetch_one(connection)
    .await?;
    head(row.batches, row.lines, row.hash)
}

/// A line as PostgreSQL can keep it: its texts hold no NUL, which would otherwise be a way to leave no trace.
fn keepable(line: &AuditLine) -> Cow<'_, AuditLine> {
    let texts = [Some(&line.who), line.object.as_ref(), line.reason.as_ref()].into_iter().flatten();
    let nul = texts.chain(line.detail.iter().flat_map(|(name, value)| [name, value])).any(|text| text.contains('\0'));
    let canonical = line.from.map(|from| from.to_canonical());
    if !nul && canonical == line.from {
        return Cow::Borrowed(line);
    }
    let clean = |text: &String| text.replace('\0', "␀");
    Cow::Owned(AuditLine {
        who: clean(&line.who),
        from: canonical,
        object: line.object.as_ref().map(clean),
        reason: line.reason.as_ref().map(clean),
        detail: line.detail.iter().map(|(name, value)| (clean(name), clean(value))).collect(),
        ..line.clone()
    })
}

/// A head of the columns that hold one.
pub(crate) fn head(batches: i64, lines: i64, hash: Vec<u8>) -> Result<Head, StoreError> {
    let wrong = || StoreError::Data(sqlx::Error::Decode("the head of the audit is no head".into()));
    Ok(Head {
        batches: batches.try_into().map_err(|_| wrong())?,
        lines: lines.try_into().map_err(|_| wrong())?,
        hash: hash.try_into().map_err(|_| wrong())?,
    })
}
