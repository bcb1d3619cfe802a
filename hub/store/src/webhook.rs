//! Webhooks: whom to tell of what. The secret that signs is given and kept encrypted ([`crate::SealedAt`]).

use chengshu_core::model::Timestamp;

use crate::pg::PgTime;
use crate::{Store, StoreError, Tx};

/// What people say of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEntry {
    /// Its name for people.
    pub name: String,
    /// Where it is told.
    pub url: String,
    /// Only these kinds; empty: all.
    pub kinds: Vec<String>,
    /// Only of these themes; empty: all.
    pub themes: Vec<String>,
    /// Whether it is told at all.
    pub enabled: bool,
}

/// A webhook as it is stored, with how its deliveries stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWebhook {
    /// Its number.
    pub id: i64,
    /// What people said.
    pub entry: WebhookEntry,
    /// When it was made.
    pub made: Timestamp,
    /// By whom.
    pub caller: String,
    /// Its receiver does not answer; nothing is sent before this moment.
    pub held_until: Option<Timestamp>,
    /// Deliveries that wait.
    pub waiting: i64,
    /// Deliveries that were given up.
    pub given_up: i64,
}

impl Store {
    /// All webhooks, or the one with a number.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn webhook_list(&self, id: Option<i64>) -> Result<Vec<StoredWebhook>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT webhook.id, name, url, kinds, themes, enabled, webhook.made AS "made: PgTime", caller,
                      held_until AS "held_until: PgTime",
                      (SELECT count(*) FROM delivery WHERE delivery.webhook = webhook.id AND state = 'waiting') AS "waiting!",
                      (SELECT count(*) FROM delivery WHERE delivery.webhook = webhook.id AND state = 'given_up') AS "given_up!"
               FROM webhook WHERE $1::bigint IS NULL OR webhook.id = $1 ORDER BY webhook.id"#,
            id,
        )
        .fetch_all(&self.readers())
        .await?;
        let webhook = rows.into_iter().map(|row| StoredWebhook {
            id: row.id,
            entry: WebhookEntry {
                name: row.name,
                url: row.url,
                kinds: row.kinds,
                themes: row.themes,
                enabled: row.enabled,
            },
            made: row.made.0,
            caller: row.caller,
            held_until: row.held_until.map(|at| at.0),
            waiting: row.waiting,
            given_up: row.given_up,
        });
        Ok(webhook.collect())
    }
}

impl Tx {
    /// Makes one, unless there are `most` already (then none); answers its number. It has no secret yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_add(
        &mut self,
        entry: &WebhookEntry,
        caller: &str,
        now: Timestamp,
        most: i64,
    ) -> Result<Option<i64>, StoreError> {
        let id = sqlx::query_scalar!(
            "INSERT INTO webhook (name, url, kinds, themes, secret, enabled, made, caller)
             SELECT $1::text, $2::text, $3::text[], $4::text[], '', $5::bool, $6::timestamptz, $7::text WHERE (SELECT count(*) FROM webhook) < $8 RETURNING id",
            entry.name,
            entry.url,
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

    /// Changes one; what waits is tried at once. False: there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_put(&mut self, id: i64, entry: &WebhookEntry) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE webhook SET name = $2, url = $3, kinds = $4, themes = $5, enabled = $6, held_until = NULL WHERE id = $1",
            id,
            entry.name,
            entry.url,
            &entry.kinds,
            &entry.themes,
            entry.enabled,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives it a secret, encrypted. False: there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_secret(&mut self, id: i64, secret: &[u8]) -> Result<bool, StoreError> {
        let change = sqlx::query!("UPDATE webhook SET secret = $2 WHERE id = $1", id, secret);
        Ok(change.execute(&mut *self.tx).await?.rows_affected() == 1)
    }

    /// Takes one away with its deliveries. False: there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_delete(&mut self, id: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!("DELETE FROM webhook WHERE id = $1", id).execute(&mut *self.tx).await?;
        Ok(done.rows_affected() == 1)
    }
}
