//! All that the hub keeps encrypted: where it lies, and how it is encrypted anew when the key changes.

use crate::{StoreError, Tx};

/// A place of something encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedAt {
    /// The second factor of a person.
    Factor(i64),
    /// The secret with which a service signs what it sends.
    Signing(i64),
    /// What must not be seen of a receiver: what signs a webhook, a robot's key.
    Receiver(i64),
}

impl SealedAt {
    /// What the encryption binds it to.
    #[must_use]
    pub fn place(self) -> String {
        match self {
            Self::Factor(person) => format!("totp {person}"),
            Self::Signing(service) => format!("signing {service}"),
            // the place keeps the name of the time when all receivers were webhooks: what was encrypted then opens there only
            Self::Receiver(receiver) => format!("webhook {receiver}"),
        }
    }
}

impl Tx {
    /// Encrypts everything anew: `turn` gives the new bytes, or none where the old ones stay. Answers how many were turned.
    ///
    /// # Errors
    /// [`StoreError`], and what `turn` says.
    pub async fn sealed_turn<E: From<StoreError>>(
        &mut self,
        turn: impl Fn(SealedAt, &[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<u64, E> {
        let mut turned = 0;
        for row in sqlx::query!(
            "SELECT id, totp, totp_pending FROM person WHERE totp IS NOT NULL OR totp_pending IS NOT NULL FOR UPDATE"
        )
        .fetch_all(&mut *self.tx)
        .await
        .map_err(StoreError::from)?
        {
            let at = SealedAt::Factor(row.id);
            let of = |kept: Option<Vec<u8>>| kept.map_or(Ok(None), |kept| turn(at, &kept));
            let (totp, pending) = (of(row.totp)?, of(row.totp_pending)?);
            if totp.is_none() && pending.is_none() {
                continue;
            }
            let change = sqlx::query!(
                "UPDATE person SET totp = coalesce($2, totp), totp_pending = coalesce($3, totp_pending) WHERE id = $1",
                row.id,
                totp,
                pending,
            );
            turned += change.execute(&mut *self.tx).await.map_err(StoreError::from)?.rows_affected();
        }
        for row in sqlx::query!(r#"SELECT id, signing AS "signing!" FROM service WHERE signing IS NOT NULL FOR UPDATE"#)
            .fetch_all(&mut *self.tx)
            .await
            .map_err(StoreError::from)?
        {
            if let Some(new) = turn(SealedAt::Signing(row.id), &row.signing)? {
                let change = sqlx::query!("UPDATE service SET signing = $2 WHERE id = $1", row.id, new);
                turned += change.execute(&mut *self.tx).await.map_err(StoreError::from)?.rows_affected();
            }
        }
        for row in sqlx::query!("SELECT id, secret FROM receiver FOR UPDATE")
            .fetch_all(&mut *self.tx)
            .await
            .map_err(StoreError::from)?
        {
            if let Some(new) = turn(SealedAt::Receiver(row.id), &row.secret)? {
                turned += u64::from(self.receiver_secret(row.id, &new).await?);
            }
        }
        Ok(turned)
    }
}
