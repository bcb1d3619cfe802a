//! The keys that lie in files of the data folder, each made at the first start and readable by its owner alone: that of the
//! hub's own tools, the one that encrypts secrets at rest, and in a demo the one that opens everything.

use std::path::Path;
use std::sync::Arc;

use chengshu_access::{Caller, Grant, Role};
use chengshu_identity::{Seal, Secrets};
use sha2::{Digest, Sha256};

use crate::client::{ADMIN, LOCAL};
use crate::managed::secret;

/// Encrypts what the database must not tell by itself. Without it second factors are lost.
const SEAL: &str = "secret.key";
/// The roles that a demo hands out keys for, by the name that scripts know.
const ROLES: [(&str, Role); 5] = [
    ("operator", Role::Operator),
    ("maintainer", Role::Maintainer),
    ("system", Role::SystemAdmin),
    ("security", Role::SecurityAdmin),
    ("audit", Role::AuditAdmin),
];

/// What the keys open.
pub struct Keys {
    /// Who holds which.
    pub secrets: Secrets,
    /// Encrypts secrets at rest.
    pub seal: Seal,
    /// Opens everything; empty but in a demo.
    pub admin: String,
    /// One for each of some roles; none but in a demo.
    pub roles: Vec<(&'static str, String)>,
}

/// The keys under `data`; made where there are none.
pub fn keep(data: &Path, demo: bool) -> anyhow::Result<Keys> {
    let local = secret::keep(&data.join(LOCAL))?;
    let seal = secret::keep(&data.join(SEAL))?;
    let seal = Seal::new(&Sha256::digest(seal.as_bytes()).into());
    let secrets = Secrets::default().with(&local, Caller::local());
    if !demo {
        // a demo's key must open nothing when its data becomes a real hub's
        let _ = std::fs::remove_file(data.join(ADMIN));
        return Ok(Keys { secrets, seal, admin: String::new(), roles: Vec::new() });
    }
    let admin = secret::keep(&data.join(ADMIN))?;
    let roles: Vec<_> = ROLES.iter().map(|(name, role)| (*name, *role, secret::generate())).collect();
    let secrets = roles.iter().fold(secrets.with(&admin, Caller::demo()), |secrets, (name, role, key)| {
        let caller = Caller::person(&format!("demo-{name}"), role.zh(), Arc::from([Grant::from(*role)]));
        secrets.with(key, caller)
    });
    Ok(Keys { secrets, seal, admin, roles: roles.into_iter().map(|(name, _, key)| (name, key)).collect() })
}
