//! What is to be told to receivers. A row is written with what it is about, or with the act that turns an outbox row into
//! it; whoever tells marks it afterwards. So each thing is told at least once, and no row is made twice.

use chengshu_core::model::{Channel, Lang, Timestamp};
use sqlx::PgConnection;

use crate::pg::PgTime;
use crate::receiver::channel;
use crate::{Batch, Store, StoreError, Tx};

/// Something that receivers may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// The kind, e.g. `alarm.raised`.
    pub kind: &'static str,
    /// The theme that it belongs to.
    pub theme: String,
    /// The same key is the same happening.
    pub key: String,
    /// Hub time: a receiver that was made later is not told.
    pub since: Timestamp,
    /// What is told, a JSON object.
    pub data: String,
}

/// Whom a delivery is for, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The receiver.
    pub id: i64,
    /// How it is told.
    pub channel: Channel,
    /// Where it goes.
    pub target: String,
    /// In which language.
    pub lang: Lang,
    /// What must not be seen of it, encrypted.
    pub secret: Vec<u8>,
    /// Attempts that failed, one after the other, because of the receiver.
    pub failures: i32,
}

/// A delivery that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDelivery {
    /// Its number; a later one has a greater.
    pub id: i64,
    /// For whom.
    pub to: Recipient,
    /// Its kind.
    pub kind: String,
    /// A JSON object.
    pub data: String,
    /// When it happened, hub time.
    pub made: Timestamp,
    /// Since when it is being tried.
    pub asked: Timestamp,
    /// How often it was tried since.
    pub attempts: i32,
}

/// A delivery that waits, as it goes into one message with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// Its kind.
    pub kind: String,
    /// A JSON object.
    pub data: String,
    /// When it happened, hub time.
    pub made: Timestamp,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When, hub time.
    pub at: Timestamp,
    /// Of the answer (HTTP, SMTP), if there was one.
    pub status: Option<i32>,
    /// What went wrong; none: it was delivered.
    pub words: Option<String>,
    /// When to try again; none: never (delivered, or given up).
    pub again: Option<Timestamp>,
    /// The receiver does not answer: no other delivery is sent there before `again` either.
    pub hold: bool,
}

/// A delivery as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDelivery {
    /// Its number.
    pub id: i64,
    /// Its kind.
    pub kind: String,
    /// A JSON object.
    pub data: String,
    /// When it happened, hub time.
    pub made: Timestamp,
    /// waiting, delivered or given_up.
    pub state: String,
    /// How often it was tried since it was last asked for.
    pub attempts: i32,
    /// The last attempt.
    pub tried: Option<Timestamp>,
    /// When it is tried next, if it waits.
    pub due: Timestamp,
    /// Of the last answer.
    pub status: Option<i32>,
    /// What went wrong last.
    pub words: Option<String>,
    /// Told in one message with others: the number of the first of them.
    pub digest: Option<i64>,
}

/// Which deliveries are tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// These, whatever became of them.
    These(Vec<i64>),
    /// All that were given up.
    GivenUp,
}

async fn add(connection: &mut PgConnection, happenings: &[Happening], now: Timestamp) -> Result<u64, StoreError> {
    if happenings.is_empty() {
        return Ok(0);
    }
    let column = |of: fn(&Happening) -> &str| happenings.iter().map(|one| of(one).to_owned()).collect::<Vec<String>>();
    let since: Vec<PgTime> = happenings.iter().map(|one| PgTime(one.since)).collect();
    let added = sqlx::query!(
        "INSERT INTO delivery (receiver, kind, key, data, made, asked, due)
         SELECT receiver.id, h.kind, h.key, h.data, $6::timestamptz, $6, $6
         FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
              WITH ORDINALITY AS h (kind, theme, key, since, data, n)
         JOIN receiver ON receiver.enabled AND receiver.made <= h.since
              AND (receiver.kinds = '{}' OR h.kind = ANY (receiver.kinds))
              AND (receiver.themes = '{}' OR h.theme = ANY (receiver.themes))
         ORDER BY h.n, receiver.id
         ON CONFLICT DO NOTHING",
        &column(|one| one.kind),
        &column(|one| &one.theme),
        &column(|one| &one.key),
        &since as _,
        &column(|one| &one.data),
        PgTime(now) as _,
    )
    .execute(connection)
    .await?;
    Ok(added.rows_affected())
}

impl Batch {
    /// Asks for happenings to be told, if anybody wants to know; answers how many rows that made.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivery_add(&mut self, happenings: &[Happening], now: Timestamp) -> Result<u64, StoreError> {
        add(&mut self.tx, happenings, now).await
    }
}

impl Store {
    /// The same, on its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivery_add(&self, happenings: &[Happening], now: Timestamp) -> Result<u64, StoreError> {
        let mut connection = self.writers().acquire().await?;
        add(&mut connection, happenings, now).await
    }

    /// Rows of the outbox up to and including number `last` have been told to the screens; what receivers want to know of
    /// them becomes deliveries in the same transaction. Answers how many.
    ///
    /// # Errors
    /// [`StoreError`]: then neither happened.
    pub async fn outbox_done(&self, last: i64, happenings: &[Happening], now: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.writers().begin().await?;
        let added = add(&mut tx, happenings, now).await?;
        sqlx::query!("DELETE FROM outbox WHERE id <= $1", last).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// The deliveries that are due, at most `each` of each receiver, in their order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delivery_due(&self, now: Timestamp, each: i64) -> Result<Vec<DueDelivery>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT d.id AS "id!", receiver.id AS receiver, channel, target, lang, secret, failures, d.kind AS "kind!",
                      d.data AS "data!", d.made AS "made!: PgTime", d.asked AS "asked!: PgTime", d.attempts AS "attempts!"
               FROM receiver CROSS JOIN LATERAL (
                   SELECT * FROM delivery
                   WHERE delivery.receiver = receiver.id AND state = 'waiting' AND due <= $1 ORDER BY due, delivery.id LIMIT $2) AS d
               WHERE enabled AND (held_until IS NULL OR held_until <= $1)
               ORDER BY receiver.id, d.due, d.id"#,
            PgTime(now) as _,
            each,
        )
        .fetch_all(&self.writers())
        .await?;
        let due = rows.into_iter().map(|row| DueDelivery {
            id: row.id,
            to: Recipient {
                id: row.receiver,
                channel: channel(&row.channel),
                target: row.target,
                lang: Lang::of(&row.lang),
                secret: row.secret,
                failures: row.failures,
            },
            kind: row.kind,
            data: row.data,
            made: row.made.0,
            asked: row.asked.0,
            attempts: row.attempts,
        });
        Ok(due.collect())
    }

    /// What waits for a receiver and is due, in its order, with a number greater than `after`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delivery_waiting(
        &self,
        receiver: i64,
        now: Timestamp,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Waiting>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, kind, data, made AS "made: PgTime" FROM delivery
               WHERE receiver = $1 AND state = 'waiting' AND due <= $2 AND id > $3 ORDER BY id LIMIT $4"#,
            receiver,
            PgTime(now) as _,
            after,
            limit,
        )
        .fetch_all(&self.writers())
        .await?;
        let waiting =
            rows.into_iter().map(|row| Waiting { id: row.id, kind: row.kind, data: row.data, made: row.made.0 });
        Ok(waiting.collect())
    }

    /// Notes what came of an attempt to tell a receiver of these deliveries; `digest` is the first of them when they went in
    /// one message.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: then they are sent again.
    pub async fn delivery_tried(
        &self,
        ids: &[i64],
        receiver: i64,
        attempt: &Attempt,
        digest: Option<i64>,
    ) -> Result<(), StoreError> {
        let state = match (&attempt.words, attempt.again) {
            (None, _) => "delivered",
            (Some(_), Some(_)) => "waiting",
            (Some(_), None) => "given_up",
        };
        let mut tx = self.writers().begin().await?;
        sqlx::query!(
            "UPDATE delivery SET state = $2, attempts = attempts + 1, tried = $3, status = $4, words = $5,
                                 due = coalesce($6, due), digest = $7 WHERE id = ANY ($1)",
            ids,
            state,
            PgTime(attempt.at) as _,
            attempt.status,
            attempt.words,
            attempt.again.map(PgTime) as _,
            digest,
        )
        .execute(&mut *tx)
        .await?;
        let held = attempt.again.filter(|_| attempt.hold);
        sqlx::query!(
            "UPDATE receiver SET held_until = $2, tried = $3, status = $4, words = $5,
                                 failures = CASE WHEN $6 THEN failures + 1 ELSE 0 END WHERE id = $1",
            receiver,
            held.map(PgTime) as _,
            PgTime(attempt.at) as _,
            attempt.status,
            attempt.words,
            attempt.hold,
        )
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Gives up what has been tried in vain since before `asked_before`, forgets what was made before `made_before` and
    /// waits no more. Answers how many were given up.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delivery_sweep(&self, asked_before: Timestamp, made_before: Timestamp) -> Result<u64, StoreError> {
        let given_up = sqlx::query!(
            "UPDATE delivery SET state = 'given_up', words = coalesce(words, 'not tried in time: its receiver did not answer')
             WHERE state = 'waiting' AND asked < $1",
            PgTime(asked_before) as _,
        )
        .execute(&self.writers())
        .await?
        .rows_affected();
        sqlx::query!("DELETE FROM delivery WHERE made < $1 AND state <> 'waiting'", PgTime(made_before) as _)
            .execute(&self.writers())
            .await?;
        Ok(given_up)
    }

    /// Deliveries of a receiver, newest first, with a number smaller than `before` if given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delivery_list(
        &self,
        receiver: i64,
        state: Option<&str>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredDelivery>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, kind, data, made AS "made: PgTime", state, attempts, tried AS "tried: PgTime",
                      due AS "due: PgTime", status, words, digest
               FROM delivery
               WHERE receiver = $1 AND ($2::text IS NULL OR state = $2) AND ($3::bigint IS NULL OR id < $3)
               ORDER BY id DESC LIMIT $4"#,
            receiver,
            state,
            before,
            limit,
        )
        .fetch_all(&self.readers())
        .await?;
        let delivery = rows.into_iter().map(|row| StoredDelivery {
            id: row.id,
            kind: row.kind,
            data: row.data,
            made: row.made.0,
            state: row.state,
            attempts: row.attempts,
            tried: row.tried.map(|at| at.0),
            due: row.due.0,
            status: row.status,
            words: row.words,
            digest: row.digest,
        });
        Ok(delivery.collect())
    }
}

impl Tx {
    /// A delivery for one receiver, by hand: a test. False: there is no such receiver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivery_test(
        &mut self,
        receiver: i64,
        data: &str,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let id = sqlx::query_scalar!(
            "INSERT INTO delivery (receiver, kind, key, data, made, asked, due)
             SELECT id, 'test', 'test/' || gen_random_uuid(), $2::text, $3::timestamptz, $3, $3 FROM receiver WHERE id = $1 RETURNING id",
            receiver,
            data,
            PgTime(now) as _,
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// Has deliveries of a receiver tried again, from the first attempt on; answers how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivery_again(&mut self, receiver: i64, which: &Again, now: Timestamp) -> Result<u64, StoreError> {
        let ids = match which {
            Again::These(ids) => Some(ids.as_slice()),
            Again::GivenUp => None,
        };
        let done = sqlx::query!(
            "UPDATE delivery SET state = 'waiting', attempts = 0, asked = $3, due = $3, digest = NULL
             WHERE receiver = $1 AND (id = ANY ($2::bigint[]) OR ($2 IS NULL AND state = 'given_up'))",
            receiver,
            ids,
            PgTime(now) as _,
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("UPDATE receiver SET held_until = NULL, failures = 0 WHERE id = $1", receiver)
            .execute(&mut *self.tx)
            .await?;
        Ok(done.rows_affected())
    }
}
