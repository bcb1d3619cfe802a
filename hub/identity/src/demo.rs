//! Throw-away accounts of `chengshu demo`: one per role, with passwords that are made anew at every start. Made nowhere
//! else.

use chengshu_access::{Grant, Role};
use chengshu_store::{LoginBy, PersonEntry, Policy};

use crate::identities::Identities;
use crate::people::NotChanged;

/// An account of the demo.
#[derive(Debug, Clone)]
pub struct DemoAccount {
    /// What it is.
    pub role: Role,
    /// The name of the account.
    pub user: String,
    /// Its password, until the next start.
    pub password: String,
}

impl Identities {
    /// Makes the accounts, or gives those that are there new passwords. Nobody needs a second factor, and nobody is signed
    /// out while they read.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn demo_accounts(&self) -> Result<Vec<DemoAccount>, NotChanged> {
        self.demo_policy().await?;
        let now = self.0.clock.now();
        let mut accounts = Vec::new();
        for role in Role::ALL {
            let user = role.id().replace('_', "-");
            let name = format!("演示{}", role.zh());
            let (password, hash) = self.one_time(&[&user, &name]).await?;
            let entry = PersonEntry { login: user.clone(), name, department: None, phone: None };
            let mut tx = self.0.store.tx().await?;
            match tx.person_add(&entry, Some(&hash), false, now).await? {
                Some(id) => {
                    tx.grants_put(id, &[Grant::from(role)], None).await?;
                }
                None => {
                    let known = self.0.store.login_find(LoginBy::Login(&user)).await?.ok_or(NotChanged::Absent)?;
                    tx.password_put(known.person, None, &hash, false, 0, now).await?;
                }
            }
            tx.commit().await?;
            accounts.push(DemoAccount { role, user, password });
        }
        self.forget();
        Ok(accounts)
    }

    async fn demo_policy(&self) -> Result<(), NotChanged> {
        let known = self.policy().await?;
        if known.1 > 0 {
            return Ok(());
        }
        let mut policy = Policy { totp_required: Vec::new(), ..Policy::default() };
        policy.session.idle_s = policy.session.absolute_s;
        let mut tx = self.0.store.tx().await?;
        tx.policy_put(&policy, 0).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }
}
