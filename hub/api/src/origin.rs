//! Where a request comes from: the address of its connection, or, behind proxies that the configuration trusts (反向代理),
//! what those say of the client. What anybody else writes into such headers is believed by nobody.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::header::{FORWARDED, HeaderMap, STRICT_TRANSPORT_SECURITY};
use axum::http::{Extensions, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use chengshu_core::model::Net;

use crate::app::App;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// A browser that was here by TLS comes by nothing else for a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The other end of a connection; whoever takes connections says it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) ip: IpAddr,
    pub(crate) tls: bool,
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client's address.
    pub(crate) ip: IpAddr,
    /// Nobody on the way could read along.
    pub(crate) secure: bool,
    /// From this machine itself, and not passed on by a proxy on it.
    pub(crate) near: bool,
}

impl Origin {
    /// Of a request that [`settle`] has seen; none without a connection.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get::<Self>().copied()
    }

    fn judge(peer: Peer, headers: &HeaderMap, trusted: &[Net]) -> Self {
        let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.holds(ip));
        let direct = peer.ip.to_canonical();
        let passed_on = headers.contains_key(FORWARDED) || headers.contains_key(&FORWARDED_FOR);
        let mut origin = Self { ip: direct, secure: peer.tls, near: direct.is_loopback() && !passed_on };
        if !is_trusted(direct) {
            return origin;
        }
        // each proxy adds whom it took the request from at the end: the last one that is no proxy of ours is the client
        let said = headers.get_all(&FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = said.flat_map(|value| value.split(',')).collect();
        for hop in hops.iter().rev() {
            let Some(ip) = address(hop.trim()) else { break };
            origin.ip = ip;
            if !is_trusted(ip) {
                break;
            }
        }
        let proto = headers.get_all(&FORWARDED_PROTO).iter().next_back().and_then(|value| value.to_str().ok());
        let proto = proto.and_then(|proto| proto.rsplit(',').next()).map(str::trim);
        origin.secure |= proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        origin
    }
}

/// An address, perhaps with a port.
fn address(text: &str) -> Option<IpAddr> {
    let alone = text.trim_start_matches('[').trim_end_matches(']').parse();
    alone.ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip())).map(|ip: IpAddr| ip.to_canonical())
}

/// Finds out where a request comes from, before anybody asks.
pub(crate) async fn settle(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let mut origin = peer.map(|peer| Origin::judge(peer, request.headers(), &app.trusted_proxies));
    // browsers reach the hub by this address and no other
    if let Some(origin) = &mut origin {
        origin.secure |= app.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    }
    if let Some(origin) = origin {
        request.extensions_mut().insert(origin);
    }
    let mut response = next.run(request).await;
    if origin.is_some_and(|origin| origin.secure) {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_says_is_believed() {
        let trusted = [Net::parse("127.0.0.1").unwrap(), Net::parse("10.9.0.0/24").unwrap()];
        for (peer, tls, forwarded, proto, ip, secure, near) in [
            ("127.0.0.1", false, None, None, "127.0.0.1", false, true),
            ("::ffff:127.0.0.1", true, None, None, "127.0.0.1", true, true),
            ("8.8.8.8", false, Some("1.1.1.1"), Some("https"), "8.8.8.8", false, false),
            ("127.0.0.1", false, Some("1.1.1.1"), Some("https"), "1.1.1.1", true, false),
            ("127.0.0.1", false, Some("1.1.1.1"), Some("https, http"), "1.1.1.1", false, false),
            ("127.0.0.1", false, Some("6.6.6.6, 1.1.1.1, 10.9.0.7"), None, "1.1.1.1", false, false),
            ("127.0.0.1", false, Some("6.6.6.6, [2400:3200::1]:443"), None, "2400:3200::1", false, false),
            ("127.0.0.1", false, Some("6.6.6.6, 1.1.1.1:5000"), None, "1.1.1.1", false, false),
            // what is no address ends the way there: the one before it may be anybody's invention
            ("127.0.0.1", false, Some("6.6.6.6, unknown, 10.9.0.7"), None, "10.9.0.7", false, false),
            ("127.0.0.1", false, Some(""), None, "127.0.0.1", false, false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [(FORWARDED_FOR, forwarded), (FORWARDED_PROTO, proto)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let found = Origin::judge(Peer { ip: peer.parse().unwrap(), tls }, &headers, &trusted);
            assert_eq!(found, Origin { ip: ip.parse().unwrap(), secure, near }, "{peer} {forwarded:?} {proto:?}");
        }
    }
}
