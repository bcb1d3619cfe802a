//! The `[managed]` section: where the broker that the hub runs for itself listens, and for whom.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::reader::{Reader, Section};

/// The doors of the managed broker.
#[derive(Debug, Clone)]
pub struct ManagedBroker {
    /// Where devices come with credentials of their own, without TLS: loopback only.
    pub listen: SocketAddr,
    /// Where they come with TLS.
    pub tls: Option<TlsDoor>,
    /// Where one shared user comes, who speaks for every device; none: there is no such user.
    pub shared: Option<SocketAddr>,
    /// Up to so many messages a second it is written down who is refused what; 0: never.
    pub refusals_below: u32,
}

/// A door with TLS.
#[derive(Debug, Clone)]
pub struct TlsDoor {
    /// Where.
    pub listen: SocketAddr,
    /// The chain of certificates, PEM.
    pub cert: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

pub(super) fn read(reader: &mut Reader) -> ManagedBroker {
    let mut section = reader.section("managed");
    let listen = section.address("broker_listen", "127.0.0.1:1883");
    loopback(&mut section, "broker_listen", listen, "127.0.0.1:1883");
    let shared = optional(&mut section, "shared_listen", "127.0.0.1:1884");
    if let Some(shared) = shared {
        loopback(&mut section, "shared_listen", shared, "127.0.0.1:1884");
    }
    let tls = optional(&mut section, "tls_listen", "0.0.0.0:8883");
    let (cert, key) = (section.path("tls_cert_file"), section.path("tls_key_file"));
    let tls = match (tls, cert, key) {
        (None, None, None) => None,
        (Some(listen), Some(cert), Some(key)) => {
            for (name, path) in [("tls_cert_file", &cert), ("tls_key_file", &key)] {
                if let Err(error) = std::fs::read(path) {
                    let read = format!("{}: {error}", path.display());
                    section.mistake(name, &read, "a PEM file that the hub's user can read", "");
                }
            }
            Some(TlsDoor { listen, cert, key })
        }
        _ => {
            let mend = "tls_listen = \"0.0.0.0:8883\"";
            section.mistake("tls_listen", "only some of address, certificate and key", "all three or none", mend);
            None
        }
    };
    let refusals_below = section.number("refusals_below_per_s", 5_000, 0, 1_000_000) as u32;
    section.end();
    ManagedBroker { listen, tls, shared, refusals_below }
}

fn optional(section: &mut Section<'_>, key: &str, example: &str) -> Option<SocketAddr> {
    let text = section.optional(key)?;
    let address = text.parse().ok();
    if address.is_none() {
        section.mistake(key, &format!("{text:?}"), "an address with a port", &format!("{key} = \"{example}\""));
    }
    address
}

fn loopback(section: &mut Section<'_>, key: &str, address: SocketAddr, example: &str) {
    if !address.ip().is_loopback() {
        let expected = "a loopback address: this door has no TLS; from outside devices come by tls_listen";
        section.mistake(key, &address.to_string(), expected, &format!("{key} = \"{example}\""));
    }
}
