//! The policy of passwords, locks, sessions and second factors: one document. What it means is decided by hub/access.

use chengshu_access::{LockoutSettings, PasswordPolicy, Role, SessionPolicy};
use serde::{Deserialize, Serialize};

use crate::json::{from_json, to_json};
use crate::{Store, StoreError, Tx};

/// The policy (安全策略).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Of passwords.
    pub password: PasswordPolicy,
    /// Of wrong tries.
    pub lockout: LockoutSettings,
    /// Of sessions.
    pub session: SessionPolicy,
    /// Whoever has one of these roles needs a second factor.
    pub totp_required: Vec<Role>,
}

impl Default for Policy {
    /// The three administrators need a second factor.
    fn default() -> Self {
        let administrators = Role::ALL.into_iter().filter(|role| role.is_administrator());
        Self {
            password: PasswordPolicy::default(),
            lockout: LockoutSettings::default(),
            session: SessionPolicy::default(),
            totp_required: administrators.collect(),
        }
    }
}

impl Store {
    /// The policy and its version; 0 while nobody has changed it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn policy_get(&self) -> Result<(Policy, i64), StoreError> {
        let row = sqlx::query!(r#"SELECT document::text AS "document!", version FROM policy"#)
            .fetch_optional(&self.writers())
            .await?;
        row.map_or_else(|| Ok((Policy::default(), 0)), |row| Ok((from_json(&row.document)?, row.version)))
    }
}

impl Tx {
    /// Puts the policy in the place of the one with that version (0: of none). False: it is another by now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn policy_put(&mut self, policy: &Policy, version: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "INSERT INTO policy (document, version) SELECT $1::text::jsonb, 1 WHERE $2::bigint = 0 OR EXISTS (SELECT FROM policy)
             ON CONFLICT (one) DO UPDATE SET document = excluded.document, version = policy.version + 1
             WHERE policy.version = $2",
            to_json(policy)?,
            version,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
