//! The lease: one hub per database. A hub that starts takes a new epoch; every engine transaction checks that it
//! still holds the newest, so an older hub that comes back can no longer write.

use crate::{Store, StoreError};

/// The right to write, until somebody else takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Rises with every hub that starts.
    pub epoch: i64,
}

impl Store {
    /// Takes the lease for `holder`, whoever held it before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn lease_take(&self, holder: &str) -> Result<Lease, StoreError> {
        let epoch = sqlx::query_scalar!(
            "UPDATE hub SET epoch = epoch + 1, holder = $1, taken_at = now() RETURNING epoch",
            holder
        )
        .fetch_one(&self.writers())
        .await?;
        Ok(Lease { epoch })
    }
}
