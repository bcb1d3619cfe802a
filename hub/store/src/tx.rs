//! The transaction of one act: what it changes and its line in the audit, all or nothing. The methods stand with their
//! nouns. It holds no lease: what changes readings, alarms or cases is a `Batch` of the engine.

use sqlx::PgTransaction;

use crate::audit_copy::Bell;
use crate::{Store, StoreError};

/// An act under way. Dropped without [`Tx::commit`], nothing happened. `audit_write` is called last: until the commit
/// nobody else writes to the audit.
pub struct Tx {
    pub(crate) tx: PgTransaction<'static>,
    /// It has written to the audit.
    pub(crate) audited: bool,
    bell: Bell,
}

impl Store {
    /// Begins an act.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn tx(&self) -> Result<Tx, StoreError> {
        Ok(Tx { tx: self.writers().begin().await?, audited: false, bell: self.audited.clone() })
    }
}

impl Tx {
    /// Makes it true.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: whether it happened is not known.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await?;
        if self.audited {
            self.bell.ring();
        }
        Ok(())
    }
}
