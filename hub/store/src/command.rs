//! Commands to devices and their journal. Every change of a state stands in the journal in the same transaction; a state
//! that has ended never changes again.

use chengshu_access::Scope;
use chengshu_core::model::Timestamp;

use crate::pg::PgTime;
use crate::{Store, StoreError, Tx, scope};

/// A command that somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCommand {
    /// To whom.
    pub device: String,
    /// What.
    pub name: String,
    /// With what: a JSON object.
    pub params: String,
    /// It waits for a second person.
    pub danger: bool,
    /// Who wants it.
    pub person: String,
    /// Worthless after this.
    pub expires: Timestamp,
}

/// A command as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCommand {
    /// Its number.
    pub id: i64,
    /// What was wanted.
    pub wanted: NewCommand,
    /// queued, approved, sent, confirmed, failed, expired or cancelled.
    pub state: String,
    /// When it was asked for.
    pub asked: Timestamp,
    /// The second person.
    pub agreed: Option<String>,
    /// How often the device had it and did not answer.
    pub tries: i32,
    /// When its state changed last.
    pub changed: Timestamp,
    /// What the device answered, JSON.
    pub result: Option<String>,
    /// Why it is not done (yet): a stable code.
    pub code: Option<String>,
    /// The same in words.
    pub words: Option<String>,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandStep {
    /// When.
    pub at: Timestamp,
    /// The state from then on.
    pub state: String,
    /// Who brought it about, where it was a person.
    pub person: Option<String>,
    /// Why: a stable code.
    pub code: Option<String>,
    /// The same in words.
    pub words: Option<String>,
}

/// A change of a state, and what is said with it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CommandChange<'a> {
    /// The new state.
    pub state: &'a str,
    /// Only from these.
    pub from: &'a [&'a str],
    /// Who brings it about.
    pub person: Option<&'a str>,
    /// Why.
    pub code: Option<&'a str>,
    /// In words.
    pub words: Option<&'a str>,
    /// What the device answered.
    pub result: Option<&'a str>,
    /// When it is tried next.
    pub due: Option<Timestamp>,
    /// It counts as a try.
    pub tried: bool,
}

impl Store {
    /// Changes the state of a command; false when it is not in one of the states that the change begins from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn command_change(
        &self,
        id: i64,
        change: &CommandChange<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.tx().await?;
        let done = tx.command_change(id, change, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Commands whose hour has come, in their order: those that are approved and due. At most `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn command_due(&self, now: Timestamp, most: i64) -> Result<Vec<StoredCommand>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, device, name, params, danger, state, asked AS "asked: PgTime", person, agreed,
                      expires AS "expires: PgTime", tries, changed AS "changed: PgTime", result, code, words
               FROM command WHERE state = 'approved' AND due <= $1 AND expires > $1 ORDER BY due, id LIMIT $2"#,
            PgTime(now) as _,
            most,
        )
        .fetch_all(&self.writers())
        .await?;
        Ok(rows.into_iter().map(StoredCommand::from).collect())
    }

    /// Puts off a command that could not be sent; the journal hears of it only when the reason is a new one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn command_postpone(
        &self,
        id: i64,
        code: &str,
        words: &str,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH old AS (SELECT state, code FROM command WHERE id = $1 AND state IN ('approved', 'sent') FOR UPDATE),
                  put AS (UPDATE command SET state = 'approved', code = $2, words = $3, due = $4,
                                 changed = CASE WHEN old.code IS DISTINCT FROM $2 THEN $5 ELSE changed END
                          FROM old WHERE id = $1)
             INSERT INTO command_step (command, at, state, code, words)
             SELECT $1, $5, 'approved', $2, $3 FROM old WHERE code IS DISTINCT FROM $2 OR state <> 'approved'",
            id,
            code,
            words,
            PgTime(due) as _,
            PgTime(now) as _,
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }

    /// Ends what nobody needs any more; answers how many. The last reason stays, so that people see why.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn command_expire(&self, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "WITH gone AS (UPDATE command SET state = 'expired', changed = $1
                           WHERE state IN ('queued', 'approved', 'sent') AND expires <= $1
                           RETURNING id, code, words)
             INSERT INTO command_step (command, at, state, code, words) SELECT id, $1, 'expired', code, words FROM gone",
            PgTime(now) as _,
        )
        .execute(&self.writers())
        .await?;
        Ok(done.rows_affected())
    }

    /// What a hub that ended left with its adapters: harmless commands are tried again, of dangerous ones nobody knows
    /// whether they were done.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn command_recover(&self, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH left_over AS (
                 UPDATE command SET state = CASE WHEN danger THEN 'failed' ELSE 'approved' END, changed = $1, due = $1,
                                    code = 'outcome_unknown', words = 'the hub ended while the device had it'
                 WHERE state = 'sent' RETURNING id, state, code, words)
             INSERT INTO command_step (command, at, state, code, words) SELECT id, $1, state, code, words FROM left_over",
            PgTime(now) as _,
        )
        .execute(&self.writers())
        .await?;
        Ok(())
    }

    /// Commands, newest first; of one device, in one state, or those with a number below `before`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn command_list(
        &self,
        scope: &Scope,
        device: Option<&str>,
        state: Option<&str>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredCommand>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, device, name, params, danger, state, asked AS "asked: PgTime", person, agreed,
                      expires AS "expires: PgTime", tries, changed AS "changed: PgTime", result, code, words
               FROM command
               WHERE ($1::text IS NULL OR device = $1) AND ($2::text IS NULL OR state = $2)
                 AND ($3::bigint IS NULL OR id < $3)
                 AND ($5::text IS NULL OR EXISTS (SELECT FROM device AS d WHERE d.id = command.device
                        AND scope_covers($5::text::jsonb, d.theme, d.department, d.area)))
               ORDER BY id DESC LIMIT $4"#,
            device,
            state,
            before,
            limit,
            scope::json(scope),
        )
        .fetch_all(&self.readers())
        .await?;
        Ok(rows.into_iter().map(StoredCommand::from).collect())
    }

    /// A command with its journal, for the hub itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn command_get(&self, id: i64) -> Result<Option<(StoredCommand, Vec<CommandStep>)>, StoreError> {
        self.command_within(&Scope::All, id).await
    }

    /// A command with its journal, if it is to a device within the scope.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn command_within(
        &self,
        scope: &Scope,
        id: i64,
    ) -> Result<Option<(StoredCommand, Vec<CommandStep>)>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id, device, name, params, danger, state, asked AS "asked: PgTime", person, agreed,
                      expires AS "expires: PgTime", tries, changed AS "changed: PgTime", result, code, words
               FROM command WHERE id = $1
                 AND ($2::text IS NULL OR EXISTS (SELECT FROM device AS d WHERE d.id = command.device
                        AND scope_covers($2::text::jsonb, d.theme, d.department, d.area)))"#,
            id,
            scope::json(scope),
        )
        .fetch_optional(&self.readers())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let steps = sqlx::query!(
            r#"SELECT at AS "at: PgTime", state, person, code, words FROM command_step WHERE command = $1 ORDER BY id"#,
            id
        )
        .fetch_all(&self.readers())
        .await?;
        let steps = steps.into_iter().map(|step| CommandStep {
            at: step.at.0,
            state: step.state,
            person: step.person,
            code: step.code,
            words: step.words,
        });
        Ok(Some((row.into(), steps.collect())))
    }
}

impl Tx {
    /// Takes a command down, unless the device has `most` open ones (then none); answers its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn command_add(
        &mut self,
        new: &NewCommand,
        now: Timestamp,
        most: i64,
    ) -> Result<Option<i64>, StoreError> {
        let state = if new.danger { "queued" } else { "approved" };
        let id = sqlx::query_scalar!(
            "INSERT INTO command (device, name, params, danger, state, asked, person, expires, due, changed)
             SELECT $1::text, $2::text, $3::text, $4::bool, $5::text, $6::timestamptz, $7::text, $8::timestamptz,
                    $6::timestamptz, $6::timestamptz
             WHERE (SELECT count(*) FROM command
                    WHERE device = $1 AND state IN ('queued', 'approved', 'sent')) < $9
             RETURNING id",
            new.device,
            new.name,
            new.params,
            new.danger,
            state,
            PgTime(now) as _,
            new.person,
            PgTime(new.expires) as _,
            most,
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        if let Some(id) = id {
            step(&mut self.tx, id, now, state, Some(&new.person), None, None).await?;
        }
        Ok(id)
    }

    /// Changes the state of a command; false when it is not in one of the states that the change begins from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn command_change(
        &mut self,
        id: i64,
        change: &CommandChange<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let from: Vec<String> = change.from.iter().map(|state| (*state).to_owned()).collect();
        let agreed = (change.state == "approved").then_some(change.person).flatten();
        let done = sqlx::query!(
            "UPDATE command SET state = $2, changed = $3, code = $4, words = $5, result = coalesce($6, result),
                                due = coalesce($7, due), tries = tries + $8, agreed = coalesce($9, agreed)
             WHERE id = $1 AND state = ANY ($10)",
            id,
            change.state,
            PgTime(now) as _,
            change.code,
            change.words,
            change.result,
            change.due.map(PgTime) as _,
            i32::from(change.tried),
            agreed,
            &from,
        )
        .execute(&mut *self.tx)
        .await?
        .rows_affected()
            == 1;
        if done {
            step(&mut self.tx, id, now, change.state, change.person, change.code, change.words).await?;
        }
        Ok(done)
    }
}

async fn step(
    tx: &mut sqlx::PgTransaction<'_>,
    command: i64,
    at: Timestamp,
    state: &str,
    person: Option<&str>,
    code: Option<&str>,
    words: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO command_step (command, at, state, person, code, words) VALUES ($1, $2, $3, $4, $5, $6)",
        command,
        PgTime(at) as _,
        state,
        person,
        code,
        words,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    id: i64,
    device: String,
    name: String,
    params: String,
    danger: bool,
    state: String,
    asked: PgTime,
    person: String,
    agreed: Option<String>,
    expires: PgTime,
    tries: i32,
    changed: PgTime,
    result: Option<String>,
    code: Option<String>,
    words: Option<String>,
}

impl From<Row> for StoredCommand {
    fn from(row: Row) -> Self {
        let wanted = NewCommand {
            device: row.device,
            name: row.name,
            params: row.params,
            danger: row.danger,
            person: row.person,
            expires: row.expires.0,
        };
        Self {
            id: row.id,
            wanted,
            state: row.state,
            asked: row.asked.0,
            agreed: row.agreed,
            tries: row.tries,
            changed: row.changed.0,
            result: row.result,
            code: row.code,
            words: row.words,
        }
    }
}
