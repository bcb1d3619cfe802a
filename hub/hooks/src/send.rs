//! One attempt: connect to an address that may be called, post, look at the status. The guard judges the very address that
//! is connected to, so a name that means something else a moment later helps nobody; redirects are not followed, proxies
//! of the environment are not asked, and nothing of an answer but its status is read.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chengshu_core::model::{AddressGuard, Timestamp};
use chengshu_core::seam::SharedClock;
use chengshu_store::DueDelivery;
use http_body_util::Full;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, Error as TlsError, RootCertStore, crypto::ring};
use url::{Host, Url};

use crate::sign::signature;

/// A receiver must have answered within this.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why an attempt came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Of the answer, if there was one.
    pub(crate) status: Option<u16>,
    /// For people.
    pub(crate) words: String,
}

impl Failure {
    fn new(words: impl Into<String>) -> Self {
        Self { status: None, words: words.into() }
    }

    /// True when another delivery would fare no better.
    pub(crate) fn is_of_receiver(&self) -> bool {
        self.status.is_none_or(|status| status >= 500 || status == 408 || status == 429)
    }
}

/// Sends.
#[derive(Clone)]
pub(crate) struct Sender {
    guard: AddressGuard,
    tls: TlsConnector,
    clock: SharedClock,
}

impl Sender {
    pub(crate) fn new(guard: AddressGuard, clock: SharedClock) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let (known, unknown) = roots.add_parsable_certificates(found.certs);
        tracing::debug!(known, unknown, errors = found.errors.len(), "authorities for webhooks");
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = builder.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { guard, tls: TlsConnector::from(Arc::new(config)), clock })
    }

    /// Posts a delivery; answers the status.
    pub(crate) async fn post(&self, due: &DueDelivery, now: Timestamp) -> Result<u16, Failure> {
        tokio::select! {
            answer = self.exchange(due, now) => answer,
            () = self.clock.sleep(TIMEOUT) => {
                Err(Failure::new(format!("no answer within {} s", TIMEOUT.as_secs())))
            }
        }
    }

    async fn exchange(&self, due: &DueDelivery, now: Timestamp) -> Result<u16, Failure> {
        let url =
            Url::parse(&due.url).map_err(|error| Failure::new(format!("{:?} is no address: {error}", due.url)))?;
        let (host, port) = url.host().zip(url.port_or_known_default()).ok_or_else(|| Failure::new("no host"))?;
        let stream = self.connect(&host, port).await?;
        let request = request(&url, due, now).map_err(|error| Failure::new(error.to_string()))?;
        let status = if url.scheme() == "https" {
            let name = match &host {
                Host::Domain(name) => {
                    ServerName::try_from((*name).to_owned()).map_err(|e| Failure::new(e.to_string()))?
                }
                Host::Ipv4(four) => ServerName::from(IpAddr::V4(*four)),
                Host::Ipv6(six) => ServerName::from(IpAddr::V6(*six)),
            };
            let stream = self.tls.connect(name, stream).await;
            ask(stream.map_err(|error| Failure::new(format!("TLS: {error}")))?, request).await?
        } else {
            ask(stream, request).await?
        };
        match status {
            status if status.is_success() => Ok(status.as_u16()),
            status => {
                let hint = if status.is_redirection() { "; redirects are not followed" } else { "" };
                Err(Failure { status: Some(status.as_u16()), words: format!("it answered {status}{hint}") })
            }
        }
    }

    async fn connect(&self, host: &Host<&str>, port: u16) -> Result<TcpStream, Failure> {
        let found: Vec<SocketAddr> = match host {
            Host::Ipv4(four) => vec![(*four, port).into()],
            Host::Ipv6(six) => vec![(*six, port).into()],
            Host::Domain(name) => {
                let found = tokio::net::lookup_host((*name, port)).await;
                found.map_err(|error| Failure::new(format!("{name} cannot be looked up: {error}")))?.collect()
            }
        };
        let mut last = None;
        for address in &found {
            if !self.guard.permits(address.ip()) {
                continue;
            }
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(Failure::new(format!("{address}: {error}"))),
            }
        }
        Err(last.unwrap_or_else(|| {
            let names: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
            Failure::new(format!(
                "{host} is {}, which the hub must not call: not a public address, nor one of webhooks.allow",
                names.join(", ")
            ))
        }))
    }
}

/// The message: the same bytes at every attempt, but for the signature's time.
fn request(url: &Url, due: &DueDelivery, now: Timestamp) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let data: Value = serde_json::from_str(&due.data).unwrap_or_default();
    let body = serde_json::json!({
        "delivery": due.id,
        "sequence": due.id,
        "event": due.kind,
        "made": due.made.ms(),
        "data": data,
    });
    let body = body.to_string();
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let seconds = now.ms().div_euclid(1000);
    Request::post(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("chengshu/", env!("CARGO_PKG_VERSION")))
        .header("X-Chengshu-Delivery", due.id)
        .header("X-Chengshu-Event", &due.kind)
        .header("X-Chengshu-Attempt", due.attempts + 1)
        .header("X-Chengshu-Signature", signature(&due.secret, seconds, body.as_bytes()))
        .body(Full::new(Bytes::from(body)))
}

async fn ask(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<StatusCode, Failure> {
    let bad = |error: hyper::Error| Failure::new(format!("HTTP: {error}"));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(bad)?;
    tokio::pin!(connection);
    let answer = sender.send_request(request);
    tokio::pin!(answer);
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer,
        // it may have ended with the answer
        _ = &mut connection => answer.await,
    };
    Ok(answer.map_err(bad)?.status())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_made_for_its_receiver() {
        let due = DueDelivery {
            id: 7,
            webhook: 1,
            url: "http://user@receiver.example:8443/in?x=1#part".to_owned(),
            secret: "s".to_owned(),
            kind: "event".to_owned(),
            data: "{\"a\":1}".to_owned(),
            made: Timestamp::from_ms(1_500),
            asked: Timestamp::from_ms(1_500),
            attempts: 2,
        };
        let request = request(&Url::parse(&due.url).unwrap(), &due, Timestamp::from_ms(2_999)).unwrap();
        assert_eq!(request.uri(), "/in?x=1");
        assert_eq!(request.headers()["host"], "receiver.example:8443");
        assert_eq!(request.headers()["x-chengshu-attempt"], "3");
        assert!(request.headers()["x-chengshu-signature"].to_str().unwrap().starts_with("t=2,v1="));
        assert!(Failure { status: Some(503), words: String::new() }.is_of_receiver());
        assert!(!Failure { status: Some(400), words: String::new() }.is_of_receiver());
    }
}
