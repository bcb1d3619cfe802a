//! The secrets with which services sign what they send, kept encrypted like second factors.

use chengshu_access::SigningKey;
use chengshu_store::{SealedAt, StoredService};

use crate::identities::Identities;

/// Whether a service must sign what it sends.
#[derive(Debug, Clone)]
pub enum Signing {
    /// It need not.
    No,
    /// It must, with this key.
    With(SigningKey),
    /// It must, and its key cannot be read: nothing that it sends can be believed.
    Unreadable,
}

impl Identities {
    /// A key as the store keeps it.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn close_signing(&self, service: i64, key: &SigningKey) -> Result<Vec<u8>, std::io::Error> {
        self.0.seal.close(&SealedAt::Signing(service).place(), key.expose().as_bytes())
    }

    pub(crate) fn signing(&self, service: &StoredService) -> Signing {
        let Some(kept) = &service.signing else { return Signing::No };
        let key = self.0.seal.open(&SealedAt::Signing(service.id).place(), kept).and_then(SigningKey::read);
        key.map_or_else(
            || {
                tracing::error!(
                    service = service.id,
                    "the key with which the service signs cannot be read; make another"
                );
                Signing::Unreadable
            },
            Signing::With,
        )
    }
}
