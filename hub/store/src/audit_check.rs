//! Whether the audit is whole: the chain is followed from where it begins to where it ends, and every line must say what its
//! bytes say. Also how well it is kept from whoever asks. Changes nothing.

use chengshu_access::{Act, AuditLine, Batch as Link, Break, Broken, Head, IdentityKind, Mark, Outcome, verify};
use sqlx::PgConnection;

use crate::audit::head;
use crate::json::from_json;
use crate::pg::PgTime;
use crate::{Store, StoreError};

/// So many batches are looked at together.
const PAGE: i64 = 200;

/// How well the audit is kept from the hub itself; see the migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditProtection {
    /// It is another role's, which this one cannot become.
    Separate,
    /// The hub works as a superuser: only triggers and the chain stand between.
    Superuser,
    /// It is this role's own, or of one that it is a member of: the same.
    Owner,
    /// This role owns the schema and may drop what is in it: the same.
    Schema,
    /// This role may make roles, and so itself a member: the same.
    Creator,
    /// A trigger is missing or switched off: somebody did that.
    Disarmed,
}

impl AuditProtection {
    /// As the database says it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Separate => "separate",
            Self::Superuser => "superuser",
            Self::Owner => "owner",
            Self::Schema => "schema",
            Self::Creator => "creator",
            Self::Disarmed => "disarmed",
        }
    }
}

/// Whose the audit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditOwner {
    /// The role that asks.
    pub role: String,
    /// The role that owns the audit.
    pub owner: String,
    /// The role that asks is the server's first, which stays a superuser for ever.
    pub first: bool,
}

/// A batch as it is kept, for whoever follows the chain.
#[derive(Debug, Clone)]
pub struct AuditBatch {
    /// Its number, counted from 1.
    pub n: i64,
    /// The bytes of its lines, and its hash.
    pub link: Link<Vec<u8>>,
    /// Every line is where it belongs, and its columns say what its bytes say.
    pub is_true: bool,
}

impl Store {
    /// How well the audit is kept from the hub itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn audit_protection(&self) -> Result<AuditProtection, StoreError> {
        let word = sqlx::query_scalar!(r#"SELECT audit_protection() AS "word!""#).fetch_one(&self.writers()).await?;
        Ok(match word.as_str() {
            "separate" => AuditProtection::Separate,
            "superuser" => AuditProtection::Superuser,
            "schema" => AuditProtection::Schema,
            "creator" => AuditProtection::Creator,
            "disarmed" => AuditProtection::Disarmed,
            _ => AuditProtection::Owner,
        })
    }

    /// As whom the database is asked, and whose the audit is there; by these names its owner's cures are written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn audit_owner(&self) -> Result<AuditOwner, StoreError> {
        let row = sqlx::query_as!(
            AuditOwner,
            r#"SELECT session_user::text AS "role!", pg_get_userbyid(relowner)::text AS "owner!",
                      (SELECT oid = 10 FROM pg_roles WHERE rolname = session_user) AS "first!"
               FROM pg_class WHERE oid = 'public.audit_line'::regclass"#
        );
        Ok(row.fetch_one(&self.writers()).await?)
    }

    /// Where the kept part of the chain begins, and where it ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_heads(&self) -> Result<(Head, Head), StoreError> {
        let mut connection = self.readers().acquire().await?;
        heads(&mut connection).await
    }

    /// The next batches after `from`, which says how far the chain was followed; none when it is at its end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_batches(&self, from: &Head) -> Result<Vec<AuditBatch>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        batches(&mut connection, from).await
    }

    /// Follows the whole chain as it stands at one moment. `kept` is the head that was kept off the host: without it
    /// nobody can tell that the end, or all, was written anew. Gives the head.
    ///
    /// # Errors
    /// [`StoreError`]; within, [`Broken`] says where it does not hold first.
    pub async fn audit_verify(&self, kept: Option<Mark>) -> Result<Result<Head, Broken>, StoreError> {
        let mut tx = self.readers().begin().await?;
        sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *tx).await?;
        let (start, end) = heads(&mut tx).await?;
        let at = match follow(&mut tx, start, end, kept).await? {
            Ok(at) => at,
            Err(broken) => return Ok(Err(broken)),
        };
        let strays = sqlx::query_scalar!(
            r#"SELECT (SELECT count(*) FROM audit_line_read) <> $1::bigint OR (SELECT count(*) FROM audit_batch_read) <> $2::bigint
                   OR $3::bigint < $4::bigint AS "strays!""#,
            number(at.lines - start.lines),
            number(at.batches - start.batches),
            number(end.batches),
            number(at.batches),
        )
        .fetch_one(&mut *tx)
        .await?;
        let broken = Broken { batch: at.batches + 1, line: at.lines + 1, what: Break::Altered };
        Ok(if strays { Err(broken) } else { Ok(at) })
    }

    /// The same for the newest `count` batches alone, which takes a moment however long the chain is. What is older is
    /// believed; whether a head that was kept earlier is passed tells [`Store::audit_fit`].
    ///
    /// # Errors
    /// [`StoreError`]; within, [`Broken`] says where it does not hold first.
    pub async fn audit_verify_newest(&self, count: u64) -> Result<Result<Head, Broken>, StoreError> {
        let mut tx = self.readers().begin().await?;
        sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *tx).await?;
        let (start, end) = heads(&mut tx).await?;
        let first = end.batches.saturating_sub(count);
        if first <= start.batches {
            return follow(&mut tx, start, end, None).await;
        }
        let row = sqlx::query!(
            r#"SELECT hash AS "hash!", (SELECT coalesce(sum(lines), 0) FROM audit_batch_read WHERE n > $1) AS "lines!"
               FROM audit_batch_read WHERE n = $1"#,
            number(first),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let from = row.and_then(|row| {
            let lines = end.lines.checked_sub(row.lines.try_into().ok()?)?;
            Some(Head { batches: first, lines, hash: row.hash.try_into().ok()? })
        });
        match from {
            Some(from) => follow(&mut tx, from, end, None).await,
            None => Ok(Err(Broken { batch: first, line: start.lines + 1, what: Break::Altered })),
        }
    }

    /// Whether the chain passes a head that was kept earlier, without following it; none: that head lies before what is
    /// still kept, and says nothing any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_fit(&self, kept: Mark) -> Result<Option<Result<(), Break>>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        let (start, end) = heads(&mut connection).await?;
        if kept.batches < start.batches {
            return Ok(None);
        }
        if kept.batches > end.batches {
            return Ok(Some(Err(Break::Missing)));
        }
        let hash = if kept.batches == start.batches {
            Some(start.hash.to_vec())
        } else {
            let hash = sqlx::query_scalar!(
                r#"SELECT hash AS "hash!" FROM audit_batch_read WHERE n = $1"#,
                number(kept.batches)
            );
            hash.fetch_optional(&mut *connection).await?
        };
        let fits = hash.is_some_and(|hash| hash == kept.hash);
        Ok(Some(if fits { Ok(()) } else { Err(Break::Rewritten) }))
    }
}

/// Follows the chain from `start` to its end, which must be where the database itself remembers it.
async fn follow(
    connection: &mut PgConnection,
    start: Head,
    end: Head,
    kept: Option<Mark>,
) -> Result<Result<Head, Broken>, StoreError> {
    let mut at = start;
    loop {
        let page = batches(connection, &at).await?;
        if page.is_empty() {
            break;
        }
        for batch in page {
            let broken = Broken { batch: at.batches + 1, line: at.lines + 1, what: Break::Altered };
            if !batch.is_true {
                return Ok(Err(broken));
            }
            let last = kept.filter(|kept| kept.batches <= at.batches + 1);
            match verify(at, [batch.link], last) {
                Ok(next) => at = next,
                Err(broken) => return Ok(Err(broken)),
            }
        }
    }
    if at.batches == end.batches && at.lines != end.lines {
        return Ok(Err(Broken { batch: at.batches + 1, line: at.lines + 1, what: Break::Missing }));
    }
    // the end that the database itself remembers, then the one that was kept elsewhere
    for known in [Some(end.into()), kept] {
        if let Err(broken) = verify(at, Vec::<Link<Vec<u8>>>::new(), known) {
            return Ok(Err(broken));
        }
    }
    Ok(Ok(at))
}

pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) async fn heads(connection: &mut PgConnection) -> Result<(Head, Head), StoreError> {
    let row = sqlx::query!(
        r#"SELECT batches AS "batches!", lines AS "lines!", hash AS "hash!", start_batches AS "start_batches!",
                  start_lines AS "start_lines!", start_hash AS "start_hash!" FROM audit_head_read"#
    )
    .fetch_one(connection)
    .await?;
    Ok((head(row.start_batches, row.start_lines, row.start_hash)?, head(row.batches, row.lines, row.hash)?))
}

async fn batches(connection: &mut PgConnection, from: &Head) -> Result<Vec<AuditBatch>, StoreError> {
    let (first, lines_before) = (number(from.batches), number(from.lines));
    let rows = sqlx::query!(
        r#"SELECT n AS "n!", lines AS "lines!", hash AS "hash!" FROM audit_batch_read WHERE n > $1 ORDER BY n LIMIT $2"#,
        first,
        PAGE,
    )
    .fetch_all(&mut *connection)
    .await?;
    let count: i64 = rows.iter().map(|row| i64::from(row.lines.max(0))).sum();
    let lines = sqlx::query_as!(
        Line,
        r#"SELECT id AS "id!", batch AS "batch!", at AS "at!: PgTime", who AS "who!", kind AS "kind!", from_ip, act AS "act!", object,
                  outcome AS "outcome!", reason, detail::text AS "detail!", canonical AS "canonical!"
           FROM audit_line_read WHERE id > $1 AND id <= $2 ORDER BY id"#,
        lines_before,
        lines_before + count,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut lines = lines.into_iter().peekable();
    let mut next = lines_before;
    let batch = rows.into_iter().zip(first + 1..).map(|(row, n)| {
        let mut is_true = row.n == n;
        let mut bytes = Vec::new();
        let end = next + i64::from(row.lines.max(0));
        while let Some(line) = lines.next_if(|line| line.id <= end) {
            next += 1;
            is_true &= line.id == next && line.batch == n && line.is_true();
            bytes.push(line.canonical);
        }
        next = end;
        is_true &= bytes.len() as i64 == i64::from(row.lines);
        let link = Link { lines: bytes, hash: row.hash.try_into().unwrap_or_default() };
        AuditBatch { n: row.n, link, is_true }
    });
    Ok(batch.collect())
}

struct Line {
    id: i64,
    batch: i64,
    at: PgTime,
    who: String,
    kind: String,
    from_ip: Option<String>,
    act: String,
    object: Option<String>,
    outcome: String,
    reason: Option<String>,
    detail: String,
    canonical: Vec<u8>,
}

impl Line {
    /// True when the columns say what the bytes say.
    fn is_true(&self) -> bool {
        self.line().is_some_and(|line| line.canonical() == self.canonical)
    }

    /// None when a column holds what no line can.
    fn line(&self) -> Option<AuditLine> {
        Some(AuditLine {
            at: self.at.0,
            who: self.who.clone(),
            kind: IdentityKind::of(&self.kind)?,
            from: self.from_ip.as_ref().map(|from| from.parse()).transpose().ok()?,
            act: Act::of(&self.act)?,
            object: self.object.clone(),
            outcome: Outcome::of(&self.outcome)?,
            reason: self.reason.clone(),
            detail: from_json(&self.detail).ok()?,
        })
    }
}
