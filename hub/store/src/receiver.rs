//! Receivers: whom to tell of what, and on which channel. What must not be seen of one (what signs, a robot's key) is given
//! and kept encrypted ([`crate::SealedAt`]).

use chengshu_core::model::{Channel, Lang, Timestamp};

use crate::pg::PgTime;
use crate::{Store, StoreError, Tx};

/// What people say of a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverEntry {
    /// Its name for people.
    pub name: String,
    /// How it is told; never changes.
    pub channel: Channel,
    /// Where: an address, a mailbox, a broker's name, a robot's address without its key.
    pub target: String,
    /// In which language, if people read it.
    pub lang: Lang,
    /// Only these kinds; empty: all.
    pub kinds: Vec<String>,
    /// Only of these themes; empty: all.
    pub themes: Vec<String>,
    /// Whether it is told at all.
    pub enabled: bool,
}

/// The last attempt to tell a receiver anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastAttempt {
    /// When, hub time.
    pub at: Timestamp,
    /// Of the answer (HTTP, SMTP), if there was one.
    pub status: Option<i32>,
    /// What went wrong; none: it went well.
    pub words: Option<String>,
}

/// A receiver as it is stored, with how its deliveries stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReceiver {
    /// Its number.
    pub id: i64,
    /// What people said.
    pub entry: ReceiverEntry,
    /// When it was made.
    pub made: Timestamp,
    /// By whom.
    pub caller: String,
    /// It does not answer; nothing is sent before this moment.
    pub held_until: Option<Timestamp>,
    /// The last attempt.
    pub last: Option<LastAttempt>,
    /// Deliveries that wait.
    pub waiting: i64,
    /// Deliveries that were given up.
    pub given_up: i64,
}

impl Store {
    /// All receivers, or the one with a number.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn receiver_list(&self, id: Option<i64>) -> Result<Vec<StoredReceiver>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT receiver.id, name, channel, target, lang, kinds, themes, enabled, receiver.made AS "made: PgTime", caller,
                      held_until AS "held_until: PgTime", tried AS "tried: PgTime", status, words,
                      (SELECT count(*) FROM delivery WHERE delivery.receiver = receiver.id AND state = 'waiting') AS "waiting!",
                      (SELECT count(*) FROM delivery WHERE delivery.receiver = receiver.id AND state = 'given_up') AS "given_up!"
               FROM receiver WHERE $1::bigint IS NULL OR receiver.id = $1 ORDER BY receiver.id"#,
            id,
        )
        .fetch_all(&self.readers())
        .await?;
        let receivers = rows.into_iter().map(|row| StoredReceiver {
            id: row.id,
            entry: ReceiverEntry {
                name: row.name,
                channel: channel(&row.channel),
                target: row.target,
                lang: Lang::of(&row.lang),
                kinds: row.kinds,
                themes: row.themes,
                enabled: row.enabled,
            },
            made: row.made.0,
            caller: row.caller,
            held_until: row.held_until.map(|at| at.0),
            last: row.tried.map(|at| LastAttempt { at: at.0, status: row.status, words: row.words }),
            waiting: row.waiting,
            given_up: row.given_up,
        });
        Ok(receivers.collect())
    }
}

/// The table lets no other word in.
pub(crate) fn channel(word: &str) -> Channel {
    Channel::of(word).unwrap_or(Channel::Webhook)
}

impl Tx {
    /// Makes one, unless there are `most` already (then none); answers its number. It has no secret yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receiver_add(
        &mut self,
        entry: &ReceiverEntry,
        caller: &str,
        now: Timestamp,
        most: i64,
    ) -> Result<Option<i64>, StoreError> {
        let id = sqlx::query_scalar!(
            "INSERT INTO receiver (name, channel, target, lang, kinds, themes, secret, enabled, made, caller)
             SELECT $1::text, $2::text, $3::text, $4::text, $5::text[], $6::text[], '', $7::bool, $8::timestamptz, $9::text
             WHERE (SELECT count(*) FROM receiver) < $10 RETURNING id",
            entry.name,
            entry.channel.word(),
            entry.target,
            entry.lang.word(),
            &entry.kinds,
            &entry.themes,
            entry.enabled,
            PgTime(now) as _,
            caller,
            most,
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// Changes one; what waits is tried at once. False: there is none on this channel.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receiver_put(&mut self, id: i64, entry: &ReceiverEntry) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE receiver SET name = $3, target = $4, lang = $5, kinds = $6, themes = $7, enabled = $8, held_until = NULL,
                                 failures = 0 WHERE id = $1 AND channel = $2",
            id,
            entry.channel.word(),
            entry.name,
            entry.target,
            entry.lang.word(),
            &entry.kinds,
            &entry.themes,
            entry.enabled,
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!("UPDATE delivery SET due = asked WHERE receiver = $1 AND state = 'waiting'", id)
            .execute(&mut *self.tx)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// What must not be seen of it, encrypted; none: there is no such receiver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receiver_secret_of(&mut self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar!("SELECT secret FROM receiver WHERE id = $1 FOR UPDATE", id)
            .fetch_optional(&mut *self.tx)
            .await?)
    }

    /// Gives it a secret, encrypted. False: there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receiver_secret(&mut self, id: i64, secret: &[u8]) -> Result<bool, StoreError> {
        let change = sqlx::query!("UPDATE receiver SET secret = $2 WHERE id = $1", id, secret);
        Ok(change.execute(&mut *self.tx).await?.rows_affected() == 1)
    }

    /// Takes one away with its deliveries. False: there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receiver_delete(&mut self, id: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!("DELETE FROM receiver WHERE id = $1", id).execute(&mut *self.tx).await?;
        Ok(done.rows_affected() == 1)
    }
}
