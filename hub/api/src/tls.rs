//! TLS of the hub's own door (rustls, TLS 1.2 and 1.3): a certificate with its key, and how both are changed while the door
//! stays open. Reads no files; whoever does hands in what stood in them.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error as TlsError, ServerConfig};

/// A certificate and a key that the door cannot be opened with.
#[derive(Debug, thiserror::Error)]
pub enum BadTls {
    /// The certificate's file holds none, or a broken one.
    #[error("the certificate is no PEM file with -----BEGIN CERTIFICATE-----")]
    Certificate(#[source] PemError),
    /// The key's file holds none, or a broken one.
    #[error("the key is no PEM file with -----BEGIN PRIVATE KEY-----")]
    Key(#[source] PemError),
    /// They are not each other's, or of a kind that is not known.
    #[error("certificate and key do not fit: {0}")]
    Pair(#[source] TlsError),
}

/// TLS of the door. A clone is the same door.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    shown: Arc<Shown>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// What is shown to whoever comes.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Tls {
    /// From PEM texts: the certificate, followed by those that vouch for it, and its key.
    ///
    /// # Errors
    /// [`BadTls`].
    pub fn new(certificate: &[u8], key: &[u8]) -> Result<Self, BadTls> {
        let shown = Arc::new(Shown(RwLock::new(pair(certificate, key)?)));
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(BadTls::Pair)?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(shown.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), shown })
    }

    /// From now on whoever comes is shown these.
    ///
    /// # Errors
    /// [`BadTls`]; the old ones are shown as before.
    pub fn replace(&self, certificate: &[u8], key: &[u8]) -> Result<(), BadTls> {
        let pair = pair(certificate, key)?;
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = pair;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

fn pair(certificate: &[u8], key: &[u8]) -> Result<Arc<CertifiedKey>, BadTls> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
    let chain = chain.map_err(BadTls::Certificate)?;
    if chain.is_empty() {
        return Err(BadTls::Certificate(PemError::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(BadTls::Key)?;
    let pair = CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(BadTls::Pair)?;
    Ok(Arc::new(pair))
}
