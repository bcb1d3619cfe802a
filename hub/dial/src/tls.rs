//! Whom the hub believes when it calls: the system's authorities, and one's own where an address lies in a network of one's
//! own. Certificates of the hub itself are not its business.

use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, Error, RootCertStore, crypto::ring};

/// Why nobody can be believed.
#[derive(Debug, thiserror::Error)]
pub enum NoTls {
    /// What was given holds no certificate.
    #[error("no certificate in PEM form")]
    NoCertificate,
    /// The library does not know what it is asked for.
    #[error(transparent)]
    Library(#[from] Error),
}

pub(crate) fn connector(ca: Option<&[u8]>) -> Result<TlsConnector, NoTls> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (known, unknown) = roots.add_parsable_certificates(found.certs);
    tracing::debug!(known, unknown, errors = found.errors.len(), "authorities for calls outside");
    if let Some(pem) = ca {
        let own: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let own = own.ok().filter(|own| !own.is_empty()).ok_or(NoTls::NoCertificate)?;
        if roots.add_parsable_certificates(own).0 == 0 {
            return Err(NoTls::NoCertificate);
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = builder.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_told() {
        assert!(connector(None).is_ok());
        for bad in [&b""[..], b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(matches!(connector(Some(bad)), Err(NoTls::NoCertificate)), "{bad:?}");
        }
    }
}
