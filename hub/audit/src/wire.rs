//! The connection to a receiver of syslog: TCP, with TLS as RFC 5425 wants it or, for a network of one's own, without. The
//! protocol has no acknowledgement. What stands for one: the system ends a connection whose other side has not taken the
//! bytes within [`UNTAKEN`], and we watch for its end; so what was sent earlier than that on a connection that still stands
//! has been taken.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chengshu_core::seam::SharedClock;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::trouble::Trouble;

/// What connecting may take, and what taking a portion.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that the other side has not taken for so long end the connection.
pub(crate) const UNTAKEN: Duration = Duration::from_secs(15);
const KEEPALIVE: Duration = Duration::from_secs(10);

/// A receiver of syslog.
#[derive(Clone)]
pub struct SyslogTarget {
    /// As it was configured, e.g. `tcp+tls://log.example:6514`.
    pub address: String,
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Over TLS.
    pub tls: Option<Tls>,
}

impl std::fmt::Debug for SyslogTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.address) // no key of ours
    }
}

/// Who is believed, and who we are; PEM.
#[derive(Clone)]
pub struct Tls {
    /// Authorities that are believed; none: those of the system.
    pub ca: Option<Vec<u8>>,
    /// Our own certificate and key, if the receiver asks for them.
    pub client: Option<(Vec<u8>, Vec<u8>)>,
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// An open connection.
pub(crate) struct Wire {
    stream: Box<dyn Duplex>,
    clock: SharedClock,
}

impl Wire {
    pub(crate) async fn connect(target: &SyslogTarget, clock: &SharedClock) -> Result<Self, Trouble> {
        tokio::select! {
            wire = open(target, clock.clone()) => wire,
            () = clock.sleep(PATIENCE) => {
                Err(Trouble::new("silent", format!("{}: no answer within {} s", target.address, PATIENCE.as_secs())))
            }
        }
    }

    /// Sends; done when the system has all of it.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let stream = &mut self.stream;
        let sent = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        tokio::select! {
            sent = sent => sent.map_err(|error| Trouble::new("ended", format!("the receiver took no more: {error}"))),
            () = self.clock.sleep(PATIENCE) => Err(Trouble::new("silent", "the receiver takes nothing")),
        }
    }

    /// Waits until the connection ends. A receiver has nothing to say; what it says is not read for its meaning.
    pub(crate) async fn ended(&mut self) -> Trouble {
        let mut bytes = [0; 64];
        loop {
            match self.stream.read(&mut bytes).await {
                Ok(0) => return Trouble::new("ended", "the receiver ended the connection"),
                Ok(_) => {}
                Err(error) => return Trouble::new("ended", format!("the connection ended: {error}")),
            }
        }
    }
}

async fn open(target: &SyslogTarget, clock: SharedClock) -> Result<Wire, Trouble> {
    let SyslogTarget { address, host, port, tls } = target;
    let unreachable = |error: std::io::Error| Trouble::new("unreachable", format!("{address}: {error}"));
    let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(unreachable)?;
    let socket = SockRef::from(&stream);
    socket.set_tcp_user_timeout(Some(UNTAKEN)).map_err(unreachable)?;
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE);
    socket.set_tcp_keepalive(&keepalive).map_err(unreachable)?;
    let Some(tls) = tls else { return Ok(Wire { stream: Box::new(stream), clock }) };
    let untrusted = |words: String| Trouble::new("tls", format!("{address}: {words}"));
    let tls = tls.clone();
    // reading the system's authorities takes some milliseconds
    let config = tokio::task::spawn_blocking(move || config(&tls)).await;
    let config = config.map_err(|error| untrusted(error.to_string()))?.map_err(untrusted)?;
    let name = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(ip) => ServerName::from(ip),
        Err(_) => ServerName::try_from(host.clone()).map_err(|error| untrusted(error.to_string()))?,
    };
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    Ok(Wire { stream: Box::new(stream.map_err(|error| untrusted(error.to_string()))?), clock })
}

fn config(tls: &Tls) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let added = match &tls.ca {
        Some(pem) => roots.add_parsable_certificates(CertificateDer::pem_slice_iter(pem).filter_map(Result::ok)),
        None => roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
    };
    if added.0 == 0 {
        return Err(
            "no authority is believed: audit.ca_file holds no certificate (-----BEGIN CERTIFICATE-----)".to_owned()
        );
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    let builder = builder.with_root_certificates(roots);
    let Some((chain, key)) = &tls.client else { return Ok(builder.with_no_client_auth()) };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain).filter_map(Result::ok).collect();
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| format!("audit.client_key_file: {error}"))?;
    builder.with_client_auth_cert(chain, key).map_err(|error| format!("audit.client_cert_file: {error}"))
}
