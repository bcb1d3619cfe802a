//! Calls outside on somebody's word: one HTTP exchange, or a connection, with an address that may be called. The guard judges the very address
//! that is connected to, so a name that means something else a moment later helps nobody; redirects are not followed, proxies
//! of the environment are not asked, and an answer is read up to a bound or not at all.

mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use chengshu_core::model::AddressGuard;
use chengshu_core::seam::SharedClock;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use url::{Host, Position, Url};

pub use tls::NoTls;

/// How the hub names itself.
const AGENT: &str = concat!("chengshu/", env!("CARGO_PKG_VERSION"));

/// Why an exchange came to nothing. The texts are for people.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The address is none that can be called.
    #[error("{0}")]
    Address(String),
    /// The name cannot be looked up.
    #[error("{name} cannot be looked up: {error}")]
    Name {
        /// The name.
        name: String,
        /// What the resolver says.
        error: std::io::Error,
    },
    /// The guard does not let it be called.
    #[error("{host} is {found}, which the hub must not call: not a public address, nor one of {key}")]
    Forbidden {
        /// As it was given.
        host: String,
        /// What it is.
        found: String,
        /// The setting that allows others.
        key: &'static str,
    },
    /// Nobody answers there.
    #[error("{address}: {error}")]
    Connect {
        /// The last one that was tried.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// The other side does not prove who it is.
    #[error("TLS: {0}")]
    Tls(std::io::Error),
    /// What came is no HTTP, or it broke off.
    #[error("HTTP: {0}")]
    Http(hyper::Error),
    /// More than is taken.
    #[error("the answer is longer than {0} bytes, or it broke off")]
    Answer(usize),
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs())]
    Slow(Duration),
}

/// Calls what its guard lets it call (外呼).
#[derive(Clone)]
pub struct Dialer {
    guard: AddressGuard,
    key: &'static str,
    tls: TlsConnector,
    clock: SharedClock,
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dialer({:?})", self.guard)
    }
}

impl Dialer {
    /// Believes the system's authorities and those of `ca` (PEM). `key` is the setting that the guard comes from: it is named
    /// to whoever is refused.
    ///
    /// # Errors
    /// [`NoTls`] when `ca` holds no certificate.
    pub fn new(guard: AddressGuard, key: &'static str, ca: Option<&[u8]>, clock: SharedClock) -> Result<Self, NoTls> {
        Ok(Self { guard, key, tls: tls::connector(ca)?, clock })
    }

    /// The status of the answer; nothing else of it is read.
    ///
    /// # Errors
    /// [`DialError`].
    pub async fn status(&self, request: Request<Bytes>, within: Duration) -> Result<StatusCode, DialError> {
        self.within(within, async { Ok(self.send(request, None).await?.status()) }).await
    }

    /// The whole answer, up to `most` bytes.
    ///
    /// # Errors
    /// [`DialError`].
    pub async fn ask(
        &self,
        request: Request<Bytes>,
        within: Duration,
        most: usize,
    ) -> Result<Response<Bytes>, DialError> {
        self.within(within, self.send(request, Some(most))).await
    }

    /// A connection to a name or an address, for what is no HTTP. Not bounded in time.
    ///
    /// # Errors
    /// [`DialError`].
    pub async fn open(&self, host: &str, port: u16) -> Result<TcpStream, DialError> {
        let parsed = Host::parse(host).map_err(|error| DialError::Address(format!("{host:?} is no host: {error}")))?;
        let host = match &parsed {
            Host::Domain(name) => Host::Domain(name.as_str()),
            Host::Ipv4(four) => Host::Ipv4(*four),
            Host::Ipv6(six) => Host::Ipv6(*six),
        };
        self.connect(&host, port).await
    }

    /// The same, encrypted; the other side must prove that it is `host`.
    ///
    /// # Errors
    /// [`DialError`].
    pub async fn open_secure(&self, host: &str, port: u16) -> Result<TlsStream<TcpStream>, DialError> {
        let bad = || DialError::Address(format!("{host:?} is no name that a certificate could be for"));
        let name = ServerName::try_from(host.to_owned()).map_err(|_| bad())?;
        let stream = self.open(host, port).await?;
        self.tls.connect(name, stream).await.map_err(DialError::Tls)
    }

    async fn within<T>(
        &self,
        span: Duration,
        work: impl Future<Output = Result<T, DialError>>,
    ) -> Result<T, DialError> {
        tokio::select! {
            answer = work => answer,
            () = self.clock.sleep(span) => Err(DialError::Slow(span)),
        }
    }

    async fn send(&self, request: Request<Bytes>, most: Option<usize>) -> Result<Response<Bytes>, DialError> {
        let text = request.uri().to_string();
        let url = Url::parse(&text).map_err(|error| DialError::Address(format!("{text:?} is no address: {error}")))?;
        let nowhere = || DialError::Address(format!("{text:?} has no host that could be called"));
        let (host, port) = url.host().zip(url.port_or_known_default()).ok_or_else(nowhere)?;
        let request = local(request, &url).map_err(|error| DialError::Address(error.to_string()))?;
        let stream = self.connect(&host, port).await?;
        if url.scheme() != "https" {
            return exchange(stream, request, most).await;
        }
        let name = match &host {
            Host::Domain(name) => ServerName::try_from((*name).to_owned()).map_err(|_| nowhere())?,
            Host::Ipv4(four) => ServerName::from(std::net::IpAddr::V4(*four)),
            Host::Ipv6(six) => ServerName::from(std::net::IpAddr::V6(*six)),
        };
        exchange(self.tls.connect(name, stream).await.map_err(DialError::Tls)?, request, most).await
    }

    async fn connect(&self, host: &Host<&str>, port: u16) -> Result<TcpStream, DialError> {
        let found: Vec<SocketAddr> = match host {
            Host::Ipv4(four) => vec![(*four, port).into()],
            Host::Ipv6(six) => vec![(*six, port).into()],
            Host::Domain(name) => {
                let found = tokio::net::lookup_host((*name, port)).await;
                found.map_err(|error| DialError::Name { name: (*name).to_owned(), error })?.collect()
            }
        };
        let mut last = None;
        for address in found.iter().filter(|address| self.guard.permits(address.ip())) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(DialError::Connect { address: *address, error }),
            }
        }
        Err(last.unwrap_or_else(|| {
            let found: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
            DialError::Forbidden { host: host.to_string(), found: found.join(", "), key: self.key }
        }))
    }
}

/// The request as it goes over the wire: the path alone, and the host beside it.
fn local(mut request: Request<Bytes>, url: &Url) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let authority = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort])?;
    *request.uri_mut() = Uri::try_from(&url[Position::BeforePath..Position::AfterQuery])?;
    let headers = request.headers_mut();
    headers.insert(HOST, authority);
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
    Ok(request.map(Full::new))
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
    most: Option<usize>,
) -> Result<Response<Bytes>, DialError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(DialError::Http)?;
    tokio::pin!(connection);
    let answer = async {
        let answer = sender.send_request(request).await.map_err(DialError::Http)?;
        read(answer, most).await
    };
    tokio::pin!(answer);
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        // it may have ended with the answer
        _ = &mut connection => answer.await,
    }
}

async fn read(answer: Response<Incoming>, most: Option<usize>) -> Result<Response<Bytes>, DialError> {
    let (head, body) = answer.into_parts();
    let Some(most) = most else { return Ok(Response::from_parts(head, Bytes::new())) };
    let whole = Limited::new(body, most).collect().await.map_err(|_| DialError::Answer(most))?;
    Ok(Response::from_parts(head, whole.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_made_for_its_receiver() {
        let url = Url::parse("http://user@receiver.example:8443/in?x=1#part").unwrap();
        let request = Request::post(url.as_str()).body(Bytes::from_static(b"x")).unwrap();
        let request = local(request, &url).unwrap();
        assert_eq!(request.uri(), "/in?x=1");
        assert_eq!(request.headers()["host"], "receiver.example:8443");
        assert!(request.headers()["user-agent"].to_str().unwrap().starts_with("chengshu/"));
    }
}
